"""Antigen: each tumour cell carries a level of the antigen, inherited by its daughters.

    founders: level ~ N(mean, spread), not below zero;  daughters: the mother's level
    recognition = clip((level - threshold) / (saturation - threshold), 0, 1)

Reads   type, id
Writes  antigen [1]
"""

from __future__ import annotations

from dataclasses import dataclass

import numba

from perforin.engine.cells import Column
from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given
from perforin.streams import SEEDING_ANTIGEN, normal


@dataclass(frozen=True)
class Antigen:
    """How much antigen the founders carry, and what the T cell makes of it."""

    mean: Value = given(
        1.0, "1", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "relative level of the published model"
    )
    spread: Value = given(
        0.25,
        "1",
        "Luque 2024, 10.1038/s41598-024-63125-5",
        "assumed",
        "standard deviation between founders, clipped at zero",
    )
    threshold: Value = given(
        0.5, "1", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "invisible to the T cell at or below"
    )
    saturation: Value = given(
        2.0, "1", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "full effect at or above"
    )


DECLARATION = Mechanism(
    "antigen",
    Antigen,
    (Column("antigen", "float32", "1", about="level relative to the population mean"),),
    acts_on=("tumour",),
    attack="attach-and-die",
    obstacle="antigen",
    removed={"spread": 0.0},
)


@numba.njit(cache=True)
def recognition(level, threshold, saturation):
    """How strongly the CAR answers to an antigen level: 0 at the threshold, 1 at saturation [1]."""
    return min(max((level - threshold) / (saturation - threshold), 0.0), 1.0)


@numba.njit(cache=True)
def express(kind, ids, antigen, first, last, seed, mean, spread):
    """Draw the level of founders in rows first to last. Changes antigen."""
    for i in range(first, last):
        level = mean[kind[i]] + spread[kind[i]] * normal(seed, 0, ids[i], SEEDING_ANTIGEN)
        antigen[i] = max(level, 0.0)


def start(cells, rows: slice, numbers, seed: int) -> None:
    """Give founders their antigen level."""
    express(cells.type, cells.id, cells.antigen, rows.start, rows.stop, seed, numbers.mean, numbers.spread)
