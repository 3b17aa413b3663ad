"""Figure: the antigen of the tumour before and after, with the border below which the CAR sees nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import antigen as reading
from perforin.analysis import binders
from perforin.analysis import wording as say
from perforin.plots import canvas, palette
from perforin.plots.antigen_plane import plane

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perforin.results.run import RunData


def antigen(run: RunData, ax: Axes | None = None) -> Axes:
    """Share of the living tumour cells per antigen level, at the first and the last snapshot.

    Of a product with two binders: the copies of both antigens on every cell, with the copies each binder needs.
    """
    ax = canvas.axes(ax)
    two = binders.pair(run)
    if two is not None:
        return plane(run, two, ax)
    copies = reading.in_copies(run)
    level = (
        "Antigen seen by the CAR (copies per cell)"
        if copies
        else "Antigen level (relative to the founders' mean)"
    )
    canvas.dress(ax, level, "Share of tumour cells (% per bin)")
    pair = reading.before_and_after(run)
    if pair is None or pair[0].levels.size + pair[1].levels.size == 0:
        return canvas.note(ax, "no tumour cells were recorded")
    before, after = pair
    edges = reading.shared_bins(before, after)
    _draw(ax, before, edges, palette.BEFORE, filled=True)
    if after.day > before.day:
        _draw(ax, after, edges, palette.TUMOUR, filled=False)
    ax.axvline(before.threshold, color=palette.ANTIGEN_NEGATIVE, linewidth=1.4, linestyle=":")
    ax.axvspan(
        edges[0],
        before.threshold,
        color=palette.ANTIGEN_NEGATIVE,
        alpha=0.10,
        linewidth=0,
        label="antigen-negative",
    )
    if copies:
        ax.set_xscale("log")
    ax.set_xlim(edges[0], edges[-1])
    ax.set_ylim(0, 1.3 * ax.get_ylim()[1])
    canvas.legend(ax, "upper right")
    return ax


def _draw(ax: Axes, moment: reading.Antigen, edges: np.ndarray, colour: str, *, filled: bool) -> None:
    label = f"{say.moment(moment.day)}: mean {say.figure(moment.mean)}"
    share = 100.0 * np.histogram(np.maximum(moment.levels, edges[0]), edges)[0] / max(1, moment.levels.size)
    if filled:
        ax.stairs(share, edges, color=colour, fill=True, alpha=0.45, label=label)
    else:
        ax.stairs(share, edges, color=colour, linewidth=2.2, label=label)
