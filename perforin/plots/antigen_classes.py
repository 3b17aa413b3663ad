"""Figure: living tumour cells of each antigen class over time: what the attack takes, and what it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perforin.analysis import antigen_classes as reading
from perforin.analysis import tables
from perforin.plots import canvas, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perforin.results.run import RunData


def antigen_classes(run: RunData, ax: Axes | None = None) -> Axes:
    """One line for each class over the snapshots: by two binders, by one of them only, by none."""
    ax = canvas.axes(ax)
    canvas.dress(ax, "Time (day)", "Living tumour cells (cells)")
    scale = canvas.time_axis(ax, tables.column(run, "day"))
    found = reading.census(run)
    if not found.cells.sum():
        return canvas.note(ax, "no tumour cells were recorded")
    for place, name in reading.names(run).items():
        ax.plot(
            found.day * scale, found.cells[:, place], color=palette.CLASS_COLOURS[place], linewidth=2.2,
            linestyle=palette.CLASS_LINE[place], marker=palette.CLASS_MARKER[place], markersize=5,
            markeredgecolor=palette.INK, markeredgewidth=0.5, label=name, clip_on=False,
        )  # fmt: skip
    ax.set_ylim(0, 1.08 * float(found.cells.max()))
    canvas.whole(ax)
    canvas.legend(ax, "above", columns=2)
    return ax
