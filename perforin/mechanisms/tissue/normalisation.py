"""Normalisation: anti-VEGF makes the vessels of a tumour normal for a while: more have flow, more T cells come through.

How normal the vessels of a lesion are is n in [0, 1], 0 on day 0. With an exposure a in [0, 1],

    dn/dt = a (1 - n) / onset - n / relapse

and a constant from `begin` for as long as `lasts`, 0 before and after, so that n at a time is known in closed form. The
share of the vessels with flow, and with it what they deliver, and extravasation per volume of perfused tumour are each

    1 + (most - 1) n

times what they were; no more than all vessels have flow. Those that had flow keep it; the others open in the order of
the luck that shut them, and those that opened last shut first.

Walls that leak less keep large molecules in the blood, of which none is simulated. Too high a dose shuts and removes
vessels: that loss is not simulated, and an exposure above 1 is refused.

Reads   nothing of cells
Writes  which vessels have flow, what they carry, how many T cells leave the blood
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given

RECALLED = "Winkler 2004, Batchelor 2007, Huang 2012, as recalled"


@dataclass(frozen=True)
class Normalisation:
    """An antibody against VEGF at a constant level for some days, and what it makes of vessels."""

    exposure: Value = given(
        0.0,
        "1",
        "Perforin",
        "assumed",
        "none; 1 is the dose that makes vessels normal, and more is not simulated",
    )
    begin: Value = given(0.0, "day", "Perforin", "assumed", "of exposure: with the run")
    lasts: Value = given(
        14.0,
        "day",
        RECALLED,
        "assumed",
        "exposure: the window in which vessels are normal, 5 to 28",
        (5.0, 28.0),
    )
    onset: Value = given(
        1.5,
        "day",
        RECALLED,
        "assumed",
        "in which vessels become normal at an exposure of 1: 1 to 2",
        (1.0, 2.0),
    )
    relapse: Value = given(
        7.0,
        "day",
        "Perforin",
        "assumed",
        "in which they go back: never measured by itself; about the shortest window",
        (5.0, 28.0),
    )
    flow_most: Value = given(
        1.4,
        "1",
        RECALLED,
        "assumed",
        "times as many vessels with flow at n = 1: perfusion rises 1.3 to 1.5",
        (1.3, 1.5),
    )
    extravasation_most: Value = given(
        2.5,
        "1",
        RECALLED,
        "assumed",
        "times as many T cells per volume of perfused tumour at n = 1, as ICAM-1 returns: 2 to 3; whether that figure "
        "holds the gain in perfusion already is not known",
        (2.0, 3.0),
    )


DECLARATION = Mechanism(
    "normalisation", Normalisation, acts_on=("lesion",), attack="car", geometries=("block",)
)


@dataclass(frozen=True)
class NormalisationNumbers:
    """Exposure of the vessels of a block in canonical units."""

    exposure: float
    begin: float  # min
    lasts: float  # min
    onset: float  # min
    relapse: float  # min
    flow_most: float
    extravasation_most: float


def advanced(n: float, exposure: float, onset: float, relapse: float, dt: float) -> float:
    """n after dt of a constant exposure [1]: exact. onset, relapse, dt [min]"""
    up, down = exposure / onset, 1.0 / relapse
    target = up / (up + down)
    return target + (n - target) * math.exp(-(up + down) * dt)


def level(numbers: NormalisationNumbers, minute: float) -> float:
    """How normal vessels are at a minute of the run, n [1]."""
    since = max(minute - numbers.begin, 0.0)
    exposed = min(since, numbers.lasts)
    n = advanced(0.0, numbers.exposure, numbers.onset, numbers.relapse, exposed)
    return advanced(n, 0.0, numbers.onset, numbers.relapse, since - exposed)


def times(most: float, n: float) -> float:
    """How many times as much as without [1]."""
    return 1.0 + (most - 1.0) * n
