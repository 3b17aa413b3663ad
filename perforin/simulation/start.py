"""Day 0: the tumour cells in their places, before the first step."""

from __future__ import annotations

import math

import numpy as np

from perforin.errors import EngineError
from perforin.mechanisms.tissue import (
    antigen,
    antigen_panel,
    asynchrony,
    division,
    infiltrate,
    oxygenation,
    volume,
)
from perforin.scenario.plan import TUMOUR, GeometryPlan, Plan
from perforin.simulation.block import fibroblasts
from perforin.simulation.comoving import filled
from perforin.simulation.packing import block_packing, slab_packing
from perforin.simulation.state import State
from perforin.streams import SEEDING_PLACE, draw2, founder_id


def begin(plan: Plan) -> State:
    """The state at minute 0: founders packed, sized, and given antigen and cycle."""
    state = State(plan)
    kind = next(i for i, t in enumerate(plan.types) if t.role == TUMOUR)
    target = float(plan.numbers["volume"].target[kind])
    radius = (3.0 * target / (4.0 * math.pi)) ** (1.0 / 3.0)
    if plan.slab is not None:
        box = plan.geometry.box
        places = slab_packing(box[0], plan.slab.depth, plan.slab.density, box[2])
    elif plan.block is not None:
        block = plan.block
        places = block_packing(plan.geometry.box[0], block.density, block.fraction, plan.seed, kind)
    elif plan.founders.scattered:
        places = scattering(plan.geometry, plan.founders.cells, radius, plan.seed, kind)
    else:
        places = packing(plan.geometry, plan.founders.radius, plan.founders.cells, radius)
    density = None
    if state.stroma is not None:
        state.stroma.begin(places, state.box, plan.seed)
        density = state.stroma.density_at(places)
    of = infiltrate.settled(len(places), plan.hosts, kind, plan.seed, density)
    rows = _put(state, plan, places, np.flatnonzero(of == kind), kind)
    if plan.attack is None:
        antigen.start(state.cells, rows, plan.numbers["antigen"], plan.seed)
    else:
        antigen_panel.start(state.cells, rows, plan.attack.panel, plan.seed)
    division.start(state.cells, rows, plan.numbers["growth"], plan.seed)
    if plan.attack is not None:
        asynchrony.start(state.cells, rows, plan.seed)
    for host in plan.hosts:
        _put(state, plan, places, np.flatnonzero(of == host.type), host.type)
    oxygenation.sense(state.cells, state.fields["oxygen"], np.zeros(len(plan.types)))
    state.look()
    if state.block is not None:
        state.block.packing = filled(state, state.block) / state.block.edge**3
        state.block.founding = fibroblasts(state.cells, plan.hosts).size
    return state


def _put(state: State, plan: Plan, places: np.ndarray, which: np.ndarray, kind: int) -> slice:
    """Put a cell of a kind on each of some of the places; returns their rows."""
    rows = state.cells.append(which.size, id=_names(which, kind), type=kind)
    state.cells.place[rows, :3] = places[which]
    volume.start(state.cells, rows, plan.numbers["volume"])
    return rows


def _names(which: np.ndarray, kind: int) -> np.ndarray:
    return np.array([founder_id(i, kind) for i in which], dtype=np.uint64)


def scattering(geometry: GeometryPlan, cells: int, cell_radius: float, seed: int, kind: int) -> np.ndarray:
    """(n, 3) float64 places of founders plated at random on the floor [um]."""
    shares = np.array(
        [draw2(seed, 0, name, SEEDING_PLACE) for name in _names(np.arange(cells), kind)]
    ).reshape(-1, 2)
    points = np.full((cells, 3), -geometry.box[2] / 2 + cell_radius)
    points[:, :2] = (shares - 0.5) * geometry.box[:2]
    return points


def packing(geometry: GeometryPlan, radius: float, cells: int, cell_radius: float) -> np.ndarray:
    """(n, 3) float64 places of the founders [um]: a hexagonal lattice cut by a sphere, or by a disc when flat.

    Given `radius`, all lattice points inside; given `cells`, that many nearest the centre.
    """
    if cells:
        share = 0.6 if not geometry.flat else 0.7  # a looser packing than the lattice: always enough points
        power = 1 / 2 if geometry.flat else 1 / 3
        radius = cell_radius * (cells / share) ** power + 4 * cell_radius
    points = disc(radius, cell_radius) if geometry.flat else sphere(radius, cell_radius)
    distance = (points**2).sum(axis=1)
    if cells:
        nearest = np.argsort(distance, kind="stable")[:cells]
        points, distance = points[np.sort(nearest)], distance[np.sort(nearest)]
    if geometry.flat:
        points[:, 2] = -geometry.box[2] / 2 + cell_radius
    widest = math.sqrt(distance.max(initial=0.0)) + cell_radius
    if widest > min(geometry.box[:2]) / 2:
        raise EngineError(
            f"a tumour of radius {widest:.0f} um does not fit a box {min(geometry.box[:2]):.0f} um wide"
        )
    return points


def sphere(radius: float, r: float) -> np.ndarray:
    """Lattice of Luque 2024: steps r sqrt(3), 2 r, r sqrt(3) from -radius, odd planes shifted, inside the sphere."""
    x, y, z = (_steps(radius, step) for step in (r * math.sqrt(3), 2 * r, r * math.sqrt(3)))
    i, j, k = np.meshgrid(np.arange(x.size), np.arange(y.size), np.arange(z.size), indexing="ij")
    points = np.stack([x[i] + 0.5 * r * (k % 2), y[j] + r * ((i + k) % 2), z[k]], axis=-1).reshape(-1, 3)
    return points[(points**2).sum(axis=1) < radius**2]


def disc(radius: float, r: float) -> np.ndarray:
    """Hexagonal lattice of touching discs, inside the disc."""
    x, y = _steps(radius, 2 * r), _steps(radius, r * math.sqrt(3))
    i, j = np.meshgrid(np.arange(x.size), np.arange(y.size), indexing="ij")
    points = np.stack([x[i] + r * (j % 2), y[j], np.zeros(i.shape)], axis=-1).reshape(-1, 3)
    return points[(points**2).sum(axis=1) < radius**2]


def _steps(radius: float, step: float) -> np.ndarray:
    """From -radius upwards by repeated addition while below radius."""
    return -radius + step * np.arange(math.ceil(2 * radius / step))
