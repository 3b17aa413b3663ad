"""A capillary as the product has it, a line through the voxels of a block, against Krogh and Erlang in a periodic cell.

    p(r) = p_w + a/(4D) (r^2 - R_c^2) - a R_t^2/(2D) ln(r / R_c),   p_w = p_b - a (R_t^2 - R_c^2) / (2 R_c P)

The cell is square and of the same area as the tissue cylinder, pi R_t^2; its sides are mirrors, which for one line in
the middle is periodic. Compared is every voxel from one voxel away to R_t, as a share of the level in blood.
"""

import math

import numpy as np

from perforin.engine.diffusion import Field, solve_steady
from perforin.engine.voxels import VoxelGrid
from perforin.evidence.rows import Row
from perforin.mechanisms.tissue import perfusion
from perforin.mechanisms.tissue.vessels import Lines, Squeeze, VesselNumbers

DIFFUSION, RADIUS, WALL, BLOOD = 1750 * 60.0, 4.0, 500 * 60.0, 40.0  # um^2/min, um, um/min, mmHg
CELLS = ((20.0, 7, 3.0), (25.0, 5, 3.0), (20.0, 5, 5.0), (25.0, 5, 5.0), (20.0, 7, 5.0), (25.0, 7, 3.0))
REASON = "share of the level in blood, from one voxel away; the design asks for 5 %"


def measure(seed=None) -> list[Row]:
    """The largest error of the profile, and the mean against the law of vessels too many to draw."""
    rows = []
    for spacing, across, burnt in CELLS:
        profile, mean = errors(spacing, across, burnt * 60.0)
        name = (
            f"h {spacing:g} um, {1e6 / (spacing * across) ** 2:.0f} vessels per mm2, uptake {burnt:g} mmHg/s"
        )
        rows.append(Row(f"largest profile error, {name}", profile, 0.05, 0.0, REASON, rule="at most"))
        rows.append(
            Row(f"error of the mean, {name}", mean, 0.05, 0.0, "against the closed mean", rule="at most")
        )
    return rows


def errors(spacing: float, across: int, burnt: float) -> tuple[float, float]:
    """Largest error of the profile and error of the mean, as shares of the level in blood."""
    side = spacing * across
    grid = VoxelGrid.of_box((side, side, spacing), spacing)
    field = Field.build("oxygen", "mmHg", grid, DIFFUSION, 0.0, BLOOD, "closed", 0.0)
    numbers = VesselNumbers(1 / side**2, 1.0, RADIUS, Squeeze(0.2, 2.0, 0.7), 1.0, 0.0, 15.0)
    lines = Lines(numbers, side, 1)
    lines.place[:] = 0.0
    lines.supply(field, WALL, BLOOD, None)
    field.peak = np.full(grid.shape, burnt, dtype=np.float32)
    solve_steady(field, tolerance=1e-6)
    x, y, _ = grid.centres()
    r = np.sqrt(x * x + y * y)[0]
    reach = side / math.sqrt(math.pi)
    seen = (r >= spacing - 1e-6) & (r <= reach)
    wall = BLOOD - burnt * (reach**2 - RADIUS**2) / (2 * RADIUS * WALL)
    rise = burnt / (4 * DIFFUSION) * (r[seen] ** 2 - RADIUS**2)
    exact = wall + rise - burnt * reach**2 / (2 * DIFFUSION) * np.log(r[seen] / RADIUS)
    mean = BLOOD - burnt * side**2 / perfusion.conductance(1 / side**2, RADIUS, WALL, DIFFUSION)
    worst = float(np.abs(field.values[0][seen] - exact).max())
    return worst / BLOOD, abs(float(field.values.mean()) - mean) / BLOOD
