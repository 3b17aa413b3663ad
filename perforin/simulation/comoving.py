"""A block follows the volume of its tissue: its box grows and shrinks, and cells, vessels and fields go with it.

    dv/dt = (v_t - v) / tau,   v_t = (volume of cells, matrix and vessels) / phi_0

with phi_0 the share of the block that they filled on day 0. It follows volume and not pressure: at 2e8 cells per mL a
box of constant pressure grows when cells die. A step changes the edge by at most `FASTEST`. Places are scaled, voxels
are stretched, what a field holds is diluted, and a quasi-steady one is solved again when it is due; where voxels have
become too coarse or too fine they are cut anew. The weight of the block in its lesion stays.

A block of few cells, or narrower than a few of them, is no sample any more: it is frozen, and does not shrink further.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from perforin.scenario.block import LEAST_CELLS, LEAST_EDGE
from perforin.scenario.plan import T_CELL, Plan

if TYPE_CHECKING:
    from perforin.simulation.block import Block
    from perforin.simulation.state import State

RELAXATION = 360.0  # min in which the box follows its tissue
FASTEST = 0.004 / 10.0  # of the edge per min: less than a cell moves by itself
COARSEST = 0.15  # by how much voxels may differ from those of day 0


def filled(state: State, block: Block) -> float:
    """Volume of cells, matrix and vessels in the block [um^3]."""
    radius = state.cells.place[: state.cells.count, 3].astype(np.float64)
    of_matrix = state.stroma.volume if state.stroma is not None else 0.0
    of_vessels = block.lines.volume(block.edge) if block.lines is not None else 0.0
    return 4.0 / 3.0 * math.pi * float((radius**3).sum()) + of_matrix + of_vessels


def next_edge(edge: float, target: float, dt: float) -> float:
    """The edge of the box after dt [min] on its way to a volume [um^3]."""
    volume = edge**3 + (target - edge**3) * -math.expm1(-dt / RELAXATION)
    most = FASTEST * dt
    return edge * min(max(math.cbrt(volume) / edge, 1.0 - most), 1.0 + most)


def follow(state: State, block: Block, plan: Plan, dt: float) -> None:
    """Let the box of a block follow its tissue for dt [min]."""
    target = filled(state, block) / block.packing
    tissue = int((~state.is_role(T_CELL)).sum())
    block.frozen = target < block.edge**3 and (tissue < LEAST_CELLS or block.edge <= LEAST_EDGE)
    if block.frozen:
        return
    edge = next_edge(block.edge, target, dt)
    if edge < block.edge:
        edge = max(edge, min(block.edge, LEAST_EDGE))
    stretch(state, block, plan, edge, dt)


def stretch(state: State, block: Block, plan: Plan, edge: float, dt: float) -> None:
    """Give the block another edge [um] within dt [min], everything in it with it."""
    voxels, factor = state.grid.shape[0], edge / block.edge
    state.cells.place[: state.cells.count, :3] *= np.float32(factor)
    if block.lines is not None:
        block.lines.follow(edge, factor, dt, block.standing)
    block.edge = edge
    for field in plan.fields:
        if not field.steady:
            state.fields[field.name].values *= np.float32(factor**-3)
    day_0 = plan.geometry.voxel
    if abs(edge / voxels / day_0 - 1.0) > COARSEST:
        voxels = round(edge / day_0)
    state.lie_in(edge, voxels)
