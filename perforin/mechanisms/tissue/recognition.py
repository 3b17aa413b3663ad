"""Recognition: what the CARs in a contact make of the antigen they find there.

    bound     B = (A + C + K - sqrt((A + C + K)^2 - 4 A C)) / 2      complexes of one binder in the contact
    proof     phi = (k_p / (k_p + k_off))^N,  k_off = KD k_on        kinetic proofreading
    signal    s = B phi;  either: s_a + s_b;  both: sqrt(s_a s_b);  a not b: s_a / (1 + (s_b / block)^2)
    response  s^2 / (s^2 + half^2)

with A the copies of the antigen in the contact that show their epitope (copies * accessible * contact area / surface
of the target), C the CARs in the contact (cars * contact area / surface of the T cell) and K the KD as molecules in the
contact (KD * contact area * confinement length). Killing, proliferation and cytokine answer to the same signal with
their own `half`: about 200 copies kill, ten times more release cytokine (Watanabe 2015).

At equilibrium alone a CAR with 1 uM would bind as much as one with 1 nM, because CARs are in excess; proofreading is
what tells them apart, so affinity, CAR number and density act separately.

Reads   copies
Writes  nothing here: `signal` and the minutes of signal are written by contact
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numba
import numpy as np

from perforin.engine.cells import Column
from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Numbers, Value, given

SINGLE, EITHER, BOTH, A_NOT_B = 0, 1, 2, 3
LEAST_KD, MOST_KD = 0.01, 1e4  # nM: the affinities the law covers
PER_NM = 0.602214076  # molecules per um^3 at 1 nM


@dataclass(frozen=True)
class Recognition:
    """How a T cell reads antigen."""

    contact_area: Value = given(
        137.0, "um^2", "assumed", "assumed", "area of the contact: 100 to 150", (100.0, 150.0)
    )
    cars: Value = given(
        5e4,
        "molecule",
        "CARCADE, Prybutok 2022, 10.3389/fmolb.2022.849363",
        "assumed",
        "CARs per T cell and binder: default of the published model; products carry 1e4 to 1e5",
        (1e4, 1e5),
    )
    steps: Value = given(
        5.0, "1", "assumed", "assumed", "proofreading steps: with k_p set so that 1 uM needs 1e4 copies"
    )
    proofreading_rate: Value = given(
        0.08, "1/s", "assumed", "assumed", "per step: puts the loss of killing between 0.1 and 1 uM"
    )
    confinement: Value = given(
        0.025, "um", "assumed", "assumed", "turns a KD in solution into one in the contact: 10 to 40 nm"
    )
    half_kill: Value = given(
        30.0, "1", "Watanabe 2015", "assumed", "signal of half the hit rate: about 200 copies at 1 nM"
    )
    half_growth: Value = given(
        90.0, "1", "assumed", "assumed", "between killing and cytokine: three times killing"
    )
    half_cytokine: Value = given(
        400.0, "1", "Watanabe 2015", "assumed", "a few thousand copies, about ten times killing"
    )
    block_half: Value = given(
        30.0, "1", "assumed", "assumed", "signal of the blocking antigen that halves: as for killing"
    )


def _minutes(name: str, about: str) -> Column:
    return Column(name, "float32", "min", on_division="reset_both", about=about)


DECLARATION = Mechanism(
    "recognition",
    Recognition,
    (
        Column("signal", "float32", "1", on_division="reset_both", about="of the target held now"),
        _minutes("kill_signal", "minutes of full killing response in this phenotype step"),
        _minutes("growth_signal", "minutes of full proliferation response in this phenotype step"),
        _minutes("cytokine_signal", "minutes of full cytokine response in this phenotype step"),
    ),
    acts_on=("T cell",),
    attack="car",
)


class Receptors(NamedTuple):
    """The binders of every cell type, as kernels read them: (types,) or (types, 2) arrays."""

    gate: np.ndarray  # int64: SINGLE, EITHER, BOTH, A_NOT_B
    antigen: np.ndarray  # int64: place in the panel, -1 for none
    accessible: np.ndarray  # of a target's copies: those that show the epitope
    share: np.ndarray  # of a target's copies: in the contact, with the epitope accessible
    cars: np.ndarray  # CARs in the contact
    k2d: np.ndarray  # KD as molecules in the contact
    phi: np.ndarray  # proofreading factor
    lifetime: np.ndarray  # of a bond, 1 / k_off [min]
    block: np.ndarray  # (types,) signal of b at which A_NOT_B halves


@numba.njit(cache=True)
def response(s, half):
    """The share of the full response that a signal gives [1]."""
    square = s * s
    return square / (square + half * half)


@numba.njit(cache=True)
def bound(antigen, cars, k2d):
    """Complexes in the contact, of all three counted as molecules there (quadratic binding)."""
    total = antigen + cars + k2d
    root = math.sqrt(max(total * total - 4.0 * antigen * cars, 0.0))
    return 2.0 * antigen * cars / (total + root) if total > 0.0 else 0.0


@numba.njit(cache=True)
def binder_signal(t, b, copies, receptors):
    """The signal of one binder of type t against a cell with `copies` (antigens,): complexes that pass the proof."""
    k = receptors.antigen[t, b]
    if k < 0:
        return 0.0
    there = receptors.share[t, b] * copies[k]
    return receptors.phi[t, b] * bound(there, receptors.cars[t, b], receptors.k2d[t, b])


@numba.njit(cache=True)
def signal(t, copies, receptors):
    """The signal of a T cell of type t against a cell with `copies` (antigens,), through its gate."""
    a = binder_signal(t, 0, copies, receptors)
    gate = receptors.gate[t]
    if gate == SINGLE:
        return a
    b = binder_signal(t, 1, copies, receptors)
    if gate == EITHER:
        return a + b
    if gate == BOTH:
        return math.sqrt(a * b)
    return a / (1.0 + (b / receptors.block[t]) ** 2)


def receptors_of(
    gate: np.ndarray,
    antigen: np.ndarray,
    kd: np.ndarray,
    on_rate: np.ndarray,
    accessible: np.ndarray,
    numbers: Numbers,
    surface: np.ndarray,
) -> Receptors:
    """The receptors of all types.

    gate (types,), antigen (types, 2) as in Receptors; kd (types, 2) [nM]; on_rate (types, 2) [1/(nM min)];
    accessible (types, 2) share of the copies that show the epitope; surface (types,) [um^2], type 0 the target
    """
    n = numbers
    off = kd * on_rate
    proof = n.proofreading_rate[:, None]
    return Receptors(
        gate=gate,
        antigen=antigen,
        accessible=accessible,
        share=accessible * (n.contact_area / surface[0])[:, None],
        cars=np.repeat((n.cars * n.contact_area / surface)[:, None], 2, axis=1),
        k2d=kd * PER_NM * (n.confinement * n.contact_area)[:, None],
        phi=(proof / (proof + off)) ** n.steps[:, None],
        lifetime=1.0 / off,
        block=n.block_half,
    )


def forget(cells, rows: np.ndarray) -> None:
    """Start counting minutes of signal anew for the T cells in `rows`."""
    cells.kill_signal[rows] = 0.0
    cells.growth_signal[rows] = 0.0
    cells.cytokine_signal[rows] = 0.0
