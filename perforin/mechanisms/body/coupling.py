"""Coupling: how a sample of tissue stands for the lesion, and how cells pass between it and the body.

A slab of face area A stands for the whole contact area S between lesion and fluid: its weight is w = S / A. A block of
volume v stands for the volume V of its lesion: w = V / v on day 0, and w stays. In every step the body is debited the
mean flux J dt into the lesion, the sample receives whole cells,

    n ~ Poisson(J dt / w),

and a ledger keeps the difference. A cell that leaves the sample returns as w cells. So nothing is made or lost:

    body + w * (entered the sample - left it) + ledger = given.

The ledger has mean 0 and standard deviation sqrt(w * J dt) in all: it is what a sample does not know of the lesion.

Reads   nothing of cells
Writes  the ledger, the number of cells that entered the slab
"""

from __future__ import annotations

import math

import numpy as np

from perforin.mechanisms.body.csf import left_after
from perforin.quantities import UM3_PER_ML
from perforin.streams import FACE_ARRIVALS, draw

PIECE = 8.0  # mean of one Poisson draw: exp(-8) times all draws still tells them apart in 32 bits
MOST = 64  # a Poisson number of mean 8 is above it once in 1e34


def area_weight(contact_area: float, edge: float) -> float:
    """How many slabs make the contact area of the lesion [1]. contact_area [um^2], edge of the square slab [um]."""
    return contact_area / edge**2


def volume_weight(lesion_volume: float, edge: float) -> float:
    """How many cubic blocks make a lesion [1]. lesion_volume [um^3], edge [um]."""
    return lesion_volume / edge**3


def share_of_lesion(contact_area: float, depth: float, lesion_volume: float) -> float:
    """The share of the lesion that lies within the slab's depth of the fluid, and that the slab stands for [1].

    contact_area [um^2], depth [um], lesion_volume [um^3]. Raises ValueError where that would be more than all of it.
    """
    share = contact_area * depth / lesion_volume
    if share > 1.0:
        raise ValueError(
            f"a contact area of {contact_area / 1e8:g} cm^2, {depth:g} um deep, holds more than the "
            f"{lesion_volume / UM3_PER_ML:g} cm^3 of the lesion"
        )
    return share


def expected_founders(cells: float, entry: float, weight: float, minutes: float, loss: float) -> float:
    """Mean number of cells that have entered the slab so long after a dose [1]. loss [1/min]."""
    return cells * entry * (1.0 - left_after(minutes, loss, entry)) / weight


def poisson(mean: float, seed: int, step: int, kind: int) -> int:
    """A Poisson number, by inversion, a mean above `PIECE` in equal pieces."""
    pieces = math.ceil(mean / PIECE)
    return sum(
        _inverse(mean / pieces, draw(seed, step, np.uint64(kind * 2**32 + piece), FACE_ARRIVALS))
        for piece in range(pieces)
    )


def _inverse(mean: float, u: float) -> int:
    """The smallest n whose cumulated probability reaches u."""
    term = total = math.exp(-mean)
    for n in range(MOST):
        if u <= total:
            return n
        term *= mean / (n + 1)
        total += term
    return MOST


class Ledger:
    """What the body was debited and the sample did not receive, for each kind of cell; what entered it and left."""

    def __init__(self, kinds: int, weight: float) -> None:
        self.weight = weight
        self.balance = np.zeros(kinds)
        self.entered = np.zeros(kinds, dtype=np.int64)
        self.left = np.zeros(kinds, dtype=np.int64)

    def __repr__(self) -> str:
        return f"Ledger({self.entered.sum()} entered, weight {self.weight:.4g}, balance {self.balance.sum():.4g})"

    def give_back(self, cells: np.ndarray) -> np.ndarray:
        """How many cells of each kind the body gets back for those that left the sample, (kinds,)."""
        self.left += cells
        return self.weight * cells

    def settle(self, debited: np.ndarray, seed: int, step: int) -> np.ndarray:
        """How many cells of each kind enter the slab for these debits of the body, (kinds,) int64."""
        entering = np.array(
            [poisson(float(cells) / self.weight, seed, step, kind) for kind, cells in enumerate(debited)],
            dtype=np.int64,
        )
        self.balance += debited - self.weight * entering
        self.entered += entering
        return entering
