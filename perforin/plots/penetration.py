"""Figure: how deep the T cells are in the tumour, next to how large the tumour is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import tables
from perforin.plots import canvas, palette
from perforin.plots import depth as depths

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perforin.results.run import RunData


def penetration(run: RunData, ax: Axes | None = None) -> Axes:
    """Penetration depth of the T cells below the tumour's surface, and the tumour's radius, over time."""
    ax = canvas.axes(ax)
    if run.meta.get("slab"):
        return depths.penetration(run, ax)
    day = tables.column(run, "day")
    canvas.dress(ax, "Time (day)", "Depth, radius (\u00b5m)")
    scale = canvas.time_axis(ax, day)
    if not day.size:
        return canvas.note(ax, "nothing was recorded")
    radius = tables.column(run, "tumour_radius")
    depth = np.where(tables.column(run, "t_cells") > 0, tables.column(run, "penetration_depth"), np.nan)
    ax.plot(day * scale, radius, color=palette.TUMOUR, linewidth=2, label="tumour radius")
    if np.isfinite(depth).any():
        ax.plot(
            day * scale,
            depth,
            color=palette.T_CELL,
            linestyle="--",
            linewidth=2,
            label="T-cell penetration depth",
        )
    ax.set_ylim(bottom=min(0.0, float(np.nanmin(depth)) if np.isfinite(depth).any() else 0.0))
    canvas.legend(ax)
    return ax
