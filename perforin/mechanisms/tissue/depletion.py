"""Depletion: a treatment against fibroblasts kills those of a lesion, and the vessels that they upheld go too.

    hazard = rate   from `begin` for as long as it `lasts`, 0 before and after
    capillaries = density * (1 - upheld * (1 - F / F_0)),   reached with the time `pruning` of the vessels

for the cells of the host that settle in stroma, of which F of the F_0 of day 0 are alive. What they made goes by the
laws of its own: no matrix is laid down any more and what there is turns over, TGF-beta and CXCL12 decay, restraint and
the squeeze of vessels wane with the matrix. So an attack on stroma is no pure gain: CAR-T cells against FAP took matrix
and vessels of a carcinoma (Lo 2015, Cancer Res 75:2800). But carcinomas that never drew fibroblasts had more vessels
(Rhim 2014, Cancer Cell 25:735), which is not simulated; at 0 of `upheld` no vessel needs them.

The survival of a step is exact. What kills them is not simulated: antibody, CAR-T cells of another kind, or a drug.

Reads   type, fate
Writes  fate, dying_time [min]; how many capillaries there are
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np

from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue.apoptosis import ALIVE, APOPTOTIC
from perforin.quantities import Value, given
from perforin.streams import HOST_DEATH, draw


@dataclass(frozen=True)
class Depletion:
    """How fast a treatment kills fibroblasts, for how long, and what vessels lose by it."""

    rate: Value = given(
        0.0, "1/day", "Perforin", "assumed", "no such treatment; 0.3 leaves an eighth after a week"
    )
    begin: Value = given(0.0, "day", "Perforin", "assumed", "of the treatment: with the run")
    lasts: Value = given(
        14.0,
        "day",
        "Perforin",
        "assumed",
        "killing: CAR-T cells against FAP had taken most of the cells and matrix of a mouse's tumour in 1 to 2 weeks",
    )
    upheld: Value = given(
        0.4,
        "1",
        "Perforin",
        "assumed",
        "share of the capillaries that go when no fibroblast is left: fewer were seen in Lo 2015, PMC4506263; how many "
        "fewer is a guess",
        (0.0, 0.7),
    )


DECLARATION = Mechanism("depletion", Depletion, acts_on=("lesion",), attack="car", geometries=("block",))


@dataclass(frozen=True)
class DepletionNumbers:
    """A treatment against the fibroblasts of a block in canonical units."""

    rate: float  # 1/min
    begin: float  # min
    lasts: float  # min
    upheld: float


def exposed(numbers: DepletionNumbers, minute: float, dt: float) -> float:
    """How long of the dt [min] from a minute of the run the treatment is at work [min]."""
    first, last = max(minute, numbers.begin), min(minute + dt, numbers.begin + numbers.lasts)
    return max(last - first, 0.0)


def standing(numbers: DepletionNumbers, alive: int, founders: int) -> float:
    """The share of the capillaries that is upheld while so many fibroblasts of so many are alive [1]."""
    return 1.0 - numbers.upheld * (1.0 - alive / founders) if founders else 1.0


@numba.njit(cache=True)
def die(rows, fate, ids, dying_time, risk, seed, step, dead):
    """Let each living cell in `rows` die with a risk [1] of a step; returns how many (rows in `dead`)."""
    many = 0
    for m in range(rows.size):
        i = rows[m]
        if fate[i] == ALIVE and draw(seed, step, ids[i], HOST_DEATH) < risk:
            fate[i] = APOPTOTIC
            dying_time[i] = 0.0
            dead[many] = i
            many += 1
    return many


def advance(
    cells, rows: np.ndarray, numbers: DepletionNumbers, seed: int, step: int, events, minute: float, dt: float
) -> int:
    """One phenotype step of dt [min] for the fibroblasts in `rows`; returns how many died."""
    risk = -math.expm1(-numbers.rate * exposed(numbers, minute, dt))
    if not risk > 0.0:
        return 0
    dead = np.empty(rows.size, dtype=np.int64)
    many = die(rows, cells.fate, cells.id, cells.dying_time, risk, seed, step, dead)
    events.add(minute, "depletion", cells, dead[:many])
    return many
