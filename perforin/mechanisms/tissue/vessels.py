"""Vessels: straight capillaries through a block, as lines that exchange with the voxels they pass.

    rate of a voxel on a line = G / h^2 (c_blood - c)   [1/min],
    1/G = 1 / (2 pi R_c P) + ln(0.198 h / R_c) / (2 pi D)

G is what a length of capillary gives per difference between blood and the voxel that holds it: the wall, then the way
from the wall to 0.198 h, where a voxel has its own value (Peaceman). Without the second term a voxel would pass for a
capillary as thick as itself. Number: density times the face that they cross; which of them have flow is drawn once.

The line stands for the capillary of so much tissue, however many lines there are: with W the length of capillary that
belongs to the block, in lengths of its edge, n lines of which m have flow are worth W share / m each, share being
perfused_fraction, or what `normalisation` makes of it. W
keeps up with a growing face (sprouts), and falls back to a shrunken one, or to what `depletion` leaves, with the time
`pruning`.

Matrix of density rho (a share of the densest) squeezes vessels: open by 1 / (1 + (rho / half)^power), shut above
`collapse`. T cells come in along open vessels, the more where a chemokine calls them, and leave beside them.

Reads   type, fate, partner, place
Writes  loss and gain of fields; rows of T cells that come and go
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given
from perforin.streams import VESSEL_FLOW, VESSEL_PLACE, draw, draw4

EQUIVALENT = 0.198  # of the voxel's edge: where the profile around a line has the voxel's own value
JITTER = 0.25  # of the distance between lines, to each side
OF_SQUEEZE = ("squeeze_half", "squeeze_power", "collapse")  # of `Vessels`: what matrix does to them


@dataclass(frozen=True)
class Vessels:
    """What becomes of capillaries; how many there are and what they carry stands in `perfusion`."""

    squeeze_half: Value = given(
        0.2,
        "1",
        "SPQSP_PDAC, Popel group",
        "assumed",
        "density of matrix that halves a vessel, as a share of the densest: 200 of 1000 in the published model",
        (0.1, 0.4),
    )
    squeeze_power: Value = given(
        2.0, "1", "Perforin", "assumed", "how steeply matrix squeezes vessels: 1 to 4", (1.0, 4.0)
    )
    collapse: Value = given(
        0.7,
        "1",
        "SPQSP_PDAC, Popel group",
        "assumed",
        "density of matrix above which vessels are shut: value of the published model",
    )
    pruning: Value = given(
        7.0, "day", "Perforin", "assumed", "in which a tissue that shrank loses surplus vessels", (3.0, 21.0)
    )
    egress: Value = given(
        0.2,
        "1/day",
        "Perforin",
        "assumed",
        "of a T cell beside an open vessel that touches no target; never measured in a human tumour",
        (0.02, 2.0),
    )
    beside: Value = given(
        15.0,
        "um",
        "Perforin",
        "assumed",
        "from the axis of a vessel: a T cell that lies against it",
        (10.0, 30.0),
    )


DECLARATION = Mechanism("vessels", Vessels, acts_on=("lesion",), attack="car")


class Squeeze(NamedTuple):
    """How matrix squeezes vessels, by its density as a share of the densest."""

    half: float  # density that halves a vessel [1]
    power: float
    collapse: float  # density above which it is shut [1]


@dataclass(frozen=True)
class VesselNumbers:
    """The capillaries of a block in canonical units."""

    density: float  # in a section [1/um^2]
    perfused_fraction: float
    radius: float  # um
    squeeze: Squeeze
    pruning: float  # min
    egress: float  # 1/min
    beside: float  # um


def conductance(spacing: float, radius: float, permeability: float, diffusion: float) -> float:
    """What a length of capillary gives per difference between blood and its voxel, G [um^2/min]; 0 for a tight wall.

    spacing of the voxels, radius [um]; permeability [um/min]; diffusion [um^2/min]
    Raises ValueError where a voxel is so small that the capillary fills it.
    """
    if permeability <= 0.0:
        return 0.0
    wall = 1.0 / (2.0 * math.pi * radius * permeability)
    resistance = wall + math.log(EQUIVALENT * spacing / radius) / (2.0 * math.pi * diffusion)
    if not resistance > 0.0:
        raise ValueError(f"a capillary of {radius:g} um does not fit a voxel of {spacing:g} um")
    return 1.0 / resistance


def openness(matrix: np.ndarray, squeeze: Squeeze) -> np.ndarray:
    """How open matrix of these densities leaves vessels [1]: 1 without, 1/2 at `half`, 0 above `collapse`."""
    return np.where(matrix > squeeze.collapse, 0.0, 1.0 / (1.0 + (matrix / squeeze.half) ** squeeze.power))


def placed(many: int, edge: float, seed: int) -> np.ndarray:
    """(many, 2) float64 where lines cross the face of a block [um]: a jittered lattice, each row shifted by chance."""
    rows = max(1, round(math.sqrt(many)))
    places, k = np.empty((many, 2)), 0
    for row in range(rows):
        across = many // rows + (row < many % rows)
        shift = draw(seed, 1, np.uint64(row), VESSEL_PLACE)
        for column in range(across):
            u, v, _, _ = draw4(seed, 0, np.uint64(k), VESSEL_PLACE)
            places[k, 0] = (column + shift + 0.5 + JITTER * (2.0 * u - 1.0)) / across
            places[k, 1] = (row + 0.5 + JITTER * (2.0 * v - 1.0)) / rows
            k += 1
    return (places % 1.0 - 0.5) * edge


def with_flow(many: int, fraction: float) -> int:
    """How many of so many lines have flow: one at least."""
    return max(1, round(fraction * many))


class Lines:
    """The capillaries of one block: where they are, which have flow, and how much capillary they stand for."""

    def __init__(self, numbers: VesselNumbers, edge: float, seed: int) -> None:
        self.numbers = numbers
        self.length = numbers.density * edge**2  # of capillary in the block, in lengths of its edge
        self.share = numbers.perfused_fraction  # of them with flow
        self._seed = seed
        many = max(1, round(self.length))
        self.place = placed(many, edge, seed)
        self.chance = np.array([self._drawn(i) for i in range(many)])  # the lower, the sooner with flow
        self.flows = np.zeros(many, dtype=bool)
        self.let_flow(numbers.perfused_fraction)

    def __repr__(self) -> str:
        return f"Lines({self.flows.size} vessels, {self.flows.sum()} with flow)"

    def _drawn(self, i: int) -> float:
        return draw(self._seed, 0, np.uint64(i), VESSEL_FLOW)

    @property
    def worth(self) -> float:
        """How many capillaries with flow each line with flow stands for."""
        return self.length * self.share / float(self.flows.sum())

    def volume(self, edge: float) -> float:
        """Of all capillaries in the block [um^3]."""
        return math.pi * self.numbers.radius**2 * edge * self.length

    def columns(self, grid) -> tuple[np.ndarray, np.ndarray]:
        """(iy, ix) of the column of voxels that each line runs through."""
        return grid.holding(self.place)

    def open(self, grid, matrix: np.ndarray | None) -> np.ndarray:
        """(n,) how open each line is, 0 without flow: the mean along it. matrix (nz, ny, nx) its density, or None."""
        if matrix is None:
            return self.flows.astype(np.float64)
        iy, ix = self.columns(grid)
        along = openness(matrix[:, iy, ix].astype(np.float64), self.numbers.squeeze)
        return self.flows * along.mean(axis=0)

    def supply(self, field, permeability: float, blood: float, matrix: np.ndarray | None) -> None:
        """Add what the lines take and give to the loss and gain of a field."""
        grid, (iy, ix) = field.grid, self.columns(field.grid)
        per_length = conductance(grid.spacing, self.numbers.radius, permeability, field.diffusion)
        rate = np.float32(per_length / grid.spacing**2 * self.worth) * self.open(grid, matrix).astype(
            np.float32
        )
        for v in np.flatnonzero(rate):  # one after the other: two lines may share a column
            field.loss[:, iy[v], ix[v]] += rate[v]
            field.gain[:, iy[v], ix[v]] += rate[v] * np.float32(blood)

    def let_flow(self, share: float) -> None:
        """Let this share of the lines have flow [1]: more open and shut in the order of their luck."""
        self.share = share
        change = with_flow(self.flows.size, share) - int(self.flows.sum())
        order = np.argsort(self.chance, kind="stable")
        flows = self.flows[order]
        if change > 0:
            self.flows[order[~flows][:change]] = True
        elif change < 0:
            self.flows[order[flows][change:]] = False

    def follow(self, edge: float, stretch: float, dt: float, standing: float = 1.0) -> None:
        """Go with a block whose edge [um] has changed by the factor `stretch` in dt [min]; sprout and prune.

        standing  the share of the capillaries of so large a block that its stroma upholds [1]
        """
        n, wanted = self.numbers, self.numbers.density * edge**2 * standing
        self.place *= stretch
        surplus = max(self.length - wanted, 0.0)
        self.length = wanted + surplus * math.exp(-dt / n.pruning)
        while max(1, round(self.length)) > self.flows.size:
            self._sprout(edge)
        while max(1, round(self.length)) < self.flows.size:
            self._prune(edge)

    def _sprout(self, edge: float) -> None:
        """One line more, where the others are farthest."""
        steps = (np.arange(math.ceil(edge / (2.0 * self.numbers.beside))) + 0.5) * 2.0 * self.numbers.beside
        spots = np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1).reshape(-1, 2) % edge - edge / 2
        spot = spots[np.argmax(_nearest(spots, self.place, edge))]
        flows = self.flows.sum() < with_flow(self.flows.size + 1, self.share)
        self.chance = np.append(self.chance, self._drawn(self.flows.size))
        self.place, self.flows = np.vstack([self.place, spot]), np.append(self.flows, flows)

    def _prune(self, edge: float) -> None:
        """One line less: of the kind there are too many of, the one nearest another."""
        surplus = self.flows.sum() > with_flow(self.flows.size - 1, self.share)
        candidates = np.flatnonzero(self.flows == surplus)
        alone = [_nearest(self.place[[i]], np.delete(self.place, i, axis=0), edge)[0] for i in candidates]
        gone = candidates[np.argmin(alone)]
        self.place, self.flows = np.delete(self.place, gone, axis=0), np.delete(self.flows, gone)
        self.chance = np.delete(self.chance, gone)


def _nearest(spots: np.ndarray, others: np.ndarray, edge: float) -> np.ndarray:
    """(m,) distance of each spot to the nearest of others, through the sides of the block [um]."""
    apart = np.abs(spots[:, None] - others[None])
    return np.sqrt((np.minimum(apart, edge - apart) ** 2).sum(axis=-1)).min(axis=1)
