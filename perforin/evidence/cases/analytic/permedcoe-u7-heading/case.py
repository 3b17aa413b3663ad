"""PerMedCoE U7: a cell in the centre of a 120 um box climbs a substance held at 10 uM in one corner.

The box is its own mirror image across the diagonal planes, so the path is the diagonal; the frozen fields of OpenVT
(linear, half-normal, exponential) are laid on an oblique axis, where the true heading is known everywhere. Headings
are read at voxel centres: the product reads the gradient at the voxel of the cell's centre, so a cell elsewhere in
the voxel gets that voxel's heading (shown as the last row, next to a point source where it matters most).
"""

import numpy as np

from perforin.engine.diffusion import Field, step_implicit
from perforin.engine.voxels import VoxelGrid
from perforin.evidence.rows import Row

EDGE, SPACING, DIFFUSION = 120.0, 20.0, 2000.0  # um, um, um^2/min
AXIS = np.array([0.48, 0.64, 0.6])
REASON = "the benchmark's half degree"


def measure(seed=None) -> list[Row]:
    """Largest angle between heading and true gradient, for the climb and for the frozen fields."""
    rows = [
        Row("angle to the diagonal on a 5 min climb from the centre", _climb(), 0.0, 0.5, REASON, "degree")
    ]
    for name, shape in (
        ("linear", lambda s: 1.0 + 0.01 * s),
        ("half-normal", lambda s: np.exp(-((s - 400.0) ** 2) / (2 * 200.0**2))),
        ("exponential", lambda s: np.exp(s / 100.0)),
    ):
        rows.append(Row(f"frozen {name} gradient", _frozen(shape), 0.0, 0.5, REASON, "degree"))
    rows.append(
        Row(
            "anywhere in its voxel, 60 um and more from a point source",
            _off_centre(np.random.default_rng(1 if seed is None else seed)),
            0.0,
            0.0,
            "half a voxel's diagonal seen from 60 um is 16 degrees; in the mean it is this much",
            "degree",
            "shown",
        )
    )
    return rows


def _climb() -> float:
    grid = VoxelGrid.of_box((EDGE,) * 3, SPACING)
    field = Field.build("bait", "uM", grid, DIFFUSION, 0.0, 0.0, "closed", 0.0)
    corner = np.zeros(grid.shape, dtype=bool)
    corner[-1, -1, -1] = True
    field.hold(corner, 10.0)
    place, slope = np.zeros((1, 4), dtype=np.float32), np.zeros((1, 3), dtype=np.float32)
    diagonal, worst = np.full(3, 3**-0.5), 0.0
    for _ in range(50):
        step_implicit(field, 0.1)
        field.gradient(place, 1, slope)
        worst = max(worst, _angle(slope[0], diagonal))
        place[0, :3] += np.float32(0.1 * 100.0) * slope[0]  # speed 100 um^2/min/uM times the gradient
    return worst


def _frozen(shape) -> float:
    grid = VoxelGrid.of_box((400.0,) * 3, SPACING)
    field = Field.build("bait", "1", grid, DIFFUSION, 0.0, 0.0, "closed", 0.0)
    x, y, z = grid.centres()
    field.values[:] = shape(AXIS[0] * x + AXIS[1] * y + AXIS[2] * z)
    inner = [axis.ravel()[2:-2] for axis in (x, y, z)]
    places = np.stack(np.meshgrid(*inner, [5.0], indexing="ij"), axis=-1).reshape(-1, 4).astype(np.float32)
    slopes = np.zeros((len(places), 3), dtype=np.float32)
    field.gradient(places, len(places), slopes)
    return max(_angle(slope, AXIS) for slope in slopes)


def _off_centre(random: np.random.Generator) -> float:
    grid = VoxelGrid.of_box((400.0,) * 3, SPACING)
    field = Field.build("bait", "1", grid, DIFFUSION, 0.0, 0.0, "closed", 0.0)
    x, y, z = grid.centres()
    source = np.array([10.0, 10.0, 10.0])
    r = np.sqrt((x - source[0]) ** 2 + (y - source[1]) ** 2 + (z - source[2]) ** 2)
    field.values[:] = np.exp(-r / 100.0) / np.maximum(r, SPACING / 2)
    places = random.uniform(-170.0, 170.0, (4000, 4)).astype(np.float32)
    places = places[np.linalg.norm(places[:, :3] - source, axis=1) >= 60.0]
    slopes = np.zeros((len(places), 3), dtype=np.float32)
    field.gradient(places, len(places), slopes)
    return float(np.mean([_angle(g, source - p[:3]) for g, p in zip(slopes, places, strict=True)]))


def _angle(a: np.ndarray, b: np.ndarray) -> float:
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    cosine = a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b))) if cosine < 1.0 else 0.0
