"""Engagement: a T cell attaches to one target, holds it and lets go.

Per candidate at distance d, tried in the order of the search, the T cell attaches with

    hazard = rate * recognition(level) * clip((reach - d) / (reach - close), 0, 1)

to living targets above the antigen threshold that nobody holds; a holder releases at rate 1 / holding_time. Every
tumour cell in the search range pulls the T cell with velocity pull * (x_target - x_T).

Search ranges: all cells within `reach` ("within-reach"), or all cells in the same bin of the lattice of edge
`bin` anchored at the corner of the box ("own-bin", as the program of Luque 2024 does). One step is that of the
tissue; the pull of its beginning acts all through it (crawling).

Reads   place, fate, antigen
Writes  partner, contact_time
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from perforin.engine.cells import Column
from perforin.engine.contacts import claim, part
from perforin.engine.forces import nearest
from perforin.engine.grid import axis_bin
from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue.antigen import recognition
from perforin.mechanisms.tissue.apoptosis import ALIVE
from perforin.quantities import Value, given
from perforin.streams import ATTACHMENT, RELEASE, draw, draw2


@dataclass(frozen=True)
class Engagement:
    """How T cells find and hold targets."""

    attachment_rate: Value = given(
        0.2,
        "1/min",
        "PhysiCell 1.14, Ghaffarizadeh 2018, 10.1371/journal.pcbi.1005991",
        "assumed",
        "per candidate in reach, times antigen and distance factors",
    )
    reach: Value = given(
        18.0,
        "um",
        "Luque 2024, 10.1038/s41598-024-63125-5",
        "assumed",
        "no attachment beyond, centre to centre",
    )
    close: Value = given(14.0, "um", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "full rate within")
    holding_time: Value = given(
        60.0, "min", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "mean time to spontaneous release"
    )
    pull: Value = given(
        0.01,
        "1/min",
        "Luque 2024, 10.1038/s41598-024-63125-5",
        "assumed",
        "velocity towards each tumour cell in range, per um of distance",
    )


DECLARATION = Mechanism(
    "engagement",
    Engagement,
    (
        Column(
            "partner",
            "int32",
            "1",
            start=-1,
            on_division="reset_both",
            reference=True,
            about="row of the cell held or holding",
        ),
        Column("contact_time", "float32", "min", about="total time this line was held by T cells"),
    ),
    ("attachment", "release"),
    acts_on=("T cell",),
    attack="attach-and-die",
)


@numba.njit(cache=True)
def distance_factor(d, reach, close):
    """Share of the attachment rate left at a distance: 1 within close, 0 beyond reach [1]."""
    return min(max((reach - d) / (reach - close), 0.0), 1.0)


@numba.njit(cache=True)
def release(rows, kind, fate, ids, partner, dt, seed, step, holding_time):
    """Let holders go at random; returns how many did. Changes partner."""
    many = 0
    for m in range(rows.size):
        i = rows[m]
        if partner[i] >= 0 and draw(seed, step, ids[i], RELEASE) < 1.0 - np.exp(-dt / holding_time[kind[i]]):
            part(i, partner)
            many += 1
    return many


@numba.njit(cache=True)
def _try(i, j, dx, dy, dz, left, kind, fate, partner, antigen, dt, rate, reach, close, threshold, saturation):
    """Use up the draw on candidate j; returns what is left of it, below zero when it attaches.

    One uniform number decides over the whole sequence of candidates: given that none before took it, u / prod(1 - p)
    is again uniform, so the T cell attaches to the first j with left < p_j.
    """
    if fate[j] != ALIVE or partner[j] >= 0 or antigen[j] <= threshold[kind[j]]:
        return left
    d = np.sqrt(dx * dx + dy * dy + dz * dz)
    t = kind[i]
    answer = recognition(antigen[j], threshold[kind[j]], saturation[kind[j]])
    p = 1.0 - np.exp(-dt * rate[t] * answer * distance_factor(d, reach[t], close[t]))
    if left < p:
        return -1.0
    return (left - p) / (1.0 - p)


@numba.njit(cache=True)
def _own_bin(i, place, half, corner_bin, low, high):
    """The lattice bin that holds cell i: its lower and upper corner [um]. Changes low, high (3,)."""
    for axis in range(3):
        k = np.floor((place[i, axis] + half[axis]) / corner_bin)
        low[axis] = k * corner_bin - half[axis]
        high[axis] = low[axis] + corner_bin


@numba.njit(cache=True, parallel=True)
def search_own_bin(
    rows,
    kind,
    role,
    fate,
    ids,
    partner,
    antigen,
    place,
    order,
    bin_start,
    shape,
    half,
    width,
    slack,
    corner_bin,
    dt,
    seed,
    step,
    rate,
    reach,
    close,
    pull,
    threshold,
    saturation,
    proposal,
    lot,
    pulled,
):
    """Pull and propose among the cells of each T cell's own lattice bin. Changes proposal, lot, pulled."""
    for m in numba.prange(rows.size):
        i = rows[m]
        proposal[m] = -1
        pulled[m, 0], pulled[m, 1], pulled[m, 2] = 0.0, 0.0, 0.0
        if fate[i] != ALIVE:
            continue
        t = kind[i]
        low, high = np.empty(3, dtype=np.float32), np.empty(3, dtype=np.float32)
        _own_bin(i, place, half, corner_bin, low, high)
        left, lot[m] = draw2(seed, step, ids[i], ATTACHMENT)
        free = partner[i] < 0
        vx, vy, vz = 0.0, 0.0, 0.0
        first, last = np.empty(3, dtype=np.int64), np.empty(3, dtype=np.int64)
        for axis in range(3):
            first[axis] = axis_bin(low[axis] - slack, half[axis], width[axis], shape[axis])
            last[axis] = axis_bin(high[axis] + slack, half[axis], width[axis], shape[axis])
        for bz in range(first[2], last[2] + 1):
            for by in range(first[1], last[1] + 1):
                base = (bz * shape[1] + by) * shape[0]
                for k in range(bin_start[base + first[0]], bin_start[base + last[0] + 1]):
                    j = order[k]
                    if role[kind[j]] != 0:
                        continue
                    x, y, z = place[j, 0], place[j, 1], place[j, 2]
                    if x < low[0] or x >= high[0] or y < low[1] or y >= high[1] or z < low[2] or z >= high[2]:
                        continue
                    dx, dy, dz = x - place[i, 0], y - place[i, 1], z - place[i, 2]
                    vx, vy, vz = vx + pull[t] * dx, vy + pull[t] * dy, vz + pull[t] * dz
                    if free and proposal[m] < 0:
                        left = _try(
                            i,
                            j,
                            dx,
                            dy,
                            dz,
                            left,
                            kind,
                            fate,
                            partner,
                            antigen,
                            dt,
                            rate,
                            reach,
                            close,
                            threshold,
                            saturation,
                        )
                        if left < 0.0:
                            proposal[m] = j
        pulled[m, 0], pulled[m, 1], pulled[m, 2] = vx, vy, vz


@numba.njit(cache=True, parallel=True)
def search_within_reach(
    rows,
    kind,
    role,
    fate,
    ids,
    partner,
    antigen,
    place,
    start,
    stop,
    listed,
    edges,
    wrap,
    dt,
    seed,
    step,
    rate,
    reach,
    close,
    pull,
    threshold,
    saturation,
    proposal,
    lot,
    pulled,
):
    """Pull and propose among the listed neighbours within reach. Changes proposal, lot, pulled."""
    for m in numba.prange(rows.size):
        i = rows[m]
        proposal[m] = -1
        pulled[m, 0], pulled[m, 1], pulled[m, 2] = 0.0, 0.0, 0.0
        if fate[i] != ALIVE:
            continue
        t = kind[i]
        left, lot[m] = draw2(seed, step, ids[i], ATTACHMENT)
        free = partner[i] < 0
        vx, vy, vz = 0.0, 0.0, 0.0
        for k in range(start[i], stop[i]):
            j = listed[k]
            if role[kind[j]] != 0:
                continue
            dx = nearest(place[j, 0] - place[i, 0], edges[0], wrap[0])
            dy = nearest(place[j, 1] - place[i, 1], edges[1], wrap[1])
            dz = nearest(place[j, 2] - place[i, 2], edges[2], wrap[2])
            if dx * dx + dy * dy + dz * dz >= reach[t] * reach[t]:
                continue
            vx, vy, vz = vx + pull[t] * dx, vy + pull[t] * dy, vz + pull[t] * dz
            if free and proposal[m] < 0:
                left = _try(
                    i,
                    j,
                    dx,
                    dy,
                    dz,
                    left,
                    kind,
                    fate,
                    partner,
                    antigen,
                    dt,
                    rate,
                    reach,
                    close,
                    threshold,
                    saturation,
                )
                if left < 0.0:
                    proposal[m] = j
        pulled[m, 0], pulled[m, 1], pulled[m, 2] = vx, vy, vz


def advance(
    cells, rows, numbers, antigen, role, law, lattice: float, tissue, near, seed: int, step: int, dt: float
) -> tuple[int, np.ndarray]:
    """Release, search and attach for the T cells in `rows` during dt [min].

    tissue  the lists of all others, whose bins are searched by "own-bin"; near  who is near each T cell

    Returns how many attached, and the pull on each T cell, (m, 3) float32 [um/min].
    """
    n = numbers
    release(rows, cells.type, cells.fate, cells.id, cells.partner, dt, seed, step, n.holding_time)
    proposal, lot = np.empty(rows.size, dtype=np.int32), np.empty(rows.size)
    pulled = np.empty((rows.size, 3), dtype=np.float32)
    own = (rows, cells.type, role, cells.fate, cells.id, cells.partner, cells.antigen, cells.place)
    law_numbers = (
        dt,
        seed,
        step,
        n.attachment_rate,
        n.reach,
        n.close,
        n.pull,
        antigen.threshold,
        antigen.saturation,
        proposal,
        lot,
        pulled,
    )
    bins = tissue.bins
    if law.search == "own-bin":
        search_own_bin(
            *own,
            bins.order,
            bins.start,
            bins.shape,
            bins.box.half,
            bins.width,
            np.float32(tissue.skin / 2 + tissue.strayed),
            np.float32(lattice),
            *law_numbers,
        )
    else:
        search_within_reach(
            *own, near.start, near.stop, near.listed, tissue.edges, bins.box.wrap, *law_numbers
        )
    return claim(rows, proposal, lot, cells.id, cells.partner), pulled
