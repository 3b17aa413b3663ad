"""Figure: a slice through the tissue, cells as discs over the oxygen field: level in a dish, upright in a slab."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import antigen as reading
from perforin.analysis import spatial, tables
from perforin.analysis import wording as say
from perforin.plots import canvas, cut, oxygen, palette, vessels, visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perforin.results.run import RunData


def tissue_slice(run: RunData, day: float | None = None, ax: Axes | None = None) -> Axes:
    """Cells cut by a plane through the tissue, by type, over oxygen, with a legend below."""
    ax = canvas.axes(ax, canvas.NARROW, canvas.NARROW)
    if not run.snapshot_days:
        canvas.dress(ax, "x (\u00b5m)", "y (\u00b5m)", grid=False)
        return canvas.note(ax, "no snapshot was recorded")
    day = run.snapshot_days[-1] if day is None else day
    cut_open(run, day, "type", ax)
    legend(run, [day], ax)
    return ax


def cut_open(run: RunData, day: float, by: str, ax: Axes, days: list[float] | None = None) -> Axes:
    """Cells in the plane of a cut by "type" or "antigen", over oxygen; one frame for all of `days`."""
    cells, shown = run.cells(day), cut.of(run, day, days)
    canvas.dress(ax, *shown.labels, grid=False)
    has_field = oxygen.paint(run, day, shown, ax)
    rgb = visible.colours(visible.codes(run, cells)) if by == "type" else None
    rgb = visible.antigen_colours(run, cells) if rgb is None else rgb
    place, radius = shown.lay(spatial.position(cells)), cells["radius"].to_numpy(float)
    whole = tables.of_role(run, cells, tables.T_CELL) if shown.section else np.zeros(len(cells), bool)
    discs(place[~whole], radius[~whole], rgb[~whole], ax)
    _whole(place[whole], radius[whole], rgb[whole], 0.5 * shown.section, ax)
    if has_field:
        oxygen.contours(run, day, shown, ax)
    vessels.rings(run, day, shown, ax)
    shown.frame(ax)
    ax.set_title(say.moment(day), fontsize=canvas.TEXT, color=palette.INK, loc="left")
    return ax


def legend(run: RunData, days: list[float], ax: Axes) -> None:
    """The kinds of cells on these days and the vessels below the axes, each with its colour."""
    ax.legend(
        handles=visible.handles(run, days) + vessels.handles(run), frameon=False, fontsize=canvas.SMALL,
        labelcolor=palette.INK, loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=2, handletextpad=0.4,
        borderaxespad=0.0,
    )  # fmt: skip


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


def discs(position: np.ndarray, radius: np.ndarray, rgb: np.ndarray, ax: Axes) -> None:
    """Cut every sphere in the plane and draw the discs, widest last."""
    cut_area = radius**2 - position[:, 2] ** 2
    hit = np.flatnonzero(cut_area > 0)
    hit = hit[np.argsort(cut_area[hit], kind="stable")]
    _draw(position[hit], np.sqrt(cut_area[hit]), rgb[hit], 0.62 * rgb[hit], 0.35, ax)


def _whole(position: np.ndarray, radius: np.ndarray, rgb: np.ndarray, half: float, ax: Axes) -> None:
    """Draw spheres nearer to the plane than `half` at their full size, above the others."""
    near = np.abs(position[:, 2]) < half
    _draw(position[near], radius[near], rgb[near], np.ones_like(rgb[near]), 0.6, ax)


def _draw(
    position: np.ndarray, radius: np.ndarray, rgb: np.ndarray, rim: np.ndarray, line: float, ax: Axes
) -> None:
    from matplotlib.collections import EllipseCollection

    ax.add_collection(
        EllipseCollection(
            2 * radius,
            2 * radius,
            np.zeros(radius.size),
            units="xy",
            offsets=position[:, :2],
            offset_transform=ax.transData,
            facecolors=rgb,
            edgecolors=rim,
            linewidths=line,
            rasterized=True,
            zorder=2,
        )
    )
