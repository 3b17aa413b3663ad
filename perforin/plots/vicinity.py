"""Figures: how dense the T cells are against depth below the tumour's edge, and against distance from a vessel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import tables
from perforin.analysis import vicinity as reading
from perforin.analysis import wording as say
from perforin.plots import canvas, palette

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from perforin.analysis.vicinity import Density
    from perforin.results.run import RunData

DENSITY = "T cells per volume (1/mm\u00b3)"


def by_edge(run: RunData, day: float | None = None, ax: Axes | None = None) -> Axes:
    """T cells per volume against depth below the edge of the tumour, what lies outside to the left and tinted."""
    ax = canvas.axes(ax)
    canvas.dress(ax, "Depth below the tumour's edge (\u00b5m)", DENSITY)
    drawn = _draw(run, day, reading.from_edge, ax, "the tumour has no edge here")
    if drawn:
        left = min(found.edges[0] for found in drawn)
        ax.axvspan(left, 0.0, color=palette.T_CELL, alpha=0.07, linewidth=0, zorder=0)
        ax.axvline(0.0, color=palette.SOFT_INK, linewidth=0.8, linestyle=(0, (5, 3)), zorder=1)
        ax.text(
            left, 0.93, " outside", transform=ax.get_xaxis_transform(), fontsize=canvas.SMALL, color=palette.INK
        )  # fmt: skip
        ax.set_xlim(left, _end(drawn))
    return ax


def by_vessel(run: RunData, day: float | None = None, ax: Axes | None = None) -> Axes:
    """T cells per volume against distance from the wall of the nearest open vessel."""
    ax = canvas.axes(ax)
    canvas.dress(ax, "Distance from the nearest open vessel (\u00b5m)", DENSITY)
    drawn = _draw(run, day, reading.from_vessel, ax, "this tissue has no vessels of its own")
    if drawn:
        ax.set_xlim(0.0, _end(drawn))
    return ax


def _draw(
    run: RunData,
    day: float | None,
    read: Callable[[RunData, float], Density | None],
    ax: Axes,
    missing: str,
) -> list[Density]:
    """Draw one day, or the day with most T cells and the last; what was drawn, nothing with a note."""
    if not run.snapshot_days:
        canvas.note(ax, "no snapshot was recorded")
        return []
    moments = list(dict.fromkeys([fullest(run), run.snapshot_days[-1]])) if day is None else [day]
    drawn = []
    for moment, style in zip(moments, ("-", ":"), strict=False):
        found = read(run, moment)
        if found is None or not found.count.sum():
            continue
        _steps(found, style, f"{say.moment(moment)}, {int(found.count.sum()):,} T cells", ax, not drawn)
        drawn.append(found)
    if not drawn:
        reached = any(read(run, moment) is not None for moment in moments)
        canvas.note(ax, "no T cell was in the tissue" if reached else missing)
    canvas.whole(ax)
    canvas.legend(ax, "above", columns=2)
    return drawn


def fullest(run: RunData) -> float:
    """The snapshot day with most living T cells; the first of several."""
    days = run.snapshot_days
    many = [len(tables.living(run, run.cells(day), tables.T_CELL)) for day in days]
    return days[int(np.argmax(many))]


def _steps(found: Density, style: str, label: str, ax: Axes, is_first: bool) -> None:
    """One density as steps; of the first also its interval and what even spreading would give."""
    ax.stairs(
        found.per_mm3,
        found.edges,
        color=palette.T_CELL,
        linewidth=2,
        linestyle=style,
        label=label,
        baseline=None,
    )
    if not is_first:
        return
    low, high = found.interval()
    told = np.isfinite(low)
    ax.fill_between(
        np.repeat(found.edges, 2)[1:-1], np.repeat(np.where(told, low, np.nan), 2), np.repeat(high, 2),
        color=palette.T_CELL, alpha=0.14, linewidth=0, label="95 % interval of counting",
    )  # fmt: skip
    ax.axhline(
        found.even, color=palette.SOFT_INK, linewidth=1.2, linestyle=(0, (1, 2)), label="spread evenly inside"
    )
    most = float(np.nanmax(np.r_[found.per_mm3, found.even]))
    ax.set_ylim(0.0, min(1.08 * max(float(np.nanmax(high)), most), 2.0 * most))


def _end(drawn: list[Density]) -> float:
    """Where the last bin that is told ends [um]."""
    return max(float(found.edges[1:][np.isfinite(found.per_mm3)].max(initial=0.0)) for found in drawn) or 1.0
