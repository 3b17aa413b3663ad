"""Contact mechanics: overlapping neighbours repel, touching ones adhere.

    v_i = sum_j [ c_r (1 - d/R)^2 (d < R)  -  c_a (1 - d/A)^2 (d < A) ] (x_i - x_j) / d,
    R = r_i + r_j,  A = range R,  c_r and c_a per pair of cell types

overdamped, in um/min (potentials of PhysiCell: Ghaffarizadeh 2018, 10.1371/journal.pcbi.1005991).

The kernel works on the pairs of a few cells at a time, in three passes over one small buffer: gather them, compute
(one long loop, which the compiler turns into vector instructions), and add up per cell in the order of its list.
Indices are unsigned: a signed one is asked each time whether it counts from the end, a quarter of the time in all.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from perforin.engine.grid import BLOCK

ROOM = 512  # pairs worked on together: the buffer stays in the first cache, the long loop stays long
NOBODY = np.empty((0, 3), dtype=np.float32)  # `acts` where only the sums are wanted
LEAST_DISTANCE = np.float32(1e-5)  # um: coincident centres push apart along x


@numba.njit(cache=True, inline="always")
def pair_force(d, contact, near, repulsion, adhesion):
    """Speed of separation over distance [1/min] of two cells at distance d.

    contact = r_i + r_j [um]; near = 1 / range [1]; repulsion, adhesion [um/min]. One division serves both terms.
    """
    q = np.float32(1.0) / (contact * d)
    overlap = d * d * q
    push = max(np.float32(0.0), np.float32(1.0) - overlap)
    hold = max(np.float32(0.0), np.float32(1.0) - overlap * near)
    return (repulsion * push * push - adhesion * hold * hold) * contact * q


@numba.njit(cache=True, inline="always")
def nearest(dx, edge, wrap):
    """Separation along one axis, the shorter way round where the axis is periodic (wrap is infinite where not)."""
    dx = dx - edge if dx > wrap else dx
    return dx + edge if dx < -wrap else dx


@numba.njit(cache=True)
def _gather(m, last, rows, place, kind, start, stop, listed, way, contact):
    """Write the pairs of rows[m], rows[m + 1] ... before `last` while there is room for all of a row.

    Returns the row after the last one taken, the pairs written, and whether all cells met are of one kind. Changes way
    and contact.
    """
    wx, wy, wz = way[0], way[1], way[2]
    slot, odd, first = 0, np.uint8(0), kind[rows[m]]
    while m < last and slot + stop[rows[m]] - start[rows[m]] <= contact.size:
        i = rows[m]
        x, y, z, r = place[i, 0], place[i, 1], place[i, 2], place[i, 3]
        odd |= kind[i] ^ first
        for k in range(start[i], stop[i]):
            j, s = np.uint32(listed[k]), np.uint32(slot)
            wx[s], wy[s], wz[s] = x - place[j, 0], y - place[j, 1], z - place[j, 2]
            contact[s] = r + place[j, 3]
            odd |= kind[j] ^ first
            slot += 1
        m += 1
    return m, slot, odd == 0


@numba.njit(cache=True)
def _push_apart(way, m, last, rows, start, stop, listed):
    """Give coincident centres a way to go: the lower row up along x, the higher down. Changes way."""
    slot = 0
    for n in range(m, last):
        i = rows[n]
        for k in range(start[i], stop[i]):
            if way[0, slot] == 0.0 and way[1, slot] == 0.0 and way[2, slot] == 0.0:
                way[0, slot] = LEAST_DISTANCE if i < listed[k] else -LEAST_DISTANCE
            slot += 1


@numba.njit(cache=True)
def _unwrap(way, pairs, edges, wrap):
    """Take every separation the shorter way round. Changes way."""
    wx, wy, wz = way[0], way[1], way[2]
    for k in range(pairs):
        wx[k] = nearest(wx[k], edges[0], wrap[0])
        wy[k] = nearest(wy[k], edges[1], wrap[1])
        wz[k] = nearest(wz[k], edges[2], wrap[2])


@numba.njit(cache=True, error_model="numpy")
def _act_alike(way, contact, pairs, repulsion, adhesion, near):
    """Turn each separation [um] into what the pair adds to the velocity [um/min], all of one kind. Changes way."""
    wx, wy, wz = way[0], way[1], way[2]
    for k in range(pairs):
        dx, dy, dz = wx[k], wy[k], wz[k]
        d = math.sqrt(dx * dx + dy * dy + dz * dz)
        f = pair_force(d, contact[k], near, repulsion, adhesion)
        wx[k], wy[k], wz[k] = f * dx, f * dy, f * dz


@numba.njit(cache=True)
def _look_up(m, last, rows, kind, start, stop, listed, repulsion, adhesion, near, pair):
    """Write the coefficients of every pair into pair (3, ROOM)."""
    push, hold, reach = pair[0], pair[1], pair[2]
    slot = 0
    for n in range(m, last):
        mine = kind[rows[n]]
        for k in range(start[rows[n]], stop[rows[n]]):
            s, theirs = np.uint32(slot), kind[np.uint32(listed[k])]
            push[s], hold[s], reach[s] = repulsion[mine, theirs], adhesion[mine, theirs], near[mine, theirs]
            slot += 1


@numba.njit(cache=True, error_model="numpy")
def _act_mixed(way, contact, pairs, pair):
    """The same for pairs of any kinds, each with coefficients of its own. Changes way."""
    push, hold, reach = pair[0], pair[1], pair[2]
    wx, wy, wz = way[0], way[1], way[2]
    for k in range(pairs):
        dx, dy, dz = wx[k], wy[k], wz[k]
        d = math.sqrt(dx * dx + dy * dy + dz * dz)
        f = pair_force(d, contact[k], reach[k], push[k], hold[k])
        wx[k], wy[k], wz[k] = f * dx, f * dy, f * dz


@numba.njit(cache=True)
def _add_up(way, m, last, rows, start, stop, velocity, acts):
    """Sum the pairs of each row, in the order of its list, and note each where that is asked for.

    Returns whether all sums are numbers. Changes velocity and acts.
    """
    wx, wy, wz, slot, sound, noted = way[0], way[1], way[2], 0, True, acts.shape[0] > 0
    for n in range(m, last):
        i = rows[n]
        vx, vy, vz = np.float32(0.0), np.float32(0.0), np.float32(0.0)
        for k in range(start[i], stop[i]):
            s = np.uint32(slot)
            if noted:
                acts[k, 0], acts[k, 1], acts[k, 2] = wx[s], wy[s], wz[s]
            vx, vy, vz = vx + wx[s], vy + wy[s], vz + wz[s]
            slot += 1
        velocity[i, 0], velocity[i, 1], velocity[i, 2] = vx, vy, vz
        sound &= vx == vx
    return sound


@numba.njit(cache=True, parallel=True)
def contact_velocity(
    place, kind, rows, start, stop, listed, edges, wrap, repulsion, adhesion, near, velocity, acts
):
    """Set velocity[i] to the sum over listed neighbours of i, for every i in `rows`.

    rows       (m,) int32
    place      (n, 4) float32 x, y, z, radius [um]; kind (n,) uint8
    start, stop, listed   neighbour lists, the first two uint32
    edges, wrap     (3,) float32 of the box
    repulsion, adhesion, near   (kinds, kinds) float32 [um/min], [um/min], 1 / range [1]
    velocity   (n, 3) float32 [um/min], changed
    acts       (listed, 3) float32 [um/min], set to what each listed neighbour adds; (0, 3) where nobody asks
    """
    wraps = wrap.min() < np.inf
    for block in numba.prange((rows.size + BLOCK - 1) // BLOCK):
        m, last, longest = block * BLOCK, min(rows.size, (block + 1) * BLOCK), 0
        for n in range(m, last):
            longest = max(longest, np.int64(stop[rows[n]] - start[rows[n]]))
        room = max(ROOM, longest)
        way, pair = np.empty((3, room), dtype=np.float32), np.empty((3, room), dtype=np.float32)
        contact = np.empty(room, dtype=np.float32)
        apart = True  # as all centres are, but where a sum has shown that two coincide
        while m < last:
            after, pairs, alike = _gather(m, last, rows, place, kind, start, stop, listed, way, contact)
            if not apart:
                _push_apart(way, m, after, rows, start, stop, listed)
            if wraps:
                _unwrap(way, pairs, edges, wrap)
            if alike:
                t = kind[rows[m]]
                _act_alike(way, contact, pairs, repulsion[t, t], adhesion[t, t], near[t, t])
            else:
                _look_up(m, after, rows, kind, start, stop, listed, repulsion, adhesion, near, pair)
                _act_mixed(way, contact, pairs, pair)
            sound = _add_up(way, m, after, rows, start, stop, velocity, acts)
            again = apart and not sound
            apart = not again
            m = m if again else after
