"""Activation: signal makes a T cell divide, each division for its own dose of signal.

    dose += growth response * dt * brake;   divide when  dose >= needed,  time since the first signal >= delay,
    time since the last division >= shortest,  and divisions < limit + help,
    help = il2_help * IL2 / (IL2 + il2_half)

A program that runs on after one stimulus would expand a product twelvefold at every dose; measured wells expand
6.6-fold at a low and 2.6-fold at a high dose. The dose is spent by a division; daughters start at none.

Reads   growth_signal, divisions, fate
Writes  signal_dose, primed, rested [min]
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from perforin.engine.cells import Column
from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue.apoptosis import ALIVE
from perforin.quantities import Value, given


@dataclass(frozen=True)
class Activation:
    """What a T cell needs in order to divide."""

    needed: Value = given(9.0, "h", "assumed", "assumed", "signal per division", (4.0, 18.0))
    delay: Value = given(
        24.0, "h", "assumed", "assumed", "first division 24 to 36 h after activation", (24.0, 36.0)
    )
    shortest: Value = given(8.0, "h", "assumed", "assumed", "between divisions: 8 to 18 h", (8.0, 18.0))
    limit: Value = given(4.0, "1", "assumed", "assumed", "divisions without help: 4 to 5", (4.0, 5.0))
    il2_help: Value = given(
        4.0, "1", "SPQSP, Popel group", "assumed", "further divisions at full IL-2: up to 8 to 11 in all"
    )
    il2_half: Value = given(
        0.32, "nM", "SPQSP, Popel group", "assumed", "IL-2 of half the help: a model's value"
    )


DECLARATION = Mechanism(
    "activation",
    Activation,
    (
        Column(
            "signal_dose",
            "float32",
            "min",
            on_division="reset_both",
            about="of full response toward the next division",
        ),
        Column(
            "primed", "float32", "min", start=-1, about="since the first signal of the line; -1 for never"
        ),
        Column("rested", "float32", "min", on_division="reset_both", about="since the last division"),
    ),
    ("division",),
    acts_on=("T cell",),
    attack="car",
)


@numba.njit(cache=True)
def respond(rows, kind, fate, divisions, growth_signal, dose, primed, rested, il2, brake, needed, delay, shortest,
            limit, il2_help, il2_half, dt, ready):  # fmt: skip
    """Collect dt [min] of signal; returns how many divide (their rows in `ready`). Changes dose, primed, rested."""
    many = 0
    for m in range(rows.size):
        i = rows[m]
        if fate[i] != ALIVE:
            continue
        t = kind[i]
        dose[i] += growth_signal[i] * brake
        rested[i] += dt
        if primed[i] >= 0.0:
            primed[i] += dt
        elif growth_signal[i] > 0.0:
            primed[i] = 0.0
        most = limit[t] + il2_help[t] * il2[m] / (il2[m] + il2_half[t])
        is_time = primed[i] >= delay[t] and (rested[i] >= shortest[t] or divisions[i] == 0)
        if dose[i] >= needed[t] and is_time and divisions[i] + 1.0 <= most:
            ready[many] = i
            many += 1
    return many


def advance(cells, rows, numbers, il2: np.ndarray, brake: float, dt: float) -> np.ndarray:
    """One phenotype step of the T cells in `rows`; returns the rows that divide now.

    il2    (m,) float64 IL-2 at each T cell [nM]
    brake  what the tumour leaves of the signal toward division [1]
    """
    n, ready = numbers, np.empty(rows.size, dtype=np.int64)
    many = respond(
        rows, cells.type, cells.fate, cells.divisions, cells.growth_signal, cells.signal_dose, cells.primed,
        cells.rested, il2, brake, n.needed, n.delay, n.shortest, n.limit, n.il2_help, n.il2_half, dt, ready,
    )  # fmt: skip
    return ready[:many]
