"""Figure: kills so far, and the effector-to-target ratio, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import killing as reading
from perforin.analysis import tables
from perforin.plots import canvas, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perforin.results.run import RunData


def killing(run: RunData, ax: Axes | None = None) -> Axes:
    """Tumour cells killed since the start."""
    ax = canvas.axes(ax)
    day, kills = reading.cumulative(run)
    canvas.dress(ax, "Time (day)", "Tumour cells killed so far (cells)")
    scale = canvas.time_axis(ax, day)
    if not day.size or kills[-1] == 0:
        return canvas.note(ax, "no kills in this run")
    ax.plot(day * scale, kills, color=palette.KILL, linewidth=2)
    ax.set_ylim(bottom=0)
    return canvas.whole(ax)


def effector_to_target(run: RunData, ax: Axes | None = None) -> Axes:
    """Living T cells per living tumour cell, over time."""
    ax = canvas.axes(ax)
    day, ratio = reading.effector_to_target(run)
    canvas.dress(ax, "Time (day)", "E:T (T cells per tumour cell)")
    scale = canvas.time_axis(ax, day)
    if not np.nansum(ratio) > 0:
        return canvas.note(ax, "no T cells in this run")
    ax.plot(day * scale, ratio, color=palette.T_CELL, linestyle="--", linewidth=2)
    ax.set_ylim(bottom=0)
    return ax


def kills_per_t_cell(run: RunData, ax: Axes | None = None) -> Axes:
    """Kills per living T cell per day, in daily means."""
    ax = canvas.axes(ax)
    day, rate = reading.rate_per_t_cell(run)
    days = tables.column(run, "day")
    canvas.dress(ax, "Time (day)", "Kills per T cell per day (1/day)")
    scale = canvas.time_axis(ax, days)
    if not np.isfinite(rate).any():
        return canvas.note(ax, "no T cells in this run")
    width = (day[1] - day[0] if day.size > 1 else reading.WINDOW) * scale
    ax.bar(day * scale, np.nan_to_num(rate), width=0.82 * width, color=palette.KILL, alpha=0.75, linewidth=0)
    ax.set_ylim(bottom=0)
    return ax
