"""The untreated tissue of a tumour, made without a run: day 0 begun, its quick fields solved once, no step taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perforin.results.run import RunData

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from perforin.scenario.catalog import LibraryPath
    from perforin.scenario.plan import Plan

EDGE = "300 um"  # of the piece: enough cells to see how they lie, drawn in seconds
LESION, CONTACT = "1 cm^3", "1 cm^2"  # any will do: they weight a piece and do not change it
ALIKE = 0.01  # of its highest level: a field that differs less is alike everywhere
Piece = Callable[[str], dict[str, Any]]
Grid = tuple[
    "np.ndarray", float, tuple[float, float, float]
]  # values, voxel edge [um], centre of the first voxel


def slab(tumour: str) -> dict[str, Any]:
    """As deep as wide, facing a fluid."""
    faces = {"contact_area": CONTACT, "depth": EDGE}
    return {"patient": {"tumour": tumour, "lesion_volume": LESION, "edge": EDGE, **faces}}


def block(tumour: str) -> dict[str, Any]:
    """A periodic piece from within a lesion, with its vessels if it has any."""
    return {"patient": {"tumour": tumour, "lesion_volume": LESION, "edge": EDGE}}


def organoid(tumour: str) -> dict[str, Any]:
    """A ball in a dish."""
    return {"culture": {"tumour": tumour, "geometry": "organoid", "radius": "150 um", "box": "500 um"}}


def monolayer(tumour: str) -> dict[str, Any]:
    """A patch of a culture well, sparsely plated."""
    well = {"layout": "scattered", "cells": 300, "box": "600 um", "medium": {"height": "100 um"}}
    return {"culture": {"tumour": tumour, "geometry": "monolayer", **well}}


PIECES: dict[str, Piece] = {
    "slab": slab,
    "block": block,
    "suspension": block,
    "organoid": organoid,
    "monolayer": monolayer,
}


def geometry_of(document: Mapping[str, Any]) -> str:
    """How a piece of a tumour lies: as its entry says, or by what its entry describes.

    A relative level of antigen is that of a published organoid, a crowded floor that of a well, all else a lesion that
    faces a fluid.
    """
    if "geometry" in document:
        return str(document["geometry"])
    if "carries" in document:
        return "organoid"
    return "monolayer" if "crowding" in document else "slab"


class Still(RunData):
    """A tissue in memory that is read like a run with one moment, day 0."""

    def __init__(self, meta: dict[str, Any], cells: pd.DataFrame, fields: dict[str, Grid]) -> None:
        super().__init__(Path(meta["name"]), {**meta, "days": 0.0, "status": "done"})
        self._cells = cells
        self._fields = fields

    @property
    def snapshot_days(self) -> list[float]:
        """Day 0."""
        return [0.0]

    @property
    def field_days(self) -> list[float]:
        """Day 0."""
        return [0.0] if self._fields else []

    @property
    def field_names(self) -> list[str]:
        """The fields that are not alike everywhere."""
        return list(self._fields)

    def cells(self, day: float) -> pd.DataFrame:
        """The cells of day 0."""
        return self._cells

    def field(self, name: str, day: float) -> Grid:
        """A field of day 0."""
        return self._fields[name]

    def _table(self, kind: str) -> None:
        """Nothing was recorded over time."""


def untreated(name: str, library_path: LibraryPath = None) -> Still:
    """A piece of the tumour on day 0. Raises LibraryError, ScenarioError."""
    from perforin.scenario import catalog
    from perforin.scenario.compile import compile as compile_scenario
    from perforin.scenario.scenario import Scenario

    found = catalog.find("tumours", name, library_path)
    document = {"name": name, "days": 1, "seed": 1, **PIECES[geometry_of(found.document)](name)}
    return begun(compile_scenario(Scenario.of(document, found.file, library_path)))


def begun(plan: Plan) -> Still:
    """Day 0 of a plan, with the fields solved that settle at once."""
    import numpy as np
    import pandas as pd

    from perforin.results.layout import FATES
    from perforin.simulation import medium, provenance, recorder, start

    state = start.begin(plan)
    medium.solve(state, plan, (field for field in plan.fields if field.steady))
    columns, place = recorder.snapshot(state, plan)
    cells = pd.DataFrame(columns)
    for name, words in (("type", [kind.name for kind in plan.types]), ("fate", FATES)):
        cells[name] = pd.Categorical(np.array(words)[columns[name]], categories=list(words))
    cells[["x", "y", "z"]] = place
    cells["positive"] = state.cells.positive[: state.cells.count] if plan.attack is not None else 0
    grids = {}
    for known in state.fields.values():
        if np.ptp(known.values) > ALIKE * known.values.max():
            x, y, z = (float(axis.ravel()[0]) for axis in known.grid.centres())
            grids[known.name] = (known.values.copy(), known.grid.spacing, (x, y, z))
    meta = provenance.described(plan)
    if state.stroma is not None:
        x, y, z = (float(axis.ravel()[0]) for axis in state.grid.centres())
        grids["matrix"] = (state.stroma.density.copy(), state.grid.spacing, (x, y, z))
        meta["fields"] = {**meta["fields"], "matrix": {"unit": "mg/mL"}}
    return Still(meta, cells, grids)
