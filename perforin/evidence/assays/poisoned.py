"""T cells in a medium with so much of one field, by the effects in its library entry: what is left, and recovery."""

from __future__ import annotations

import math

import numpy as np

from perforin.engine.cells import Cells
from perforin.engine.diffusion import Field
from perforin.engine.voxels import VoxelGrid
from perforin.evidence.assays.encounters import Encounter, law_of
from perforin.mechanisms.tissue import columns_of, responses
from perforin.mechanisms.tissue.responses import Responses
from perforin.scenario.catalog import library
from perforin.scenario.entries import FieldEntry
from perforin.scenario.ledger import Ledger
from perforin.scenario.living import effects_of

STEP = 6.0  # min, the phenotype step
TARGETS = 2000
HOURS = 4.0  # of a test of lysis


class Medium:
    """One T cell in a medium of one field."""

    def __init__(self, field: str) -> None:
        entry = library().find("fields", field).entry
        if not isinstance(entry, FieldEntry):
            raise TypeError(f"fields/{field} is not a FieldEntry")
        self.responses = Responses(tuple(e for e in effects_of(entry, Ledger()) if e.on_t_cell))
        grid = VoxelGrid((1, 1, 1), 20.0, (-10.0, -10.0, -10.0))
        self._field = Field.build(field, entry.unit, grid, 0.0, 0.0, 0.0, "closed", 0.0)
        sizes = {"effect": len(self.responses.effects), "pace": 1}
        self._cells, self._rows = Cells(columns_of("car", 1, sizes), capacity=1), np.zeros(1, dtype=np.int32)
        self._cells.append(1, id=1, type=1)

    def stay(self, level: float, hours: float) -> Medium:
        """Let it live at a level [the field's unit]; returns itself."""
        self._field.values[:] = level
        fields = {self._field.name: self._field}
        for _ in range(round(hours * 60 / STEP)):
            responses.sense(self._cells, self._rows, self._rows[:0], self.responses, fields, STEP)
        return self

    def left(self, function: str) -> float:
        """What is left of a function [1]."""
        code = responses.FUNCTIONS.index(function)
        return float(responses.left(self._cells, self._rows, self.responses, code)[0])


def lysis_left(product: float, e_t: float = 1.0) -> float:
    """Lysis in four hours beside that of unbraked T cells, where brakes on killing leave this product."""
    many = round(e_t * TARGETS)
    free, held = (
        Encounter(TARGETS, many, law_of(), brake=b).run(60 * HOURS) for b in (1.0, math.sqrt(product))
    )
    return held.dead / free.dead
