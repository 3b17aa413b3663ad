"""A sheet of a tumour before any treatment: its cells by the antigens they carry, each antigen, its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import antigen, hypoxia, spatial, tables
from perforin.analysis import wording as say
from perforin.plots import canvas, cut, maps, palette, tissue_slice, vessels, visible

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    from perforin.plots.cut import Cut
    from perforin.results.run import RunData

PANEL = 3.6  # inch, the width of one
MOST = 4  # panels beside each other; of more, one less in a row
ROOM = 0.75  # inch above and below each
FAINT = "#dfe2e5"  # cells that a panel is not about


def untreated(run: RunData) -> Figure:
    """The cells by antigens carried, the copies of each antigen, and each field, in one plane of day 0."""
    from matplotlib.figure import Figure

    cells, shown = run.cells(0.0), cut.of(run, 0.0)
    panel = run.meta["antigen"].get("panel") or [""]
    many = 1 + len(panel) + len(run.field_names)
    columns = many if many <= MOST else MOST - 1
    rows = -(-many // columns)
    left, right, foot, top = shown.window
    height = 0.72 * PANEL * abs((top - foot) / (right - left)) + ROOM
    figure = Figure(figsize=(columns * PANEL, rows * height + 0.9), layout="constrained")
    places = list(figure.subplots(rows, columns, squeeze=False).flat)
    handles = _by_antigens(run, cells, shown, places[0])
    for ax, name in zip(places[1:], panel, strict=False):
        _copies(run, cells, shown, name, ax)
    for ax, name in zip(places[1 + len(panel) :], run.field_names, strict=False):
        _field(run, cells, shown, name, ax)
    for ax in places[many:]:
        ax.set_axis_off()
    figure.suptitle(_title(run, cells), fontsize=canvas.TEXT + 1, color=palette.INK, x=0.01, ha="left")
    figure.legend(
        handles=[*handles, *vessels.handles(run)], frameon=False, fontsize=canvas.SMALL, loc="outside lower center",
        ncols=4, labelcolor=palette.INK, handletextpad=0.4, columnspacing=1.4,
    )  # fmt: skip
    return figure


def carried(run: RunData, cells: pd.DataFrame) -> tuple[np.ndarray, dict[str, str]]:
    """(n,) the key of each cell in palette.TISSUE by the antigens it carries, and what the keys of tumour cells mean.

    Two antigens make four classes; of more, a cell carries all, some or none.
    """
    names = list(run.meta["antigen"].get("panel") or ())
    key = np.array(visible.KEYS, object)[visible.codes(run, cells)]
    tumour = np.asarray(cells["fate"].astype(str) == tables.ALIVE) & tables.of_role(run, cells, tables.TUMOUR)
    if not names:
        key[tumour] = "tumour"
        return key, {"tumour": "tumour cell"}
    bits, full = cells["positive"].to_numpy(int), 2 ** len(names) - 1
    if len(names) == 2:
        said = {
            "tumour": f"{names[0]} and {names[1]}",
            "first": f"{names[0]} only",
            "second": f"{names[1]} only",
        }
        kinds = np.array(["negative", "first", "second", "tumour"], object)[bits]
    else:
        said = {"tumour": names[0] if len(names) == 1 else "all antigens", "second": "some antigens"}
        kinds = np.select([bits == full, bits > 0], ["tumour", "second"], "negative").astype(object)
    key[tumour] = kinds[tumour]
    said["negative"] = (
        f"without {names[0]}" if len(names) == 1 else "neither" if len(names) == 2 else "no antigen"
    )
    return key, {name: f"tumour cell: {what}" for name, what in said.items()}


def _by_antigens(run: RunData, cells: pd.DataFrame, shown: Cut, ax: Axes) -> list[Line2D]:
    from matplotlib.lines import Line2D

    key, said = carried(run, cells)
    rgb = visible.colours(np.array([visible.KEYS.index(name) for name in key]))
    _discs(run, cells, shown, rgb, ax)
    ax.set_title("cells by antigens carried", fontsize=canvas.TEXT, color=palette.INK, loc="left")
    labels, present = {**visible.labels(run), **said}, set(key)
    return [
        Line2D(
            [], [], linestyle="none", marker="o", markersize=7, color=palette.TISSUE_COLOURS[name],
            label=f"{labels[name]} ({say.percent(100 * float((key == name).mean()), 0)})",
        )
        for name in visible.KEYS
        if name in present
    ]  # fmt: skip


def _copies(run: RunData, cells: pd.DataFrame, shown: Cut, name: str, ax: Axes) -> None:
    """Tumour cells by the copies of one antigen, or by its relative level; all others faint."""
    from matplotlib import colormaps
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import to_rgb

    tumour = tables.of_role(run, cells, tables.TUMOUR)
    levels = cells[f"copies__{name}" if name else "antigen"].to_numpy(float)
    scale, colours = visible.antigen_scale(run), colormaps[palette.ANTIGEN_MAP]
    rgb = np.tile(to_rgb(FAINT), (len(cells), 1))
    rgb[tumour] = colours(np.asarray(scale(np.maximum(levels[tumour], scale.vmin or 0.0))))[:, :3]
    _discs(run, cells, shown, rgb, ax)
    said = name or str(run.meta["antigen"].get("name", "antigen"))
    unit = "copies per cell" if antigen.in_copies(run) else "relative"
    ax.set_title(said, fontsize=canvas.TEXT, color=palette.INK, loc="left")
    maps.bar(ScalarMappable(scale, colours), f"{said} ({unit})", ax)


def _field(run: RunData, cells: pd.DataFrame, shown: Cut, name: str, ax: Axes) -> None:
    maps.painted(run, name, 0.0, shown, ax)
    vessels.rings(run, 0.0, shown, ax)
    shown.frame(ax)
    said = name
    if name == "oxygen":
        said += f": median {say.figure(hypoxia.median(run, cells), 2)} mmHg"
    ax.set_title(said, fontsize=canvas.TEXT, color=palette.INK, loc="left")


def _discs(run: RunData, cells: pd.DataFrame, shown: Cut, rgb: np.ndarray, ax: Axes) -> None:
    canvas.dress(ax, *shown.labels, grid=False)
    tissue_slice.discs(shown.lay(spatial.position(cells)), cells["radius"].to_numpy(float), rgb, ax)
    vessels.rings(run, 0.0, shown, ax)
    shown.frame(ax)


def _title(run: RunData, cells: pd.DataFrame) -> str:
    kind, box = run.meta["geometry"]["kind"], run.meta["geometry"]["box"]
    return f"{run.meta['name']}, untreated, day 0: {kind} of {say.count(len(cells))} cells, {box[0]:g} \u00b5m wide"
