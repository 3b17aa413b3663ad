"""Figure: what each obstacle of a run costs in tumour cells."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import TYPE_CHECKING

from perforin.analysis.explained import Cost, Explained, excludes_zero
from perforin.plots import canvas, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DOTS = 160  # per inch


def obstacles(found: Explained, ax: Axes | None = None) -> Axes:
    """Horizontal bars, the dearest first, pairs below: mean cost, its 95 % interval, and every seed as a dot.

    Bars whose interval holds 0 are pale: such a cost is not sure.
    """
    rows = [*found.obstacles, *found.pairs]
    ax = canvas.axes(ax, canvas.WIDE, 1.0 + 0.5 * max(2, len(rows)))
    canvas.dress(ax, "Tumour cells at the end that stand because of it (cells)", "", grid=False)
    ax.set_ylabel("Obstacle (category)", fontsize=canvas.TEXT).set_visible(False)
    if not rows:
        ax.set_yticks([])
        return canvas.note(ax, "no obstacle was measured")
    for row, cost in enumerate(rows):
        _bar(ax, row, cost, found)
    ax.axvline(0, color=palette.INK, linewidth=0.9)
    ax.set_yticks(range(len(rows)), [cost.name for cost in rows])
    ax.tick_params(axis="y", length=0, labelsize=canvas.TEXT, labelcolor=palette.INK)
    ax.spines["left"].set_visible(False)
    ax.invert_yaxis()
    ax.margins(x=0.08)
    return canvas.whole(ax, "x")


def _bar(ax: Axes, row: int, cost: Cost, found: Explained) -> None:
    sure = excludes_zero(cost.cost)
    ax.barh(row, cost.cost.mean, height=0.6, color=palette.TUMOUR, alpha=1.0 if sure else 0.35)
    if math.isfinite(cost.cost.low):
        ax.plot([cost.cost.low, cost.cost.high], [row, row], color=palette.INK, linewidth=1.4)
    both = zip(found.base, cost.ends, strict=True)
    each = [base - end for base, end in both if base is not None and end is not None]
    ax.plot(
        each, [row + 0.2] * len(each), linestyle="none", marker="o", markersize=3.5, clip_on=False,
        color=palette.PAPER, markeredgecolor=palette.INK, markeredgewidth=0.7,
    )  # fmt: skip


def save(found: Explained, path: Path) -> Path:
    """Draw it into a PNG file. Raises StorageError."""
    from matplotlib.figure import Figure

    from perforin.results import disk

    figure, picture = obstacles(found).figure, io.BytesIO()
    if isinstance(figure, Figure):
        figure.savefig(picture, format="png", dpi=DOTS, metadata={"Software": None})
    disk.write_file(path, picture.getvalue())
    return path
