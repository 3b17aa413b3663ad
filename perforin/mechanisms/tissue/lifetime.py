"""Lifetime: infused T cells age and die within a fixed span.

    S(a) = (1 - a / span)^(1 / exponent),   hazard = 1 / (exponent (span - a))

The step uses the exact conditional survival S(a + dt) / S(a), so any step gives the same curve (Luque 2024:
span ten days, exponent 6).

Reads   type, fate
Writes  age [min], fate, partner
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from perforin.engine.cells import Column
from perforin.engine.contacts import part
from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue.apoptosis import ALIVE, APOPTOTIC
from perforin.quantities import Value, given
from perforin.streams import LIFETIME, draw


@dataclass(frozen=True)
class Lifetime:
    """How long infused T cells live."""

    span: Value = given(
        14400.0,
        "min",
        "Luque 2024, 10.1038/s41598-024-63125-5",
        "assumed",
        "no T cell of the published model outlives ten days",
    )
    exponent: Value = given(
        6.0, "1", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "survival (1 - a/span)^(1/exponent)"
    )
    mortal: Value = given(
        0.0,
        "1",
        "Luque 2024, 10.1038/s41598-024-63125-5",
        "assumed",
        "1 for cells that age, 0 for cells that do not",
    )


DECLARATION = Mechanism(
    "lifetime",
    Lifetime,
    (Column("age", "float32", "min", about="since arrival"),),
    ("ageing",),
    attack="attach-and-die",
)


@numba.njit(cache=True)
def survival(age, span, exponent):
    """Share of T cells still alive at an age [min]."""
    return max(1.0 - age / span, 0.0) ** (1.0 / exponent)


@numba.njit(cache=True)
def age_cells(kind, fate, ids, age, dying_time, partner, count, dt, seed, step, mortal, span, exponent, died):
    """Age living mortal cells by dt [min] and let some die; returns how many (rows in `died`)."""
    many = 0
    for i in range(count):
        t = kind[i]
        if fate[i] != ALIVE or mortal[t] == 0.0:
            continue
        before = survival(age[i], span[t], exponent[t])
        age[i] += dt
        after = survival(age[i], span[t], exponent[t])
        if before <= 0.0 or draw(seed, step, ids[i], LIFETIME) < 1.0 - after / before:
            fate[i] = APOPTOTIC
            dying_time[i] = 0.0
            part(i, partner)
            died[many] = i
            many += 1
    return many


def advance(cells, numbers, seed: int, step: int, events, minute: float, dt: float) -> int:
    """Age the T cells by dt [min]; returns how many died."""
    n = numbers
    rows = np.empty(cells.count, dtype=np.int64)
    died = age_cells(
        cells.type,
        cells.fate,
        cells.id,
        cells.age,
        cells.dying_time,
        cells.partner,
        cells.count,
        dt,
        seed,
        step,
        n.mortal,
        n.span,
        n.exponent,
        rows,
    )
    events.add(minute, "ageing", cells, rows[:died])
    return died
