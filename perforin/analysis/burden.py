"""Tumour burden: where it started, how low it went, how it came back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import tables

if TYPE_CHECKING:
    from perforin.results.run import RunData

STILL = 0.05  # a count that stays within 5 % counts as standing still
LATE_SHARE = 0.25  # the doubling time is read from the last quarter of the run


@dataclass(frozen=True)
class Burden:
    """The tumour-cell curve in the numbers a clinician would ask for."""

    start: float  # living tumour cells at the first record
    end: float  # at the last
    days: float  # length of the record [day]
    nadir: float  # fewest cells after the start
    nadir_day: float
    best_change: float  # nadir against start [%], never above 0
    regrowth: float  # end over nadir; inf after a nadir of zero, nan where the nadir is the end
    doubling_time: float  # over the last quarter [day]; nan where it does not grow
    still: tuple[float, float] | None  # longest spell within 5 % [day, day]

    @property
    def change(self) -> float:
        """End against start [%]; nan for an empty start."""
        return 100.0 * (self.end / self.start - 1.0) if self.start > 0 else math.nan

    @property
    def shrank(self) -> bool:
        """Whether it was ever smaller than at the start."""
        return self.best_change < 0


def curve(run: RunData) -> tuple[np.ndarray, np.ndarray]:
    """Days and living tumour cells, (n_rows,) each."""
    return tables.column(run, "day"), tables.column(run, "tumour_cells")


def burden(run: RunData) -> Burden:
    """Read the burden curve of a run."""
    return describe(*curve(run))


def describe(day: np.ndarray, cells: np.ndarray) -> Burden:
    """The burden curve (n_rows,) [day], (n_rows,) [cell] in numbers. The nadir is the first of equals."""
    if cells.size == 0:
        return Burden(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, math.nan, math.nan, None)
    low = int(np.argmin(cells))
    start, end, nadir = float(cells[0]), float(cells[-1]), float(cells[low])
    return Burden(
        start=start,
        end=end,
        days=float(day[-1] - day[0]),
        nadir=nadir,
        nadir_day=float(day[low]),
        best_change=100.0 * (nadir / start - 1.0) if start > 0 else 0.0,
        regrowth=_regrowth(nadir, end, low == cells.size - 1),
        doubling_time=doubling_time(day, cells),
        still=standstill(day, cells),
    )


def _regrowth(nadir: float, end: float, at_end: bool) -> float:
    if at_end:
        return math.nan
    if nadir > 0:
        return end / nadir
    return math.inf if end > 0 else math.nan


def doubling_time(day: np.ndarray, cells: np.ndarray) -> float:
    """Days in which the count doubles: ln 2 over the least-squares slope of ln(cells) in the last quarter.

    nan where fewer than three counts stand there, one of them is zero, or the tumour does not grow.
    """
    late = day >= day[-1] - LATE_SHARE * (day[-1] - day[0])
    if late.sum() < 3 or np.any(cells[late] <= 0):
        return math.nan
    slope = np.polyfit(day[late] - day[-1], np.log(cells[late]), 1)[0]
    return math.log(2) / slope if slope > 1e-9 else math.nan


def standstill(day: np.ndarray, cells: np.ndarray) -> tuple[float, float] | None:
    """The longest spell in which the highest count is at most 5 % above the lowest; None under a day.

    A sliding window: the left edge moves on whenever the spread inside grows too large.
    """
    best, left = None, 0
    for right in range(cells.size):
        while cells[left : right + 1].max() > (1 + STILL) * cells[left : right + 1].min():
            left += 1
        length = day[right] - day[left]
        if length >= 1.0 and cells[left] > 0 and (best is None or length > best[1] - best[0]):
            best = (float(day[left]), float(day[right]))
    return best
