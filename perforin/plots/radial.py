"""Figure: who stands where, and with how much oxygen: from a tumour's centre out, or from a slab's surface down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import spatial
from perforin.analysis import wording as say
from perforin.plots import canvas, depth, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perforin.results.run import RunData

FEW = 10  # cells in a shell below which its mean is not drawn


def radial_oxygen(run: RunData, day: float | None = None, ax: Axes | None = None) -> Axes:
    """Mean oxygen at the living cells against the distance from the tumour's centre; all snapshots of `days`."""
    ax = canvas.axes(ax)
    if run.meta.get("slab"):
        return depth.oxygen(run, day, ax)
    canvas.dress(ax, "Distance from the tumour's centre (\u00b5m)", "Oxygen (mmHg)")
    if not run.snapshot_days:
        return canvas.note(ax, "no snapshot was recorded")
    moments = dict.fromkeys([run.snapshot_days[0], run.snapshot_days[-1]] if day is None else [day])
    for moment, style in zip(moments, (":", "-.") if len(moments) > 1 else ("-.",), strict=True):
        found = spatial.profile(run, run.cells(moment))
        oxygen = np.where(found.cells >= FEW, found.oxygen, np.nan)
        ax.plot(
            found.radius, oxygen, color=palette.OXYGEN, linestyle=style, linewidth=2, label=say.moment(moment)
        )
    ax.set_ylim(bottom=0)
    ax.set_xlim(left=0)
    canvas.legend(ax, "lower right")
    return ax


def radial_types(run: RunData, day: float | None = None, ax: Axes | None = None) -> Axes:
    """Share of tumour cells, T cells and dead cells in shells around the tumour's centre, on one day."""
    ax = canvas.axes(ax)
    canvas.dress(ax, "Distance from the tumour's centre (\u00b5m)", "Share of cells in the shell (%)")
    if not run.snapshot_days:
        return canvas.note(ax, "no snapshot was recorded")
    day = run.snapshot_days[-1] if day is None else day
    if run.meta.get("slab"):
        return depth.types(run, day, ax)
    found = spatial.profile(run, run.cells(day))
    enough = found.cells >= FEW
    for share, colour, style, label in (
        (found.tumour, palette.TUMOUR, "-", "tumour cells"),
        (found.t_cells, palette.T_CELL, "--", "T cells"),
        (found.dead, palette.NECROTIC, ":", "dead cells"),
    ):
        ax.plot(
            found.radius,
            np.where(enough, 100 * share, np.nan),
            color=colour,
            linestyle=style,
            linewidth=2,
            label=label,
        )
    ax.set_ylim(0, 102)
    ax.set_xlim(left=0)
    ax.set_title(say.moment(day), fontsize=canvas.TEXT, color=palette.INK, loc="left")
    canvas.legend(ax)
    return ax
