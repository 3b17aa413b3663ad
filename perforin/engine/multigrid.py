"""Solving diffusion on voxels: conjugate gradients, preconditioned by one symmetric multigrid V-cycle.

On every level the operator has one form, with sigma a coefficient per voxel and kappa one number:

    (A c)[v] = sigma[v] c[v] + kappa * sum over face neighbours n of (c[v] - c[n])

A neighbour beyond the wall counts as the voxel itself: no flux. A held voxel has `inverse` 0, and every
correction stays 0 there, which is how A remains symmetric and positive definite on the free voxels.

A level is coarsened by joining 2 x 2 x 2 voxels. Corrections are copied to the children and residuals summed
over them (each the transpose of the other, so the preconditioner is symmetric). The Galerkin operator of that
pair is twice too stiff, so its diffusive part is halved: this is the standard seven-point operator of the
coarser grid. The smoother is Chebyshev of degree two on the upper part of the spectrum, [1/3, 2] of the
Jacobi-scaled operator; it reads only old values, so threads cannot change its bits. Sums run per plane in
float64 and are added in plane order, for the same reason.
"""

from __future__ import annotations

import numba
import numpy as np
from numba import prange

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_FIRST = np.float32(0.5695)  # 1 / (7/6 + 5/6 cos(pi/4)): Chebyshev nodes of [1/3, 2]
_SECOND = np.float32(1.7321)  # 1 / (7/6 - 5/6 cos(pi/4))

WORTH_THREADS = 30_000  # voxels of a level below which waking a thread costs more than it does


@numba.njit(cache=True, inline="always")
def _flow(c, z, y, x, zm, zp, ym, yp, xm, xp):
    """Sum over the six neighbours of (neighbour - voxel)."""
    here = c[z, y, x]
    across = (c[z, y, xm] - here) + (c[z, y, xp] - here)
    along = (c[z, ym, x] - here) + (c[z, yp, x] - here)
    return across + along + ((c[zm, y, x] - here) + (c[zp, y, x] - here))


@numba.njit(cache=True)
def _flow_at_wall(c, z, y, x, zm, zp, ym, yp):
    """The same in the first and last column. Apart, so that the loops between them stay plain enough to vectorise."""
    return _flow(c, z, y, x, zm, zp, ym, yp, max(x - 1, 0), min(x + 1, c.shape[2] - 1))


@numba.njit(cache=True)
def _relax_plane(z, out, keep, c, weight, scale, b, sigma, kappa):
    """One plane of `relax`."""
    nz, ny, nx = c.shape
    zm, zp = max(z - 1, 0), min(z + 1, nz - 1)
    for y in range(ny):
        ym, yp = max(y - 1, 0), min(y + 1, ny - 1)
        for x in range(1, nx - 1):
            flow = _flow(c, z, y, x, zm, zp, ym, yp, x - 1, x + 1)
            r = b[z, y, x] - sigma[z, y, x] * c[z, y, x] + kappa * flow
            out[z, y, x] = keep * c[z, y, x] + weight * scale[z, y, x] * r
        for x in (0, nx - 1):
            flow = _flow_at_wall(c, z, y, x, zm, zp, ym, yp)
            r = b[z, y, x] - sigma[z, y, x] * c[z, y, x] + kappa * flow
            out[z, y, x] = keep * c[z, y, x] + weight * scale[z, y, x] * r


@numba.njit(cache=True, parallel=True)
def _relax_on_threads(out, keep, c, weight, scale, b, sigma, kappa):
    """`relax`, the planes shared out."""
    for z in prange(c.shape[0]):
        _relax_plane(z, out, keep, c, weight, scale, b, sigma, kappa)


@numba.njit(cache=True)
def relax(out, keep, c, weight, scale, b, sigma, kappa):
    """out = keep c + weight scale (b - A c).

    With keep 1 and scale the inverse diagonal it is a Jacobi sweep, with keep 0 and scale the free voxels (1 or 0)
    the residual. out, c, scale, b, sigma (nz, ny, nx) float32; out is changed and must not be c.
    """
    if c.size >= WORTH_THREADS:
        _relax_on_threads(out, keep, c, weight, scale, b, sigma, kappa)
    else:
        for z in range(c.shape[0]):
            _relax_plane(z, out, keep, c, weight, scale, b, sigma, kappa)


@numba.njit(cache=True, parallel=True)
def _apply(out, p, sigma, kappa, sums):
    """out = A p; returns p . A p (p is 0 on held voxels)."""
    nz, ny, nx = p.shape
    for z in prange(nz):
        zm, zp = max(z - 1, 0), min(z + 1, nz - 1)
        for x in range(nx):
            sums[z, x] = 0.0
        for y in range(ny):
            ym, yp = max(y - 1, 0), min(y + 1, ny - 1)
            for x in range(1, nx - 1):
                flow = _flow(p, z, y, x, zm, zp, ym, yp, x - 1, x + 1)
                out[z, y, x] = sigma[z, y, x] * p[z, y, x] - kappa * flow
            for x in (0, nx - 1):
                flow = _flow_at_wall(p, z, y, x, zm, zp, ym, yp)
                out[z, y, x] = sigma[z, y, x] * p[z, y, x] - kappa * flow
            for x in range(nx):
                sums[z, x] += np.float64(out[z, y, x]) * np.float64(p[z, y, x])
    return _total(sums)


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


@numba.njit(cache=True, parallel=True)
def _dot_and_peak(r, z_, sums, peaks):
    """r . z and the largest |z|."""
    nz, ny, nx = r.shape
    for z in prange(nz):
        for x in range(nx):
            sums[z, x] = 0.0
            peaks[z, x] = np.float32(0.0)
        for y in range(ny):
            for x in range(nx):
                value = z_[z, y, x]
                sums[z, x] += np.float64(r[z, y, x]) * np.float64(value)
                size = abs(value)
                peaks[z, x] = size if size > peaks[z, x] else peaks[z, x]
    return _total(sums), _largest(peaks)


@numba.njit(cache=True, parallel=True)
def _combine(out, a, x_, b, y_):
    """out = a x + b y."""
    nz, ny, nx = out.shape
    for z in prange(nz):
        for y in range(ny):
            for x in range(nx):
                out[z, y, x] = a * x_[z, y, x] + b * y_[z, y, x]


@numba.njit(cache=True)
def _scale(out, weight, inverse, r):
    """out = weight * r / diagonal: a Jacobi sweep from zero."""
    nz, ny, nx = out.shape
    for z in range(nz):
        for y in range(ny):
            for x in range(nx):
                out[z, y, x] = weight * inverse[z, y, x] * r[z, y, x]


@numba.njit(cache=True)
def restrict(coarse, fine):
    """coarse = sum of the children."""
    nz, ny, nx = coarse.shape
    deep, wide, long = fine.shape
    pairs = long // 2
    for z in range(nz):
        for y in range(ny):
            for x in range(nx):
                coarse[z, y, x] = np.float32(0.0)
            for k in range(2 * z, min(2 * z + 2, deep)):
                for j in range(2 * y, min(2 * y + 2, wide)):
                    for x in range(pairs):
                        coarse[z, y, x] += fine[k, j, 2 * x] + fine[k, j, 2 * x + 1]
                    if pairs < nx:
                        coarse[z, y, pairs] += fine[k, j, long - 1]


@numba.njit(cache=True)
def prolong(fine, coarse, free):
    """fine += the parent's correction, on free voxels."""
    nz, ny, nx = fine.shape
    pairs = nx // 2
    for z in range(nz):
        for y in range(ny):
            k, j = z // 2, y // 2
            for x in range(pairs):
                add = coarse[k, j, x]
                fine[z, y, 2 * x] += add * free[z, y, 2 * x]
                fine[z, y, 2 * x + 1] += add * free[z, y, 2 * x + 1]
            if 2 * pairs < nx:
                fine[z, y, nx - 1] += coarse[k, j, pairs] * free[z, y, nx - 1]


@numba.njit(cache=True, error_model="numpy")
def _invert(inverse, sigma, links, free, finest, kappa):
    """sigma += links, and inverse = 1 / (sigma + kappa * neighbours inside the box), 0 on held voxels.

    links count in units of the finest level's kappa.
    """
    nz, ny, nx = sigma.shape
    two, zero = np.float32(2.0), np.float32(0.0)
    for z in range(nz):
        for y in range(ny):
            sides = np.float32((z > 0) + (z < nz - 1) + (y > 0) + (y < ny - 1))
            for x in range(nx):
                sigma[z, y, x] += finest * links[z, y, x]
                diagonal = sigma[z, y, x] + kappa * (sides + two)
                inverse[z, y, x] = free[z, y, x] / diagonal if diagonal > zero else zero
            for x in (0, nx - 1):
                ends = np.float32((x > 0) + (x < nx - 1))
                diagonal = sigma[z, y, x] + kappa * (sides + ends)
                inverse[z, y, x] = free[z, y, x] / diagonal if diagonal > zero else zero


@numba.njit(cache=True)
def _level(flat, shapes, starts, level):
    """One level of a flat array."""
    part = flat[starts[level] : starts[level + 1]]
    return part.reshape(shapes[level, 0], shapes[level, 1], shapes[level, 2])


@numba.njit(cache=True)
def prepare(tables, sigma, inverse, kappa):
    """Fill sigma on the coarse levels, and the inverse diagonals on all, from sigma on the finest (0 where held)."""
    shapes, starts, factors, free, links = tables
    for level in range(shapes.shape[0]):
        here, i = _level(sigma, shapes, starts, level), _level(inverse, shapes, starts, level)
        if level > 0:
            restrict(here, _level(sigma, shapes, starts, level - 1))
        pull, mask = _level(links, shapes, starts, level), _level(free, shapes, starts, level)
        _invert(i, here, pull, mask, kappa, kappa * factors[level])


@numba.njit(cache=True)
def v_cycle(tables, sigma, inverse, residual, correction, spare, kappa):
    """correction = M residual on the finest level: one V-cycle from zero."""
    shapes, starts, factors, free, _ = tables
    last = shapes.shape[0] - 1
    for level in range(last):
        r, z = _level(residual, shapes, starts, level), _level(correction, shapes, starts, level)
        s, i = _level(sigma, shapes, starts, level), _level(inverse, shapes, starts, level)
        t, k = _level(spare, shapes, starts, level), kappa * factors[level]
        _scale(t, _FIRST, i, r)
        relax(z, _ONE, t, _SECOND, i, r, s, k)
        relax(t, _ZERO, z, _ONE, _level(free, shapes, starts, level), r, s, k)
        restrict(_level(residual, shapes, starts, level + 1), t)
    r, z = _level(residual, shapes, starts, last), _level(correction, shapes, starts, last)
    _scale(z, _ONE, _level(inverse, shapes, starts, last), r)
    for level in range(last - 1, -1, -1):
        r, z = _level(residual, shapes, starts, level), _level(correction, shapes, starts, level)
        s, i = _level(sigma, shapes, starts, level), _level(inverse, shapes, starts, level)
        t, k = _level(spare, shapes, starts, level), kappa * factors[level]
        prolong(z, _level(correction, shapes, starts, level + 1), _level(free, shapes, starts, level))
        relax(t, _ONE, z, _FIRST, i, r, s, k)
        relax(z, _ONE, t, _SECOND, i, r, s, k)


@numba.njit(cache=True)
def conjugate_gradient(c, b, tables, flats, direction, image, sums, peaks, kappa, tolerance, most):
    """Solve A c = b from the present c, in place, until one V-cycle would change no voxel by more than tolerance.

    c, b       (nz, ny, nx) float32; held voxels of c stay as they are
    flats      sigma, inverse, residual, correction and spare of all levels
    tolerance  in the field's unit; most: iterations allowed
    Returns the iterations used (-1 when `most` were not enough or the state is not finite) and the last change,
    which is applied too.
    """
    shapes, starts, _, free, _ = tables
    sigma, inverse, residual, correction, spare = flats
    r, z = _level(residual, shapes, starts, 0), _level(correction, shapes, starts, 0)
    s = _level(sigma, shapes, starts, 0)
    relax(r, _ZERO, c, _ONE, _level(free, shapes, starts, 0), b, s, kappa)
    before = 0.0
    for iteration in range(most):
        v_cycle(tables, sigma, inverse, residual, correction, spare, kappa)
        product, change = _dot_and_peak(r, z, sums, peaks)
        if not np.isfinite(product):
            break
        if change <= tolerance:
            _combine(c, _ONE, c, _ONE, z)
            return iteration, change
        if iteration == 0:
            _combine(direction, _ONE, z, _ZERO, z)
        else:
            _combine(direction, np.float32(product / before), direction, _ONE, z)
        before = product
        alpha = np.float32(product / _apply(image, direction, s, kappa, sums))
        _combine(c, _ONE, c, alpha, direction)
        _combine(r, _ONE, r, -alpha, image)
    return -1, change
