"""Which snapshots to show: the start, the end, the turn between them, the height of the attack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import tables
from perforin.analysis.burden import burden

if TYPE_CHECKING:
    from perforin.results.run import RunData

PANELS = 4


def moments(run: RunData, panels: int = PANELS) -> list[float]:
    """At most so many snapshot days, evenly spaced; the one nearest the lowest burden takes its neighbour's place."""
    days = run.snapshot_days
    if len(days) <= panels:
        return list(days)
    wanted = np.linspace(days[0], days[-1], panels)
    chosen = [_nearest(days, day) for day in wanted]
    tumour = burden(run)
    low = _nearest(days, tumour.nadir_day)
    if tumour.shrank and days[0] < low < days[-1] and low not in chosen:
        inner = min(range(1, panels - 1), key=lambda place: abs(chosen[place] - low))
        chosen[inner] = low
    return sorted(set(chosen))


def _nearest(days: list[float], wanted: float) -> float:
    return min(days, key=lambda day: abs(day - wanted))


def busiest(run: RunData) -> float:
    """The snapshot day on which most T cells held a target; the last where none ever did."""
    day, held = tables.column(run, "day"), tables.column(run, "attached_pairs")
    if not held.size or not held.max() > 0:
        return run.snapshot_days[-1]
    return max(run.snapshot_days, key=lambda moment: float(np.interp(moment, day, held)))
