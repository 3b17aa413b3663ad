"""Figures of replicates: a recorded quantity, the antigen classes, and why the survivors survived, over all seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import antigen_classes as by_binder
from perforin.analysis import survivors as reading
from perforin.analysis import wording as say
from perforin.analysis.replicates import band, half_width
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
    colour, style = _look(quantity)
    for place, one in enumerate(found.each):
        text = f"{len(found.each)} seeds" if place == 0 else None
        ax.plot(found.day * scale, one, color=colour, alpha=0.7, linewidth=0.9, label=text)
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
    canvas.legend(ax, "above", columns=2)
    return ax


def classes(runs: Sequence[RunData], ax: Axes | None = None) -> Axes:
    """Living tumour cells of each antigen class over the snapshots all seeds have: means and their 95 % interval."""
    ax = canvas.axes(ax)
    canvas.dress(ax, "Time (day)", "Living tumour cells (cells)")
    counted = [by_binder.census(run) for run in runs]
    day = np.array(sorted(set.intersection(*(set(one.day.tolist()) for one in counted))))
    scale = canvas.time_axis(ax, day)
    if not day.size:
        return canvas.note(ax, "no snapshot was recorded")
    each = np.array([one.cells[np.isin(one.day, day)] for one in counted])
    mean, half = each.mean(axis=0), half_width(each)
    for place, name in by_binder.names(runs[0]).items():
        colour, middle, wide = palette.CLASS_COLOURS[place], mean[:, place], half[:, place]
        if np.isfinite(wide).all():
            low, high = np.maximum(middle - wide, 0.0), middle + wide
            ax.fill_between(day * scale, low, high, color=colour, alpha=0.22, linewidth=0)
        ax.plot(
            day * scale, middle, color=colour, linewidth=2.2, linestyle=palette.CLASS_LINE[place],
            marker=palette.CLASS_MARKER[place], markersize=5, markeredgecolor=palette.INK, markeredgewidth=0.5,
            label=name, clip_on=False,
        )  # fmt: skip
    ax.set_ylim(bottom=0)
    canvas.whole(ax)
    canvas.legend(ax, "above", columns=2)
    return ax


def reasons(runs: Sequence[RunData], ax: Axes | None = None) -> Axes:
    """Horizontal bars, one per reason that occurs: the mean over seeds, its 95 % interval, and every seed as a dot."""
    each = np.array([list(reading.survivors(run).values()) for run in runs], float)
    present = [place for place in range(len(reading.REASONS)) if each[:, place].any()]
    ax = canvas.axes(ax, height=0.7 + 0.5 * max(2, len(present)))
    canvas.dress(ax, "Living tumour cells at the end (cells)", "", grid=False)
    ax.set_ylabel("Reason (category)", fontsize=canvas.TEXT).set_visible(False)
    if not present:
        ax.set_yticks([])
        return canvas.note(ax, "no tumour cell survived")
    mean, half = each.mean(axis=0), np.nan_to_num(half_width(each))
    for row, place in enumerate(present):
        ax.barh(row, mean[place], height=0.62, color=palette.TUMOUR)
        low = max(0.0, mean[place] - half[place])
        ax.plot([low, mean[place] + half[place]], [row, row], color=palette.INK, linewidth=1.2)
        ax.plot(
            each[:, place], np.full(len(each), row + 0.2), linestyle="none", marker="o", markersize=3.5,
            clip_on=False, color=palette.PAPER, markeredgecolor=palette.INK, markeredgewidth=0.7,
        )  # fmt: skip
    named = [
        f"{reading.label(reading.REASONS[place])}\n{_number(mean[place])} ({say.share(mean[place], mean.sum())})"
        for place in present
    ]
    ax.set_yticks(range(len(present)), named)
    ax.tick_params(axis="y", length=0, labelsize=canvas.SMALL, labelcolor=palette.INK)
    ax.spines["left"].set_visible(False)
    ax.invert_yaxis()
    ax.set_xlim(0, 1.04 * max(each.max(), (mean + half).max()))
    canvas.whole(ax, "x").locator_params(axis="x", nbins=4)
    return ax


def _look(quantity: str) -> tuple[str, str]:
    """Colour and line of a recorded quantity."""
    if quantity.startswith("t_cells"):
        return palette.T_CELL, "--"
    return (palette.ANTIGEN_NEGATIVE, "-.") if quantity == "antigen_negative" else (palette.TUMOUR, "-")


def _number(mean: float) -> str:
    """A mean count; below one cell not rounded away."""
    return say.count(mean) if mean >= 1 else say.figure(mean, 1)
