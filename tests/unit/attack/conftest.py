"""Tests of the CAR law at work share one dish (dish.py)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
