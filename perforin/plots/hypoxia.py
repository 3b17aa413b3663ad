"""Figures over time: the share of the tumour that lacks oxygen, and the share that T cells have come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import hypoxia as reading
from perforin.analysis import infiltration as reached
from perforin.plots import canvas, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perforin.results.run import RunData

SHARE = "Share of living tumour cells (%)"
STYLES = (("-.", "^"), (":", "v"))


def hypoxia(run: RunData, ax: Axes | None = None) -> Axes:
    """Share of the living tumour cells below the two borders of hypoxia, over the snapshots."""
    ax = canvas.axes(ax)
    canvas.dress(ax, "Time (day)", SHARE)
    found = reading.course(run)
    scale = canvas.time_axis(ax, _days(run))
    if not found.day.size:
        return canvas.note(ax, "oxygen was not known on any recorded day")
    for k, (border, (style, marker)) in enumerate(zip(reading.BORDERS, STYLES, strict=True)):
        _line(
            found.day * scale, found.share[:, k], palette.OXYGEN, style, marker, f"below {border:g} mmHg", ax
        )
    return _percent(ax, found.share)


def infiltration(run: RunData, ax: Axes | None = None) -> Axes:
    """Share of the living tumour cells with a living T cell within reach, over the snapshots."""
    ax = canvas.axes(ax)
    canvas.dress(ax, "Time (day)", SHARE)
    found = reached.course(run)
    scale = canvas.time_axis(ax, _days(run))
    if not found.day.size:
        return canvas.note(ax, "no snapshot was recorded")
    label = f"T cell within {reached.REACH:g} \u00b5m"
    _line(found.day * scale, found.share, palette.T_CELL, "--", "s", label, ax)
    return _percent(ax, found.share)


def _days(run: RunData) -> np.ndarray:
    return np.array(run.snapshot_days[:1] + run.snapshot_days[-1:], float)


def _line(
    x: np.ndarray, share: np.ndarray, colour: str, style: str, marker: str, label: str, ax: Axes
) -> None:
    ax.plot(
        x, 100 * share, color=colour, linestyle=style, linewidth=2, marker=marker, markersize=4, label=label,
        clip_on=False, zorder=3,
    )  # fmt: skip


def _percent(ax: Axes, share: np.ndarray) -> Axes:
    """From 0 to 100 %, or to 10 % where all is less: little is seen as little."""
    most = 100 * float(np.nanmax(share)) if np.isfinite(share).any() else 0.0
    ax.set_ylim(0.0, 10.0 if most <= 9.0 else 102.0)
    canvas.legend(ax, "above", columns=2)
    return ax
