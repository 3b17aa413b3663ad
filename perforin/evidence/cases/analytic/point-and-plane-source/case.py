"""A source in a medium that diffuses and decays, lambda = sqrt(D / decay).

    point:  c(r) = S / (4 pi D r) exp(-r / lambda)
    plane:  c(x) = s lambda / D exp(-x / lambda), the wall carrying s per area

Interferon gamma (D 12.6 um^2/s, decay 7.68 per day) reaches far: 11.9 % of the wall's value is left at 800 um.
"""

import numpy as np

from perforin.engine.diffusion import Field, solve_steady
from perforin.engine.exchange import balance, deposit
from perforin.engine.voxels import VoxelGrid
from perforin.evidence.rows import Row

DIFFUSION, DECAY = 12.6 * 60.0, 7.68 / 1440.0  # um^2/min, 1/min
LENGTH = float(np.sqrt(DIFFUSION / DECAY))  # 376 um
NEAR = 5  # voxels from the point within which a voxel's mean is not the value at its centre


def measure(seed=None) -> list[Row]:
    """The plane's profile, the point's profile, and that all that is given decays."""
    plane, share, lost = _plane()
    return [
        Row(
            "plane: largest error of the profile",
            plane,
            0.0,
            0.001,
            "h^2 / (24 lambda^2) is 1.2e-4 at h 20 um",
        ),
        Row(
            "plane: share of the wall's value left at 800 um",
            share,
            0.119,
            0.0006,
            "exp(-800/376) to 3 figures",
        ),
        Row(
            "plane: given against decayed", lost, 1.0, 1e-5, "conservation to float32 round-off of the values"
        ),
        Row(
            f"point: largest relative error from {NEAR} voxels on",
            _point(),
            0.0,
            0.02,
            "around a point the seven-point stencil is wrong by (h/r)^2 / 4 along an axis: 1 %, and higher orders",
        ),
    ]


def _plane() -> tuple[float, float, float]:
    grid = VoxelGrid((1, 1, 400), 20.0, (0.0, 0.0, 0.0))
    x = grid.centres()[0].ravel()
    field = Field.build("interferon gamma", "pM", grid, DIFFUSION, DECAY, 0.0, "closed", 0.0)
    given = 1.0  # pM/min in the first voxel
    places = np.array([[1.0, 10.0, 10.0, 5.0]], dtype=np.float32)
    none, some = np.zeros(1, dtype=np.float32), np.full(1, given, dtype=np.float32)
    deposit(places, 1, none, some, grid, field.loss, field.gain)
    solve_steady(field, tolerance=1e-6)
    wall = given * grid.spacing * LENGTH / DIFFUSION
    values = field.values.ravel().astype(float)
    flows = balance(field)
    exact = wall * np.exp(-x / LENGTH)
    left = np.interp(800.0, x, values) / wall
    return float(np.abs(values - exact).max() / wall), float(left), flows.decayed / flows.gained


def _point() -> float:
    n = 61
    grid = VoxelGrid.of_box((n * 20.0,) * 3, 20.0)
    x, y, z = grid.centres()
    r = np.sqrt(x * x + y * y + z * z)
    given = 1000.0 / grid.voxel_volume  # pM/min over the voxel
    exact = 1000.0 / (4 * np.pi * DIFFUSION) * np.exp(-r / LENGTH) / np.maximum(r, 1.0)
    field = Field.build("interferon gamma", "pM", grid, DIFFUSION, DECAY, 0.0, "fixed", 0.0)
    field.values[field.held] = exact[field.held]
    field.gain[n // 2, n // 2, n // 2] = given
    solve_steady(field, tolerance=1e-7)
    far = (r >= NEAR * grid.spacing) & ~field.held
    return float((np.abs(field.values - exact) / exact)[far].max())
