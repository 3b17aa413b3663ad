"""Figure: the oxygen field in a plane through the middle of the tissue; also the ground of the tissue slices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import spatial
from perforin.analysis import wording as say
from perforin.plots import canvas, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perforin.results.run import RunData

TOP = 38.0  # mmHg, the palest colour: 5 % oxygen, physiological tissue
STEPS = (1.0, 2.0, 5.0, 10.0)  # mmHg between contours: the smallest that draws at most MOST of them
MOST = 4
FINER = 3  # points per voxel and direction between which a contour is drawn


def oxygen(run: RunData, day: float | None = None, ax: Axes | None = None) -> Axes:
    """The oxygen field in the plane through the tumour's centre, with contours."""
    ax = canvas.axes(ax, canvas.NARROW, canvas.NARROW)
    canvas.dress(ax, "x (\u00b5m)", "y (\u00b5m)", grid=False)
    if not run.field_days or not run.snapshot_days:
        return canvas.note(ax, "oxygen was not recorded")
    day = run.snapshot_days[-1] if day is None else day
    height = float(spatial.centre(run, run.cells(day))[2])
    if not paint(run, day, height, ax):
        return canvas.note(ax, "oxygen was not recorded")
    contours(run, day, height, ax)
    ax.set_aspect("equal")
    ax.set_title(say.moment(day), fontsize=canvas.TEXT, color=palette.INK, loc="left")
    return ax


def plane(run: RunData, day: float, height: float) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Voxel centres x and y [um] and the oxygen [mmHg] at z = height; None where it was not recorded."""
    if "oxygen" not in run.field_names or not run.field_days:
        return None
    values, spacing, origin = run.field("oxygen", day)
    layer = int(np.clip(round((height - origin[2]) / spacing), 0, values.shape[0] - 1))
    x = origin[0] + spacing * np.arange(values.shape[2])
    y = origin[1] + spacing * np.arange(values.shape[1])
    return x, y, np.asarray(values[layer], float)


def paint(
    run: RunData, day: float, height: float, ax: Axes, origin: tuple[float, float] = (0.0, 0.0)
) -> bool:
    """Paint the field at z = height [um], seen from `origin` in x and y; False where there is none."""
    found = plane(run, day, height)
    if found is None:
        return False
    x, y, values = found
    colours = canvas.oxygen_map()
    ax.pcolormesh(
        x - origin[0],
        y - origin[1],
        values,
        cmap=colours,
        vmin=0,
        vmax=TOP,
        shading="gouraud",
        rasterized=True,
        zorder=0,
    )
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


def contours(
    run: RunData, day: float, height: float, ax: Axes, origin: tuple[float, float] = (0.0, 0.0)
) -> None:
    """Draw and label the lines of equal oxygen at z = height [um], seen from `origin` in x and y."""
    from matplotlib.patheffects import Normal, Stroke
    from scipy.ndimage import zoom

    found = plane(run, day, height)
    if found is None or min(found[2].shape) < 2:
        return
    x, y, values = found
    shown = levels(values)
    x, y = (zoom(axis, FINER, order=1, mode="nearest") for axis in (x, y))
    values = zoom(
        values, FINER, order=3, mode="nearest"
    )  # the default may set the last point to 0 by rounding
    if not shown:
        return
    lines = ax.contour(
        x - origin[0], y - origin[1], values, levels=shown, colors=palette.INK, linewidths=0.9, zorder=3
    )
    for text in ax.clabel(lines, fmt=lambda level: f"{level:g} mmHg", fontsize=7.5):
        text.set_path_effects([Stroke(linewidth=2.2, foreground=palette.PAPER), Normal()])
