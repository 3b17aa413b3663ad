"""Figure: how many T cells live, and how many of them hold a tumour cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perforin.analysis import tables
from perforin.plots import canvas, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perforin.results.run import RunData


def t_cells(run: RunData, ax: Axes | None = None) -> Axes:
    """Living T cells and those attached to a tumour cell, over time."""
    ax = canvas.axes(ax)
    day = tables.column(run, "day")
    canvas.dress(ax, "Time (day)", "T cells (cells)")
    scale = canvas.time_axis(ax, day)
    alive = tables.column(run, "t_cells")
    if not day.size or alive.max() == 0:
        return canvas.note(ax, "no T cells in this run")
    ax.plot(day * scale, alive, color=palette.T_CELL, linestyle="--", linewidth=2, label="alive")
    attached = tables.column(run, "attached_pairs")
    ax.fill_between(
        day * scale, attached, color=palette.T_CELL, alpha=0.35, linewidth=0, label="holding a tumour cell"
    )
    ax.set_ylim(bottom=0)
    canvas.whole(ax)
    canvas.legend(ax)
    return ax
