"""What a run writes down: one row of the series, and snapshots of all cells."""

from __future__ import annotations

import numpy as np

from perforin.engine.recut import recut
from perforin.engine.voxels import VoxelGrid
from perforin.mechanisms.tissue.apoptosis import ALIVE
from perforin.quantities import MINUTES_PER_DAY
from perforin.scenario.plan import HOST, T_CELL, TUMOUR, Plan
from perforin.simulation import attack_record
from perforin.simulation.brake_record import mean
from perforin.simulation.shut_out import shut_out
from perforin.simulation.state import State


def series_row(state: State, plan: Plan) -> dict[str, float]:
    """The numbers of this moment, one per column of the series; means over no cells are not a number."""
    cells, count = state.cells, state.cells.count
    alive = cells.fate[:count] == ALIVE
    tumour = state.is_role(TUMOUR) & alive
    t_cells = state.is_role(T_CELL) & alive
    minute = state.tick * plan.clock.tick
    row = {
        "minute": minute,
        "day": minute / MINUTES_PER_DAY,
        "tumour_cells": float(tumour.sum()),
        "tumour_dead": float((state.is_role(TUMOUR) & ~alive).sum()),
        "t_cells": float(t_cells.sum()),
        "t_cells_dead": float((state.is_role(T_CELL) & ~alive).sum()),
        "attached_pairs": float((cells.partner[:count][t_cells] >= 0).sum()),
        "kills": float(state.counters["kills"]),
        "divisions": float(state.counters["divisions"]),
        "necroses": float(state.counters["necroses"]),
        "tumour_radius": state.tumour_radius() if not plan.is_sample else np.nan,
        **_of_attack(state, plan, tumour, t_cells),
        "oxygen_mean": mean(cells.oxygen[:count][tumour]),
        "oxygen_min": float(cells.oxygen[:count][tumour].min()) if tumour.any() else np.nan,
        "penetration_depth": penetration_depth(state, tumour, t_cells),
        "guard_hits": float(state.counters["guard_hits"]),
    }
    if state.slab is not None:
        row |= state.slab.row()
    if state.block is not None:
        row |= state.block.row()
    if state.stroma is not None:
        row["matrix_mean"] = state.stroma.mean
    if plan.hosts:
        row["host_cells"] = float((state.is_role(HOST) & alive).sum())
    if plan.attractant:
        row["attractant_mean"] = mean(state.level_at(np.flatnonzero(tumour), plan.attractant))
    return row


def _of_attack(state: State, plan: Plan, tumour: np.ndarray, t_cells: np.ndarray) -> dict[str, float]:
    """The columns that depend on the law of attack."""
    if plan.attack is not None:
        return attack_record.series(state, plan, plan.attack, tumour, t_cells)
    cells, count = state.cells, state.cells.count
    threshold = plan.numbers["antigen"].threshold[cells.type[:count]]
    return {
        "antigen_mean": mean(cells.antigen[:count][tumour]),
        "antigen_negative": float((cells.antigen[:count] <= threshold)[tumour].sum()),
    }


def penetration_depth(state: State, tumour: np.ndarray, t_cells: np.ndarray) -> float:
    """Mean depth of T cells below the surface [um], over those inside it; not a number when none is.

    The surface is that of the tissue in a slab, else the sphere around the centroid of the tumour that holds 95 % of
    its cells; a block, which lies within its lesion, has none.
    """
    place = state.cells.place[: state.cells.count, :3].astype(np.float64)
    if not tumour.any() or not t_cells.any() or state.block is not None:
        return float("nan")
    if state.slab is not None:
        below = state.slab.depths(place[t_cells])
        return mean(below[below > 0])
    centre = place[tumour].mean(axis=0)
    surface = np.quantile(np.linalg.norm(place[tumour] - centre, axis=1), 0.95)
    depth = surface - np.linalg.norm(place[t_cells] - centre, axis=1)
    return mean(depth[depth > 0])


def snapshot(state: State, plan: Plan) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """All cells of this moment: columns (type and fate as codes) and (n, 3) places [um]."""
    cells, count = state.cells, state.cells.count
    partner = cells.partner[:count]
    ids = cells.id[:count]
    columns = {
        "id": ids.copy(),
        "type": cells.type[:count].copy(),
        "fate": cells.fate[:count].copy(),
        "radius": cells.place[:count, 3].copy(),
        "partner": np.where(partner >= 0, ids[partner], 0).astype(np.uint64),
    }
    if plan.attack is None:
        names = ("antigen", "oxygen", "cycle_time", "divisions", "contact_time", "kills", "age")
    else:
        names = ("oxygen", "cycle_time", "divisions")
        columns |= attack_record.snapshot(state, plan, plan.attack)
    for name in names:
        columns[name] = getattr(cells, name)[:count].copy()
    if state.stroma is not None:
        columns["shut_out"] = shut_out(state, plan).astype(np.uint8)
    return columns, cells.place[:count, :3].copy()


def fields(state: State, plan: Plan, names: tuple[str, ...]) -> tuple[dict[str, np.ndarray], VoxelGrid]:
    """Some fields of this moment and where their voxels are: those of day 0, which a block stretches with itself."""
    grid = VoxelGrid.of_box(plan.geometry.box, plan.geometry.voxel)
    values = {name: state.fields[name].values for name in names}
    if state.grid.shape != grid.shape:
        values = {name: recut(levels, grid.shape) for name, levels in values.items()}
    return values, grid
