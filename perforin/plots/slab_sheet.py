"""A slab and its replicates on one sheet: the tissue at start, nadir and end, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import wording as say
from perforin.analysis.lesion import lesion
from perforin.plots import canvas, cut, palette, visible
from perforin.plots.replicates import classes, reasons, replicates
from perforin.plots.tissue_slice import colour_bars, cut_open

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from perforin.results.run import RunData

WIDTH = 11.0  # inch
LOWER = 3.2  # inch, the height of the row of curves
TALLEST = 6.0  # inch, the most the row of cuts may take


def slab_sheet(runs: Sequence[RunData]) -> Figure:
    """Above, upright cuts through the replicate that ended in the middle; below, all replicates over time, the mean
    antigen classes, and why the survivors survived."""
    from matplotlib.figure import Figure

    shown = typical(runs)
    days = moments(shown)
    left, right, foot, top = cut.of(shown, days[0], list(days)).window
    height = min(TALLEST, 1.1 + WIDTH / 3.6 * abs((top - foot) / (right - left)))
    figure = Figure(figsize=(WIDTH, height + LOWER), layout="constrained")
    above, below = figure.subfigures(2, 1, squeeze=False, height_ratios=(height, LOWER), hspace=0.03)[:, 0]
    _cuts(shown, days, list(above.subplots(1, 3, sharey=True)))
    above.legend(
        handles=visible.handles(shown, list(days)), frameon=False, fontsize=canvas.SMALL, loc="outside lower center",
        ncols=4, labelcolor=palette.INK, handletextpad=0.4, columnspacing=1.4,
    )  # fmt: skip
    curves, shares, why = below.subplots(1, 3, width_ratios=(1.0, 1.0, 1.15))
    replicates(runs, "tumour_cells", curves)
    classes(runs, shares)
    reasons(runs, why)
    return figure


def typical(runs: Sequence[RunData]) -> RunData:
    """The replicate that ended in the middle, counted in tumour cells; of an even number the lower of the two."""
    ends = [found.end if (found := lesion(run)) else 0.0 for run in runs]
    return runs[int(np.argsort(ends, kind="stable")[(len(runs) - 1) // 2])]


def moments(run: RunData) -> tuple[float, float, float]:
    """The first snapshot, the one nearest the nadir, the last; in the middle where no nadir lies between.

    Raises ValueError for fewer than three snapshots.
    """
    days, found = run.snapshot_days, lesion(run)
    if len(days) < 3:
        raise ValueError(f"{run.path} has {len(days)} snapshots; a start, a turn and an end take three")
    middle = found.nadir_day if found is not None and found.fell else 0.5 * (days[0] + days[-1])
    return days[0], min(days[1:-1], key=lambda day: abs(day - middle)), days[-1]


def _cuts(run: RunData, days: tuple[float, float, float], axes: list[Axes]) -> None:
    found = lesion(run)
    turn = "near the nadir" if found is not None and found.fell else "on the way"
    for ax, day, what in zip(axes, days, ("start", turn, "end"), strict=True):
        cut_open(run, day, "type", ax, list(days))
        ax.set_title(f"{say.moment(day)}, {what}", fontsize=canvas.TEXT, color=palette.INK, loc="left")
        if ax is not axes[0]:
            ax.set_ylabel(ax.get_ylabel()).set_visible(False)
    colour_bars(run, axes, antigen=False, field="oxygen" in run.field_names)
