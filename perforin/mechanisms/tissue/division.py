"""Division: a cell becomes two daughters of half its volume, side by side.

The daughters lie at +- separation * r along a random direction through the mother's centre, r the mother's
radius. Both get new ids; all other columns follow their declared `on_division`. One daughter keeps the cycle
duration of the mother, the other draws its own (Luque 2024).

Reads   place, id
Writes  rows, id, divisions, place, cycle_duration
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from perforin.engine.motion import random_direction
from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue.volume import radius_of
from perforin.quantities import Value, given
from perforin.streams import DIVISION_CYCLE, DIVISION_DIRECTION, SEEDING_CYCLE, daughter_id, draw2, normal


@dataclass(frozen=True)
class Division:
    """How daughters are laid out."""

    separation: Value = given(
        0.206299474,
        "1",
        "Luque 2024, 10.1038/s41598-024-63125-5",
        "assumed",
        "in radii of the mother: 1 - 0.5^(1/3), so that each daughter touches her surface from inside",
    )


DECLARATION = Mechanism("division", Division, (), ("division",))


@numba.njit(cache=True)
def lay_out(
    rows, born, kind, ids, divisions, place, duration, seed, step, separation, mean, spread, isotropic, flat
):
    """Place, name and time both daughters. Changes ids, divisions, place, duration."""
    for k in range(rows.size):
        a, b = rows[k], born + k
        t = kind[a]
        mother = ids[a]
        u, v = draw2(seed, step, mother, DIVISION_DIRECTION)
        x, y, z = random_direction(u, v, isotropic)
        if flat:
            x, y, z = np.cos(2.0 * np.pi * u), np.sin(2.0 * np.pi * u), 0.0
        way = separation[t] * place[a, 3]
        radius = radius_of(0.5 * 4.18879020478639 * place[a, 3] ** 3)
        for axis, step_along in enumerate((x, y, z)):
            place[b, axis] = place[a, axis] + way * step_along
            place[a, axis] = place[a, axis] - way * step_along
        place[a, 3] = place[b, 3] = radius
        divisions[a] += 1
        divisions[b] = divisions[a]
        ids[a] = daughter_id(mother, 0, divisions[a])
        ids[b] = daughter_id(mother, 1, divisions[b])
        duration[b] = mean[t] + spread[t] * normal(seed, step, ids[b], DIVISION_CYCLE)


@numba.njit(cache=True)
def time_cycles(kind, ids, duration, first, last, seed, mean, spread):
    """Draw the cycle duration of founders in rows first to last. Changes duration."""
    for i in range(first, last):
        duration[i] = mean[kind[i]] + spread[kind[i]] * normal(seed, 0, ids[i], SEEDING_CYCLE)


def advance(
    cells, rows, numbers, growth, seed: int, step: int, isotropic: bool, flat: bool, events, minute
) -> int:
    """Divide the cells in `rows`; returns how many."""
    if rows.size == 0:
        return 0
    mothers = cells.id[rows].copy()
    born = cells.divide(rows)
    lay_out(
        rows,
        born.start,
        cells.type,
        cells.id,
        cells.divisions,
        cells.place,
        cells.cycle_duration,
        seed,
        step,
        numbers.separation,
        growth.duration,
        growth.duration_spread,
        isotropic,
        flat,
    )
    events.add(minute, "division", cells, rows, mothers)
    events.add(minute, "division", cells, np.arange(born.start, born.stop), mothers)
    return rows.size


def start(cells, rows: slice, growth, seed: int) -> None:
    """Give founders the duration of their cycle."""
    time_cycles(
        cells.type,
        cells.id,
        cells.cycle_duration,
        rows.start,
        rows.stop,
        seed,
        growth.duration,
        growth.duration_spread,
    )
