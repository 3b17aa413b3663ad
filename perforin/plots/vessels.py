"""The vessels of a tissue in a level cut: straight along z, so each is a ring, full where blood flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perforin.plots import palette
from perforin.results.run import stretch

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

    from perforin.plots.cut import Cut
    from perforin.results.run import RunData

OPEN, CLOSED = "vessel with flow", "vessel without flow"


def rings(run: RunData, day: float, shown: Cut, ax: Axes) -> None:
    """Draw every vessel of the run where a level plane cuts it; nothing in an upright cut."""
    from matplotlib.patches import Circle

    if shown.through != 2:
        return
    by = stretch(run.series, day)
    for vessel in run.meta.get("vessels") or ():
        centre = (by * vessel["x"] - shown.origin[0], by * vessel["y"] - shown.origin[1])
        face = palette.VESSEL if vessel.get("open", True) else palette.PAPER
        ax.add_patch(
            Circle(
                centre, vessel["radius"], facecolor=face, edgecolor=palette.VESSEL, linewidth=1.4, zorder=4
            )
        )


def handles(run: RunData) -> list[Line2D]:
    """What the rings mean, for a legend: as far as there are such vessels."""
    from matplotlib.lines import Line2D

    stored = run.meta.get("vessels") or ()
    kinds = ((OPEN, palette.VESSEL, True), (CLOSED, palette.PAPER, False))
    return [
        Line2D(
            [], [], linestyle="none", marker="o", markersize=7, markerfacecolor=face,
            markeredgecolor=palette.VESSEL, markeredgewidth=1.4, label=label,
        )
        for label, face, is_open in kinds
        if any(vessel.get("open", True) == is_open for vessel in stored)
    ]  # fmt: skip
