"""Figure: the tumour burden over time, with the published curve where the scenario carries one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import burden as reading
from perforin.analysis import tables
from perforin.analysis import wording as say
from perforin.analysis.lesion import piece
from perforin.plots import canvas, palette
from perforin.plots.published import mark

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perforin.results.run import RunData

LETTER = 4.9  # width of a small letter [point]
GAP = 8.0  # from words to a line, its markers included [point]
# Where words are tried over a spot, the preferred first [point].
RISES = (-16, 16, 24, 32, 40, 48, 60, 72, 90, 110, -24, -32, -48)


def burden(run: RunData, ax: Axes | None = None) -> Axes:
    """Living tumour cells over time, the lowest count marked, published points on top."""
    ax = canvas.axes(ax, canvas.WIDE, 4.3)
    day, cells = reading.curve(run)
    found = reading.describe(day, cells)
    canvas.dress(ax, "Time (day)", "Living tumour cells (cells)")
    scale = canvas.time_axis(ax, day)
    if not cells.size:
        return canvas.note(ax, "nothing was recorded")
    ax.plot(day * scale, cells, color=palette.TUMOUR, linewidth=2.4, label="simulated", zorder=3)
    ax.fill_between(day * scale, cells, color=palette.TUMOUR, alpha=0.10, linewidth=0)
    ax.set_ylim(bottom=0, top=max(ax.get_ylim()[1], 1.0))
    mark(run, "tumour_cells", ax, scale, float(day[-1]))
    _attack_span(run, ax, scale)
    if piece(run):
        _unseen(run, ax, scale)
    if found.shrank and found.start > 0:
        _mark_lowest(ax, found, scale, _lowest(run, found))
    canvas.whole(ax)
    canvas.legend(ax, "above")
    return ax


def _unseen(run: RunData, ax: Axes, scale: float) -> None:
    """The tumour cells that no CAR sees: what is left when the others are gone."""
    day, unseen = tables.column(run, "day"), tables.column(run, "antigen_negative")
    ax.plot(
        day * scale, unseen, color=palette.ANTIGEN_NEGATIVE, linewidth=2.0, linestyle="-.", zorder=3,
        label="of them seen by no CAR",
    )  # fmt: skip


def _lowest(run: RunData, found: reading.Burden) -> str:
    """What the lowest count is called: a slab or block has a nadir and no response, which belongs to the patient."""
    digits = 0 if found.best_change < -10 else 1
    if piece(run):
        return f"nadir, {say.percent(100.0 + found.best_change, digits)} of the start"
    return f"best response {say.percent(found.best_change, digits)}"


def _mark_lowest(ax: Axes, found: reading.Burden, scale: float, text: str) -> None:
    x, y = found.nadir_day * scale, found.nadir
    right = found.nadir_day > 0.7 * found.days
    rise = _clear_rise(ax, x, y, LETTER * len(text) * (-1 if right else 1))
    ax.plot(x, y, marker="v", color=palette.INK, markersize=6, zorder=7, clip_on=False)
    ax.annotate(
        text,
        (x, y),
        xytext=(0, rise),
        textcoords="offset points",
        ha="right" if right else "left",
        va="center",
        fontsize=canvas.SMALL,
        color=palette.INK,
        zorder=7,
        arrowprops={
            "arrowstyle": "-",
            "color": palette.SOFT_INK,
            "linewidth": 0.8,
            "shrinkB": 4,
            "relpos": (1.0 if right else 0.0, 0.0 if rise > 0 else 1.0),
        },
    )


def _clear_rise(ax: Axes, x: float, y: float, width: float) -> float:
    """How far over (or under) a spot words meet no line, in points; a negative width is to the left of the spot."""
    (begin, end), (foot, top) = ax.get_xlim(), ax.get_ylim()
    inch = ax.figure.dpi_scale_trans.inverted().transform_bbox(ax.bbox)
    across, up = 72 * inch.width / (end - begin), 72 * inch.height / (top - foot)
    along = np.linspace(x + (min(0.0, width) - GAP) / across, x + (max(0.0, width) + GAP) / across, 200)
    lines = [np.asarray(line.get_xydata(), dtype=float).T for line in ax.lines]
    drawn = np.concatenate([np.interp(along, *line, left=np.nan, right=np.nan) for line in lines])
    away = (drawn[np.isfinite(drawn)] - y) * up
    low, high = (foot - y) * up + 2 * GAP, (top - y) * up - GAP
    free = [rise for rise in RISES if low < rise < high and not (abs(away - rise) < 1.5 * GAP).any()]
    return free[0] if free else RISES[0]


def _attack_span(run: RunData, ax: Axes, scale: float) -> None:
    """A thin bar along the time axis while T cells are alive."""
    alive = np.flatnonzero(tables.column(run, "t_cells") > 0)
    if not alive.size:
        return
    day = tables.column(run, "day") * scale
    begin, end = day[alive[0]], day[alive[-1]]
    ax.plot(
        [begin, end],
        [0.012, 0.012],
        transform=ax.get_xaxis_transform(),
        color=palette.T_CELL,
        linewidth=4,
        solid_capstyle="butt",
        label="T cells alive",
        zorder=4,
    )
