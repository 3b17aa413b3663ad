"""What the multigrid does to one plane of a level; `engine.multigrid` hands the planes out.

    (A c)[v] = sigma[v] c[v] + kappa * sum over face neighbours n of (c[v] - c[n])

A plane is kept as one row of ny * nx voxels, x fastest, because one long loop vectorises better than ny short ones: the
arrays here are (planes, ny * nx) float32, where nothing else is said. Where a plane is needed for a short while only,
three of them lie in a ring: plane z in row z % 3. Nothing is read where it is written but the voxel itself, so neither
the order of the planes nor who computes them can change a bit.
"""

from __future__ import annotations

import numba
import numpy as np

WEST, EAST = np.uint8(1), np.uint8(2)  # bits of `inside`: the voxel has a neighbour at x - 1, at x + 1


@numba.njit(cache=True, inline="always")
def _flow(c, here, below, above, p, south, north, inside):
    """Sum over the six neighbours of (neighbour - voxel); beyond a wall in x it is 0, like beyond any other."""
    centre, zero = c[here, p], np.float32(0.0)
    west, east = c[here, p - np.uint64(1)] - centre, c[here, p + np.uint64(1)] - centre
    across = (west if inside[p] & WEST else zero) + (east if inside[p] & EAST else zero)
    along = (c[here, p - south] - centre) + (c[here, p + north] - centre)
    return across + along + ((c[below, p] - centre) + (c[above, p] - centre))


@numba.njit(cache=True)
def _flow_in_corner(c, here, below, above, p, nx):
    """The same in the first and the last voxel of a plane, whose row has nothing before or behind it."""
    last = c.shape[1] - 1
    side, row = min(nx - 1, 1), nx if last >= nx else 0
    centre = c[here, p]
    west, east = (p, p + side) if p == 0 else (p - side, p)
    south, north = (p, p + row) if p == 0 else (p - row, p)
    across = (c[here, west] - centre) + (c[here, east] - centre)
    along = (c[here, south] - centre) + (c[here, north] - centre)
    return across + along + ((c[below, p] - centre) + (c[above, p] - centre))


@numba.njit(cache=True)
def _stretch(some, stretches, n, nx):
    """First row, rows between and last row of a plane without its corners: from, to, steps to the rows beside."""
    first = 1 if some == 0 else nx if some == 1 else n - nx
    stop = max(n - 1, 1) if some == stretches - 1 else nx if some == 0 else n - nx
    south, north = nx if some > 0 else 0, nx if some < stretches - 1 else 0
    return np.uint64(first), np.uint64(stop), np.uint64(south), np.uint64(north)


@numba.njit(cache=True)
def relax(out, slot, keep, c, here, below, above, weight, scale, b, sigma, kappa, z, inside, nx):
    """Plane z of out = keep c + weight scale (b - A c).

    With keep 1 and scale the inverse diagonal it is a Jacobi sweep, with keep 0 and scale the free voxels (1 or 0)
    the residual. out, changed in row `slot`, must not be c; planes z, z - 1 and z + 1 of c (z itself beyond a wall) are
    its rows here, below and above. inside (ny * nx) uint8: WEST and EAST.
    """
    n = c.shape[1]
    stretches = min(n // nx, 3)
    for some in range(stretches):
        first, stop, south, north = _stretch(some, stretches, n, nx)
        for p in range(first, stop):
            flow = _flow(c, here, below, above, p, south, north, inside)
            r = b[z, p] - sigma[z, p] * c[here, p] + kappa * flow
            out[slot, p] = keep * c[here, p] + weight * scale[z, p] * r
    for p in (0, n - 1):
        flow = _flow_in_corner(c, here, below, above, p, nx)
        r = b[z, p] - sigma[z, p] * c[here, p] + kappa * flow
        out[slot, p] = keep * c[here, p] + weight * scale[z, p] * r


@numba.njit(cache=True)
def apply(out, c, here, below, above, sigma, kappa, inside, nx):
    """Plane `here` of out = A c."""
    n = c.shape[1]
    stretches = min(n // nx, 3)
    for some in range(stretches):
        first, stop, south, north = _stretch(some, stretches, n, nx)
        for p in range(first, stop):
            flow = _flow(c, here, below, above, p, south, north, inside)
            out[here, p] = sigma[here, p] * c[here, p] - kappa * flow
    for p in (0, n - 1):
        flow = _flow_in_corner(c, here, below, above, p, nx)
        out[here, p] = sigma[here, p] * c[here, p] - kappa * flow


@numba.njit(cache=True)
def scaled(out, slot, weight, inverse, r, z):
    """Plane z of out, in row `slot`, = weight r / diagonal: a Jacobi sweep from zero."""
    for p in range(r.shape[1]):
        out[slot, p] = weight * inverse[z, p] * r[z, p]


@numba.njit(cache=True)
def combine(out, a, b, y, z):
    """Plane z of out = a out + b y; with a = 0 it does not matter what out held."""
    for p in range(out.shape[1]):
        new = b * y[z, p]
        out[z, p] = a * out[z, p] + new if a != 0.0 else new


@numba.njit(cache=True)
def finish(c, correction, lowest, z):
    """Plane z of c = c + correction, but not below `lowest`."""
    for p in range(c.shape[1]):
        value = c[z, p] + correction[z, p]
        c[z, p] = lowest if value < lowest else value


@numba.njit(cache=True)
def restrict(coarse, fine, slot, z):
    """coarse = sum of the children: adds those in plane z, which is plane `slot` of fine; even planes start from zero.

    coarse, fine  (planes, ny, nx) float32; coarse is changed in plane z // 2
    """
    _, ny, nx = coarse.shape
    _, wide, long = fine.shape
    k, pairs = z // 2, long // 2
    for y in range(ny):
        if z % 2 == 0:
            for x in range(nx):
                coarse[k, y, x] = np.float32(0.0)
        for j in range(2 * y, min(2 * y + 2, wide)):
            for x in range(pairs):
                coarse[k, y, x] += fine[slot, j, 2 * x] + fine[slot, j, 2 * x + 1]
            if pairs < nx:
                coarse[k, y, pairs] += fine[slot, j, long - 1]


@numba.njit(cache=True)
def prolong(out, slot, fine, coarse, free, z):
    """Plane z of out, in plane `slot`, = fine + the parents' correction, on free voxels. All (planes, ny, nx)."""
    _, ny, nx = fine.shape
    k, pairs = z // 2, nx // 2
    for y in range(ny):
        j = y // 2
        for x in range(pairs):
            add = coarse[k, j, x]
            out[slot, y, 2 * x] = fine[z, y, 2 * x] + add * free[z, y, 2 * x]
            out[slot, y, 2 * x + 1] = fine[z, y, 2 * x + 1] + add * free[z, y, 2 * x + 1]
        if 2 * pairs < nx:
            out[slot, y, nx - 1] = fine[z, y, nx - 1] + coarse[k, j, pairs] * free[z, y, nx - 1]


@numba.njit(cache=True, error_model="numpy")
def invert(inverse, sigma, links, free, finest, kappa, z):
    """In plane z: sigma += links, and inverse = 1 / (sigma + kappa * neighbours inside the box), 0 on held voxels.

    All (nz, ny, nx); links count in units of the finest level's kappa.
    """
    nz, ny, nx = sigma.shape
    two, zero = np.float32(2.0), np.float32(0.0)
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
def dot(a, b, sums, z):
    """sums[z, x] = the sum over y of a b in plane z. a, b (nz, ny, nx); sums (nz, nx) float64."""
    _, ny, nx = a.shape
    for x in range(nx):
        sums[z, x] = 0.0
    for y in range(ny):
        for x in range(nx):
            sums[z, x] += np.float64(a[z, y, x]) * np.float64(b[z, y, x])


@numba.njit(cache=True)
def peak(a, peaks, z):
    """peaks[z, x] = the largest |a| over y in plane z. a (nz, ny, nx); peaks (nz, nx) float32."""
    _, ny, nx = a.shape
    for x in range(nx):
        peaks[z, x] = np.float32(0.0)
    for y in range(ny):
        for x in range(nx):
            size = abs(a[z, y, x])
            peaks[z, x] = size if size > peaks[z, x] else peaks[z, x]
