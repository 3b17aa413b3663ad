"""One simulated well: the scenario `pbt030-coculture` with other effectors, parameters and luck, in memory."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from perforin.evidence.coculture import wells
from perforin.face.prepare import prepare
from perforin.mechanisms.tissue.apoptosis import ALIVE
from perforin.scenario.plan import T_CELL, TUMOUR, Plan
from perforin.simulation import start, step
from perforin.simulation.state import State

SCENARIOS = {"PBT030": "pbt030-coculture", "PBT128": "pbt128-transfer"}
MM2 = 1e6  # um^2


def plan_of(line: str, effectors: int, parameters: Mapping[str, float], seed: int) -> Plan:
    """The compiled patch of a well; `parameters` by their names in the declaration."""
    bare = prepare(SCENARIOS[line])
    many = round(effectors / patches(bare))
    changes = ["car=[]", "dose=[]"] if many == 0 else [f"dose[0].cells={many}"]
    for free in wells.biology() if many else ():
        changes.append(f"car[0].{free.path}='{parameters[free.prior.name]!r} {free.unit}'")
    return prepare(SCENARIOS[line], changes, seed)


def patches(plan: Plan) -> float:
    """How many simulated patches make a well."""
    return wells.experiment()["floor_area"] * 100 * MM2 / plan.geometry.floor


def well(
    line: str, effectors: int, parameters: Mapping[str, float], seed: int
) -> dict[str, list[float] | float]:
    """Simulate a well; its living cells every 8 h from 40 h and at the end, per whole well.

    Returns tumour_cells and t_cells (the last one at the end), and at the end mfi [units], the share of tumour cells
    once touched, and the kills per T cell and day.
    """
    plan = plan_of(line, effectors, parameters, seed)
    state, times = start.begin(plan), [*wells.wells(line)[effectors].hours, wells.experiment()["ends_at"]]
    tumour_cells, t_cells, t_days = [], [], 0.0
    for time in times:
        while state.tick * plan.clock.tick < 60 * time - 1e-9:
            step.advance(state, plan)
            t_days += _living(state, T_CELL).sum() * plan.clock.phenotype * plan.clock.tick / 1440
        tumour_cells.append(float(_living(state, TUMOUR).sum() * patches(plan)))
        t_cells.append(float(_living(state, T_CELL).sum() * patches(plan)))
    tumour = _living(state, TUMOUR)
    copies = state.cells.copies[: state.cells.count, 0][tumour].astype(float)
    touched = state.cells.first_contact[: state.cells.count][tumour] >= 0
    return {
        "tumour_cells": tumour_cells,
        "t_cells": t_cells,
        "mfi": float(copies.mean() / wells.declaration()["antigen"]["copies_per_mfi"])
        if copies.size
        else np.nan,
        "touched": float(touched.mean()) if touched.size else np.nan,
        "kills_per_day": state.counters["kills"] / t_days if t_days else 0.0,
    }


def _living(state: State, role: int) -> np.ndarray:
    return state.is_role(role) & (state.cells.fate[: state.cells.count] == ALIVE)
