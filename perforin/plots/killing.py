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
    label, scale = canvas.time_axis(float(day[-1]) if day.size else 0.0)
    canvas.dress(ax, label, "Tumour cells killed so far (cells)")
    if not day.size or kills[-1] == 0:
        return canvas.note(ax, "no kills in this run")
    ax.plot(day * scale, kills, color=palette.KILL, linewidth=2)
    ax.set_ylim(bottom=0)
    return canvas.whole(ax)


def effector_to_target(run: RunData, ax: Axes | None = None) -> Axes:
    """Living T cells per living tumour cell, over time."""
    ax = canvas.axes(ax)
    day, ratio = reading.effector_to_target(run)
    label, scale = canvas.time_axis(float(day[-1]) if day.size else 0.0)
    canvas.dress(ax, label, "E:T (T cells per tumour cell)")
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
    label, scale = canvas.time_axis(float(days[-1]) if days.size else 0.0)
    canvas.dress(ax, label, "Kills per T cell per day (1/day)")
    if not np.isfinite(rate).any():
        return canvas.note(ax, "no T cells in this run")
    width = (day[1] - day[0] if day.size > 1 else reading.WINDOW) * scale
    ax.bar(day * scale, np.nan_to_num(rate), width=0.82 * width, color=palette.KILL, alpha=0.75, linewidth=0)
    ax.set_xlim(0, float(days[-1]) * scale)
    ax.set_ylim(bottom=0)
    return ax
