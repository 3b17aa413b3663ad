"""The read side of a run folder, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

SCENARIO = """
name = "luque2024"
summary = "A tumour organoid and CAR-T cells, the published 1:4 case."
days = 30
seed = 7
[culture]
tumour = "luque2024-organoid"
geometry = "organoid"
radius = { value = 150, unit = "um" }
box = { value = 1000, unit = "um" }
[[car]]
name = "luque2024"
targets = "oncoprotein"
cell = "luque2024-car-t"
[[dose]]
car = "luque2024"
at = { value = 18, unit = "min" }
cells = 991
route = "medium"
[law]
motility = "impulse"
"""


@dataclass
class StandIn:
    """The read side of a run folder, in memory."""

    meta: dict
    series: pd.DataFrame
    events: pd.DataFrame
    snapshots: dict[float, pd.DataFrame]
    grids: dict[float, np.ndarray | dict[str, np.ndarray]] = field(default_factory=dict)
    sources: list = field(default_factory=list)
    scenario_text: str = SCENARIO
    path: Path = Path("runs/luque2024-0123456789ab")
    spacing: float = 20.0
    origin: tuple = (-490.0, -490.0, -490.0)

    @property
    def days(self):
        return self.meta["days"]

    @property
    def status(self):
        return self.meta["status"]

    @property
    def snapshot_days(self):
        return sorted(self.snapshots)

    @property
    def field_days(self):
        return sorted(self.grids)

    @property
    def field_names(self):
        grids = list(self.grids.values())
        return sorted(grids[0]) if grids and isinstance(grids[0], dict) else ["oxygen"] if grids else []

    def cells(self, day):
        return self.snapshots[min(self.snapshots, key=lambda known: abs(known - day))]

    def field(self, name, day):
        grid = self.grids[min(self.grids, key=lambda known: abs(known - day))]
        return grid[name] if isinstance(grid, dict) else grid, self.spacing, self.origin

    def but(self, **changes):
        """A copy with other tables, or with other entries of its meta."""
        meta = changes.pop("meta", {})
        return replace(self, meta={**self.meta, **meta}, **changes)
