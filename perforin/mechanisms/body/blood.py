"""Blood as the least that a body can be: cells circulate, linger in the rest of the body, and some enter the lesion.

    dB/dt = -(k_leave + k_loss + x) B + k_back P,    dP/dt = k_leave B - (k_back + k_loss) P,
    J = x B,   x = k_ex V_perf

B circulate, P are in the rest of the body (lung, liver, spleen, marrow). V_perf is the volume of the lesion times the
share of its vessels that are open and perfused and the call of chemokines at their walls. A step is exact for constant
rates: with the matrix A of the two equations and y = (B, P),

    y(dt) = exp(A dt) y,   what is lost and what enters are integrals of y over dt.

Reads   nothing of cells
Writes  the numbers of cells in the two pools, lost, and on their way into the tissue
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given

SPLIT = 1e-8  # 1/min: rates of the two pools nearer than this are taken as so far apart


@dataclass(frozen=True)
class Blood:
    """Where cells in the blood go."""

    leave: Value = given(
        2.44,
        "1/min",
        "SPQSP_PDAC, Popel group",
        "assumed",
        "from the blood into the rest of the body: value of the published model",
    )
    back: Value = given(
        24.0,
        "1/day",
        "SPQSP_PDAC, Popel group",
        "assumed",
        "from the rest of the body into the blood: value of the published model",
    )
    loss: Value = given(
        0.05,
        "1/day",
        "QSPIO-TNBC",
        "assumed",
        "death of effector T cells in models, 0.01 to 0.1; growth in the blood is left out",
        (0.01, 0.1),
    )
    extravasation: Value = given(
        8e-3,
        "1/(day*cm^3)",
        "Perforin",
        "assumed",
        "of circulating cells into perfused tumour: set by the prior of 1e-3 to 1e-2 %ID/g after a day; transmigration "
        "in SPQSP_PDAC gives ten times as much. The answer depends on it",
        (8e-4, 8e-2),
    )


DECLARATION = Mechanism("blood", Blood, acts_on=("body",), attack="car")


@dataclass(frozen=True)
class BloodNumbers:
    """The blood in canonical units."""

    leave: float  # 1/min
    back: float  # 1/min
    loss: float  # 1/min
    extravasation: float  # 1/(min um^3)


def advanced(pools: np.ndarray, n: BloodNumbers, entering: float, dt: float) -> tuple[np.ndarray, np.ndarray]:
    """(B, P) after dt [min] and their integrals over it, where `entering` x [1/min] leaves B for the lesion.

    The eigenvalues of A are real; a function of A is the line through its values at the two (Newton).
    """
    down, up = n.leave + n.loss + entering, n.back + n.loss
    matrix = np.array([[-down, n.back], [n.leave, -up]])
    apart = max(math.hypot((down - up) / 2.0, math.sqrt(n.leave * n.back)), SPLIT)
    one, two = -(down + up) / 2.0 + apart, -(down + up) / 2.0 - apart

    def of(f: Callable[[float], float]) -> np.ndarray:
        slope = (f(one) - f(two)) / (one - two)
        return f(two) * pools + slope * (matrix @ pools - two * pools)

    def integral(rate: float) -> float:
        return math.expm1(rate * dt) / rate if rate != 0.0 else dt

    return of(lambda rate: math.exp(rate * dt)), of(integral)


class Pools:
    """The cells of each kind in the blood and in the rest of the body, lost, and given so far."""

    def __init__(self, kinds: int) -> None:
        self.inside = np.zeros((2, kinds))  # circulating, rest
        self.lost = np.zeros(kinds)
        self.given = np.zeros(kinds)

    def __repr__(self) -> str:
        circulating, rest = self.inside.sum(axis=1)
        return (
            f"Pools({circulating:.4g} cells in the blood, {rest:.4g} in the rest, {self.lost.sum():.4g} lost)"
        )

    def receive(self, kind: int, cells: float) -> None:
        """Give cells of a kind into the blood."""
        self.given[kind] += cells
        self.inside[0, kind] += cells

    def take_back(self, cells: np.ndarray) -> None:
        """Cells of each kind return from the lesion into the blood."""
        self.inside[0] += cells

    def pass_on(self, numbers: BloodNumbers, entering: np.ndarray, dt: float) -> np.ndarray:
        """Advance by dt [min]; returns the cells of each kind that enter the lesion meanwhile, as a mean (J dt).

        entering  (kinds,) x of each kind [1/min]
        """
        debited = np.zeros(self.given.size)
        for kind in np.flatnonzero(self.inside.any(axis=0)):
            before = self.inside[:, kind].copy()
            after, spent = advanced(before, numbers, float(entering[kind]), dt)
            debited[kind] = entering[kind] * spent[0]
            self.inside[:, kind] = after
            self.lost[kind] += numbers.loss * spent.sum()
        return debited
