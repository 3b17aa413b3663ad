"""Which tumour cells stroma shuts out, at a moment of a run: for the record of why they live."""

from __future__ import annotations

from typing import Any

import numpy as np

from perforin.engine.voxels import VoxelGrid
from perforin.mechanisms.tissue import enclosure
from perforin.scenario.plan import T_CELL, TUMOUR, Plan
from perforin.simulation.state import State


def shut_out(state: State, plan: Plan) -> np.ndarray:
    """(n,) bool: tumour cells that no T cell can come to touch in the time since the first dose, for the matrix.

    T cells come from where they are now and from where they come in: the medium around a tumour in a dish, as far as it
    reaches from the walls without matrix (anywhere in a monolayer), or the fluid that a slab faces. Of several kinds of
    T cells the one that is there first counts.
    """
    count = state.cells.count
    shut = np.zeros(count, dtype=bool)
    doses = [dose for dose in plan.doses if dose.tick <= state.tick]
    tumour = np.flatnonzero(state.is_role(TUMOUR))
    if state.stroma is None or not doses or not tumour.size:
        return shut
    since = (state.tick - min(dose.tick for dose in doses)) * plan.clock.tick
    stroma, ground, grid = state.stroma, state.stroma.ground, state.stroma.grid
    walk, volume, touch = (
        plan.numbers["motility"],
        plan.numbers["volume"].target,
        plan.numbers["contact"].touch,
    )
    sources = entries(state, grid, stroma.density)
    place = state.cells.place[tumour].astype(np.float64)
    with_matrix, without = np.full(tumour.size, np.inf), np.full(tumour.size, np.inf)
    for kind in sorted({dose.type for dose in doses}):
        reach = float(touch[kind]) * (place[:, 3] + np.cbrt(3.0 * volume[kind] / (4.0 * np.pi)))
        for density, least in ((stroma.density, with_matrix), (np.zeros_like(stroma.density), without)):
            slow = enclosure.slowness(
                density, kind, float(walk.speed[kind]), float(walk.persistence[kind]), ground
            )
            found = enclosure.times(slow, sources, grid.spacing, plan.geometry.periodic, since)
            least[:] = np.minimum(least, enclosure.reached(place[:, :3], reach, found, grid, state.box))
    shut[tumour] = (with_matrix > since) & (without <= since)
    return shut


def _medium(bare: np.ndarray) -> np.ndarray:
    """The voxels that hang together with the walls of the box through bare ones."""
    from scipy.ndimage import label

    labelled: Any = label(bare)
    parts = labelled[0]
    walls = np.ones(bare.shape, dtype=bool)
    walls[1:-1, 1:-1, 1:-1] = False
    return np.isin(parts, np.unique(parts[walls & bare])) & bare


def _beside_vessels(state: State, grid: VoxelGrid) -> np.ndarray:
    """The voxels that vessels with flow run through; all of them where T cells may come from anywhere."""
    if state.block is None or state.block.lines is None:
        return np.ones(grid.shape, dtype=bool)
    lines, here = state.block.lines, np.zeros(grid.shape, dtype=bool)
    (iy, ix), flows = lines.columns(grid), lines.open(grid, state.matrix) > 0.0
    here[:, iy[flows], ix[flows]] = True
    return here


def entries(state: State, grid: VoxelGrid, density: np.ndarray) -> np.ndarray:
    """(nz, ny, nx) bool: the voxels that T cells come from."""
    if state.slab is not None:
        here = ~state.slab.tissue
    elif state.block is not None:
        here = _beside_vessels(state, grid)
    elif state.box.flat:
        here = np.ones(grid.shape, dtype=bool)
    else:
        x, y, z = grid.centres()
        here = _medium((x * x + y * y + z * z > state.tumour_radius() ** 2) & (density == 0.0))
    walking = state.is_role(T_CELL) & (state.cells.fate[: state.cells.count] == 0)
    here[grid.holding(state.cells.place[: state.cells.count][walking])] = True
    return here
