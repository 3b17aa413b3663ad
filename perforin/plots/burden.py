"""Figure: the tumour burden over time, with the published curve where the scenario carries one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import burden as reading
from perforin.analysis import tables
from perforin.analysis import wording as say
from perforin.plots import canvas, palette
from perforin.plots.published import mark

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perforin.results.run import RunData


def burden(run: RunData, ax: Axes | None = None) -> Axes:
    """Living tumour cells over time, the lowest count marked, published points on top."""
    ax = canvas.axes(ax, canvas.WIDE, 4.3)
    day, cells = reading.curve(run)
    found = reading.describe(day, cells)
    canvas.dress(ax, "Time (day)", "Living tumour cells (cells)")
    scale = canvas.time_axis(ax, day)
    if not cells.size:
        return canvas.note(ax, "nothing was recorded")
    ax.plot(day * scale, cells, color=palette.TUMOUR, linewidth=2.4, label="simulated", zorder=3)
    ax.fill_between(day * scale, cells, color=palette.TUMOUR, alpha=0.10, linewidth=0)
    ax.set_ylim(bottom=0, top=max(ax.get_ylim()[1], 1.0))
    if found.shrank and found.start > 0:
        _mark_lowest(ax, found, scale)
    mark(run, "tumour_cells", ax, scale, float(day[-1]))
    _attack_span(run, ax, scale)
    canvas.whole(ax)
    canvas.legend(ax, "above")
    return ax


def _mark_lowest(ax: Axes, found: reading.Burden, scale: float) -> None:
    text = f"best response {say.percent(found.best_change, 0 if found.best_change < -10 else 1)}"
    spot = (found.nadir_day * scale, found.nadir)
    ax.plot(*spot, marker="v", color=palette.INK, markersize=6, zorder=5, clip_on=False)
    right = found.nadir_day > 0.7 * found.days
    ax.annotate(
        text,
        spot,
        xytext=(-6 if right else 6, -15 if found.nadir > 0.15 * ax.get_ylim()[1] else 9),
        textcoords="offset points",
        ha="right" if right else "left",
        fontsize=canvas.SMALL,
        color=palette.INK,
    )


def _attack_span(run: RunData, ax: Axes, scale: float) -> None:
    """A thin bar along the time axis while T cells are alive."""
    alive = np.flatnonzero(tables.column(run, "t_cells") > 0)
    if not alive.size:
        return
    day = tables.column(run, "day") * scale
    begin, end = day[alive[0]], day[alive[-1]]
    ax.plot(
        [begin, end],
        [0.012, 0.012],
        transform=ax.get_xaxis_transform(),
        color=palette.T_CELL,
        linewidth=4,
        solid_capstyle="butt",
        label="T cells alive",
        zorder=4,
    )
