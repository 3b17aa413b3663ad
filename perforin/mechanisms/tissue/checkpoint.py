"""Checkpoint: PD-L1 on a tumour cell binds PD-1 on the T cell that holds it, and takes from its hits and signals.

    x = complexes per um^2 of the contact, from quadratic binding of both densities with
        K_2D = KD * confinement                        KD in solution, within a gap of that height
    f = 1 - most x^2 / (x^2 + half^2)

It is a brake on the pair: the same T cell kills a neighbour without PD-L1 at its full rate. Both densities are those
of the whole surfaces: neither molecule is taken to gather in the contact. Hits are multiplied by sqrt(f), as by all
brakes on killing; growth and cytokine signal of the contact by an f with a larger `most`. PD-L1 is the base of the
kind of cell times what the fields make of it (responses): interferon raises it, oxygen keeps it low.

At work where a tumour cell has PD-L1.

Reads   partner, signal, felt
Writes  growth_signal, cytokine_signal; the brake `PD-L1`
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np

from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue.recognition import PER_NM, bound, response
from perforin.mechanisms.tissue.responses import PD_L1, Responses
from perforin.quantities import Value, given

BRAKE = "PD-L1"


@dataclass(frozen=True)
class Checkpoint:
    """How much PD-L1 and PD-1 there is, how it binds and what it takes."""

    pd_l1: Value = given(
        0.0, "copy", "Perforin", "assumed", "per tumour cell at rest: none, unless a kind of cell has some"
    )
    pd_1: Value = given(
        3e4, "copy", "assumed", "assumed", "per activated T cell: 1e4 to 1e5 by flow cytometry", (1e4, 1e5)
    )
    kd: Value = given(
        8.2, "uM", "Cheng 2013, 10.1074/jbc.M112.448126", "in_vitro", "PD-1 and PD-L1 in solution"
    )
    confinement: Value = given(
        0.025,
        "um",
        "assumed",
        "assumed",
        "gap that turns a KD in solution into one in the contact: 10 to 40 nm",
    )
    half: Value = given(
        6.0, "1/um^2", "QSPIO-TNBC, Popel group", "assumed", "complexes of half the effect: a model's value"
    )
    kill_fraction: Value = given(0.6, "1", "assumed", "assumed", "most that it takes of kills", (0.3, 0.6))
    signal_fraction: Value = given(
        0.8,
        "1",
        "assumed",
        "assumed",
        "most that it takes of growth and cytokine signal: more than of kills",
        (0.6, 0.95),
    )


DECLARATION = Mechanism(
    "checkpoint",
    Checkpoint,
    attack="car",
    wakes="pd_l1",
    obstacle="suppression",
    removed={"kill_fraction": 0.0, "signal_fraction": 0.0},
)


@numba.njit(cache=True)
def pd_l1_of(j, base, felt, code, most):
    """Copies of PD-L1 on tumour cell j: its base and what the fields add."""
    copies = base
    for e in range(code.size):
        if code[e] == PD_L1:
            copies *= 1.0 + most[e] * felt[j, e]
    return copies


@numba.njit(cache=True)
def engaged(pd_l1, pd_1, k2d, half):
    """How far the checkpoint is engaged [1]; all four per um^2."""
    x = bound(pd_l1, pd_1, k2d)
    return x * x / (x * x + half * half)


@numba.njit(cache=True)
def engaged_on(j, t, g, felt, code, most, surface, pd_l1, pd_1, k2d, half):
    """How far the checkpoint of a T cell of type t is engaged on tumour cell j of type g [1]."""
    copies = pd_l1_of(j, pd_l1[g], felt, code, most)
    return engaged(copies / surface[g], pd_1[t] / surface[t], k2d[t], half[t])


@numba.njit(cache=True)
def hold_back(rows, kind, partner, signals, felt, code, most, surface, pd_l1, pd_1, k2d, half, kill_most, signal_most,
              half_growth, half_cytokine, dt, growth_signal, cytokine_signal, out):  # fmt: skip
    """Set out[m] to the root of what is left of the kills of each T cell, and take from the signals of this step."""
    for m in range(rows.size):
        i, out[m] = rows[m], 1.0
        j = partner[i]
        if j < 0:
            continue
        t, g = kind[i], kind[j]
        share = engaged_on(j, t, g, felt, code, most, surface, pd_l1, pd_1, k2d, half)
        out[m] = math.sqrt(1.0 - kill_most[t] * share)
        lost = signal_most[t] * share * dt
        growth_signal[i] = max(growth_signal[i] - lost * response(signals[i], half_growth[t]), 0.0)
        cytokine_signal[i] = max(cytokine_signal[i] - lost * response(signals[i], half_cytokine[t]), 0.0)


NO_EFFECTS = Responses(())


def surface_of(volume: np.ndarray) -> np.ndarray:
    """Surface of a ball of this volume [um^2]."""
    return 4.0 * math.pi * np.cbrt(3.0 * volume / (4.0 * math.pi)) ** 2


def advance(cells, rows, numbers, volumes, recognition, responses: Responses | None, dt: float) -> np.ndarray:
    """One contact step of dt [min]; returns (m,) what is left of each T cell's hit rate on the cell it holds."""
    n, r, out = numbers, responses or NO_EFFECTS, np.empty(rows.size)
    felt = cells.felt if r.effects else np.empty((0, 1), dtype=np.float32)
    hold_back(
        rows, cells.type, cells.partner, cells.signal, felt, r.code, r.most, surface_of(volumes.target),
        n.pd_l1, n.pd_1, n.kd * n.confinement * PER_NM, n.half, n.kill_fraction, n.signal_fraction,
        recognition.half_growth, recognition.half_cytokine, dt, cells.growth_signal, cells.cytokine_signal, out,
    )  # fmt: skip
    return out
