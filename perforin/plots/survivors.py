"""Figure: why the surviving tumour cells survived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perforin.analysis import survivors as reading
from perforin.analysis import wording as say
from perforin.plots import canvas, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perforin.results.run import RunData


def survivors(run: RunData, ax: Axes | None = None) -> Axes:
    """Horizontal bars, one per reason that occurs, with counts and shares."""
    counts = reading.survivors(run)
    present = [reason for reason in reading.REASONS if counts[reason]]
    ax = canvas.axes(ax, 4.6, 0.7 + 0.42 * max(2, len(present)))
    canvas.dress(ax, "Living tumour cells at the end (cells)", "", grid=False)
    ax.set_ylabel("Reason (category)", fontsize=canvas.TEXT).set_visible(False)
    if not present:
        ax.set_yticks([])
        return canvas.note(ax, "no tumour cell survived")
    total = sum(counts.values())
    for row, reason in enumerate(present):
        ax.barh(row, counts[reason], height=0.62, color=palette.TUMOUR)
        ax.annotate(
            f"{say.count(counts[reason])} ({say.share(counts[reason], total)})",
            (counts[reason], row),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=canvas.SMALL,
            color=palette.INK,
        )
    ax.set_yticks(range(len(present)), [reading.label(reason) for reason in present])
    ax.tick_params(axis="y", length=0, labelsize=canvas.TEXT, labelcolor=palette.INK)
    ax.spines["left"].set_visible(False)
    ax.invert_yaxis()
    ax.set_xlim(0, 1.38 * max(counts.values()))
    return canvas.whole(ax, "x")
