"""What an untreated tissue leaves of T cells: one in the place of each tumour cell of day 0, all levels settled."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from perforin.mechanisms.tissue import checkpoint, responses
from perforin.mechanisms.tissue.recognition import PER_NM
from perforin.scenario.compile import compile
from perforin.scenario.plan import T_CELL, TUMOUR, Plan
from perforin.scenario.scenario import load
from perforin.simulation import start
from perforin.simulation.medium import solve
from perforin.simulation.state import State

HOURS = 24  # until levels are settled: IL-10, the slowest, has a hundredth left to go


def settled(plan: Plan) -> State:
    """The tissue of day 0 with its fields as its cells make them."""
    state, hour = start.begin(plan), round(60.0 / plan.clock.tick)
    for _ in range(HOURS):
        solve(state, plan, (replace(field, interval=hour) for field in plan.fields))
    return state


def products(scenario: str, seed: int, *changes: str) -> dict[str, np.ndarray]:
    """(tumour cells,) what all brakes leave of each function of a T cell, and `PD-L1`: what that alone leaves of kills.

    The fields' brakes by function; PD-L1 is not among them. Raises ScenarioError.
    """
    plan = compile(load(scenario, [f"seed={seed}", *changes]))
    if plan.responses is None:
        raise TypeError(f"{scenario}: no field acts on T cells")
    state, acting = settled(plan), plan.responses
    rows, cells = np.flatnonzero(state.is_role(TUMOUR)), state.cells
    responses.sense(cells, rows, rows, acting, state.fields, np.inf)
    found = {name: responses.left(cells, rows, acting, code) for code, name in enumerate(responses.OF_T_CELL)}
    found[checkpoint.BRAKE] = np.ones(rows.size)
    if "checkpoint" in plan.numbers:
        found[checkpoint.BRAKE] = _left_by_pd_l1(plan, state, rows)
    return found


def _left_by_pd_l1(plan: Plan, state: State, rows: np.ndarray) -> np.ndarray:
    """(m,) what PD-L1 leaves of the kills of the first kind of T cell."""
    n, surface = plan.numbers["checkpoint"], checkpoint.surface_of(plan.numbers["volume"].target)
    acting, t = plan.responses or checkpoint.NO_EFFECTS, [kind.role for kind in plan.types].index(T_CELL)
    kind, felt, k2d = state.cells.type, state.cells.felt, n.kd * n.confinement * PER_NM
    share = np.array(
        [
            checkpoint.engaged_on(
                j, t, kind[j], felt, acting.code, acting.most, surface, n.pd_l1, n.pd_1, k2d, n.half
            )
            for j in rows
        ]
    )
    return 1.0 - float(n.kill_fraction[t]) * share
