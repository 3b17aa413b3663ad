"""The figures by name, for those who ask for one by its name: `run.plot("burden")`."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perforin.results.run import RunData

FIGURES = {
    "burden": ("burden", "burden"),
    "t-cells": ("t_cells", "t_cells"),
    "killing": ("killing", "killing"),
    "effector-to-target": ("killing", "effector_to_target"),
    "kills-per-t-cell": ("killing", "kills_per_t_cell"),
    "penetration": ("penetration", "penetration"),
    "antigen": ("antigen", "antigen"),
    "antigen-classes": ("antigen_classes", "antigen_classes"),
    "survivors": ("survivors", "survivors"),
    "radial-oxygen": ("radial", "radial_oxygen"),
    "radial-types": ("radial", "radial_types"),
    "tissue": ("tissue_view", "tissue_view"),
    "slice": ("tissue_slice", "tissue_slice"),
    "oxygen": ("oxygen", "oxygen"),
    "edge-distance": ("vicinity", "by_edge"),
    "vessel-distance": ("vicinity", "by_vessel"),
    "neighbourhood": ("neighbourhood", "neighbourhood"),
    "hypoxia": ("hypoxia", "hypoxia"),
    "infiltration": ("hypoxia", "infiltration"),
}
OF_ONE_DAY = ("radial-oxygen", "radial-types", "tissue", "slice", "oxygen")
OF_ONE_DAY += ("edge-distance", "vessel-distance", "neighbourhood")
MAP = "map-"  # before the name of a field: the cells over it


def names(run: RunData) -> tuple[str, ...]:
    """The figures there are of a run: those of every run, and a map of each field that it recorded."""
    return (*FIGURES, *(f"{MAP}{field}" for field in run.field_names))


def draw(name: str, run: RunData, ax: Axes | None = None, day: float | None = None) -> Axes:
    """Draw one figure by name. `day` matters only to figures of one snapshot; the last by default.

    Raises KeyError for a name that is not among `names`.
    """
    if name.startswith(MAP) and name in names(run):
        from perforin.plots.maps import field_map

        return field_map(run, name.removeprefix(MAP), day, ax)
    file, function = FIGURES[name]
    figure = getattr(importlib.import_module(f"perforin.plots.{file}"), function)
    if name in OF_ONE_DAY:
        return figure(run, day=day, ax=ax)
    return figure(run, ax=ax)
