"""Tests of the stroma use the dish of the CAR law (attack/dish.py) as a ball of cells."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "attack"))
