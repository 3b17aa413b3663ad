"""Figure: the copies of two antigens on every tumour cell, and the borders from which each binder sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import antigen_classes as reading
from perforin.analysis import tables
from perforin.analysis import wording as say
from perforin.plots import canvas, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perforin.analysis.binders import Binder
    from perforin.results.run import RunData

SPREAD = 0.12  # decades by which dots are scattered: cells with equal copies would hide each other
GOLDEN = (0.7548776662466927, 0.5698402909980532)  # steps that fill a square evenly
ROOM = 0.25  # decades of frame around the dots
FOOT = 0.9  # decades of frame below and above them, for the names of the classes
CORNERS = {  # in shares of the axes
    reading.SEEN: (0.985, 0.975),
    reading.FIRST: (0.985, 0.025),
    reading.SECOND: (0.015, 0.975),
    reading.UNSEEN: (0.015, 0.025),
}


def plane(run: RunData, two: tuple[Binder, Binder], ax: Axes) -> Axes:
    """Every living tumour cell of the last snapshot by its copies, with the share of each class then and at first."""
    across, up = two
    canvas.dress(ax, f"{across.antigen} (copies per cell)", f"{up.antigen} (copies per cell)", grid=False)
    counted = reading.census(run)
    if not counted.cells[-1:].sum():
        return canvas.note(ax, "no tumour cells were recorded")
    cells = tables.living(run, run.cells(counted.day[-1]), tables.TUMOUR)
    copies = _scattered(cells[[f"copies__{binder.antigen}" for binder in two]].to_numpy(float))
    colours = np.array(palette.CLASS_COLOURS)[reading.classes(run, cells)]
    ax.scatter(*copies.T, s=5, c=colours, linewidths=0, alpha=0.55, rasterized=True, zorder=2)
    ax.set_xscale("log")
    ax.set_yscale("log")
    _frame(ax, copies, two)
    for binder, line, place, turned in (
        (across, ax.axvline, (across.least, ax.get_ylim()[1]), 90),
        (up, ax.axhline, (ax.get_xlim()[1], up.least), 0),
    ):
        if np.isfinite(binder.least):
            line(binder.least, color=palette.INK, linewidth=1.0, linestyle=":", zorder=3)
            ax.annotate(
                f"{binder.name} sees from {say.count(binder.least)}", place, xytext=(-3, -3 if turned else 3),
                textcoords="offset points", rotation=turned, ha="right", va="top" if turned else "bottom",
                fontsize=canvas.SMALL - 1, color=palette.SOFT_INK, zorder=4,
            )  # fmt: skip
    _say_shares(run, counted, ax)
    return ax


def _frame(ax: Axes, copies: np.ndarray, two: tuple[Binder, Binder]) -> None:
    """Limits that hold all dots (n, 2) and both borders, and room for the names of the classes."""
    for set_limits, column, binder, foot, head in (
        (ax.set_xlim, copies[:, 0], two[0], ROOM, 2 * ROOM),
        (ax.set_ylim, copies[:, 1], two[1], FOOT, FOOT),
    ):
        held = [column.min(), column.max(), *([binder.least] if np.isfinite(binder.least) else [])]
        set_limits(min(held) / 10**foot, max(held) * 10**head)


def _scattered(copies: np.ndarray) -> np.ndarray:
    """Copies (n, 2), at least one, moved a little, the same way each time."""
    row = np.arange(1, len(copies) + 1)[:, None]
    moved = SPREAD * (2.0 * (row * GOLDEN % 1.0) - 1.0)  # spread evenly, without a random number
    return np.maximum(copies, 1.0) * 10.0**moved


def _say_shares(run: RunData, counted: reading.Census, ax: Axes) -> None:
    """In each corner its class and the share of cells that had it first and that has it last."""
    first, last = counted.share[0], counted.share[-1]
    for place, name in reading.names(run).items():
        x, y = CORNERS[place]
        shares = f"{say.percent(100 * first[place], 0)} \u2192 {say.percent(100 * last[place], 0)}"
        ax.text(
            x, y, f"{name}\n{shares}", transform=ax.transAxes, fontsize=canvas.SMALL, color=palette.INK,
            ha="right" if x > 0.5 else "left", va="top" if y > 0.5 else "bottom", zorder=5,
            bbox={"facecolor": palette.PAPER, "alpha": 0.8, "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip
