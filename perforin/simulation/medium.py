"""The fields of the tissue: what cells take and give, gathered and solved."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from perforin.engine import diffusion, exchange
from perforin.mechanisms.tissue import il2, metabolism, oxygenation, respiration, secretion
from perforin.scenario.plan import T_CELL, FieldPlan, Plan, crossing
from perforin.simulation.state import State


def solve(state: State, plan: Plan, fields: Iterable[FieldPlan]) -> None:
    """Bring some fields up to date and let all cells sense their oxygen."""
    for field in fields:
        diffuse(state, plan, field)
    oxygenation.sense(state.cells, state.fields["oxygen"], state.reading_step)


def diffuse(state: State, plan: Plan, field_plan: FieldPlan) -> None:
    """Gather uptake and secretion of all cells and bring one field up to date; one that is held stays as it is."""
    if field_plan.boundary == "held":
        return
    cells, field = state.cells, state.fields[field_plan.name]
    per_cell = (cells.type, cells.fate, cells.place, cells.count)
    loss = np.zeros(cells.capacity, dtype=np.float32)
    gain = np.zeros(cells.capacity, dtype=np.float32)
    dead = plan.numbers["oxygenation"].dead_fraction
    if plan.law.dead_exchange == "as-alive":
        dead = np.ones_like(dead)
    volume = field.grid.voxel_volume
    if field_plan.name == "oxygen":
        uptake = plan.numbers["oxygenation"].uptake
        oxygenation.uptake_per_cell(*per_cell, uptake, dead, volume, loss)
    if field_plan.name == plan.attractant:
        numbers = plan.numbers["secretion"]
        silent = np.ones_like(dead) if plan.law.dead_exchange == "as-alive" else np.zeros_like(dead)
        secretion.release_per_cell(*per_cell, numbers.rate, silent, volume, loss)
        gain[: cells.count] = loss[: cells.count] * numbers.saturation[cells.type[: cells.count]]
    if field_plan.name == il2.FIELD:
        span, t_cells = plan.clock.phenotype * plan.clock.tick, np.flatnonzero(state.is_role(T_CELL))
        il2.exchange_per_cell(cells, t_cells, plan.numbers["il2"], span, volume, loss, gain)
    exchanges, step = {e.field: e for e in plan.exchanges}, plan.clock.phenotype * plan.clock.tick
    if field.name in exchanges:
        metabolism.add(cells, exchanges[field.name], exchanges, state.fields, step, loss, gain)
    field.clear()
    exchange.deposit(cells.place, cells.count, loss, gain, field.grid, field.loss, field.gain)
    if field_plan.name == "oxygen" and plan.attack is not None:
        respiration.breathe(cells, field, plan.numbers["respiration"])
    if field.name in exchanges:
        metabolism.take(cells, exchanges[field.name], field, step)
    passing = crossing(plan.vessel_exchanges, field.name)
    if state.slab is not None:
        state.slab.supply(field, plan.numbers["perfusion"], passing, field_plan.fluid, state.matrix)
    if state.block is not None:
        state.block.supply(field, plan.numbers["perfusion"], passing, state.matrix)
    if field_plan.steady:
        diffusion.solve_steady(field)
    else:
        diffusion.step_implicit(field, field_plan.interval * plan.clock.tick)
