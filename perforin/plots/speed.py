"""Figure: what a cell cost in each benchmark that was kept, beside PhysiCell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from perforin.plots import canvas, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PHYSICELL = 4.1  # CPU ms per cell and hour: PhysiCell 1.14.2 with its defaults, measured by us
COLOURS = (palette.ACCENT, palette.TUMOUR, palette.ONLY_SECOND, palette.ANTIGEN_NEGATIVE, palette.NECROTIC)
MARKERS = ("o", "s", "^", "D", "v")


def speed(
    moments: Sequence[str], costs: Mapping[str, Sequence[tuple[int, float]]], ax: Axes | None = None
) -> Axes:
    """CPU time per cell and hour over the benchmarks that were kept, one line for each case.

    moments  what stands under the axis, oldest first
    costs    case to (position in moments, CPU ms per cell and hour)
    """
    ax = canvas.axes(ax, width=canvas.WIDE)
    canvas.dress(ax, "Benchmark (date, commit)", "CPU ms per cell and hour")
    for (label, points), colour, marker in zip(costs.items(), COLOURS, MARKERS, strict=False):
        x, y = zip(*points, strict=True)
        ax.plot(x, y, label=label, color=colour, marker=marker, linewidth=1.6, markersize=5)
    ax.axhline(
        PHYSICELL, color=palette.PUBLISHED, linestyle=":", linewidth=1.2, label="PhysiCell 1.14.2, spheroid"
    )
    ax.set_yscale("log")
    ax.set_xticks(range(len(moments)), moments, rotation=20, ha="right")
    ax.set_xlim(-0.5, max(len(moments) - 0.5, 0.5))
    canvas.legend(ax, "above")
    return ax
