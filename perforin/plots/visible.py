"""What is seen of each cell in a picture of the tissue: tumour, antigen-negative, T cell, dying, necrotic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import antigen as reading
from perforin.analysis import antigen_classes, tables
from perforin.plots import palette

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.colors import Normalize
    from matplotlib.lines import Line2D

    from perforin.results.run import RunData

RELATIVE_TOP = 2.0  # level at which the colour saturates
COPIES = (1e2, 1e6)  # copies per cell between which it changes
KEYS = tuple(key for key, _, _ in palette.TISSUE)
OF_CLASS = ("tumour", "first", "second", "negative")  # the key of each antigen class


def codes(run: RunData, cells: pd.DataFrame) -> np.ndarray:
    """(n_cells,) int: the place of each cell in palette.TISSUE."""
    fate = cells["fate"].astype(str).to_numpy()
    tumour = tables.of_role(run, cells, tables.TUMOUR)
    alive = fate == tables.ALIVE
    code = np.full(len(cells), KEYS.index("dead_tumour"))
    by_class = np.array([KEYS.index(key) for key in OF_CLASS])[antigen_classes.classes(run, cells)]
    code[tumour & alive] = by_class[tumour & alive]
    code[~tumour & alive] = KEYS.index("t_cell")
    code[~tumour & ~alive] = KEYS.index("dead_t_cell")
    for key, name in hosts(run).items():
        of_type = np.asarray(cells["type"].astype(str) == name)
        code[of_type & alive] = KEYS.index(key)
        code[of_type & ~alive] = KEYS.index("dead_host")
    code[tumour & np.isin(fate, ("necrotic", "lysed"))] = KEYS.index("necrotic")
    return code


def hosts(run: RunData) -> dict[str, str]:
    """The key of palette.TISSUE of each type of host cell, and its name; no more types than there are colours."""
    names = tables.names(run, tables.HOST)
    return {f"host_{place}": name for place, name in enumerate(names[: len(palette.HOSTS)], start=1)}


def labels(run: RunData) -> dict[str, str]:
    """What each key of palette.TISSUE is called in this run: host cells by type, tumour cells by two binders."""
    named, said = antigen_classes.names(run), hosts(run)
    if len(named) > 2:
        said |= {OF_CLASS[place]: f"tumour cell, seen by {name}" for place, name in named.items()}
    return {**palette.TISSUE_LABELS, **said}


def colours(code: np.ndarray) -> np.ndarray:
    """(n_cells, 3) RGB in [0, 1] of the codes."""
    from matplotlib.colors import to_rgb

    return np.array([to_rgb(colour) for _, _, colour in palette.TISSUE])[code]


def antigen_scale(run: RunData) -> Normalize:
    """How antigen becomes colour: linear for relative levels, logarithmic for copies."""
    from matplotlib.colors import LogNorm, Normalize

    return LogNorm(*COPIES, clip=True) if reading.in_copies(run) else Normalize(0.0, RELATIVE_TOP, clip=True)


def antigen_colours(run: RunData, cells: pd.DataFrame) -> np.ndarray:
    """(n_cells, 3) RGB: living tumour cells by antigen, T cells and the dead as ever."""
    from matplotlib import colormaps

    code = codes(run, cells)
    rgb = colours(code)
    living = np.isin(code, [KEYS.index(key) for key in OF_CLASS])
    scale = antigen_scale(run)
    levels = np.maximum(cells["antigen"].to_numpy(float)[living], scale.vmin or 0.0)
    rgb[living] = colormaps[palette.ANTIGEN_MAP](np.asarray(scale(levels)))[:, :3]
    return rgb


def present(run: RunData, days: list[float]) -> list[str]:
    """The keys of palette.TISSUE that occur in the snapshots of these days, in legend order."""
    seen: set[int] = set()
    for day in days:
        seen.update(np.unique(codes(run, run.cells(day))).tolist())
    return [key for place, key in enumerate(KEYS) if place in seen]


def handles(run: RunData, days: list[float]) -> list[Line2D]:
    """A dot and a name for each kind of cell that occurs in the snapshots of these days, for a legend."""
    from matplotlib.lines import Line2D

    named = labels(run)
    return [
        Line2D([], [], linestyle="none", marker="o", markersize=7, color=palette.TISSUE_COLOURS[key], label=named[key])
        for key in present(run, days)
    ]  # fmt: skip


def reach(run: RunData, days: list[float]) -> float:
    """Half the edge of a frame that holds the tumour on all these days, and some room around it [um]."""
    from perforin.analysis import spatial

    largest = max((spatial.tumour_radius(run, run.cells(day)) for day in days), default=0.0)
    box = run.meta.get("geometry", {}).get("box") or [np.inf]
    return (
        float(min(1.25 * largest + 25.0, 0.5 * max(box)))
        if largest > 0
        else float(min(100.0, 0.5 * max(box)))
    )
