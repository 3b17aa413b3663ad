"""Necrosis: without oxygen a cell dies, swells and bursts.

    hazard = rate * clip((p_threshold - p) / (p_threshold - p_full), 0, 1)

A necrotic cell takes up fluid and loses solids until it reaches `burst_ratio` times its volume at death, then it
is lysed and cleared later. A cell held by a T cell is spared meanwhile (Luque 2024 freezes it).

Reads   type, fate, partner, oxygen
Writes  fate, burst_volume [um^3], dying_time [min], volumes, removes rows
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from perforin.engine.cells import Column
from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue.apoptosis import ALIVE, LYSED, NECROTIC, clear
from perforin.mechanisms.tissue.volume import approach, radius_of
from perforin.quantities import Value, given
from perforin.streams import NECROSIS, draw


@dataclass(frozen=True)
class Necrosis:
    """When lack of oxygen kills, and how the dead cell swells."""

    oxygen_threshold: Value = given(
        5.0,
        "mmHg",
        "Luque 2024, 10.1038/s41598-024-63125-5",
        "assumed",
        "hazard starts below: choice of the published model",
    )
    oxygen_full: Value = given(
        2.5,
        "mmHg",
        "Luque 2024, 10.1038/s41598-024-63125-5",
        "assumed",
        "full hazard below: choice of the published model",
    )
    rate: Value = given(
        1.0 / 6.0, "1/h", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "mean six hours at full hazard"
    )
    fluid_rate: Value = given(
        0.050, "1/h", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "swelling towards pure fluid"
    )
    nucleus_rate: Value = given(
        0.013, "1/h", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "loss of nuclear solids"
    )
    cytoplasm_rate: Value = given(
        0.0032, "1/h", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "loss of cytoplasmic solids"
    )
    burst_ratio: Value = given(
        2.0,
        "1",
        "Luque 2024, 10.1038/s41598-024-63125-5",
        "assumed",
        "bursts at this multiple of its volume at death",
    )
    clearance: Value = given(
        60.0,
        "day",
        "Luque 2024, 10.1038/s41598-024-63125-5",
        "assumed",
        "a burst cell is removed after this time",
    )


DECLARATION = Mechanism(
    "necrosis",
    Necrosis,
    (Column("burst_volume", "float32", "um^3", about="volume at which the necrotic cell bursts"),),
    ("necrosis", "lysis"),
)


@numba.njit(cache=True)
def hazard(oxygen, threshold, full, rate):
    """Rate of necrosis at a partial pressure of oxygen [1/min]."""
    return rate * min(max((threshold - oxygen) / (threshold - full), 0.0), 1.0)


@numba.njit(cache=True)
def strike(
    kind,
    fate,
    partner,
    oxygen,
    ids,
    fluid,
    nuclear,
    cytoplasmic,
    burst,
    dying_time,
    count,
    dt,
    seed,
    step,
    threshold,
    full,
    rate,
    ratio,
    struck,
):
    """Kill by lack of oxygen during dt [min]; returns how many. Changes fate, burst, dying_time, struck (rows)."""
    many = 0
    for i in range(count):
        t = kind[i]
        if fate[i] != ALIVE or partner[i] >= 0 or oxygen[i] >= threshold[t]:
            continue
        risk = 1.0 - np.exp(-dt * hazard(oxygen[i], threshold[t], full[t], rate[t]))
        if draw(seed, step, ids[i], NECROSIS) < risk:
            fate[i] = NECROTIC
            dying_time[i] = 0.0
            burst[i] = ratio[t] * (fluid[i] + nuclear[i] + cytoplasmic[i])
            struck[many] = i
            many += 1
    return many


@numba.njit(cache=True)
def swell(
    kind,
    fate,
    fluid,
    nuclear,
    cytoplasmic,
    burst,
    dying_time,
    place,
    count,
    dt,
    fluid_rate,
    nucleus_rate,
    cytoplasm_rate,
    lysed,
):
    """Swell the necrotic for dt [min] and burst the full ones; returns how many burst (rows in `lysed`)."""
    many = 0
    for i in range(count):
        if fate[i] != NECROTIC:
            continue
        t = kind[i]
        total = fluid[i] + nuclear[i] + cytoplasmic[i]
        fluid[i] = approach(fluid[i], total, fluid_rate[t], dt)
        nuclear[i] = approach(nuclear[i], 0.0, nucleus_rate[t], dt)
        cytoplasmic[i] = approach(cytoplasmic[i], 0.0, cytoplasm_rate[t], dt)
        total = fluid[i] + nuclear[i] + cytoplasmic[i]
        place[i, 3] = radius_of(total)
        if total >= burst[i]:
            fate[i] = LYSED
            dying_time[i] = 0.0
            lysed[many] = i
            many += 1
    return many


def advance(cells, numbers, seed: int, step: int, events, minute: float, dt: float) -> int:
    """Necrosis, swelling, bursting and clearance over dt [min]; returns how many cells became necrotic."""
    n = numbers
    rows = np.empty(cells.count, dtype=np.int64)
    struck = strike(
        cells.type,
        cells.fate,
        cells.partner,
        cells.oxygen,
        cells.id,
        cells.fluid,
        cells.nuclear_solid,
        cells.cytoplasmic_solid,
        cells.burst_volume,
        cells.dying_time,
        cells.count,
        dt,
        seed,
        step,
        n.oxygen_threshold,
        n.oxygen_full,
        n.rate,
        n.burst_ratio,
        rows,
    )
    events.add(minute, "necrosis", cells, rows[:struck])
    burst = swell(
        cells.type,
        cells.fate,
        cells.fluid,
        cells.nuclear_solid,
        cells.cytoplasmic_solid,
        cells.burst_volume,
        cells.dying_time,
        cells.place,
        cells.count,
        dt,
        n.fluid_rate,
        n.nucleus_rate,
        n.cytoplasm_rate,
        rows,
    )
    events.add(minute, "lysis", cells, rows[:burst])
    kind = cells.type[: cells.count]
    over = (cells.fate[: cells.count] == LYSED) & (cells.dying_time[: cells.count] >= n.clearance[kind])
    clear(cells, over, events, minute)
    return struck
