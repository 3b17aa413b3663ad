"""A smooth field made up so that it solves the equation, with decay, uneven uptake and a saturating uptake.

    c = 2 + cos(kx) cos(2ky) cos(kz),   k = pi / edge      (no flux through the walls of the box)

The source that makes c a solution is worked out by hand. In time: a cosine wave decays by exp(-(D k^2 + decay) t).
"""

import numpy as np

from perforin.engine.diffusion import Field, solve_steady, step_implicit
from perforin.engine.voxels import VoxelGrid
from perforin.evidence.rows import Row

EDGE, DIFFUSION, DECAY = 400.0, 1000.0, 0.1  # um, um^2/min, 1/min
PEAK, HALF = 3.0, 0.7  # saturating uptake [unit/min] and its half-saturation [unit]
COUNTS = (10, 20, 40)  # voxels along an edge


def measure(seed=None) -> list[Row]:
    """Order in space without and with saturating uptake, and in time."""
    linear = [_steady_error(n, saturating=False) for n in COUNTS]
    saturating = [_steady_error(n, saturating=True) for n in COUNTS]
    times = [_wave_error(dt) for dt in (0.4, 0.2, 0.1)]
    reason = "second order, seven-point"
    return [
        Row("order in space, first-order uptake", _order(linear), 1.9, 0.0, reason, rule="at least"),
        Row("order in space, saturating uptake", _order(saturating), 1.9, 0.0, reason, rule="at least"),
        Row(
            "largest error with 40 voxels",
            linear[-1],
            0.0,
            0.003,
            "share of the largest value",
            rule="at most",
        ),
        Row("order in time", _order(times), 0.9, 0.0, "backward Euler is of first order", rule="at least"),
    ]


def _order(errors: list[float]) -> float:
    return float(np.log2(errors[0] / errors[-1])) / (len(errors) - 1)


def _grid(n: int) -> tuple[VoxelGrid, np.ndarray, np.ndarray]:
    """Grid, the made-up solution, and an uptake that is uneven in space [1/min]."""
    grid = VoxelGrid((n, n, n), EDGE / n, (0.0, 0.0, 0.0))
    x, y, z = grid.centres()
    k = np.pi / EDGE
    wave = np.cos(k * x) * np.cos(2 * k * y) * np.cos(k * z)
    uptake = 1.0 + 0.5 * np.sin(k * x) * np.cos(k * y) + 0 * z
    return grid, 2.0 + wave, uptake


def _steady_error(n: int, saturating: bool) -> float:
    grid, exact, uptake = _grid(n)
    field = Field.build("made-up", "1", grid, DIFFUSION, DECAY, 1.0, "closed", 0.0)
    source = DIFFUSION * 6 * (np.pi / EDGE) ** 2 * (exact - 2.0) + (DECAY + uptake) * exact
    field.loss[:] = uptake
    if saturating:
        field.peak = np.full(grid.shape, PEAK, dtype=np.float32)
        field.half_saturation = HALF
        source += PEAK * exact / (HALF + exact)
    field.gain[:] = source
    solve_steady(field, tolerance=1e-6)
    return float(np.abs(field.values - exact).max() / exact.max())


def _wave_error(dt: float) -> float:
    """Error after 4 min of a decaying wave on a level ground [share of its amplitude]."""
    grid = VoxelGrid((1, 1, 200), 2.0, (0.0, 0.0, 0.0))
    x, _, _ = grid.centres()
    k = np.pi / EDGE
    field = Field.build("wave", "1", grid, DIFFUSION, DECAY, 0.0, "closed", 0.0)
    field.values[:] = 2.0 + np.cos(2 * k * x)
    for _ in range(round(4.0 / dt)):
        step_implicit(field, dt, tolerance=1e-6)
    ground = 2.0 * np.exp(-DECAY * 4.0)
    exact = ground + np.cos(2 * k * x) * np.exp(-(DIFFUSION * (2 * k) ** 2 + DECAY) * 4.0)
    return float(np.abs(field.values - exact).max())
