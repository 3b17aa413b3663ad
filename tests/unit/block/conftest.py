"""Lets the tests of this folder import `nodule`, the lesion that blocks are cut from."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
