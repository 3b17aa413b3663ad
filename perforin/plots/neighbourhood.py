"""Figure: who lies beside whom, as a table of squares: orange more often than chance, blue less."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import neighbourhood as reading
from perforin.analysis import wording as say
from perforin.plots import canvas, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perforin.results.run import RunData

FARTHEST = 4.0  # times chance, or one in so many of it, at which the colour saturates
UNTOLD = "#eceef0"
STOPS = ("#2b5c8a", "#8fb4cd", "#fbfbfa", "#f0c27b", "#b35806")


def neighbourhood(run: RunData, day: float | None = None, ax: Axes | None = None) -> Axes:
    """Pairs of living neighbours by kind over those expected by chance; of one day, the last by default."""
    from matplotlib.colors import LinearSegmentedColormap

    ax = canvas.axes(ax, canvas.WIDE, canvas.NARROW)
    canvas.dress(ax, f"Neighbour within {reading.REACH:g} \u00b5m (kind)", "Cell (kind)", grid=False)
    if not run.snapshot_days:
        return canvas.note(ax, "no snapshot was recorded")
    day = run.snapshot_days[-1] if day is None else day
    found = reading.neighbourhood(run, day)
    if not found.kinds:
        return canvas.note(ax, "no living cell is left")
    colours = LinearSegmentedColormap.from_list("beside", STOPS).with_extremes(bad=UNTOLD)
    with np.errstate(divide="ignore"):
        power = np.clip(np.log2(found.ratio), -np.log2(FARTHEST), np.log2(FARTHEST))
    shown = ax.imshow(power, cmap=colours, vmin=-np.log2(FARTHEST), vmax=np.log2(FARTHEST), aspect="auto")
    _numbers(found, power, ax)
    names = [f"{kind} ({cells:,.0f})" for kind, cells in zip(found.kinds, found.cells, strict=True)]
    ax.set_yticks(range(len(names)), names)
    ax.set_xticks(range(len(names)), found.kinds, rotation=28, ha="right", rotation_mode="anchor")
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_title(say.moment(day), fontsize=canvas.TEXT, color=palette.INK, loc="left")
    _bar(shown, ax)
    return ax


def _numbers(found: reading.Neighbourhood, power: np.ndarray, ax: Axes) -> None:
    for (row, column), ratio in np.ndenumerate(found.ratio):
        text = "few" if np.isnan(ratio) else f"{ratio:.{2 if ratio < 1 else 1 if ratio < 10 else 0}f}"
        dark = not np.isnan(ratio) and abs(power[row, column]) > 0.8 * np.log2(FARTHEST)
        ax.text(
            column, row, text, ha="center", va="center", fontsize=canvas.SMALL,
            color=palette.PAPER if dark else palette.SOFT_INK if np.isnan(ratio) else palette.INK,
        )  # fmt: skip


def _bar(shown, ax: Axes) -> None:
    bar = ax.figure.colorbar(shown, ax=ax, shrink=0.7, aspect=24, pad=0.02)
    bar.set_ticks([-2, -1, 0, 1, 2], labels=["1/4", "1/2", "chance", "2", "4"])
    bar.set_label("Pairs seen over pairs by chance", fontsize=canvas.SMALL, color=palette.INK)
    bar.ax.tick_params(labelsize=canvas.SMALL, colors=palette.SOFT_INK, length=2)
    bar.outline.set_visible(False)
