"""Figure: the tissue in three dimensions, an eighth cut away so that one sees inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import spatial
from perforin.analysis import wording as say
from perforin.plots import canvas, palette, spheres, visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perforin.results.run import RunData

PIXELS = 460  # of the edge of the picture: sharp at a quarter of a page


def tissue_view(
    run: RunData,
    day: float | None = None,
    by: str = "type",
    ax: Axes | None = None,
    reach: float | None = None,
) -> Axes:
    """Cells as lit spheres by "type" or "antigen", with a scale bar; a monolayer is seen from above, uncut."""
    ax = canvas.axes(ax, canvas.NARROW, canvas.NARROW)
    if not run.snapshot_days:
        return canvas.note(_frame(ax, 100.0, 0.0), "no snapshot was recorded")
    day = run.snapshot_days[-1] if day is None else day
    cells = run.cells(day)
    place = spatial.position(cells) - spatial.centre(run, cells)
    reach = visible.reach(run, [day]) if reach is None else reach
    flat = run.meta.get("geometry", {}).get("kind") == "monolayer"
    view = spheres.View(reach=reach, pixels=PIXELS, elevation=62.0 if flat else spheres.View.elevation)
    if by == "type":
        rgb = visible.colours(visible.codes(run, cells))
    else:
        rgb = visible.antigen_colours(run, cells)
    kept = np.ones(len(cells), bool) if flat else ~np.all(place > 0, axis=1)
    picture = spheres.render(place[kept], cells["radius"].to_numpy(float)[kept], rgb[kept], view)
    ax.imshow(picture, extent=(-reach, reach, -reach, reach), interpolation="nearest", zorder=1)
    return _frame(ax, reach, day)


def _frame(ax: Axes, reach: float, day: float) -> Axes:
    """A scale bar instead of axes: in a projection the axes have no ticks."""
    length = _round_length(0.5 * reach)
    left, low = -0.96 * reach, -0.93 * reach
    ax.plot(
        [left, left + length], [low, low], color=palette.INK, linewidth=2, solid_capstyle="butt", zorder=3
    )
    ax.text(
        left, low + 0.03 * reach, f"{length:g} \u00b5m", fontsize=canvas.SMALL, color=palette.INK, zorder=3
    )
    ax.set_xlabel("across (\u00b5m)").set_visible(False)
    ax.set_ylabel("up (\u00b5m)").set_visible(False)
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_aspect("equal")
    ax.set_title(say.moment(day), fontsize=canvas.TEXT, color=palette.INK, loc="left")
    return ax


def _round_length(most: float) -> float:
    """The largest of 1, 2, 5, 10, 20, 50 ... that is not above `most`."""
    power = 10.0 ** np.floor(np.log10(most))
    return float(max(step * power for step in (1.0, 2.0, 5.0) if step * power <= most))
