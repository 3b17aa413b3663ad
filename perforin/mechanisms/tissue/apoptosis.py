"""Apoptosis: a killed or aged cell is cleared after a fixed time.

The cell keeps its place and size until then, as in the published model (Luque 2024); whether it keeps consuming
and secreting is the law `dead_exchange` of a scenario.

Reads   fate
Writes  dying_time [min], removes rows
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from perforin.engine.cells import Column
from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given


@dataclass(frozen=True)
class Apoptosis:
    """How long a dying cell stays."""

    clearance: Value = given(
        8.6,
        "h",
        "Luque 2024, 10.1038/s41598-024-63125-5",
        "assumed",
        "516 min, choice of the published model",
    )


ALIVE, APOPTOTIC, NECROTIC, LYSED = 0, 1, 2, 3

DECLARATION = Mechanism(
    "apoptosis",
    Apoptosis,
    (
        Column("fate", "uint8", "1", about="0 alive, 1 apoptotic, 2 necrotic, 3 lysed"),
        Column("dying_time", "float32", "min", about="since death"),
    ),
    ("clearance",),
)


def is_alive(cells) -> np.ndarray:
    """(n,) bool view of who lives."""
    return cells.fate[: cells.count] == ALIVE


def advance(cells, numbers, events, minute: float, dt: float) -> int:
    """Age the dying by dt [min] and remove those whose time is over; returns how many.

    Reads fate. Writes dying_time, and the rows themselves. Necrotic cells are timed by `necrosis`.
    """
    count = cells.count
    age_the_dying(cells.fate, cells.dying_time, count, dt)
    kind = cells.type[:count]
    over = (cells.fate[:count] == APOPTOTIC) & (cells.dying_time[:count] >= numbers.clearance[kind] - 1e-3)
    return clear(cells, over, events, minute)


def clear(cells, over: np.ndarray, events, minute: float) -> int:
    """Remove the cells marked in `over` and note each as a clearance."""
    if not over.any():
        return 0
    rows = np.flatnonzero(over)
    events.add(minute, "clearance", cells, rows)
    cells.reorder(np.flatnonzero(~over))
    return rows.size


@numba.njit(cache=True)
def age_the_dying(fate, dying_time, count, dt):
    """Count dt [min] on every cell that is no longer alive."""
    for i in range(count):
        if fate[i] != ALIVE:
            dying_time[i] += dt
