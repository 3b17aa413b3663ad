"""Attrition: T cells die, faster by activation and exhaustion.

    hazard = death_rate + aicd / 8 h * growth response + exhausted_rate * E

Activation-induced death counts per accumulated signal, not per contact: a T cell makes about 20 contacts a day, and a
few percent of each would kill them all. The step uses the exact survival for constant signal.

Reads   growth_signal, worn, fate
Writes  age [min], fate, dying_time, partner
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np

from perforin.engine.cells import Column
from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue.apoptosis import ALIVE, APOPTOTIC
from perforin.quantities import Value, given
from perforin.streams import T_CELL_DEATH, draw

ACTIVATION = 480.0  # min of full signal that count as one activation


@dataclass(frozen=True)
class Attrition:
    """How fast T cells die."""

    death_rate: Value = given(
        0.03, "1/day", "assumed", "assumed", "effector cells: 0.01 to 0.1 per day", (0.01, 0.1)
    )
    aicd: Value = given(
        0.05, "1", "assumed", "assumed", "expected deaths per 8 h of full signal", (0.02, 0.1)
    )
    exhausted_rate: Value = given(0.15, "1/day", "SPQSP, Popel group", "assumed", "added at full exhaustion")


DECLARATION = Mechanism(
    "attrition",
    Attrition,
    (Column("age", "float32", "min", about="since arrival of the line"),),
    ("ageing",),
    acts_on=("T cell",),
    attack="car",
)


@numba.njit(cache=True)
def die(rows, kind, fate, ids, age, dying_time, partner, growth_signal, worn, death_rate, aicd, exhausted_rate, dt,
        seed, step, dead):  # fmt: skip
    """Age the T cells in `rows` by dt [min] and let some die; returns how many (rows in `dead`)."""
    many = 0
    for m in range(rows.size):
        i = rows[m]
        if fate[i] != ALIVE:
            continue
        t = kind[i]
        age[i] += dt
        risk = (death_rate[t] + exhausted_rate[t] * worn[i]) * dt + aicd[t] * growth_signal[i] / ACTIVATION
        if draw(seed, step, ids[i], T_CELL_DEATH) < 1.0 - math.exp(-risk):
            fate[i] = APOPTOTIC
            dying_time[i] = 0.0
            partner[i] = -1
            dead[many] = i
            many += 1
    return many


def advance(cells, rows, numbers, seed: int, step: int, events, minute: float, dt: float) -> int:
    """One phenotype step of the T cells in `rows`; returns how many died."""
    n, dead = numbers, np.empty(rows.size, dtype=np.int64)
    many = die(
        rows, cells.type, cells.fate, cells.id, cells.age, cells.dying_time, cells.partner, cells.growth_signal,
        cells.worn, n.death_rate, n.aicd, n.exhausted_rate, dt, seed, step, dead,
    )  # fmt: skip
    events.add(minute, "ageing", cells, dead[:many])
    return many
