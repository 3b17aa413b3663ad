"""Moving cells: Adams-Bashforth of second order with a displacement guard, and the turning of a walk.

    x += dt [ (1 + q) v_n - q v_(n-1) ],  q = dt / (2 dt_before)

No cell moves more than `guard` in one step; how often that bound was met is counted, because a step in which it
is met often is too long.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from perforin.engine.forces import nearest
from perforin.engine.grid import BLOCK


@numba.njit(cache=True, inline="always")
def _place_on_axis(x, half, edge, periodic):
    """A coordinate brought back into the box."""
    if periodic:
        if x >= half:
            return x - edge
        if x < -half:
            return x + edge
        return x
    return min(max(x, -half), half)


@numba.njit(cache=True, inline="always")
def moved(i, mx, my, mz, place, guard, flat, half, edges, periodic):
    """Move one cell by (mx, my, mz) [um], no farther than the guard; returns whether it met it. Changes place."""
    if flat:
        mz = np.float32(0.0)
    squared = mx * mx + my * my + mz * mz
    met = squared > guard * guard
    if met:
        way = math.sqrt(squared)
        mx, my, mz = mx * guard / way, my * guard / way, mz * guard / way
    place[i, 0] = _place_on_axis(place[i, 0] + mx, half[0], edges[0], periodic[0])
    place[i, 1] = _place_on_axis(place[i, 1] + my, half[1], edges[1], periodic[1])
    place[i, 2] = _place_on_axis(place[i, 2] + mz, half[2], edges[2], periodic[2])
    return met


@numba.njit(cache=True, inline="always")
def squared_way(i, place, anchor, edges, wrap):
    """How far one cell is from its anchor, squared [um^2]; infinite where that is not a number."""
    dx = nearest(place[i, 0] - anchor[i, 0], edges[0], wrap[0])
    dy = nearest(place[i, 1] - anchor[i, 1], edges[1], wrap[1])
    dz = nearest(place[i, 2] - anchor[i, 2], edges[2], wrap[2])
    d2 = dx * dx + dy * dy + dz * dz
    return d2 if d2 < np.float32(np.inf) else np.float32(np.inf)


@numba.njit(cache=True, parallel=True)
def move(
    place,
    velocity,
    before,
    count,
    dt,
    q,
    guard,
    flat,
    half,
    edges,
    periodic,
    wrap,
    anchor,
    drift,
    leap,
    guarded,
):
    """Advance places by one step, in place; before becomes velocity.

    place (n, 4), velocity, before (n, 3) float32; dt [min]; guard [um]; flat keeps z
    anchor   (n, 3) float32 where the neighbour list was built
    drift    (blocks,) float32 [um^2], set to the largest squared way from the anchor (inf when not finite)
    leap     (blocks,) float32 [um^2], set to the largest squared way of this step, without the guard
    guarded  (blocks,) int64, set to how many cells met the guard
    """
    one = np.float32(1.0)
    for block in numba.prange((count + BLOCK - 1) // BLOCK):
        largest, longest, met = np.float32(0.0), np.float32(0.0), 0
        for i in range(block * BLOCK, min(count, (block + 1) * BLOCK)):
            mx = dt * ((one + q) * velocity[i, 0] - q * before[i, 0])
            my = dt * ((one + q) * velocity[i, 1] - q * before[i, 1])
            mz = dt * ((one + q) * velocity[i, 2] - q * before[i, 2])
            longest = max(longest, mx * mx + my * my + mz * mz)
            met += moved(i, mx, my, mz, place, guard, flat, half, edges, periodic)
            before[i, 0], before[i, 1], before[i, 2] = velocity[i, 0], velocity[i, 1], velocity[i, 2]
            largest = max(largest, squared_way(i, place, anchor, edges, wrap))
        drift[block], leap[block] = largest, longest
        guarded[block] = met


@numba.njit(cache=True)
def random_direction(u, v, isotropic):
    """A unit vector from two uniform numbers: isotropic, or with uniform polar angle (denser at the poles)."""
    azimuth = 2.0 * math.pi * u
    if isotropic:
        cosine = 2.0 * v - 1.0
        sine = math.sqrt(max(0.0, 1.0 - cosine * cosine))
    else:
        cosine, sine = math.cos(math.pi * v), math.sin(math.pi * v)
    return sine * math.cos(azimuth), sine * math.sin(azimuth), cosine


@numba.njit(cache=True)
def biased_direction(rx, ry, rz, gx, gy, gz, bias):
    """Unit vector along bias * gradient direction + (1 - bias) * random direction."""
    norm = math.sqrt(gx * gx + gy * gy + gz * gz)
    if norm > 0.0:
        gx, gy, gz = gx / norm, gy / norm, gz / norm
    x = bias * gx + (1.0 - bias) * rx
    y = bias * gy + (1.0 - bias) * ry
    z = bias * gz + (1.0 - bias) * rz
    norm = math.sqrt(x * x + y * y + z * z)
    if norm == 0.0:
        return rx, ry, rz
    return x / norm, y / norm, z / norm


@numba.njit(cache=True)
def turned_direction(rx, ry, rz, px, py, pz):
    """Unit vector along p + (1 - |p|) * random direction; along p where that is 1 or longer."""
    rest = max(0.0, 1.0 - math.sqrt(px * px + py * py + pz * pz))
    x, y, z = px + rest * rx, py + rest * ry, pz + rest * rz
    norm = math.sqrt(x * x + y * y + z * z)
    if norm == 0.0:
        return rx, ry, rz
    return x / norm, y / norm, z / norm
