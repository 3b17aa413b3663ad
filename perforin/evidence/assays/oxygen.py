"""Oxygen of untreated tumours on day 0: the median over tumour cells, as an electrode pushed through sees it."""

from __future__ import annotations

import numpy as np

from perforin.scenario.compile import compile
from perforin.scenario.entries import OXYGEN
from perforin.scenario.plan import TUMOUR
from perforin.scenario.scenario import load
from perforin.simulation import start
from perforin.simulation.medium import solve


def medians(scenario: str, seeds: range, *changes: str) -> np.ndarray:
    """(seeds,) median oxygen of the tumour cells [mmHg], one tissue per seed: vessels and matrix are drawn anew."""
    return np.array([_median(scenario, seed, changes) for seed in seeds])


def _median(scenario: str, seed: int, changes: tuple[str, ...]) -> float:
    plan = compile(load(scenario, ["dose=[]", f"seed={seed}", *changes]))
    state = start.begin(plan)
    solve(state, plan, (field for field in plan.fields if field.name == OXYGEN))
    cells = state.cells
    return float(np.median(cells.oxygen[: cells.count][state.is_role(TUMOUR)]))
