"""Figure: a recorded quantity over replicates, every seed thin, the mean and its 95 % interval on top."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis.replicates import band
from perforin.plots import canvas, palette
from perforin.plots.published import label, mark

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perforin.results.run import RunData


def replicates(runs: Sequence[RunData], quantity: str = "tumour_cells", ax: Axes | None = None) -> Axes:
    """Every seed, the mean, its 95 % interval, and published points where the scenario carries them."""
    ax = canvas.axes(ax)
    found = band(runs, quantity)
    canvas.dress(ax, "Time (day)", label(quantity))
    scale = canvas.time_axis(ax, found.day)
    if not found.day.size:
        return canvas.note(ax, "nothing was recorded")
    colour, style = (palette.T_CELL, "--") if quantity.startswith("t_cells") else (palette.TUMOUR, "-")
    for place, one in enumerate(found.each):
        text = f"{len(found.each)} seeds" if place == 0 else None
        ax.plot(found.day * scale, one, color=colour, alpha=0.35, linewidth=0.8, label=text)
    if np.isfinite(found.low).all():
        ax.fill_between(
            found.day * scale,
            found.low,
            found.high,
            color=colour,
            alpha=0.25,
            linewidth=0,
            label="95 % of the mean",
        )
    ax.plot(found.day * scale, found.mean, color=colour, linestyle=style, linewidth=2.2, label="mean")
    ax.set_ylim(bottom=0)
    mark(runs[0], quantity, ax, scale, float(found.day[-1]))
    canvas.whole(ax)
    canvas.legend(ax)
    return ax
