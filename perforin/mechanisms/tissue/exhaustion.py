"""Exhaustion: chronic signal tires a T cell, and what lasts is imprinted; rest restores the first stage only.

    S = min(1, tonic + mean over `memory` of the killing response)
    dX / dt = gain S (1 - X) - recovery (1 - S) X          reversible
    dE / dt = imprint X^2 (1 - E)                          hardly reversible
    function = (1 - loss_tired X)(1 - loss_worn E)         multiplies the hit rate

X is stepped exactly for constant S; E uses X at the middle of the step and is of second order in dt. Contacts without
antigen give no signal and do not tire. Daughters inherit both.

Reads   kill_signal
Writes  tired (X), worn (E), signal_mean [1]
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba

from perforin.engine.cells import Column
from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given


@dataclass(frozen=True)
class Exhaustion:
    """How fast T cells tire, recover and wear out."""

    gain: Value = given(0.2, "1/day", "assumed", "assumed", "tired after days of full signal", (0.1, 0.3))
    recovery: Value = given(
        0.1, "1/day", "assumed", "assumed", "rest restores within days, as with dasatinib", (0.1, 0.4)
    )
    imprint: Value = given(
        0.07,
        "1/day",
        "assumed",
        "assumed",
        "full dysfunction after two to four weeks of antigen",
        (0.05, 0.1),
    )
    memory: Value = given(8.0, "h", "assumed", "assumed", "over which signal is averaged", (6.0, 12.0))
    tonic: Value = given(
        0.0, "1", "assumed", "assumed", "signal without antigen: none for a CAR that does not cluster"
    )
    loss_tired: Value = given(
        0.7, "1", "assumed", "assumed", "share of function that the first stage can take"
    )
    loss_worn: Value = given(
        0.9, "1", "assumed", "assumed", "share of function that the second stage can take"
    )


DECLARATION = Mechanism(
    "exhaustion",
    Exhaustion,
    (
        Column("tired", "float32", "1", about="reversible stage X"),
        Column("worn", "float32", "1", about="imprinted stage E"),
        Column("signal_mean", "float32", "1", about="running mean of the killing response"),
    ),
    acts_on=("T cell",),
    attack="car",
    obstacle="exhaustion",
    removed={"gain": 0.0, "loss_tired": 0.0, "loss_worn": 0.0},
)


@numba.njit(cache=True)
def function(tired, worn, loss_tired, loss_worn):
    """What is left of the hit rate [1]."""
    return (1.0 - loss_tired * tired) * (1.0 - loss_worn * worn)


@numba.njit(cache=True)
def tire(tired, signal, gain, recovery, dt):
    """The reversible stage after dt [min] of constant signal."""
    up, down = gain * signal, recovery * (1.0 - signal)
    total = up + down
    if total <= 0.0:
        return tired
    target = up / total
    return target + (tired - target) * math.exp(-total * dt)


@numba.njit(cache=True)
def wear(rows, kind, tired, worn, mean, kill_signal, gain, recovery, imprint, memory, tonic, dt):
    """Tire, imprint and rest the T cells in `rows` for dt [min]. Changes tired, worn, mean."""
    for m in range(rows.size):
        i = rows[m]
        t = kind[i]
        keep = math.exp(-dt / memory[t])
        mean[i] = kill_signal[i] / dt + (mean[i] - kill_signal[i] / dt) * keep
        signal = min(1.0, tonic[t] + mean[i])
        middle = tire(tired[i], signal, gain[t], recovery[t], 0.5 * dt)
        worn[i] = 1.0 - (1.0 - worn[i]) * math.exp(-imprint[t] * middle * middle * dt)
        tired[i] = tire(tired[i], signal, gain[t], recovery[t], dt)


def advance(cells, rows, numbers, dt: float) -> None:
    """One phenotype step of the T cells in `rows`."""
    n = numbers
    wear(
        rows,
        cells.type,
        cells.tired,
        cells.worn,
        cells.signal_mean,
        cells.kill_signal,
        n.gain,
        n.recovery,
        n.imprint,
        n.memory,
        n.tonic,
        dt,
    )
