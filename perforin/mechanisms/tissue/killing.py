"""Killing: an attached T cell kills at a rate set by the antigen of its target.

    hazard = rate * recognition(level);   the target becomes apoptotic and the T cell is free again

With release at 1 / holding time this gives P(kill | attached) = h / (h + 1 / T): 0.57 at level 1, 0.80 from level 2.

Reads   partner, antigen
Writes  fate, dying_time, partner, kills
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from perforin.engine.cells import Column
from perforin.engine.contacts import part
from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue.antigen import recognition
from perforin.mechanisms.tissue.apoptosis import ALIVE, APOPTOTIC
from perforin.quantities import Value, given
from perforin.streams import KILLING, draw


@dataclass(frozen=True)
class Killing:
    """How fast an attached T cell kills."""

    rate: Value = given(
        0.06667, "1/min", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "at full antigen, mean 15 min"
    )


DECLARATION = Mechanism(
    "killing",
    Killing,
    (Column("kills", "uint16", "1", on_division="reset_both", about="by this T cell"),),
    ("kill",),
    acts_on=("T cell",),
    attack="attach-and-die",
)


@numba.njit(cache=True)
def strike(
    rows,
    kind,
    fate,
    ids,
    partner,
    antigen,
    dying_time,
    kills,
    contact_time,
    dt,
    seed,
    step,
    rate,
    threshold,
    saturation,
    killer,
    killed,
):
    """Let every attached T cell try for dt [min]; returns how many killed (rows in killer, killed)."""
    many = 0
    for m in range(rows.size):
        i = rows[m]
        j = partner[i]
        if j < 0 or fate[i] != ALIVE:
            continue
        contact_time[j] += dt
        answer = recognition(antigen[j], threshold[kind[j]], saturation[kind[j]])
        if draw(seed, step, ids[i], KILLING) < 1.0 - np.exp(-dt * rate[kind[i]] * answer):
            fate[j] = APOPTOTIC
            dying_time[j] = 0.0
            kills[i] += 1
            part(i, partner)
            killer[many], killed[many] = i, j
            many += 1
    return many


def advance(cells, rows, numbers, antigen, seed: int, step: int, dt: float, events, minute: float) -> int:
    """One step of killing by the T cells in `rows`; returns how many targets died."""
    killer, killed = np.empty(rows.size, dtype=np.int32), np.empty(rows.size, dtype=np.int32)
    many = strike(
        rows,
        cells.type,
        cells.fate,
        cells.id,
        cells.partner,
        cells.antigen,
        cells.dying_time,
        cells.kills,
        cells.contact_time,
        dt,
        seed,
        step,
        numbers.rate,
        antigen.threshold,
        antigen.saturation,
        killer,
        killed,
    )
    if many:
        events.add(minute, "kill", cells, killed[:many], cells.id[killer[:many]])
    return many
