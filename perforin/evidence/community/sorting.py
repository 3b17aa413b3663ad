"""OpenVT's cell sorting: two kinds of cells that differ in how they adhere, and wander a little.

The product's contact law with one adhesion per pair of kinds, its persistent walk, its lists and its mover, in the
plane. The walk is OpenVT's calibration: an isolated cell has a mean square displacement of one squared diameter in 100
units of time; a unit of time is a minute here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy.spatial import Voronoi

from perforin.engine.diffusion import Field
from perforin.engine.grid import Bins, Box
from perforin.engine.motion import move
from perforin.engine.neighbours import Neighbours
from perforin.engine.voxels import VoxelGrid
from perforin.evidence.community.openvt import TIMES, Frame
from perforin.evidence.population import BLOCK, cells_of_one_kind
from perforin.mechanisms.tissue import mechanics, motility
from perforin.quantities import Numbers
from perforin.scenario.plan import LawPlan
from perforin.streams import CASE, draw

DIAMETER = 10.0  # um, one cell diameter of OpenVT
PERSISTENCE, CALIBRATION = 5.0, 100.0  # min: of the walk, and the time in which it covers a squared diameter
REPULSION, RANGE = 20.0, 1.8  # um/min; in sums of radii
EDGE, SKIN, DT = 400.0, 2.0, 0.5  # um, um, min
LETTERS = ("A", "B")


class Aggregate:
    """Cells of two kinds, half and half, on a hexagonal lattice cut by a disc, the kinds at random."""

    def __init__(self, count: int, adhesion: np.ndarray, seed: int) -> None:
        self.seed, self.step_number, self.count = seed, 0, count
        self.cells = cells_of_one_kind(count)
        self.cells.place[:count, :3] = _lattice(count)
        self.cells.place[:count, 3] = DIAMETER / 2
        luck = np.argsort([draw(seed, 0, name, CASE) for name in self.cells.id[:count]])
        self.cells.type[luck[count // 2 :]] = 1
        self._box = Box((EDGE, EDGE, EDGE), (False, False, False), flat=True)
        both = {name: np.full(2, value) for name, value in _WALK.items()}
        self._walk = Numbers(both)
        self._table = mechanics.ContactTable(
            Numbers(
                {
                    "repulsion": np.full(2, REPULSION),
                    "adhesion": np.zeros(2),
                    "adhesion_range": np.full(2, RANGE),
                }
            )
        )
        self._table.adhesion[:] = adhesion
        self._near = Neighbours(Bins(self._box), RANGE, DIAMETER, SKIN)
        self._rows = np.arange(count, dtype=np.int32)
        self._nothing = Field.build(
            "nothing", "1", VoxelGrid.of_box((60.0, 60.0, 60.0), 20.0), 1.0, 0.0, 0.0, "closed", 0.0
        )
        blocks = (count + BLOCK - 1) // BLOCK
        self._drift, self._leap = np.zeros(blocks, dtype=np.float32), np.zeros(blocks, dtype=np.float32)
        self._guarded = np.zeros(blocks, dtype=np.int64)
        self._near.build(self.cells.place, self.cells.id, count)

    @property
    def kinds(self) -> np.ndarray:
        """(n,) 0 for A, 1 for B."""
        return self.cells.type[: self.count]

    @property
    def places(self) -> np.ndarray:
        """(n, 2) [cell diameters]."""
        return self.cells.place[: self.count, :2].astype(np.float64) / DIAMETER

    def step(self) -> None:
        """Push, adhere, walk and move for DT."""
        cells, box, near = self.cells, self._box, self._near
        mechanics.advance(cells, self._table, self._rows, near, box)
        motility.advance(
            cells, self._rows, self._walk, self._nothing, LAW, True, self.seed, self.step_number, DT
        )
        q = np.float32(0.5 if self.step_number else 0.0)
        move(
            cells.place, cells.velocity, cells.velocity_before, self.count, np.float32(DT), q, np.float32(1.0), True,
            box.half, box.lengths, np.asarray(box.periodic), box.wrap, near.anchor, self._drift, self._leap,
            self._guarded,
        )  # fmt: skip
        self.step_number += 1
        if float(self._drift.max()) > (SKIN / 2) ** 2:
            near.build(cells.place, cells.id, self.count)

    def frames(self, end: float) -> Iterator[Frame]:
        """101 frames from now to `end` [min]."""
        each = round(end / DT / (TIMES - 1))
        for k in range(TIMES):
            if k:
                for _ in range(each):
                    self.step()
            kinds = [LETTERS[t] for t in self.kinds]
            yield Frame(k * each * DT, self.cells.id[: self.count].copy(), kinds, self.places)


LAW = LawPlan("persistent", "within-reach", "isotropic", "reduced")
_SPREAD = CALIBRATION - PERSISTENCE * (1 - math.exp(-CALIBRATION / PERSISTENCE))
_WALK = {
    "speed": math.sqrt(DIAMETER**2 / (2 * PERSISTENCE * _SPREAD)),
    "persistence": PERSISTENCE,
    "bias": 0.0,
}


def heterotypic_length(places: np.ndarray, kinds: np.ndarray, widest: float = 1.5) -> float:
    """Length of the borders between cells of unlike kind [cell diameters].

    Borders are edges of the Voronoi cells between centres nearer than `widest`, cut to one diameter at the rim.
    """
    diagram = Voronoi(places)
    total = 0.0
    for (i, j), (a, b) in zip(diagram.ridge_points, diagram.ridge_vertices, strict=True):
        if kinds[i] == kinds[j] or np.linalg.norm(places[i] - places[j]) > widest:
            continue
        edge = 1.0 if a < 0 or b < 0 else float(np.linalg.norm(diagram.vertices[a] - diagram.vertices[b]))
        total += min(edge, 1.0)
    return total


def parts(places: np.ndarray, kinds: np.ndarray, kind: int, near: float = 1.3) -> int:
    """Into how many connected parts the cells of one kind fall; neighbours are nearer than `near` [cell diameters]."""
    mine = places[kinds == kind]
    linked = np.linalg.norm(mine[:, None] - mine[None], axis=2) < near
    label = np.arange(len(mine))
    while True:
        lowest = np.where(linked, label[None], len(mine)).min(axis=1)
        if (lowest == label).all():
            return len(set(label.tolist()))
        label = lowest


def share_at_the_rim(places: np.ndarray, kinds: np.ndarray, kind: int, near: float = 1.5) -> float:
    """Share of one kind among the cells at the rim: those whose neighbours leave a third of the directions free."""
    way = places[None] - places[:, None]
    linked = np.linalg.norm(way, axis=2) < near
    np.fill_diagonal(linked, False)
    at_rim = np.zeros(len(places), dtype=bool)
    for i in range(len(places)):
        angles = np.sort(np.arctan2(way[i, linked[i], 1], way[i, linked[i], 0]))
        gaps = np.diff(np.append(angles, angles[:1] + 2 * math.pi))
        at_rim[i] = angles.size < 2 or gaps.max() > 2 * math.pi / 3
    return float((kinds[at_rim] == kind).mean())


def radial_gap(places: np.ndarray, kinds: np.ndarray) -> float:
    """How much farther from the middle of all cells B lies than A on average [cell diameters]."""
    away = np.linalg.norm(places - places.mean(axis=0), axis=1)
    return float(away[kinds == 1].mean() - away[kinds == 0].mean())


def _lattice(count: int) -> np.ndarray:
    """(n, 3) the lattice points nearest the middle [um]."""
    steps = np.arange(-math.ceil(math.sqrt(count)), math.ceil(math.sqrt(count)) + 1)
    i, j = np.meshgrid(steps, steps, indexing="ij")
    points = np.stack([i + 0.5 * (j % 2), j * math.sqrt(3) / 2, 0.0 * i], axis=-1).reshape(-1, 3) * DIAMETER
    nearest = np.argsort((points**2).sum(axis=1), kind="stable")[:count]
    return points[nearest]
