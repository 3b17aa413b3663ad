"""CAR surface: engagement drives CARs into the T cell, and they come back.

    dC / dt = -ln2 / internalisation * engaged * C + ln2 / reexpression * (1 - C)

with C the share of the CARs on the surface and `engaged` the share of the step in full killing signal; exact for
constant signal. C multiplies the hit rate itself: antigen, not CAR number, limits binding up to about 5e4 copies, so
through binding alone the loss would have no effect. It ends serial killing after about 20 h (Davenport 2015).

Reads   kill_signal
Writes  car_level [1]
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba

from perforin.engine.cells import Column
from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given


@dataclass(frozen=True)
class CarSurface:
    """How CARs go and return."""

    internalisation: Value = given(
        6.0, "h", "assumed", "assumed", "half-life of surface CARs in full signal", (4.0, 10.0)
    )
    reexpression: Value = given(18.0, "h", "assumed", "assumed", "half-life of return", (12.0, 24.0))


DECLARATION = Mechanism(
    "car_surface",
    CarSurface,
    (Column("car_level", "float32", "1", start=1.0, about="share of the CARs on the surface"),),
    acts_on=("T cell",),
    attack="car",
)


@numba.njit(cache=True)
def turnover(level, engaged, internalisation, reexpression, dt):
    """The share on the surface after dt [min] of constant engagement."""
    out, back = math.log(2.0) / internalisation * engaged, math.log(2.0) / reexpression
    target = back / (out + back)
    return target + (level - target) * math.exp(-(out + back) * dt)


@numba.njit(cache=True)
def cycle(rows, kind, level, kill_signal, internalisation, reexpression, dt):
    """Move the CARs of the T cells in `rows` for dt [min]. Changes level."""
    for m in range(rows.size):
        i = rows[m]
        t = kind[i]
        engaged = min(kill_signal[i] / dt, 1.0)
        level[i] = turnover(level[i], engaged, internalisation[t], reexpression[t], dt)


def advance(cells, rows, numbers, dt: float) -> None:
    """One phenotype step of the T cells in `rows`."""
    cycle(
        rows,
        cells.type,
        cells.car_level,
        cells.kill_signal,
        numbers.internalisation,
        numbers.reexpression,
        dt,
    )
