"""Growth: a cell divides when its cycle timer exceeds what oxygen and antigen level allow.

    speed = clip((p - p_threshold) / (p_saturation - p_threshold), 0, 1) * (1 + gain (level - 1))
    divide when  timer * speed > duration,   duration ~ N(mean, spread), redrawn for one daughter

The timer runs while p > p_threshold and no T cell holds the cell (Luque 2024: one phase of fixed duration).

Under the law cycle = "memoryless" a cell divides at a constant rate, however long it has cycled:

    P(divide within dt) = 1 - exp(-dt speed / duration)

and grows whatever its oxygen (PhysiCell 1.14: its phase "live").

Reads   id, type, fate, partner, oxygen, antigen, cycle_duration
Writes  cycle_time [min], growing, divides
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from perforin.engine.cells import Column
from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given
from perforin.streams import CYCLE_END, draw


@dataclass(frozen=True)
class Growth:
    """How fast a cell cycles, and what slows it."""

    duration: Value = given(
        38.6, "h", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "mean cycle duration at full oxygen"
    )
    duration_spread: Value = given(
        3.7,
        "h",
        "Luque 2024, 10.1038/s41598-024-63125-5",
        "assumed",
        "standard deviation between cells, redrawn for one daughter",
    )
    oxygen_threshold: Value = given(
        10.0,
        "mmHg",
        "Luque 2024, 10.1038/s41598-024-63125-5",
        "assumed",
        "no cycling below: a choice of its authors",
    )
    oxygen_saturation: Value = given(
        38.0,
        "mmHg",
        "Luque 2024, 10.1038/s41598-024-63125-5",
        "assumed",
        "full speed above: a choice of its authors",
    )
    antigen_gain: Value = given(
        1.0,
        "1",
        "Luque 2024, 10.1038/s41598-024-63125-5",
        "assumed",
        "cycle speed times 1 + gain (level - 1): the oncoprotein of the published model drives the cycle",
    )
    proliferates: Value = given(
        1.0,
        "1",
        "Luque 2024, 10.1038/s41598-024-63125-5",
        "assumed",
        "1 for a cell that cycles, 0 for one that does not",
    )


DECLARATION = Mechanism(
    "growth",
    Growth,
    (
        Column(
            "cycle_duration", "float32", "min", about="of this cell at full oxygen; redrawn for one daughter"
        ),
        Column("cycle_time", "float32", "min", on_division="reset_both", about="time spent in the cycle"),
        Column("growing", "bool", "1", about="cycles and grows in this phenotype step"),
        Column("divides", "bool", "1", on_division="reset_both", about="divides in this phenotype step"),
    ),
    ("division",),
)


@numba.njit(cache=True)
def cycle_speed(oxygen, antigen, threshold, saturation, gain):
    """Speed of the cycle relative to full oxygen and mean antigen, 0 where it stands still [1]."""
    fuel = min(max((oxygen - threshold) / (saturation - threshold), 0.0), 1.0)
    return fuel * max(1.0 + gain * (antigen - 1.0), 0.0)


@numba.njit(cache=True, parallel=True)
def cycle(
    kind,
    fate,
    partner,
    oxygen,
    antigen,
    duration,
    time,
    growing,
    divides,
    count,
    dt,
    proliferates,
    threshold,
    saturation,
    gain,
):
    """Advance every cycle timer by dt [min]; mark who grows and who divides now. Changes time, growing, divides."""
    for i in numba.prange(count):
        t = kind[i]
        may = fate[i] == 0 and partner[i] < 0 and proliferates[t] > 0.0 and oxygen[i] > threshold[t]
        growing[i] = may
        divides[i] = False
        if may:
            time[i] += dt
            speed = cycle_speed(oxygen[i], antigen[i], threshold[t], saturation[t], gain[t])
            divides[i] = time[i] * speed > duration[i]


@numba.njit(cache=True, parallel=True)
def cycle_by_chance(
    kind,
    fate,
    partner,
    oxygen,
    antigen,
    duration,
    time,
    growing,
    divides,
    count,
    dt,
    proliferates,
    threshold,
    saturation,
    gain,
    ids,
    seed,
    step,
):
    """Draw who divides within dt [min], at the rate speed / duration. Changes time, growing, divides."""
    for i in numba.prange(count):
        t = kind[i]
        may = proliferates[t] > 0.0 and partner[i] < 0 and fate[i] == 0
        growing[i] = may
        divides[i] = False
        if may:
            time[i] += dt
            speed = cycle_speed(oxygen[i], antigen[i], threshold[t], saturation[t], gain[t])
            divides[i] = draw(seed, step, ids[i], CYCLE_END) < 1.0 - np.exp(-dt * speed / duration[i])


def advance(
    cells, numbers, dt: float, drive: np.ndarray | None = None, chance: tuple[int, int] | None = None
) -> np.ndarray:
    """Run the cycle of every free living cell for dt [min]; returns the rows that divide now.

    drive   (capacity,) float32 what stands for the antigen level, where cells carry none that drives their cycle
    chance  seed and step of the draws of a memoryless cycle; None for a timed one
    """
    n = numbers
    tissue = (
        cells.type,
        cells.fate,
        cells.partner,
        cells.oxygen,
        cells.antigen if drive is None else drive,
        cells.cycle_duration,
        cells.cycle_time,
        cells.growing,
        cells.divides,
        cells.count,
        dt,
        n.proliferates,
        n.oxygen_threshold,
        n.oxygen_saturation,
        n.antigen_gain,
    )
    if chance is None:
        cycle(*tissue)
    else:
        cycle_by_chance(*tissue, cells.id, *chance)
    return np.flatnonzero(cells.divides[: cells.count])
