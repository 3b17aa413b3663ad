"""Figure: a field in the plane of a cut, with the cells that lie in it as dots by kind and state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import spatial, tables
from perforin.analysis import wording as say
from perforin.plots import canvas, cut, palette, vessels, visible
from perforin.plots.tissue_slice import legend

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

    from perforin.results.run import RunData

DOT, T_CELL_DOT = 0.5, 1.3  # times its radius: the field is seen between the cells, and the T cells above it
HALF = 10.0  # um: cells nearer to the plane are in the section
WIDTH = 11.6  # inch
ROOM = 1.0  # inch above and below a row


def field_map(run: RunData, name: str, day: float | None = None, ax: Axes | None = None) -> Axes:
    """One recorded field on one day, the last by default, with the cells of a section over it."""
    ax = canvas.axes(ax, canvas.WIDE, canvas.WIDE)
    if not run.snapshot_days or name not in run.field_names or not run.field_days:
        canvas.dress(ax, "x (\u00b5m)", "y (\u00b5m)", grid=False)
        return canvas.note(ax, f"{name} was not recorded")
    day = run.snapshot_days[-1] if day is None else day
    shown = cut.of(run, day)
    painted(run, name, day, shown, ax)
    _cells(run, day, shown, ax)
    shown.frame(ax)
    ax.set_title(say.moment(day), fontsize=canvas.TEXT, color=palette.INK, loc="left")
    legend(run, [day], ax)
    return ax


def sheet(run: RunData, day: float) -> Figure:
    """All recorded fields of one day side by side, four in a row, with the same cells over each."""
    from matplotlib.figure import Figure

    names, shown = run.field_names, cut.of(run, day)
    left, right, foot, top = shown.window
    rows, columns = -(-len(names) // 4), max(2, min(4, len(names)))
    height = 0.8 * WIDTH / columns * abs((top - foot) / (right - left)) + ROOM
    figure = Figure(figsize=(WIDTH, rows * height + 0.4), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False)
    for ax in axes.flat[len(names) :]:
        ax.set_axis_off()
    for place, (ax, name) in enumerate(zip(axes.flat, names, strict=False)):
        painted(run, name, day, shown, ax)
        _cells(run, day, shown, ax)
        shown.frame(ax)
        ax.set_title(name, fontsize=canvas.TEXT, color=palette.INK, loc="left")
        if place % columns:
            ax.set_ylabel(ax.get_ylabel()).set_visible(False)
            ax.tick_params(labelleft=False)
    figure.legend(
        handles=visible.handles(run, [day]) + vessels.handles(run), frameon=False, fontsize=canvas.SMALL,
        loc="outside lower center", ncols=4, labelcolor=palette.INK, handletextpad=0.4, columnspacing=1.4,
    )  # fmt: skip
    return figure


def colours_of(name: str) -> Colormap:
    """Oxygen is dark where it lacks, as everywhere; of any other field there is more where it is darker."""
    from matplotlib.colors import LinearSegmentedColormap

    if name == "oxygen":
        return canvas.oxygen_map()
    return LinearSegmentedColormap.from_list("field", palette.FIELD_STOPS)


def painted(run: RunData, name: str, day: float, shown: cut.Cut, ax: Axes) -> None:
    """The field from 0 to its highest level of that day in the plane, with its colour bar."""
    canvas.dress(ax, *shown.labels, grid=False)
    u, v, values = shown.plane(*run.field(name, day))
    top = float(values.max())
    image = ax.pcolormesh(
        u, v, values, cmap=colours_of(name), vmin=min(0.0, float(values.min())), vmax=top if top > 0 else 1.0,
        shading="gouraud", rasterized=True, zorder=0,
    )  # fmt: skip
    unit = (run.meta.get("fields", {}).get(name) or {}).get("unit", "")
    bar(image, f"{name} ({unit or '1'})", ax)


def bar(image: ScalarMappable, label: str, ax: Axes) -> None:
    """A colour bar beside a panel."""
    drawn = ax.figure.colorbar(image, ax=ax, shrink=0.8, aspect=26, pad=0.02)
    drawn.set_label(label, fontsize=canvas.SMALL, color=palette.INK)
    drawn.ax.tick_params(labelsize=canvas.SMALL, colors=palette.SOFT_INK, length=2)
    drawn.outline.set_visible(False)


def _cells(run: RunData, day: float, shown: cut.Cut, ax: Axes) -> None:
    """The cells of the section as dots, T cells above all others."""
    from matplotlib.collections import EllipseCollection

    cells = run.cells(day)
    place, radius = shown.lay(spatial.position(cells)), cells["radius"].to_numpy(float)
    rgb = visible.colours(visible.codes(run, cells))
    of_attack = tables.of_role(run, cells, tables.T_CELL)
    near = np.abs(place[:, 2]) < HALF
    vessels.rings(run, day, shown, ax)
    for chosen, share, line in ((near & ~of_attack, DOT, 0.25), (near & of_attack, T_CELL_DOT, 0.5)):
        wide = 2 * share * radius[chosen]
        ax.add_collection(
            EllipseCollection(
                wide, wide, np.zeros(wide.size), units="xy", offsets=place[chosen, :2], offset_transform=ax.transData,
                facecolors=rgb[chosen], edgecolors=palette.PAPER, linewidths=line, rasterized=True, zorder=2,
            )
        )  # fmt: skip
