"""One sheet for each convergence case: the difference of every arm with its 95 % interval, quantity by quantity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from perforin.evidence.convergence.judging import WITHIN
from perforin.evidence.convergence.readings import QUANTITIES
from perforin.evidence.convergence.study import Study
from perforin.evidence.rows import Row
from perforin.plots import canvas, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE = 3  # panels side by side
NARROWEST, WIDEST = 8.0, 30.0  # %: limits of the axis; what reaches beyond is cut there
LOOKS = {"resolved": ("o", palette.ACCENT, palette.ACCENT), "DIFFERS": ("D", palette.OXYGEN, palette.OXYGEN)}
UNSURE = ("s", palette.SOFT_INK, palette.PAPER)


def draw(title: str, study: Study, rows: Sequence[Row]) -> Figure:
    """A panel for each quantity, a line for each arm, a band for the bound. Returns the figure."""
    from matplotlib.figure import Figure

    high = -(-len(study.quantities) // WIDE)
    default = study.arms[0].name
    arms = {
        arm.name: arm.name if arm.against == default else f"{arm.name} (on {arm.against})"
        for arm in study.arms
        if arm.against
    }
    size = (3.0 * WIDE + 1.0, high * (0.26 * len(arms) + 1.0) + 0.5)
    sheet = Figure(figsize=size, layout="constrained")
    panels = sheet.subplots(high, WIDE, squeeze=False, sharey=True)
    limit = _limit(rows)
    for name, ax in zip(study.quantities, panels.flat, strict=False):
        mine = {row.arm: row for row in rows if row.quantity.endswith(f": {QUANTITIES[name]}")}
        _panel(ax, arms, mine, limit)
        ax.set_title(QUANTITIES[name], fontsize=canvas.TEXT, color=palette.INK, loc="left")
    for ax in panels.flat[len(study.quantities) :]:
        ax.set_visible(False)
    sheet.suptitle(title, fontsize=canvas.TEXT, color=palette.INK)
    return sheet


def _panel(ax: Axes, arms: dict[str, str], rows: dict[str, Row], limit: float) -> None:
    canvas.dress(ax, "difference (%)", "", grid=False)
    ax.axvspan(-WITHIN, WITHIN, color=palette.HAIRLINE, alpha=0.35, linewidth=0)
    ax.axvline(0.0, color=palette.SOFT_INK, linewidth=0.8)
    for place, arm in enumerate(arms):
        row = rows.get(arm)
        if row is None or not np.isfinite(row.measured):
            continue
        marker, edge, face = LOOKS.get(row.verdict, UNSURE)
        half = row.half if np.isfinite(row.half) else 0.0
        ax.plot([row.measured - half, row.measured + half], [place, place], color=edge, linewidth=1.4)
        ax.plot(row.measured, place, marker, markeredgecolor=edge, markerfacecolor=face, markersize=5)
    ax.set(xlim=(-limit, limit), ylim=(len(arms) - 0.4, -0.6))
    ax.set_yticks(range(len(arms)), list(arms.values()))


def _limit(rows: Sequence[Row]) -> float:
    reach = [abs(row.measured) + (row.half if np.isfinite(row.half) else 0.0) for row in rows]
    finite = [value for value in reach if np.isfinite(value)]
    return float(np.clip(1.05 * max(finite, default=NARROWEST), NARROWEST, WIDEST))
