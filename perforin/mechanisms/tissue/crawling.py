"""Crawling: T cells walk and squeeze through the tissue in small steps within one step of it.

In each small step the forces of all pairs with a T cell (`engine.crowd`) act on both of them, T cells add their walk
(motility) and what pulls them (engagement), and all of them are moved; matrix that is too dense holds them back
(passage). The pairs of the tissue are left to its own step.

Reads   place, type, fate, partner
Writes  place, velocity, heading, until_turn
"""

from __future__ import annotations

import numba
import numpy as np

from perforin.engine.crowd import Crowd, give_way, step
from perforin.engine.forces import contact_velocity
from perforin.engine.grid import BLOCK
from perforin.mechanisms.tissue.motility import walk
from perforin.mechanisms.tissue.passage import Ground, hold_back


@numba.njit(cache=True)
def small_steps(
    first, last, stride, tick_length, seed, rows, pull, in_order, near, touched, back, acts, table, walking, attractant,
    ids, kind, fate, partner, place, heading, until_turn, velocity, lengths, half, wrap,
    periodic, flat, anchor, guard, limit, pace, ground, toward,
):  # fmt: skip
    """Small steps at ticks `first`, first + stride, ... before `last`, or until one is `limit` [um] from its anchor.

    rows, touched   (m,) int32 T cells, and those near them; in_order  the T cells, neighbours one after the other
    pull            (m, 3) float32 [um/min] what else moves the T cells in all these steps; (0, 3) where nothing does
    near, back      (start, stop, listed) of both; acts  what each pair of `near` did last
    table           (repulsion, adhesion, near) per pair of types
    walking         (speed, persistence, bias, impulse, isotropic)
    attractant      (values, corner, spacing)
    pace, ground, toward  as in motility

    Returns the tick it came to, the way of the farthest [um], and how often the guard was met. Changes place, velocity
    and heading.
    """
    dt, met, way = stride * tick_length, 0, np.float32(0.0)
    walking_blocks = (rows.size + BLOCK - 1) // BLOCK
    blocks = walking_blocks + (touched.size + BLOCK - 1) // BLOCK
    drift, guarded = np.zeros(blocks, dtype=np.float32), np.zeros(blocks, dtype=np.int64)
    repulsion, adhesion, reach = table
    speed, persistence, bias, impulse, isotropic = walking
    values, corner, spacing = attractant
    in_matrix = ground.density.size > 1
    before = np.empty((in_order.size if in_matrix else 0, 3), dtype=np.float32)
    tick = first
    while tick < last and way <= limit:
        contact_velocity(
            place,
            kind,
            in_order,
            near[0],
            near[1],
            near[2],
            lengths,
            wrap,
            repulsion,
            adhesion,
            reach,
            velocity,
            acts,
        )
        walk(
            in_order, kind, fate, partner, ids, place, heading, until_turn, velocity, values, corner, spacing, dt,
            seed, tick, speed, persistence, bias, impulse, isotropic, flat, pace, ground, toward,
        )  # fmt: skip
        for m in range(pull.shape[0]):
            for axis in range(3):
                velocity[rows[m], axis] += pull[m, axis]
        for m in range(before.shape[0]):
            for axis in range(3):
                before[m, axis] = place[in_order[m], axis]
        drift[:], guarded[:] = 0.0, 0
        step(
            in_order, place, velocity, np.float32(dt), guard, flat, half, lengths, periodic, wrap, anchor,
            drift[:walking_blocks], guarded[:walking_blocks],
        )  # fmt: skip
        if in_matrix:
            hold_back(in_order, kind, before, place, corner, spacing, ground)
        give_way(
            touched, back, acts, place, np.float32(dt), guard, flat, half, lengths, periodic, wrap, anchor,
            drift[walking_blocks:], guarded[walking_blocks:],
        )  # fmt: skip
        way = max(way, np.sqrt(drift.max()))
        met += guarded.sum()
        tick += stride
    return tick, way, met


def advance(
    cells, rows, pull, crowd: Crowd, table, numbers, attractant, law, seed, ticks: range, tick_length, guard,
    pace, ground: Ground, toward,
):  # fmt: skip
    """Small steps of the T cells in `rows` at `ticks`; returns the tick reached, the farthest way and guards met.

    It stops early, at a tick before the end of `ticks`, where the lists of `crowd` no longer hold.
    """
    box, near, back = crowd.box, crowd.near, crowd.back
    reached, way, met = small_steps(
        ticks.start,
        ticks.stop,
        ticks.step,
        tick_length,
        seed,
        rows,
        pull,
        crowd.in_order,
        tuple(near),
        crowd.touched,
        tuple(back),
        crowd.acts,
        (table.repulsion, table.adhesion, table.near),
        (
            numbers.speed,
            numbers.persistence,
            numbers.bias,
            law.motility == "impulse",
            law.directions == "isotropic",
        ),
        (attractant.values, attractant.grid.corner, attractant.grid.spacing),
        cells.id,
        cells.type,
        cells.fate,
        cells.partner,
        cells.place,
        cells.heading,
        cells.until_turn,
        cells.velocity,
        box.lengths,
        box.half,
        box.wrap,
        crowd.periodic,
        box.flat,
        crowd.anchor,
        np.float32(guard),
        np.float32(crowd.skin / 2),
        pace,
        ground,
        toward,
    )
    return reached, float(way), int(met)
