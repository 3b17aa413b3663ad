"""Figure: the tumours of several arms over time, each over its own start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from perforin.analysis import tables
from perforin.plots import canvas, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perforin.results.run import RunData

COLOURS = (
    palette.ACCENT,
    palette.OXYGEN,
    palette.ONLY_SECOND,
    palette.ANTIGEN_NEGATIVE,
    palette.INK,
    palette.TUMOUR,
)
LINES = ("-", "--", "-.", ":")


def arms(runs: Mapping[str, RunData], ax: Axes | None = None) -> Axes:
    """Living tumour cells of every arm over time as a share of its own start."""
    ax = canvas.axes(ax, canvas.WIDE, 3.6)
    canvas.dress(ax, "Time (day)", "Living tumour cells (% of the start)")
    longest = max(
        (tables.column(run, "day") for run in runs.values()), key=lambda day: day[-1] if day.size else -1
    )
    scale = canvas.time_axis(ax, longest)
    if not longest.size:
        return canvas.note(ax, "nothing was recorded")
    for place, (name, run) in enumerate(runs.items()):
        day, cells = tables.column(run, "day"), tables.column(run, "tumour_cells")
        if not cells.size or not cells[0] > 0:
            continue
        colour, line = COLOURS[place % len(COLOURS)], LINES[place % len(LINES)]
        ax.plot(day * scale, 100 * cells / cells[0], color=colour, linestyle=line, linewidth=2.2, label=name)
    ax.axhline(100, color=palette.HAIRLINE, linewidth=0.9, zorder=1)
    ax.set_ylim(bottom=0)
    canvas.legend(ax, "above", columns=2)
    return canvas.whole(ax)
