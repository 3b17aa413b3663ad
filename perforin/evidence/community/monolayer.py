"""OpenVT's growing monolayer: the area of a cell grows steadily, it divides at about twice its own, none is held back.

    dA/dt = A0 / cycle,   divide when A > A0 N(2, spread),   each daughter half of it;   cycle = 5 relaxation times

The unit of time is the relaxation of eleven squeezed cells (`relaxation`). Growth of the area is the case's; cells
push, divide and are named, stored and listed by the product. Without spread, 2^k cells stand after k cycles.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from scipy.spatial import Delaunay, cKDTree

from perforin.evidence.community.culture import Culture
from perforin.evidence.community.openvt import TIMES, Frame
from perforin.evidence.dish import Dish
from perforin.mechanisms.tissue import division
from perforin.streams import CASE, normal

DIAMETER = 10.0  # um, one cell diameter
CELLS, SQUEEZED, REACHED = (
    11,
    0.5,
    9.0,
)  # of the chain: cells, spacing and width that ends a unit of time [diameters]
CYCLE = 5.0  # relaxation times
POINTS = 96  # at which a disc and its edge are sampled


def relaxation(repulsion: float, adhesion: float = 0.0, dt: float = 0.01) -> float:
    """Minutes until eleven cells, squeezed to a width of 5 diameters, are 9 wide under the product's contact law."""
    start = (np.arange(CELLS) - (CELLS - 1) / 2) * SQUEEZED * DIAMETER
    dish = Dish(np.column_stack([start, 0 * start, 0 * start]), DIAMETER / 2, repulsion, adhesion)
    width, minutes = 0.0, 0.0
    while width < REACHED * DIAMETER:
        before = width
        dish.step(dt)
        minutes += dt
        width = float(np.ptp(dish.place[:, 0]))
    return minutes - dt * (width - REACHED * DIAMETER) / (width - before)


class Monolayer:
    """One cell and its descendants in the plane."""

    def __init__(self, file: Path, seed: int, unit: float, spread: float) -> None:
        self.culture = Culture(file, seed)
        self.unit, self.spread = unit, spread
        self._give_thresholds(np.array([0]))
        self._size(np.array([0]), 1.0)

    @property
    def time(self) -> float:
        """In relaxation times."""
        return self.culture.hours * 60 / self.unit

    @property
    def places(self) -> np.ndarray:
        """(n, 2) [cell diameters]."""
        cells = self.culture.cells
        return cells.place[: cells.count, :2].astype(np.float64) / DIAMETER

    @property
    def radii(self) -> np.ndarray:
        """(n,) [cell diameters]."""
        cells = self.culture.cells
        return cells.place[: cells.count, 3].astype(np.float64) / DIAMETER

    def step(self) -> None:
        """Push and move, grow by one step, divide."""
        culture, cells, state = self.culture, self.culture.cells, self.culture.state
        culture.step()
        area = (2 * self.radii) ** 2 + culture.span / (CYCLE * self.unit)
        self._size(np.arange(cells.count), area)
        rows = np.flatnonzero(area > cells.cycle_duration[: cells.count])
        n, minute = culture.plan.numbers, culture.hours * 60
        born = cells.count
        division.advance(
            cells, rows, n["division"], n["growth"], state.seed, state.tick, True, True, state.events, minute
        )
        both = np.concatenate([rows, np.arange(born, cells.count)])
        self._size(both, np.tile(area[rows] / 2, 2))
        self._give_thresholds(both)

    def frames(self, cycles: float) -> Iterator[Frame]:
        """101 frames from now over some cycles."""
        whole, end = self.culture, cycles * CYCLE
        for k in range(TIMES):
            while self.time < end * k / (TIMES - 1) - 1e-9:
                self.step()
            cells = whole.cells
            yield Frame(
                end * k / (TIMES - 1), cells.id[: cells.count].copy(), ["A"] * cells.count, self.places
            )

    def until(self, enough: Callable[[Monolayer], bool]) -> None:
        """Step until that holds."""
        while not enough(self):
            self.step()

    def _size(self, rows: np.ndarray, area: np.ndarray | float) -> None:
        """Make cells discs of an area, in areas of a disc of one diameter."""
        self.culture.cells.place[rows, 3] = 0.5 * DIAMETER * np.sqrt(area)

    def _give_thresholds(self, rows: np.ndarray) -> None:
        """Draw the area at which each divides; kept in the column of the cycle, which nothing else reads here."""
        cells = self.culture.cells
        for i in rows:
            luck = normal(self.culture.state.seed, int(cells.divisions[i]), cells.id[i], CASE)
            cells.cycle_duration[i] = 2.0 + self.spread * luck


def free_shares(places: np.ndarray, radii: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n,) gamma and (n,) beta: shares of a cell's edge and of its disc that lie in no other disc."""
    tree, widest = cKDTree(places), float(radii.max())
    turn = 2 * math.pi * np.arange(POINTS) / POINTS
    edge = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    golden = math.pi * (3 - math.sqrt(5)) * np.arange(POINTS)
    disc = np.sqrt((np.arange(POINTS) + 0.5) / POINTS)[:, None] * np.stack(
        [np.cos(golden), np.sin(golden)], axis=1
    )
    gamma, beta = np.empty(len(places)), np.empty(len(places))
    for i, near in enumerate(tree.query_ball_point(places, radii + widest)):
        others = np.array([j for j in near if j != i], dtype=int)
        for out, points in ((gamma, edge), (beta, disc)):
            way = (places[i] + radii[i] * points)[:, None] - places[others][None]
            out[i] = 1.0 - ((way**2).sum(axis=2) < radii[others] ** 2).any(axis=1).mean()
    return gamma, beta


def hull(places: np.ndarray, widest: float = 1.5) -> tuple[float, float, float]:
    """Area, perimeter and roughness of a colony by the triangles of its centres with no side longer than `widest`.

    Roughness is the perimeter over that of a disc of the same area.
    """
    corners = Delaunay(places).simplices
    sides = np.stack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]], axis=1)
    lengths = np.linalg.norm(places[sides[..., 0]] - places[sides[..., 1]], axis=2)
    kept = (lengths < widest).all(axis=1)
    a, b, c = (places[corners[kept, k]] for k in range(3))
    area = 0.5 * np.abs((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]).sum()
    ends, seen = np.unique(np.sort(sides[kept].reshape(-1, 2), axis=1), axis=0, return_counts=True)
    rim = ends[seen == 1]
    perimeter = float(np.linalg.norm(places[rim[:, 0]] - places[rim[:, 1]], axis=1).sum())
    return float(area), perimeter, perimeter / (2 * math.sqrt(math.pi * area))
