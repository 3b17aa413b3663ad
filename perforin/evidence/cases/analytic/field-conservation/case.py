"""What cells take up comes through the boundary, and what they give stays or decays.

4,000 cells in a ball of 150 um, oxygen held at 38 mmHg on the outer voxels, a factor secreted in a closed box.
"""

import numpy as np

from perforin.engine.diffusion import Field, solve_steady, step_implicit
from perforin.engine.exchange import balance, deposit, total_amount
from perforin.engine.voxels import VoxelGrid
from perforin.evidence.rows import Row

CELLS, SHARE = 4000, 2494.0 / 8000.0  # cells, cell volume per voxel volume
REASON = "float32: a value is rounded to 6e-8 of itself, and the exchange with its neighbours is 1,500 times its decay"


def measure(seed=None) -> list[Row]:
    """Imbalance of a steady field and of time steps, as shares of the turnover."""
    grid = VoxelGrid.of_box((1000.0, 1000.0, 1000.0), 20.0)
    places = _ball(np.random.default_rng(1 if seed is None else seed))
    rate = np.full(CELLS, 10.0 * SHARE, dtype=np.float32)
    oxygen = Field.build("oxygen", "mmHg", grid, 1e5, 0.1, 38.0, "fixed", 38.0)
    deposit(places, CELLS, rate, np.zeros(CELLS, dtype=np.float32), grid, oxygen.loss, oxygen.gain)
    solve_steady(oxygen, tolerance=1e-6)
    steady = balance(oxygen)
    return [
        Row(
            "steady oxygen: inflow - uptake - decay, share of turnover",
            steady.net / steady.turnover,
            0.0,
            1e-5,
            REASON,
        ),
        Row(
            "first-order loss gathered per voxel against the sum over cells",
            float(oxygen.loss.sum(dtype=np.float64)) / float(rate.sum(dtype=np.float64)),
            1.0,
            1e-6,
            "a few float32 additions per voxel",
        ),
        _steps(grid, places, rate),
    ]


def _steps(grid: VoxelGrid, places: np.ndarray, rate: np.ndarray) -> Row:
    factor = Field.build("factor", "1", grid, 1000.0, 0.016, 0.0, "closed", 0.0)
    deposit(places, CELLS, rate, rate, grid, factor.loss, factor.gain)
    worst = 0.0
    for _ in range(10):
        before = total_amount(factor)
        step_implicit(factor, 6.0, tolerance=1e-6)
        flows = balance(factor)
        worst = max(worst, abs(total_amount(factor) - before - flows.net * 6.0) / (flows.turnover * 6.0))
    reason = "float32 of the values, and what the solver leaves at a tolerance of 1e-6"
    return Row(
        "ten steps of a secreted factor: change - net flow, share of turnover", worst, 0.0, 1e-5, reason
    )


def _ball(random: np.random.Generator) -> np.ndarray:
    direction = random.standard_normal((CELLS, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    places = np.empty((CELLS, 4), dtype=np.float32)
    places[:, :3] = direction * 150.0 * np.cbrt(random.random((CELLS, 1)))
    places[:, 3] = 8.4
    return places
