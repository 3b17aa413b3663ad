"""Paper for a figure: made without pyplot, dressed the same way each time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from perforin.plots import palette

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

LegendPlace = Literal["above", "best", "upper left", "upper right", "lower right"]
WIDE, NARROW, HIGH = 6.9, 5.4, 3.2  # inch
TEXT, SMALL = 9.5, 8.5  # point


def axes(ax: Axes | None = None, width: float = NARROW, height: float = HIGH) -> Axes:
    """The given axes, or fresh ones on a figure of their own."""
    if ax is not None:
        return ax
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained").add_subplot()


def dress(ax: Axes, x: str, y: str, *, grid: bool = True) -> Axes:
    """Label both axes (with units) and take away what carries no meaning."""
    ax.set_xlabel(x, fontsize=TEXT, color=palette.INK)
    ax.set_ylabel(y, fontsize=TEXT, color=palette.INK)
    ax.tick_params(labelsize=SMALL, colors=palette.SOFT_INK, length=3, width=0.8)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(palette.HAIRLINE)
    if grid:
        ax.grid(axis="y", color="#eceef0", linewidth=0.8)
        ax.set_axisbelow(True)
    return ax


def whole(ax: Axes, axis: str = "y") -> Axes:
    """Counts on an axis: thousands separated, no halves, from zero."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    target = ax.yaxis if axis == "y" else ax.xaxis
    target.set_major_locator(MaxNLocator(nbins=6, integer=True))
    target.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.0f}"))
    return ax


def legend(ax: Axes, place: LegendPlace = "best", columns: int = 3) -> None:
    """A frameless legend, if anything in the axes has a label; `above` sets it in rows over the axes."""
    handles, labels = ax.get_legend_handles_labels()
    if not handles:
        return
    if place == "above":
        ax.legend(
            handles, labels, frameon=False, fontsize=SMALL, labelcolor=palette.INK, handlelength=2.0,
            loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=columns, borderaxespad=0.0, borderpad=0.2,
        )  # fmt: skip
        return
    ax.legend(
        handles, labels, frameon=False, fontsize=SMALL, labelcolor=palette.INK, handlelength=2.0, loc=place
    )


def note(ax: Axes, text: str) -> Axes:
    """Say in the middle of empty axes why there is nothing to draw."""
    ax.text(
        0.5,
        0.5,
        text,
        transform=ax.transAxes,
        ha="center",
        va="center",
        fontsize=TEXT,
        color=palette.SOFT_INK,
    )
    return ax


def oxygen_map() -> Colormap:
    """The colour map of oxygen: dark where there is none, pale where there is plenty."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("oxygen", palette.OXYGEN_STOPS)


def time_axis(ax: Axes, day: np.ndarray) -> float:
    """Label and limit the time axis; returns what to multiply days by: 24 for a run of under two days, else 1."""
    last = float(day[-1]) if day.size else 0.0
    scale = 24.0 if last < 2 else 1.0
    ax.set_xlabel("Time (h)" if last < 2 else "Time (day)")
    if last > 0:
        ax.set_xlim(min(0.0, float(day[0])) * scale, last * scale)
    return scale
