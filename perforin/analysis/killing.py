"""Killing: how many tumour cells the T cells killed, how fast, and at which odds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import tables

if TYPE_CHECKING:
    from perforin.results.run import RunData

WINDOW = 1.0  # day over which a killing rate is averaged


@dataclass(frozen=True)
class Killing:
    """The attack in numbers."""

    kills: float  # in all
    most_t_cells: float
    most_t_cells_day: float
    t_cells_end: float
    t_cells_gone_day: float  # first day without T cells after there were some; nan if never
    peak_rate: float  # kills per T cell per day, largest daily mean
    peak_rate_day: float
    per_t_cell: float  # kills over the largest number of T cells; nan without T cells


def cumulative(run: RunData) -> tuple[np.ndarray, np.ndarray]:
    """Days and kills so far, (n_rows,) each."""
    return tables.column(run, "day"), tables.column(run, "kills")


def effector_to_target(run: RunData) -> tuple[np.ndarray, np.ndarray]:
    """Days and living T cells per living tumour cell, (n_rows,) each; nan where no tumour cell is left."""
    t_cells, tumour = tables.column(run, "t_cells"), tables.column(run, "tumour_cells")
    ratio = np.divide(t_cells, tumour, out=np.full(tumour.size, math.nan), where=tumour > 0)
    return tables.column(run, "day"), ratio


def rate_per_t_cell(run: RunData, window: float = WINDOW) -> tuple[np.ndarray, np.ndarray]:
    """Kills per living T cell per day, averaged over windows of a day: middles [day] and rates.

    Kills in the window over the T-cell days in it (trapezoid over the record); nan where fewer than
    one T-cell day passed, so that the last few cells do not draw a spike.
    """
    day, kills = cumulative(run)
    if day.size < 2:
        return np.empty(0), np.empty(0)
    t_cells = tables.column(run, "t_cells")
    lived = np.concatenate(([0.0], np.cumsum(0.5 * (t_cells[1:] + t_cells[:-1]) * np.diff(day))))
    count = max(1, round((day[-1] - day[0]) / window))
    edges = np.linspace(day[0], day[-1], count + 1)
    killed_in, lived_in = np.diff(np.interp(edges, day, kills)), np.diff(np.interp(edges, day, lived))
    enough = lived_in >= min(1.0, 0.1 * lived[-1]) if lived[-1] > 0 else np.zeros(count, bool)
    rate = np.divide(killed_in, lived_in, out=np.full(count, math.nan), where=enough)
    return 0.5 * (edges[1:] + edges[:-1]), rate


def killing(run: RunData) -> Killing:
    """Read the attack of a run."""
    day, kills = cumulative(run)
    if day.size == 0:
        return Killing(0.0, 0.0, 0.0, 0.0, math.nan, math.nan, math.nan, math.nan)
    t_cells = tables.column(run, "t_cells")
    most = int(np.argmax(t_cells))
    gone = (
        np.flatnonzero((t_cells == 0) & (np.arange(day.size) > most))
        if t_cells[most] > 0
        else np.empty(0, int)
    )
    middle, rate = rate_per_t_cell(run)
    known = np.flatnonzero(np.isfinite(rate))
    peak = int(known[np.argmax(rate[known])]) if known.size else -1
    return Killing(
        kills=float(kills[-1]),
        most_t_cells=float(t_cells[most]),
        most_t_cells_day=float(day[most]),
        t_cells_end=float(t_cells[-1]),
        t_cells_gone_day=float(day[gone[0]]) if gone.size else math.nan,
        peak_rate=float(rate[peak]) if peak >= 0 else math.nan,
        peak_rate_day=float(middle[peak]) if peak >= 0 else math.nan,
        per_t_cell=float(kills[-1] / t_cells[most]) if t_cells[most] > 0 else math.nan,
    )
