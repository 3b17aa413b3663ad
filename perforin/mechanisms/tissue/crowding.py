"""Crowding: tumour cells on the floor of a well cycle slower as it fills.

    cycle progress  =  growth's own * max(0, 1 - n / (capacity * floor area))

with n the living cells of all types that have a capacity, so that a culture grows as a logistic curve,

    dn/dt = (ln 2 / duration) n (1 - n / K),   K = capacity * floor area.

It stands for room, medium and contact inhibition together: a well does not tell them apart. Growth's timer counts
minutes; what the crowd takes of a step is taken back from it, so a cell is at most one step early. A capacity of 0
is off, for a type or for all.

Reads   type, fate, growing
Writes  cycle_time [min]
"""

from __future__ import annotations

from dataclasses import dataclass

import numba

from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue.apoptosis import ALIVE
from perforin.quantities import Value, given


@dataclass(frozen=True)
class Crowding:
    """How many cells a floor carries."""

    capacity: Value = given(
        0.0,
        "cell/um^2",
        "assumed",
        "assumed",
        "cells per floor area at which the cycle stands still; 0: never",
    )


DECLARATION = Mechanism("crowding", Crowding, acts_on=("tumour",), attack="car")


@numba.njit(cache=True)
def pace(cells, capacity, area):
    """Speed of the cycle on a floor of an area [um^2] with so many cells, relative to an empty one [1]."""
    return max(0.0, 1.0 - cells / (capacity * area)) if capacity > 0.0 else 1.0


@numba.njit(cache=True)
def hold_back(kind, fate, growing, time, count, dt, capacity, area):
    """Take back from each growing cell what the crowd takes of a step of dt [min]. Changes time."""
    many = 0
    for i in range(count):
        many += fate[i] == ALIVE and capacity[kind[i]] > 0.0
    for i in range(count):
        if growing[i]:
            time[i] -= (1.0 - pace(many, capacity[kind[i]], area)) * dt


def advance(cells, numbers, dt: float, area: float) -> None:
    """Slow the cycle of the step of dt [min] that growth has just counted, on a floor of `area` [um^2]."""
    if numbers.capacity.any():
        hold_back(
            cells.type, cells.fate, cells.growing, cells.cycle_time, cells.count, dt, numbers.capacity, area
        )
