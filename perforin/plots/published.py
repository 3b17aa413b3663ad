"""Figure: one published quantity, simulated line and measured points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import published as reading
from perforin.analysis import tables
from perforin.plots import canvas, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perforin.results.run import RunData

LABELS = {
    "tumour_cells": "Living tumour cells (cells)",
    "tumour_dead": "Dead tumour cells (cells)",
    "t_cells": "Living T cells (cells)",
    "t_cells_dead": "Dead T cells (cells)",
    "attached_pairs": "T cells holding a target (cells)",
    "kills": "Tumour cells killed (cells)",
    "tissue_depth": "Depth of the tissue (\u00b5m)",
    "block_edge": "Edge of the block (\u00b5m)",
    "tumour_radius": "Tumour radius (\u00b5m)",
    "penetration_depth": "T-cell penetration depth (\u00b5m)",
    "antigen_mean": "Mean antigen (relative)",
    "antigen_negative": "Antigen-negative cells (cells)",
    "oxygen_mean": "Mean oxygen (mmHg)",
    "oxygen_min": "Lowest oxygen (mmHg)",
    "attractant_mean": "Mean attractant (relative)",
}
OF_T_CELLS = ("t_cells", "t_cells_dead", "attached_pairs", "penetration_depth")


def label(quantity: str) -> str:
    """The name of a recorded quantity with its unit."""
    return LABELS.get(quantity, f"{quantity.replace('_', ' ')} (as recorded)")


def published(run: RunData, quantity: str = "tumour_cells", ax: Axes | None = None) -> Axes:
    """The simulated curve of a quantity with the published points on top."""
    ax = canvas.axes(ax, canvas.WIDE, 4.3)
    day, value = tables.column(run, "day"), tables.column(run, quantity)
    canvas.dress(ax, "Time (day)", label(quantity))
    scale = canvas.time_axis(ax, day)
    if not day.size or not value.size:
        return canvas.note(ax, "this run did not record it")
    kind, colour = ("t_cell", palette.T_CELL) if quantity in OF_T_CELLS else ("tumour", palette.TUMOUR)
    ax.plot(day * scale, value, color=colour, linestyle=palette.LINE[kind], linewidth=2.2, label="simulated")
    if np.nanmin(value) >= 0:
        ax.set_ylim(bottom=0)
    mark(run, quantity, ax, scale, float(day[-1]))
    if np.nanmax(value) >= 10:
        canvas.whole(ax)
    canvas.legend(ax)
    return ax


def mark(run: RunData, quantity: str, ax: Axes, scale: float, last: float) -> None:
    """Lay the published points up to the day `last` over a curve; nothing where there are none."""
    day, value = reading.points(run, quantity)
    seen = day <= last * 1.001
    if not seen.any():
        return
    ax.plot(
        day[seen] * scale,
        value[seen],
        linestyle="none",
        marker=palette.MARKER["published"],
        markersize=5,
        markerfacecolor=palette.PAPER,
        markeredgecolor=palette.PUBLISHED,
        markeredgewidth=1.2,
        label="published: " + "; ".join(_short(source) for source in reading.sources(run, quantity)),
        zorder=6,
        clip_on=False,
    )
    ax.set_ylim(top=max(ax.get_ylim()[1], 1.04 * float(value[seen].max())))


def _short(source: str) -> str:
    """The words of a source before its DOI or comma: 'Luque 2024, 10.1038/...' becomes 'Luque 2024'."""
    return source.split(",")[0].strip() or "source not given"
