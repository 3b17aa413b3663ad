"""Figure: a slice through the middle of the tissue, cells as discs over the oxygen field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import antigen as reading
from perforin.analysis import spatial
from perforin.analysis import wording as say
from perforin.plots import canvas, oxygen, palette, visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perforin.results.run import RunData


def tissue_slice(
    run: RunData,
    day: float | None = None,
    by: str = "type",
    ax: Axes | None = None,
    reach: float | None = None,
) -> Axes:
    """Cells cut by the plane through the tumour's centre, by "type" or "antigen", over oxygen; x and y from it."""
    ax = canvas.axes(ax, canvas.NARROW, canvas.NARROW)
    canvas.dress(ax, "x (\u00b5m)", "y (\u00b5m)", grid=False)
    if not run.snapshot_days:
        return canvas.note(ax, "no snapshot was recorded")
    day = run.snapshot_days[-1] if day is None else day
    cells = run.cells(day)
    middle = spatial.centre(run, cells)
    reach = visible.reach(run, [day]) if reach is None else reach
    has_field = oxygen.paint(run, day, middle[2], ax, (middle[0], middle[1]))
    rgb = visible.colours(visible.codes(run, cells)) if by == "type" else None
    rgb = visible.antigen_colours(run, cells) if rgb is None else rgb
    _discs(spatial.position(cells) - middle, cells["radius"].to_numpy(float), rgb, ax)
    if has_field:
        oxygen.contours(run, day, middle[2], ax, (middle[0], middle[1]))
    ax.set_xlim(-reach, reach)
    ax.set_ylim(-reach, reach)
    ax.set_aspect("equal")
    ax.set_title(say.moment(day), fontsize=canvas.TEXT, color=palette.INK, loc="left")
    return ax


def colour_bars(run: RunData, ax: list[Axes], *, antigen: bool, field: bool) -> None:
    """The colour bars of oxygen and, where cells are coloured by it, of antigen, beside a row of slices."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    figure = ax[0].figure
    bars = []
    if field:
        bars.append((ScalarMappable(Normalize(0, oxygen.TOP), canvas.oxygen_map()), "Oxygen (mmHg)"))
    if antigen:
        label = "Antigen seen (copies)" if reading.in_copies(run) else "Antigen level (relative)"
        bars.append((ScalarMappable(visible.antigen_scale(run), palette.ANTIGEN_MAP), label))
    for mappable, label in bars:
        bar = figure.colorbar(mappable, ax=ax, shrink=0.86, aspect=28, pad=0.01)
        bar.set_label(label, fontsize=canvas.SMALL, color=palette.INK)
        bar.ax.tick_params(labelsize=canvas.SMALL, colors=palette.SOFT_INK, length=2)
        bar.outline.set_visible(False)


def _discs(position: np.ndarray, radius: np.ndarray, rgb: np.ndarray, ax: Axes) -> None:
    """Cut every sphere at z = 0 and draw the discs, widest last."""
    from matplotlib.collections import EllipseCollection

    cut = radius**2 - position[:, 2] ** 2
    hit = np.flatnonzero(cut > 0)
    hit = hit[np.argsort(cut[hit], kind="stable")]
    width = 2 * np.sqrt(cut[hit])
    ax.add_collection(
        EllipseCollection(
            width,
            width,
            np.zeros(hit.size),
            units="xy",
            offsets=position[hit, :2],
            offset_transform=ax.transData,
            facecolors=rgb[hit],
            edgecolors=0.62 * rgb[hit],
            linewidths=0.35,
            rasterized=True,
            zorder=2,
        )
    )
