"""PerMedCoE U3: 3 x 3 x 3 voxels of 20 um, 10 uM on the boundary, one sink of 20 uM/min in the middle.

The test leaves two things open, so each reading is a case of its own. The boundary: the 26 outer voxels are held
("outer"), or the outer faces of the cube are ("faces": a link of twice the strength to 10 uM, which is what a face at
half a voxel's distance means). The uptake: of zero order, or of first order at 20 per minute. The reference is the
matrix exponential of the 27 equations, written down again here.
"""

import numpy as np
from scipy.linalg import expm, solve
from scipy.optimize import brentq

from perforin.engine.diffusion import Field, solve_steady, step_implicit
from perforin.engine.voxels import VoxelGrid
from perforin.evidence.figures import read_figures
from perforin.evidence.rows import Row

N, SPACING, DIFFUSION, OUTSIDE, SINK = 3, 20.0, 2000.0, 10.0, 20.0  # 1, um, um^2/min, uM, uM/min or 1/min
KAPPA = DIFFUSION / SPACING**2  # 1/min
READINGS = [(b, o) for b in ("outer", "faces") for o in ("zero", "first", "none")]
TOOLS = ("BioDynaMo 1.04", "Chaste 2021.1", "PhysiCell 1.10.4", "TiSim")


def measure(seed=None) -> list[Row]:
    """Centre at 0.1 min and in the steady state for each reading, the order in time, and the tools' answers."""
    rows = []
    for boundary, order in READINGS:
        name = (
            f"boundary {boundary}, uptake {order} order"
            if order != "none"
            else f"boundary {boundary}, no sink"
        )
        early, end = _reference(boundary, order)
        reason = "first order in time: half the square of 30 per minute times t dt, at dt 1e-4 min"
        rows.append(
            Row(f"centre at 0.1 min, {name}", _centre(boundary, order, 0.1, 1e-4), early, 3e-3, reason, "uM")
        )
        rows.append(
            Row(
                f"steady centre, {name}",
                _steady(boundary, order),
                end,
                2e-4,
                "float32 and the solver's 1e-6",
                "uM",
            )
        )
    early, _ = _reference("outer", "zero")
    errors = [abs(_centre("outer", "zero", 0.1, dt) - early) for dt in (4e-3, 2e-3, 1e-3)]
    rows.append(
        Row("order in time", np.log2(errors[0] / errors[2]) / 2, 1.0, 0.1, "backward Euler", rule="at least")
    )
    figures = read_figures(__file__)
    answer = _centre("outer", "zero", 10.0, 0.1)
    start = "centre at 10 min, outer voxels held, zero order: beside "
    return rows + [figures.row(start + tool, answer) for tool in TOOLS]


def _field(boundary: str, order: str) -> Field:
    grid = VoxelGrid.of_box((N * SPACING,) * 3, SPACING)
    kind = "fixed" if boundary == "outer" else "closed"
    field = Field.build("substance", "uM", grid, DIFFUSION, 0.0, 0.0, kind, OUTSIDE)
    if boundary == "faces":
        field.loss += 2 * KAPPA * outer_faces(N).astype(np.float32)
        field.gain += 2 * KAPPA * OUTSIDE * outer_faces(N).astype(np.float32)
    middle = (N // 2,) * 3
    if order == "first":
        field.loss[middle] += SINK
    if order == "zero":
        field.peak = np.zeros(grid.shape, dtype=np.float32)
        field.peak[middle] = SINK
    return field


def outer_faces(n: int) -> np.ndarray:
    """How many faces of each voxel of an n x n x n cube lie on its surface."""
    edge = (np.arange(n) == 0) * 1 + (np.arange(n) == n - 1) * 1
    return edge[:, None, None] + edge[None, :, None] + edge[None, None, :]


def _centre(boundary: str, order: str, end: float, dt: float) -> float:
    field = _field(boundary, order)
    for _ in range(round(end / dt)):
        step_implicit(field, dt, tolerance=1e-6)
    return float(field.values[(N // 2,) * 3])


def _steady(boundary: str, order: str) -> float:
    field = _field(boundary, order)
    solve_steady(field, tolerance=1e-6)
    return float(field.values[(N // 2,) * 3])


def _reference(boundary: str, order: str) -> tuple[float, float]:
    """Centre at 0.1 min and in the end, from dc/dt = b - A c."""
    matrix, source, middle = _equations(boundary, order)
    end = solve(matrix, source)
    start, before = np.zeros(len(source)), 0.0
    if order == "zero":
        start, before = _starved(matrix, source + SINK * (np.arange(len(source)) == middle), middle)
    return float((end + expm((before - 0.1) * matrix) @ (start - end))[middle]), float(end[middle])


def _starved(matrix: np.ndarray, source: np.ndarray, middle: int) -> tuple[np.ndarray, float]:
    """State and time when as much reaches the sink as it can take; until then its voxel stays empty."""
    if source[middle] >= SINK:
        return np.zeros(len(source)), 0.0
    rest = np.arange(len(source)) != middle
    inner, feed = matrix[rest][:, rest], matrix[middle, rest]
    end = solve(inner, source[rest])

    def state(time: float) -> np.ndarray:
        return end - expm(-time * inner) @ end

    time = brentq(lambda t: -feed @ state(t) - SINK, 0.0, 0.1)
    values = np.zeros(len(source))
    values[rest] = state(time)
    return values, time


def _equations(boundary: str, order: str) -> tuple[np.ndarray, np.ndarray, int]:
    """A, b and the row of the centre, the sink always fed."""
    matrix = np.zeros((27, 27))
    source = np.zeros(27)
    for i in range(27):
        z, y, x = np.unravel_index(i, (3, 3, 3))
        for dz, dy, dx in ((1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)):
            place = (z + dz, y + dy, x + dx)
            if all(0 <= p < 3 for p in place):
                matrix[i, i] += KAPPA
                matrix[i, np.ravel_multi_index(place, (3, 3, 3))] -= KAPPA
            elif boundary == "faces":
                matrix[i, i] += 2 * KAPPA
                source[i] += 2 * KAPPA * OUTSIDE
    matrix[13, 13] += SINK * (order == "first")
    source[13] -= SINK * (order == "zero")
    if boundary == "outer":
        return matrix[[13]][:, [13]], source[[13]] + 6 * KAPPA * OUTSIDE, 0
    return matrix, source, 13
