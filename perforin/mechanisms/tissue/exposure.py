"""Exposure: what a tumour cell has met of T cells, counted for its line and for itself.

Over the minutes in which T cells hold it, with h the hit rate and b_k the brakes on it,

    S = sum h prod_k b_k dt      hits felt
    U = sum h dt                 hits there would have been without brakes
    cost_k = sum h (-ln b_k) dt  what brake k took

The line since day 0 passes its counters to daughters; the cell's own start at its birth. From them comes why a
survivor survived: contacts are far too many to be events.

Writes  contact_time, first_contact [min], hits_felt, hits_open, brake_cost [1], and own_ of each
"""

from __future__ import annotations

import math

import numba

from perforin.engine.cells import Column
from perforin.mechanisms.declare import Mechanism

BRAKES = ("suppression", "exhaustion", "car_loss")  # of every run; fields and checkpoints add theirs


def _line(name: str, unit: str, about: str, per: str = "") -> tuple[Column, Column]:
    return (
        Column(name, "float32", unit, per=per, about=f"{about}, of the line since day 0"),
        Column(
            f"own_{name}",
            "float32",
            unit,
            per=per,
            on_division="reset_both",
            about=f"{about}, of this cell since its birth",
        ),
    )


DECLARATION = Mechanism(
    "exposure",
    None,
    (
        Column(
            "first_contact",
            "float32",
            "min",
            start=-1,
            about="when a T cell first held the line; -1 for never",
        ),
        *_line("contact_time", "min", "minutes held, summed over T cells"),
        *_line("hits_felt", "1", "expected hits with all brakes"),
        *_line("hits_open", "1", "expected hits without brakes"),
        *_line("brake_cost", "1", "expected hits without brakes times -ln of each brake", "brake"),
    ),
    acts_on=("tumour",),
    attack="car",
)


@numba.njit(cache=True)
def count(
    j, minute, dt, open_hits, brake, first, time, felt, opened, cost, own_time, own_felt, own_opened, own_cost
):
    """Count dt minutes of one T cell on tumour cell j; brake (B,). Changes row j of the counters."""
    if first[j] < 0.0:
        first[j] = minute
    passed = 1.0
    for k in range(brake.size):
        passed *= brake[k]
        lost = -open_hits * math.log(max(brake[k], 1e-12))
        cost[j, k] += lost
        own_cost[j, k] += lost
    time[j] += dt
    own_time[j] += dt
    felt[j] += open_hits * passed
    own_felt[j] += open_hits * passed
    opened[j] += open_hits
    own_opened[j] += open_hits
    return passed
