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
    "tumour_radius": "Tumour radius (\u00b5m)",
    "penetration_depth": "T-cell penetration depth (\u00b5m)",
    "antigen_mean": "Mean antigen (relative)",
    "antigen_negative": "Antigen-negative cells (cells)",
    "oxygen_mean": "Mean oxygen (mmHg)",
    "oxygen_min": "Lowest oxygen (mmHg)",
    "attractant_mean": "Mean attractant (relative)",
}


def label(quantity: str) -> str:
    """The name of a recorded quantity with its unit."""
    return LABELS.get(quantity, f"{quantity.replace('_', ' ')} (as recorded)")


def published(run: RunData, quantity: str = "tumour_cells", ax: Axes | None = None) -> Axes:
    """The simulated curve of a quantity with the published points on top."""
    ax = canvas.axes(ax)
    day, value = tables.column(run, "day"), tables.column(run, quantity)
    canvas.dress(ax, "Time (day)", label(quantity))
    if not day.size or not value.size:
        return canvas.note(ax, "this run did not record it")
    when, measured = reading.points(run, quantity)
    ax.plot(day, value, color=palette.TUMOUR, linewidth=2.2, label="simulated")
    ax.plot(
        when, measured, linestyle="none", marker=palette.MARKER["published"], markersize=5.5, label="published",
        markerfacecolor=palette.PAPER, markeredgecolor=palette.PUBLISHED, markeredgewidth=1.2,
    )  # fmt: skip
    if np.nanmin(value) >= 0:
        ax.set_ylim(bottom=0)
    if np.nanmax(value) >= 10:
        canvas.whole(ax)
    canvas.legend(ax)
    return ax
