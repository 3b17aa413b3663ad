"""Antigen for weeks, and what T cells still kill afterwards: the product's laws of contact, exhaustion and damage.

First each T cell has targets of its own that do not die (no hits), so that it meets antigen at every contact. Then it
may rest without targets. Then it is put to fresh targets that do die, for a day, where it kills with what it has left.
CARs are taken to be back on the surface, nobody divides or dies: exhaustion alone differs.
"""

from __future__ import annotations

import numpy as np

from perforin.evidence.assays.encounters import Encounter, law_of
from perforin.face.prepare import prepare
from perforin.mechanisms.tissue import exhaustion, recognition
from perforin.mechanisms.tissue.exposure import BRAKES
from perforin.quantities import MINUTES_PER_DAY, Numbers

SCENARIO = "pbt030-coculture"
T_CELLS = 200
PER_T_CELL = 10  # targets in the test of killing: enough that nobody runs out
STEP = 6.0  # min, the phenotype step
OFF = ("loss_tired", "loss_worn")


def numbers(on: bool = True) -> Numbers:
    """Exhaustion of the library for a target and a T cell; off, it takes no function."""
    table = {
        name: values[:2].copy() for name, values in prepare(SCENARIO).numbers["exhaustion"].as_dict().items()
    }
    return Numbers(table | ({name: np.zeros(2) for name in OFF} if not on else {}))


def killed(days: float, rest: float = 0.0, *, on: bool = True, test: float = 1.0, seed: int = 1) -> float:
    """Kills per T cell in `test` days after so many days of antigen and so many of rest."""
    law, law_of_exhaustion = law_of(), numbers(on)
    trained = Encounter(
        T_CELLS, np.ones(T_CELLS, dtype=int), law.changed(hit_rate=0.0), holding=0.4, seed=seed
    )
    _live(trained, law_of_exhaustion, days)
    trained.cells.fate[:T_CELLS] = 2  # the targets are taken away: nothing to touch
    _live(trained, law_of_exhaustion, rest)
    tested = Encounter(PER_T_CELL * T_CELLS, T_CELLS, law, seed=seed + 1)
    for name in ("tired", "worn", "signal_mean"):
        getattr(tested.cells, name)[tested.t_cells] = getattr(trained.cells, name)[trained.t_cells]
    _live(tested, law_of_exhaustion, test)
    return tested.dead * PER_T_CELL


def _live(met: Encounter, law: Numbers, days: float) -> None:
    """Let T cells meet their targets for so many days, tiring and held back by it."""
    cells, rows, place = met.cells, met.t_cells, BRAKES.index("exhaustion")
    for _ in range(round(days * MINUTES_PER_DAY / STEP)):
        left = exhaustion.function(cells.tired[rows], cells.worn[rows], law.loss_tired[1], law.loss_worn[1])
        met.brakes[:, place] = left
        recognition.forget(cells, rows)
        met.run(STEP)
        exhaustion.advance(cells, rows, law, STEP)
