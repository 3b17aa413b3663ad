"""Contact: a T cell searches by touch, holds what it recognises and lets go.

    ready      at rate 1 / gap; a ready T cell picks one of the living tumour cells it touches, each as likely
    touching   distance < touch (r_T + r_target)
    lets go    at rate (1 - w) / scan + w / hold,   w = s^2 / (s^2 + half_kill^2)
               and at once when the target has died or moved out of touch

Touching needs no antigen: a cell without it is left after `scan`, one that is recognised after `hold`. Several T cells
may hold the same target. While it holds, a T cell has the signal s of recognition and collects minutes of signal.

Reads   place, fate, copies
Writes  partner, holders, signal, kill_signal, growth_signal, cytokine_signal
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from perforin.engine.cells import Column
from perforin.engine.forces import nearest
from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue.apoptosis import ALIVE
from perforin.mechanisms.tissue.recognition import response, signal
from perforin.quantities import Value, given
from perforin.streams import CHOICE, READINESS, draw

_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Contact:
    """How T cells touch and hold."""

    gap: Value = given(
        40.0,
        "min",
        "assumed",
        "assumed",
        "mean time between contacts where targets are at hand",
        (20.0, 80.0),
    )
    touch: Value = given(1.2, "1", "assumed", "assumed", "in sums of radii: membranes reach a little further")
    scan: Value = given(3.0, "min", "assumed", "assumed", "mean hold of a cell that is not recognised")
    hold: Value = given(
        30.0,
        "min",
        "Weigelin 2021",
        "assumed",
        "mean hold of a recognised cell: order of the intravital contacts",
    )


DECLARATION = Mechanism(
    "contact",
    Contact,
    (
        Column(
            "partner",
            "int32",
            "1",
            start=-1,
            on_division="reset_both",
            reference=True,
            about="row of the tumour cell this T cell holds",
        ),
        Column("holders", "uint8", "1", on_division="reset_both", about="T cells that hold this cell now"),
    ),
    acts_on=("T cell",),
    attack="car",
)


@numba.njit(cache=True)
def _distance2(i, j, place, edges, wrap):
    dx = nearest(place[j, 0] - place[i, 0], edges[0], wrap[0])
    dy = nearest(place[j, 1] - place[i, 1], edges[1], wrap[1])
    dz = nearest(place[j, 2] - place[i, 2], edges[2], wrap[2])
    return dx * dx + dy * dy + dz * dz


@numba.njit(cache=True)
def touches(i, j, touch, place, edges, wrap):
    """Whether two cells touch."""
    reach = touch * (place[i, 3] + place[j, 3])
    return _distance2(i, j, place, edges, wrap) < reach * reach


@numba.njit(cache=True)
def release_rate(s, half_kill, scan, hold):
    """How fast a T cell with signal s lets go [1/min]."""
    w = response(s, half_kill)
    return (1.0 - w) / scan + w / hold


@numba.njit(cache=True)
def pick(i, kind, role, fate, ids, place, start, stop, listed, edges, wrap, touch, seed, step):
    """A living tumour cell that T cell i touches, each as likely whatever the order of the list; -1 for none."""
    best, lowest = -1, 2.0
    for k in range(start[i], stop[i]):
        j = listed[k]
        if role[kind[j]] != 0 or fate[j] != ALIVE or not touches(i, j, touch, place, edges, wrap):
            continue
        lot = draw(seed, step, ids[i] ^ (ids[j] * _MIX), CHOICE)
        if lot < lowest or (lot == lowest and ids[j] < ids[best]):
            best, lowest = j, lot
    return best


@numba.njit(cache=True)
def hold_and_let_go(
    rows,
    kind,
    role,
    fate,
    ids,
    partner,
    copies,
    place,
    start,
    stop,
    listed,
    edges,
    wrap,
    receptors,
    gap,
    touch,
    scan,
    hold,
    half_kill,
    half_growth,
    half_cytokine,
    dt,
    seed,
    step,
    signals,
    kill_signal,
    growth_signal,
    cytokine_signal,
    attached,
):
    """One contact step of the T cells in `rows`; returns how many touched anew (their rows in `attached`)."""
    many = 0
    for m in range(rows.size):
        i = rows[m]
        t = kind[i]
        signals[i] = 0.0
        if fate[i] != ALIVE:
            partner[i] = -1
            continue
        j, s = partner[i], 0.0
        if j >= 0:
            s = signal(t, copies[j], receptors)
            gone = fate[j] != ALIVE or not touches(i, j, touch[t], place, edges, wrap)
            rate = release_rate(s, half_kill[t], scan[t], hold[t])
            if gone or draw(seed, step, ids[i], READINESS) < 1.0 - np.exp(-dt * rate):
                partner[i] = -1
        elif draw(seed, step, ids[i], READINESS) < 1.0 - np.exp(-dt / gap[t]):
            partner[i] = pick(
                i, kind, role, fate, ids, place, start, stop, listed, edges, wrap, touch[t], seed, step
            )
            if partner[i] >= 0:
                s = signal(t, copies[partner[i]], receptors)
                attached[many] = i
                many += 1
        if partner[i] >= 0:
            signals[i] = s
            kill_signal[i] += dt * response(s, half_kill[t])
            growth_signal[i] += dt * response(s, half_growth[t])
            cytokine_signal[i] += dt * response(s, half_cytokine[t])
    return many


@numba.njit(cache=True)
def count_holders(rows, partner, holders, count):
    """Count the T cells on every cell. Changes holders."""
    holders[:count] = 0
    for m in range(rows.size):
        if partner[rows[m]] >= 0:
            holders[partner[rows[m]]] += 1


def advance(
    cells, rows, numbers, recognition, receptors, role, pairs, box, seed: int, step: int, dt: float
) -> np.ndarray:
    """Search, hold and let go for dt [min]; returns the rows of the T cells that touched a target anew.

    pairs  start, stop and listed of those near each T cell
    """
    n, attached = numbers, np.empty(rows.size, dtype=np.int32)
    many = hold_and_let_go(
        rows,
        cells.type,
        role,
        cells.fate,
        cells.id,
        cells.partner,
        cells.copies,
        cells.place,
        pairs.start,
        pairs.stop,
        pairs.listed,
        box.lengths,
        box.wrap,
        receptors,
        n.gap,
        n.touch,
        n.scan,
        n.hold,
        recognition.half_kill,
        recognition.half_growth,
        recognition.half_cytokine,
        dt,
        seed,
        step,
        cells.signal,
        cells.kill_signal,
        cells.growth_signal,
        cells.cytokine_signal,
        attached,
    )
    count_holders(rows, cells.partner, cells.holders, cells.count)
    return attached[:many]
