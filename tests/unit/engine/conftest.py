"""Tests of the engine share cells in boxes (lists.py)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
