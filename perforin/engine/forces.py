"""Contact mechanics: overlapping neighbours repel, touching ones adhere.

    v_i = sum_j [ c_r (1 - d/R)^2 (d < R)  -  c_a (1 - d/A)^2 (d < A) ] (x_i - x_j) / d,
    R = r_i + r_j,  A = range R,  c_r and c_a per pair of cell types

overdamped, in um/min (potentials of PhysiCell: Ghaffarizadeh 2018, 10.1371/journal.pcbi.1005991).
"""

from __future__ import annotations

import math

import numba
import numpy as np

from perforin.engine.grid import BLOCK

CHUNK = 64  # neighbours worked on together, so that the arithmetic runs in vector registers
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


@numba.njit(cache=True, parallel=True)
def contact_velocity(
    place, kind, rows, start, stop, listed, edges, wrap, repulsion, adhesion, near, velocity
):
    """Set velocity[i] to the sum over listed neighbours of i, for every i in `rows`.

    rows       (m,) int32
    place      (n, 4) float32 x, y, z, radius [um]; kind (n,) uint8
    start, stop, listed   neighbour lists
    edges, wrap     (3,) float32 of the box
    repulsion, adhesion, near   (kinds, kinds) float32 [um/min], [um/min], 1 / range [1]
    velocity   (n, 3) float32 [um/min], changed
    """
    for block in numba.prange((rows.size + BLOCK - 1) // BLOCK):
        way = np.empty((3, CHUNK), dtype=np.float32)
        wx, wy, wz = way[0], way[1], way[2]
        pair = np.empty((4, CHUNK), dtype=np.float32)
        contact, push, hold, reach = pair[0], pair[1], pair[2], pair[3]
        force = np.empty(CHUNK, dtype=np.float32)
        for m in range(block * BLOCK, min(rows.size, (block + 1) * BLOCK)):
            i = rows[m]
            x, y, z, r = place[i, 0], place[i, 1], place[i, 2], place[i, 3]
            mine = kind[i]
            vx, vy, vz = np.float32(0.0), np.float32(0.0), np.float32(0.0)
            for first in range(start[i], stop[i], CHUNK):
                many = min(CHUNK, stop[i] - first)
                for k in range(many):
                    j = listed[first + k]
                    wx[k], wy[k], wz[k] = x - place[j, 0], y - place[j, 1], z - place[j, 2]
                    if wx[k] == 0.0 and wy[k] == 0.0 and wz[k] == 0.0:
                        wx[k] = LEAST_DISTANCE if i < j else -LEAST_DISTANCE
                    contact[k] = r + place[j, 3]
                    theirs = kind[j]
                    push[k], hold[k], reach[k] = (
                        repulsion[mine, theirs],
                        adhesion[mine, theirs],
                        near[mine, theirs],
                    )
                for k in range(many):
                    dx = nearest(wx[k], edges[0], wrap[0])
                    dy = nearest(wy[k], edges[1], wrap[1])
                    dz = nearest(wz[k], edges[2], wrap[2])
                    wx[k], wy[k], wz[k] = dx, dy, dz
                    d = math.sqrt(dx * dx + dy * dy + dz * dz)
                    force[k] = pair_force(d, contact[k], reach[k], push[k], hold[k])
                for k in range(many):
                    vx += force[k] * wx[k]
                    vy += force[k] * wy[k]
                    vz += force[k] * wz[k]
            velocity[i, 0] = vx
            velocity[i, 1] = vy
            velocity[i, 2] = vz
