"""A block of tumour in pairs of the same seed, without and with anti-VEGF: T cells that came in, and oxygen."""

from __future__ import annotations

from pathlib import Path

from perforin.analysis.spatial import HYPOXIC
from perforin.mechanisms.tissue.apoptosis import ALIVE
from perforin.quantities import MINUTES_PER_DAY
from perforin.scenario.compile import compile
from perforin.scenario.plan import T_CELL, TUMOUR, Plan
from perforin.scenario.scenario import load
from perforin.simulation import start, step
from perforin.simulation.medium import solve

BLOCK = Path(__file__).parents[1] / "normalised.toml"


def plan(exposure: float, seed: int) -> Plan:
    """The block at an exposure to anti-VEGF."""
    return compile(load(BLOCK, [f"patient.normalisation.exposure={exposure}", f"seed={seed}"]))


def t_cells(plan: Plan, days: float) -> int:
    """Living T cells in the block after some days."""
    state = start.begin(plan)
    step.until(state, plan, days * MINUTES_PER_DAY)
    return int((state.is_role(T_CELL) & (state.cells.fate[: state.cells.count] == ALIVE)).sum())


def hypoxic_share(plan: Plan, days: float) -> float:
    """Share of the tumour cells below 10 mmHg with the vessels of that day in the tissue of day 0."""
    state = start.begin(plan)
    if state.block is None:
        raise TypeError("a scenario without a block")
    state.block.normalise(days * MINUTES_PER_DAY)
    solve(state, plan, plan.fields)
    cells = state.cells
    return float((cells.oxygen[: cells.count][state.is_role(TUMOUR)] < HYPOXIC).mean())
