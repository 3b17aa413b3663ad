"""Figure: the oxygen field in the plane of a cut through the tissue; also the ground of the tissue slices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import wording as say
from perforin.plots import canvas, cut, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perforin.results.run import RunData

TOP = 38.0  # mmHg, the palest colour: 5 % oxygen, physiological tissue
STEPS = (1.0, 2.0, 5.0, 10.0)  # mmHg between contours: the smallest that draws at most MOST of them
MOST = 4
FINER = 3  # points per voxel and direction between which a contour is drawn


def oxygen(run: RunData, day: float | None = None, ax: Axes | None = None) -> Axes:
    """The oxygen field in the plane of the cut, with contours."""
    ax = canvas.axes(ax, canvas.NARROW, canvas.NARROW)
    if not run.field_days or not run.snapshot_days:
        canvas.dress(ax, "x (\u00b5m)", "y (\u00b5m)", grid=False)
        return canvas.note(ax, "oxygen was not recorded")
    day = run.snapshot_days[-1] if day is None else day
    shown = cut.of(run, day, reach=0.5 * max(run.meta["geometry"]["box"]))
    canvas.dress(ax, *shown.labels, grid=False)
    if not paint(run, day, shown, ax):
        return canvas.note(ax, "oxygen was not recorded, or not yet solved")
    contours(run, day, shown, ax)
    shown.frame(ax)
    ax.set_title(say.moment(day), fontsize=canvas.TEXT, color=palette.INK, loc="left")
    return ax


def plane(run: RunData, day: float, shown: cut.Cut) -> cut.Plane | None:
    """The oxygen in the plane of a cut: paper coordinates across and up [um], levels [mmHg]; None if not recorded.

    A field that is alike everywhere is the level it was started with, before it was first solved: None too.
    """
    if "oxygen" not in run.field_names or not run.field_days:
        return None
    values, spacing, origin = run.field("oxygen", day)
    return shown.plane(values, spacing, origin) if np.ptp(values) > 0 else None


def paint(run: RunData, day: float, shown: cut.Cut, ax: Axes) -> bool:
    """Paint the field in the plane of a cut; False where there is none."""
    found = plane(run, day, shown)
    if found is None:
        return False
    colours = canvas.oxygen_map()
    ax.pcolormesh(*found, cmap=colours, vmin=0, vmax=TOP, shading="gouraud", rasterized=True, zorder=0)
    return True


def levels(values: np.ndarray) -> list[float]:
    """Where to draw lines of equal oxygen: round numbers inside the range of the values [mmHg], few of them."""
    low, high = float(values.min()), float(values.max())
    found: list[float] = []
    for step in STEPS:
        found = [level for level in np.arange(0.0, TOP + step, step).tolist() if low < level < high]
        if len(found) <= MOST:
            break
    return found


def contours(run: RunData, day: float, shown: cut.Cut, ax: Axes) -> None:
    """Draw and label the lines of equal oxygen in the plane of a cut, inside its window."""
    from matplotlib.patheffects import Normal, Stroke
    from scipy.ndimage import zoom

    found = plane(run, day, shown)
    if found is None or min(found[2].shape) < 2:
        return
    x, y, values = found
    drawn = levels(values)
    x, y = (zoom(axis, FINER, order=1, mode="nearest") for axis in (x, y))
    values = zoom(
        values, FINER, order=3, mode="nearest"
    )  # the default may set the last point to 0 by rounding
    if not drawn:
        return
    lines = ax.contour(x, y, values, levels=drawn, colors=palette.INK, linewidths=0.9, zorder=3)
    for text in ax.clabel(lines, fmt=lambda level: f"{level:g} mmHg", fontsize=7.5):
        text.set_path_effects([Stroke(linewidth=2.2, foreground=palette.PAPER), Normal()])
