"""Which preconditioner solves the fields of a tissue in the least CPU time, all to the same residual.

    python benchmarks/fields.py [voxels along an edge ...]        default 50 100

Every method is conjugate gradients with the product's kernels, from the same start, until the residual is as small as
the product's own solver leaves it. Least CPU time of several runs, one thread. `docs/decisions/006-field-solver.md`
holds what was measured.
"""

import os
import sys
import time

os.environ["NUMBA_NUM_THREADS"] = "1"

import numba
import numpy as np

from perforin.engine import multigrid, planes
from perforin.engine.diffusion import Field, solve_steady, step_implicit
from perforin.engine.voxels import VoxelGrid

EDGE, BALL, RATE = 1000.0, 150.0, 6.0  # um, um, 1/min per voxel of packed cells
ONE, ZERO = np.float32(1.0), np.float32(0.0)
REPEATS = 5
DEGREE = 4  # of the Chebyshev polynomial


def main() -> None:
    """Print a table per grid."""
    for n in [int(word) for word in sys.argv[1:]] or [50, 100]:
        print(f"\n{n}^3 voxels of {EDGE / n:g} um: CPU ms (iterations), one thread")
        print(f"{'':34}{'product':>14}" + "".join(f"{name:>16}" for name in METHODS))
        for label, field, rate, solve in cases(n):
            print(f"{label:34}" + line(field, rate, solve))


def cases(n: int):
    """Oxygen from cold and after a tenth of the cells moved on; an attractant's step of 6 min and of 1 min."""
    grid = VoxelGrid.of_box((EDGE,) * 3, EDGE / n)
    x, y, z = grid.centres()
    ball = np.sqrt(x * x + y * y + z * z) < BALL
    noise = 1 + 0.1 * np.random.default_rng(1).standard_normal(grid.shape)
    oxygen = Field.build("oxygen", "mmHg", grid, 1e5, 0.1, 38.0, "fixed", 38.0)
    oxygen.loss[ball] = RATE
    yield "oxygen, steady, from 38 mmHg", oxygen, ZERO, solve_steady
    solve_steady(oxygen)
    oxygen.loss *= noise
    yield "oxygen, steady, uptake changed 10 %", oxygen, ZERO, solve_steady
    factor = Field.build("factor", "1", grid, 1e3, 0.016, 0.0, "closed", 0.0)
    factor.loss[ball] = factor.gain[ball] = RATE
    for _ in range(10):
        step_implicit(factor, 6.0)
    factor.loss *= noise
    factor.gain *= noise
    for dt in (6.0, 1.0):
        yield (
            f"attractant, step of {dt:g} min",
            factor,
            np.float32(1 / dt),
            lambda f, dt=dt: step_implicit(f, dt),
        )


def line(field: Field, rate: np.float32, solve) -> str:
    """Product and methods on one case, repeats interleaved so that all meet the same machine."""
    start = field.values.copy()
    solve(field)
    c, b, sigma = start.copy(), source_of(field, start, rate), set_up(field, rate)
    target = residual_norm(field, field.values, b, sigma)
    best, used = {}, {}
    for _ in range(REPEATS):
        field.values[:] = start
        before = time.process_time()
        used["product"] = solve(field).iterations
        best["product"] = min(best.get("product", np.inf), time.process_time() - before)
        for name, method in METHODS.items():
            c[:] = start
            before = time.process_time()
            set_up(field, rate)
            used[name] = conjugate_gradient(field, c, b, sigma, method, target)
            best[name] = min(best.get(name, np.inf), time.process_time() - before)
    field.values[:] = start
    return "".join(f"{1e3 * best[name]:9.2f} ({used[name]:4d})" for name in best)


def source_of(field: Field, start: np.ndarray, rate: np.float32) -> np.ndarray:
    """Gain and what was there before."""
    return field.gain + rate * start


def set_up(field: Field, rate: np.float32) -> np.ndarray:
    """sigma on all levels, as the product does."""
    levels = field.levels
    sigma, free = levels.view(levels.sigma, 0), levels.view(levels.free, 0)
    sigma[:] = free * (field.loss + np.float32(field.decay) + rate)
    for level in range(len(levels.shapes)):
        do(field, multigrid.PREPARE, field.values, level)
    return sigma


def do(field: Field, job: np.int64, c: np.ndarray, level: int = 0, factor: np.float32 = ONE) -> None:
    """One of the product's jobs, on one thread."""
    levels = field.levels
    multigrid._do(
        job, multigrid.ALONE, np.int64(level), factor, field.kappa, c, levels.source, levels.tables, levels.flats,
        levels.scratch,
    )  # fmt: skip


@numba.njit(cache=True)
def relax(out, keep, c, weight, scale, b, sigma, kappa, inside):
    """out = keep c + weight scale (b - A c), all (nz, ny, nx)."""
    nz, ny, nx = c.shape
    flat = (nz, ny * nx)
    o, c, scale, b, sigma = (
        out.reshape(flat), c.reshape(flat), scale.reshape(flat), b.reshape(flat), sigma.reshape(flat),
    )  # fmt: skip
    for z in range(nz):
        below, above = max(z - 1, 0), min(z + 1, nz - 1)
        planes.relax(o, z, keep, c, z, below, above, weight, scale, b, sigma, kappa, z, inside[: ny * nx], nx)


@numba.njit(cache=True)
def dot(a, b, sums):
    """The sum of a b."""
    for z in range(a.shape[0]):
        planes.dot(a, b, sums, z)
    return multigrid._total(sums)


def residual_norm(field: Field, c: np.ndarray, b: np.ndarray, sigma: np.ndarray) -> float:
    """Euclidean norm of b - A c."""
    out = np.empty_like(c)
    levels = field.levels
    relax(out, ZERO, c, ONE, levels.view(levels.free, 0), b, sigma, field.kappa, levels.inside)
    return float(np.sqrt((out.astype(float) ** 2).sum()))


def conjugate_gradient(field: Field, c, b, sigma, method, target: float) -> int:
    """Iterations until the residual is at most the target."""
    levels, kappa = field.levels, field.kappa
    free = levels.view(levels.free, 0)
    r, z = levels.view(levels.flats[2], 0), levels.view(levels.flats[3], 0)
    relax(r, ZERO, c, ONE, free, b, sigma, kappa, levels.inside)
    before = 0.0
    for iteration in range(2000):
        if norm(r, levels) <= target:
            return iteration
        method(field, r, z, sigma)
        product = dot(r, z, levels.sums)
        do(field, multigrid.TURN, c, factor=np.float32(product / before) if iteration else ZERO)
        before = product
        do(field, multigrid.APPLY, c)
        do(field, multigrid.STEP, c, factor=np.float32(product / multigrid._total(levels.sums)))
        r *= free
    return -1


def norm(r: np.ndarray, levels) -> float:
    """Euclidean norm."""
    return float(np.sqrt(dot(r, r, levels.sums)))


def jacobi(field: Field, r, z, sigma) -> None:
    """z = r / diagonal."""
    z[:] = field.levels.view(field.levels.inverse, 0) * r


def chebyshev(field: Field, r, z, sigma) -> None:
    """z = a polynomial in the Jacobi-scaled operator, best on [1/15, 2]."""
    levels = field.levels
    inverse, spare = levels.view(levels.inverse, 0), levels.view(levels.flats[4], 0)
    low, high = 1 / 15, 2.0
    roots = np.cos(np.pi * (2 * np.arange(DEGREE) + 1) / (2 * DEGREE))
    weights = (1 / ((high + low) / 2 + (high - low) / 2 * roots)).astype(np.float32)
    spare[:] = weights[0] * inverse * r
    now, then = spare, z
    for weight in weights[1:]:
        relax(then, ONE, now, weight, inverse, r, sigma, field.kappa, levels.inside)
        now, then = then, now
    if now is not z:
        z[:] = now


def ssor(field: Field, r, z, sigma) -> None:
    """z = one forward and one backward Gauss-Seidel sweep from zero."""
    z[:] = 0.0
    sweeps(z, r, field.levels.view(field.levels.inverse, 0), field.kappa)


@numba.njit(cache=True)
def sweeps(z, r, inverse, kappa):
    """Symmetric Gauss-Seidel, voxel by voxel."""
    nz, ny, nx = z.shape
    for turn in range(2):
        for i in range(z.size):
            n = i if turn == 0 else z.size - 1 - i
            k, j, x = n // (ny * nx), (n // nx) % ny, n % nx
            total = np.float32(0.0)
            if k > 0:
                total += z[k - 1, j, x]
            if k < nz - 1:
                total += z[k + 1, j, x]
            if j > 0:
                total += z[k, j - 1, x]
            if j < ny - 1:
                total += z[k, j + 1, x]
            if x > 0:
                total += z[k, j, x - 1]
            if x < nx - 1:
                total += z[k, j, x + 1]
            z[k, j, x] = inverse[k, j, x] * (r[k, j, x] + kappa * total)


def multigrid_cycle(field: Field, r, z, sigma) -> None:
    """z = one V-cycle."""
    last = len(field.levels.shapes) - 1
    for level in range(last):
        do(field, multigrid.DESCEND, z, level)
    for level in range(last, -1, -1):
        do(field, multigrid.ASCEND, z, level)


METHODS = {"Jacobi": jacobi, "Chebyshev": chebyshev, "SSOR": ssor, "multigrid": multigrid_cycle}

if __name__ == "__main__":
    main()
