"""What to cite, number by number."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from perforin.face.comparison import Comparison
from perforin.face.opening import open_run
from perforin.face.replicates import Replicates
from perforin.face.run import Run


def sources(run: Run | Replicates | Comparison | str | Path) -> pd.DataFrame:
    """Every number a run used, with its unit, source and grade; a run, or where it is stored."""
    stored = open_run(run) if isinstance(run, str | Path) else run
    return stored.sources()
