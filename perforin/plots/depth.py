"""Figures of a slab: oxygen and cells against depth, and how deep the T cells are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import depths, tables
from perforin.analysis import wording as say
from perforin.plots import canvas, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perforin.results.run import RunData

DEPTH = "Depth below the surface of day 0 (\u00b5m)"
THOUSAND = 1e3
T_CELL_SCALE = 10.0  # T cells are few: their density is drawn so many times larger


def oxygen(run: RunData, day: float | None, ax: Axes) -> Axes:
    """Mean oxygen of each layer against depth, on the first day it was solved and the last, or on one day."""
    canvas.dress(ax, DEPTH, "Oxygen (mmHg)")
    known = run.field_days if day is None else [day]
    solved = [moment for moment in known if depths.oxygen(run, moment)[0].size]
    if not solved:
        return canvas.note(ax, "oxygen was not recorded")
    moments = list(dict.fromkeys([solved[0], solved[-1]]))
    for moment, style in zip(moments, (":", "-.") if len(moments) > 1 else ("-.",), strict=True):
        depth, level = depths.oxygen(run, moment)
        ax.plot(depth, level, color=palette.OXYGEN, linestyle=style, linewidth=2, label=say.moment(moment))
    ax.set_ylim(bottom=0)
    _ground(run, moments, ax)
    canvas.legend(ax, "upper right")
    return ax


def types(run: RunData, day: float, ax: Axes) -> Axes:
    """Tumour cells, those that no CAR sees and T cells per volume against depth, on one day."""
    canvas.dress(ax, DEPTH, "Cells per volume (1000/mm\u00b3)")
    first = depths.profile(run, run.snapshot_days[0])
    found = depths.profile(run, day)
    if day > run.snapshot_days[0]:
        label = f"tumour cells, {say.moment(run.snapshot_days[0])}"
        ax.plot(first.depth, first.tumour / THOUSAND, color=palette.BEFORE, linewidth=1.4, label=label)
    for density, colour, style, label in (
        (found.tumour, palette.TUMOUR, "-", f"tumour cells, {say.moment(day)}"),
        (found.negative, palette.ANTIGEN_NEGATIVE, "-.", "of them seen by no CAR"),
        (T_CELL_SCALE * found.t_cells, palette.T_CELL, "--", f"T cells, {T_CELL_SCALE:g}{say.TIMES}"),
    ):
        ax.plot(found.depth, density / THOUSAND, color=colour, linestyle=style, linewidth=2, label=label)
    _ground(run, [day], ax)
    top = max(first.tumour.max(), found.tumour.max(), T_CELL_SCALE * found.t_cells.max()) / THOUSAND
    ax.set_ylim(0, max(1.1 * top, 1.0))
    canvas.legend(ax, "above", columns=2)
    return ax


def penetration(run: RunData, ax: Axes) -> Axes:
    """Median and 90th percentile depth of living T cells below the surface of the day, in the depth of the tissue."""
    day, depth = tables.column(run, "day"), tables.column(run, "tissue_depth")
    canvas.dress(ax, "Time (day)", "Depth below the surface (\u00b5m)")
    scale = canvas.time_axis(ax, day)
    if not day.size:
        return canvas.note(ax, "nothing was recorded")
    ax.fill_between(day * scale, depth, color=palette.TUMOUR, alpha=0.10, linewidth=0)
    ax.plot(day * scale, depth, color=palette.TUMOUR, linewidth=2, label="depth of the tissue")
    found = depths.penetration(run)
    for level, style, marker, label in (
        (found.median, "--", "s", "T cells, median"),
        (found.deep, ":", "^", "T cells, 90th percentile"),
    ):
        if np.isfinite(level).any():
            ax.plot(
                found.day * scale, level, color=palette.T_CELL, linestyle=style, linewidth=2, marker=marker,
                markersize=4, label=label, clip_on=False,
            )  # fmt: skip
    ax.set_ylim(1.04 * float(np.nanmax(depth)), 0)
    canvas.legend(ax, "above", columns=2)
    return ax


def _ground(run: RunData, days: list[float], ax: Axes) -> None:
    """Frame the tissue and some fluid, tint the fluid of the last of these days, and name it."""
    deepest, surface = depths.thickness(run), depths.surface(run)
    now = surface - depths.surface(run, days[-1])
    shallow = min(now, 0.0) - 60.0
    ax.set_xlim(shallow, deepest)
    ax.axvspan(shallow, now, color=palette.T_CELL, alpha=0.07, linewidth=0, zorder=0)
    ax.axvline(0.0, color=palette.SOFT_INK, linewidth=0.8, linestyle=(0, (5, 3)), zorder=1)
    ax.text(
        shallow + 0.012 * (deepest - shallow), 0.03, "CSF", transform=ax.get_xaxis_transform(),
        fontsize=canvas.SMALL, color=palette.INK,
    )  # fmt: skip
