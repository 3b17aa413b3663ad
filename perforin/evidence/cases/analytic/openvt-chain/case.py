"""OpenVT's relaxation of eleven cells: linear springs between neighbours, on the engine's list and mover.

    dx_i/dt = k [ (x_(i+1) - x_i - 1) - (x_i - x_(i-1) - 1) ],  spacing 1/2 at t = 0, in cell diameters

The product has no linear springs: the case supplies the law, the engine finds the neighbours and moves the cells.
"""

import numpy as np
from scipy.linalg import expm

from perforin.evidence.dish import Dish
from perforin.evidence.figures import read_figures
from perforin.evidence.rows import Row

CELLS, DIAMETER = 11, 10.0  # um per cell diameter
STEPS = 20_000  # per unit of time: the largest rate is 4 k = 73, so a step is 0.4 % of the fastest relaxation


def measure(seed=None) -> list[Row]:
    """Widths at the reference times, and the distance from the matrix exponential."""
    figures = read_figures(__file__)
    k = figures.expected("spring constant")
    start = (np.arange(CELLS) - (CELLS - 1) / 2) * 0.5
    dish = Dish(
        np.column_stack([start * DIAMETER, 0 * start, 0 * start]), DIAMETER / 2, 0.0, adhesion_range=1.5
    )
    rows, worst = [], 0.0
    for step in range(1, 2 * STEPS + 1):
        dish.step(1.0 / STEPS, lambda dish: _springs(dish, k))
        if step in (STEPS // 2, STEPS, 2 * STEPS):
            x = np.sort(dish.place[:, 0]) / DIAMETER
            rows.append(figures.row(f"width at t = {step / STEPS:g}", x[-1] - x[0]))
            worst = max(worst, np.abs(x - _exact(start, k, step / STEPS)).max())
    reason = "round-off and the step of 5e-5 in double precision"
    return [
        *rows,
        Row("largest distance from the matrix exponential", worst, 0.0, 1e-6, reason, "cell diameters"),
    ]


def _springs(dish: Dish, k: float) -> None:
    start, stop, listed = dish.pairs
    x = dish.place[:, 0]
    for i in range(CELLS):
        near = listed[start[i] : stop[i]]
        joined = near[np.abs(near - i) == 1]
        stretch = x[joined] - x[i]
        dish.velocity[i, 0] = k * np.sum(stretch - np.sign(stretch) * DIAMETER)


def _exact(start: np.ndarray, k: float, t: float) -> np.ndarray:
    """The same springs by matrix exponential of the deviation from rest."""
    matrix = np.diag(np.full(CELLS, -2.0)) + np.diag(np.ones(CELLS - 1), 1) + np.diag(np.ones(CELLS - 1), -1)
    matrix[0, 0] = matrix[-1, -1] = -1.0
    rest = np.arange(CELLS) - (CELLS - 1) / 2
    return rest + expm(k * t * matrix) @ (start - rest)
