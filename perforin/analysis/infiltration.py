"""How much of the tumour the T cells have come to: tumour cells with a living T cell within reach."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import box, spatial, tables

if TYPE_CHECKING:
    from perforin.results.run import RunData

REACH = 50.0  # um between centres, about three cell diameters: what is meant by infiltrated here


@dataclass(frozen=True)
class Course:
    """The infiltrated share over the snapshots; nan on days without tumour cells."""

    day: np.ndarray  # (n_days,)
    share: np.ndarray  # (n_days,) of the living tumour cells


def infiltrated_share(run: RunData, day: float, reach: float = REACH) -> float:
    """Share of the living tumour cells with a living T cell within `reach` [um]; nan where none is left."""
    cells = run.cells(day)
    tumour, t_cells = (
        spatial.position(tables.living(run, cells, role)) for role in (tables.TUMOUR, tables.T_CELL)
    )
    if not len(tumour):
        return math.nan
    if not len(t_cells):
        return 0.0
    frame = box.of(run, day)
    return float((frame.tree(t_cells).query(frame.wrapped(tumour))[0] <= reach).mean())


def course(run: RunData) -> Course:
    """The infiltrated share on every snapshot day."""
    days = run.snapshot_days
    return Course(np.array(days, float), np.array([infiltrated_share(run, day) for day in days], float))
