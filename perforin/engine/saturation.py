"""Uptake that saturates: what the linear solver sees of it in each round.

    uptake(c) = peak c / (half + c)

With half > 0 each round takes the tangent (Newton). The uptake is concave and diffusion spreads, so every round ends
at or below the solution and the next one rises to it: no damping, no negative values.

With half = 0 it is a switch: a voxel takes its full peak, or is empty and takes all that reaches it. Each round
solves with the present set of empty voxels, then empties those that fell below zero and fills those that more reaches
than they can take; an unchanged set is the solution (Hintermueller, Ito and Kunisch 2002, 10.1137/S1052623401383558).
"""

from __future__ import annotations

import numba
import numpy as np

_CERTAIN = np.float32(
    1.0001
)  # an empty voxel fills only when this share of its peak reaches it: no flip-flop
_PINNED = np.float32(1e7)  # sink of an empty voxel, in units of its exchange with its neighbours


@numba.njit(cache=True)
def linearise(sigma, source, c, free, peak, half):
    """Add the tangent of the uptake at the present c: its slope to sigma, its offset to source.

    All (nz, ny, nx) float32, c >= 0; half one number above 0 in the field's unit.
    """
    nz, ny, nx = sigma.shape
    for z in range(nz):
        for y in range(ny):
            for x in range(nx):
                share = np.float32(1.0) / (half + c[z, y, x])
                sigma[z, y, x] += free[z, y, x] * peak[z, y, x] * half * share * share
                filled = c[z, y, x] * share
                source[z, y, x] -= peak[z, y, x] * filled * filled


@numba.njit(cache=True)
def mark_empty(empty, c, source, peak, kappa):
    """Bring the set of empty voxels up to date with c; returns how many changed.

    empty  (nz, ny, nx) uint8, changed; source is all that reaches a voxel besides diffusion [unit/min]
    """
    nz, ny, nx = c.shape
    changed = 0
    for z in range(nz):
        zm, zp = max(z - 1, 0), min(z + 1, nz - 1)
        for y in range(ny):
            ym, yp = max(y - 1, 0), min(y + 1, ny - 1)
            for x in range(nx):
                if peak[z, y, x] <= 0.0:
                    continue
                if empty[z, y, x]:
                    around = c[z, y, max(x - 1, 0)] + c[z, y, min(x + 1, nx - 1)]
                    around += c[z, ym, x] + c[z, yp, x] + c[zm, y, x] + c[zp, y, x]
                    reaching = source[z, y, x] + kappa * around
                    stays = reaching <= peak[z, y, x] * _CERTAIN
                    changed += not stays
                    empty[z, y, x] = stays
                elif c[z, y, x] < 0.0:
                    changed += 1
                    empty[z, y, x] = 1
    return changed


@numba.njit(cache=True)
def switch(sigma, source, c, free, empty, peak, kappa):
    """Take the full peak where there is some left, and pin the empty voxels to zero."""
    nz, ny, nx = sigma.shape
    for z in range(nz):
        for y in range(ny):
            for x in range(nx):
                if empty[z, y, x]:
                    sigma[z, y, x] += free[z, y, x] * kappa * _PINNED
                    source[z, y, x] = 0.0
                    c[z, y, x] = 0.0
                else:
                    source[z, y, x] -= peak[z, y, x]
