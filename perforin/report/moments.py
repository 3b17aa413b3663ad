"""Which snapshots to show: the start, the end, and what lies between, the turn among it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

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
