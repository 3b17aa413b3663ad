"""Solving diffusion on voxels: conjugate gradients, preconditioned by one symmetric multigrid V-cycle.

On every level the operator has one form, with sigma a coefficient per voxel and kappa one number:

    (A c)[v] = sigma[v] c[v] + kappa * sum over face neighbours n of (c[v] - c[n])

A neighbour beyond the wall counts as the voxel itself: no flux. A held voxel has `inverse` 0, and every
correction stays 0 there, which is how A remains symmetric and positive definite on the free voxels.

A level is coarsened by joining 2 x 2 x 2 voxels. Corrections are copied to the children and residuals summed
over them (each the transpose of the other, so the preconditioner is symmetric). The Galerkin operator of that
pair is twice too stiff, so its diffusive part is halved: this is the standard seven-point operator of the
coarser grid. The smoother is Chebyshev of degree two on the upper part of the spectrum, [1/3, 2] of the
Jacobi-scaled operator.

A large level is cut into one part of its planes per thread. Each half of a V-cycle passes over a level once, every
sweep one plane behind the sweep that it reads. A part computes for itself the planes beyond its ends that it needs, two
at most: a sweep reads only old values, so whoever computes a plane finds the same bits. Sums run per column of a plane
in float64 and are added in plane order, for the same reason.
"""

from __future__ import annotations

import numba
import numpy as np
from numba import prange

from perforin.engine.planes import (
    apply,
    combine,
    dot,
    finish,
    invert,
    peak,
    prolong,
    relax,
    restrict,
    scaled,
)

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_FIRST = np.float32(0.5695)  # 1 / (7/6 + 5/6 cos(pi/4)): Chebyshev nodes of [1/3, 2]
_SECOND = np.float32(1.7321)  # 1 / (7/6 - 5/6 cos(pi/4))

WORTH_THREADS = 10_000  # voxels of a level below which waking a thread costs more than it does

# Numba would compile all of `_work` for every plain integer that it is called with
PREPARE, DESCEND, ASCEND, TURN, APPLY, STEP, FINISH = np.arange(7)  # the jobs
FINEST = FIRST = np.int64(0)
ALONE = np.int64(1)


@numba.njit(cache=True)
def _cubes(flat, shapes, starts, level):
    """One level of a flat array, as (nz, ny, nx)."""
    part = flat[starts[level] : starts[level + 1]]
    return part.reshape(shapes[level, 0], shapes[level, 1], shapes[level, 2])


@numba.njit(cache=True)
def _planes(cubes):
    """The same voxels as (nz, ny * nx)."""
    return cubes.reshape(cubes.shape[0], cubes.shape[1] * cubes.shape[2])


@numba.njit(cache=True)
def _descend(first, stop, r, z_, s, i, free, coarse, room, kappa, inside, nx):
    """Two sweeps from zero, z_ = M r, and the residual that they leave, summed over the children into coarse.

    first, stop  planes of whole blocks; z_ gets the planes beside them too, from both parts with the same bits
    room         scratch of six planes
    """
    nz, ring, left = r.shape[0], room[:3], room[3:]
    square = left.reshape(3, r.shape[1] // nx, nx)
    for z in range(first - 2, stop + 2):
        if 0 <= z < nz:
            scaled(ring, z % 3, _FIRST, i, r, z)
        y = z - 1
        if max(first - 1, 0) <= y < min(stop + 1, nz):
            below, above = max(y - 1, 0) % 3, min(y + 1, nz - 1) % 3
            relax(z_, y, _ONE, ring, y % 3, below, above, _SECOND, i, r, s, kappa, y, inside, nx)
        y = z - 2
        if first <= y < stop:
            below, above = max(y - 1, 0), min(y + 1, nz - 1)
            relax(left, FIRST, _ZERO, z_, y, below, above, _ONE, free, r, s, kappa, y, inside, nx)
            restrict(coarse, square, FIRST, y)


@numba.njit(cache=True)
def _ascend(first, stop, r, z_, s, i, free, coarse, old, room, kappa, inside, nx):
    """z_ = old with the parents' correction (coarse), after two sweeps. room: scratch of six planes."""
    nz, ring, other = r.shape[0], room[:3], room[3:]
    square = ring.reshape(3, r.shape[1] // nx, nx)
    for z in range(first - 2, stop + 2):
        if 0 <= z < nz:
            prolong(square, z % 3, old, coarse, free, z)
        y = z - 1
        if max(first - 1, 0) <= y < min(stop + 1, nz):
            below, above = max(y - 1, 0) % 3, min(y + 1, nz - 1) % 3
            relax(other, y % 3, _ONE, ring, y % 3, below, above, _FIRST, i, r, s, kappa, y, inside, nx)
        y = z - 2
        if first <= y < stop:
            below, above = max(y - 1, 0) % 3, min(y + 1, nz - 1) % 3
            relax(z_, y, _ONE, other, y % 3, below, above, _SECOND, i, r, s, kappa, y, inside, nx)


@numba.njit(cache=True)
def _work(job, part, parts, level, factor, kappa, c, b, tables, flats, scratch):
    """One part of a job on one level. factor is the number that the job wants, if any."""
    shapes, starts, factors, free_, links, inside_ = tables
    sigma, inverse, residual, correction, spare = flats
    direction, image, sums, peaks, room_ = scratch
    nz, ny, nx = shapes[level, 0], shapes[level, 1], shapes[level, 2]
    coarser, k = min(level + 1, shapes.shape[0] - 1), kappa * factors[level]
    blocks = (nz + 1) // 2
    first, stop = 2 * (blocks * part // parts), min(2 * (blocks * (part + 1) // parts), nz)
    s3, i3 = _cubes(sigma, shapes, starts, level), _cubes(inverse, shapes, starts, level)
    r3, z3 = _cubes(residual, shapes, starts, level), _cubes(correction, shapes, starts, level)
    old3, free3 = _cubes(spare, shapes, starts, level), _cubes(free_, shapes, starts, level)
    s, i, r, z_, old, free = _planes(s3), _planes(i3), _planes(r3), _planes(z3), _planes(old3), _planes(free3)
    inside = inside_[starts[level] : starts[level] + ny * nx]
    room = room_[part, : 6 * ny * nx].reshape(6, ny * nx)
    if job == PREPARE:
        pull, coarse = _cubes(links, shapes, starts, level), _cubes(sigma, shapes, starts, coarser)
        for z in range(first, stop):
            invert(i3, s3, pull, free3, kappa, k, z)
            if coarser > level:
                restrict(coarse, s3, z, z)
            if level == 0:
                below, above = max(z - 1, 0), min(z + 1, nz - 1)
                relax(r, z, _ZERO, _planes(c), z, below, above, _ONE, free, _planes(b), s, k, z, inside, nx)
    elif job == DESCEND:
        coarse = _cubes(residual, shapes, starts, coarser)
        _descend(first, stop, r, old, s, i, free, coarse, room, k, inside, nx)
    elif job == ASCEND:
        coarse = _cubes(correction, shapes, starts, coarser)
        if coarser > level:
            _ascend(first, stop, r, z_, s, i, free3, coarse, old3, room, k, inside, nx)
        else:  # one voxel
            scaled(z_, FIRST, _ONE, i, r, FIRST)
        if level == 0:
            for z in range(first, stop):
                dot(r3, z3, sums, z)
                peak(z3, peaks, z)
    else:
        towards, ahead, found = _planes(direction), _planes(image), _planes(c)
        for z in range(first, stop):
            if job == TURN:
                combine(towards, factor, _ONE, z_, z)
            elif job == APPLY:
                apply(ahead, towards, z, max(z - 1, 0), min(z + 1, nz - 1), s, k, inside, nx)
                dot(image, direction, sums, z)
            elif job == STEP:
                combine(found, _ONE, factor, towards, z)
                combine(r, _ONE, -factor, ahead, z)
            else:
                finish(found, z_, factor, z)


@numba.njit(cache=True, parallel=True)
def _work_on_threads(job, parts, level, factor, kappa, c, b, tables, flats, scratch):
    """All parts of a job, one per thread."""
    for part in prange(parts):
        _work(job, np.int64(part), parts, level, factor, kappa, c, b, tables, flats, scratch)


@numba.njit(cache=True)
def _do(job, parts, level, factor, kappa, c, b, tables, flats, scratch):
    """A job on one level, cut into parts where that is worth it."""
    starts = tables[1]
    if parts > 1 and starts[level + 1] - starts[level] >= WORTH_THREADS:
        _work_on_threads(job, parts, level, factor, kappa, c, b, tables, flats, scratch)
    else:
        _work(job, FIRST, ALONE, level, factor, kappa, c, b, tables, flats, scratch)


@numba.njit(cache=True)
def _total(sums):
    """Add the partial sums in plane order."""
    total = 0.0
    for z in range(sums.shape[0]):
        for x in range(sums.shape[1]):
            total += sums[z, x]
    return total


@numba.njit(cache=True)
def _largest(peaks):
    """The largest of the planes' peaks."""
    largest = np.float32(0.0)
    for z in range(peaks.shape[0]):
        for x in range(peaks.shape[1]):
            largest = max(largest, peaks[z, x])
    return np.float64(largest)


@numba.njit(cache=True)
def conjugate_gradient(parts, kappa, c, b, tables, flats, scratch, tolerance, lowest, most):
    """Solve A c = b from the present c, in place, until one V-cycle would change no voxel by more than tolerance.

    parts      into how many parts to cut a large level: the threads to use
    c, b       (nz, ny, nx) float32; held voxels of c stay as they are
    tables     what `Levels` knows of the grid; of all levels it also has
    flats      sigma, inverse, residual, correction and spare, of which sigma is given on the finest, 0 where held
    scratch    direction, image, sums, peaks and room
    tolerance  in the field's unit; lowest: what no value may end below; most: iterations allowed
    Returns the iterations used (-1 when `most` were not enough or the state is not finite) and the last change,
    which is applied too.
    """
    sums, peaks, last = scratch[2], scratch[3], tables[0].shape[0] - 1
    for level in range(last + 1):
        _do(PREPARE, parts, level, _ONE, kappa, c, b, tables, flats, scratch)
    before = 0.0
    for iteration in range(most):
        for level in range(last):
            _do(DESCEND, parts, level, _ONE, kappa, c, b, tables, flats, scratch)
        for level in range(last, -1, -1):
            _do(ASCEND, parts, level, _ONE, kappa, c, b, tables, flats, scratch)
        product, change = _total(sums), _largest(peaks)
        if not np.isfinite(product):
            break
        if change <= tolerance:
            _do(FINISH, parts, FINEST, lowest, kappa, c, b, tables, flats, scratch)
            return iteration, change
        beta = np.float32(product / before) if iteration > 0 else _ZERO
        _do(TURN, parts, FINEST, beta, kappa, c, b, tables, flats, scratch)
        before = product
        _do(APPLY, parts, FINEST, _ONE, kappa, c, b, tables, flats, scratch)
        _do(STEP, parts, FINEST, np.float32(product / _total(sums)), kappa, c, b, tables, flats, scratch)
    return -1, change
