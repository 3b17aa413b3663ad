"""Eleven cells on a line, squeezed to half their distance, under the product's repulsion and adhesion.

The reference is the same law written for one dimension and solved by SciPy (DOP853, relative tolerance 1e-12); every
pair within range counts, not only neighbours in line. Once in double precision (the law and the time step), once as
the product runs it (float32, 0.1 min).
"""

import numpy as np
from scipy.integrate import solve_ivp

from perforin.evidence.dish import Dish
from perforin.evidence.rows import Row
from perforin.mechanisms.tissue.mechanics import Mechanics

CELLS, RADIUS = 11, 8.4127  # um
TIMES = (1.0, 10.0, 60.0)  # min


def measure(seed=None) -> list[Row]:
    """Largest distance from the reference, the order of the time step, and the float32 product step."""
    law = Mechanics()
    repulsion, adhesion, reach = law.repulsion.value, law.adhesion.value, law.adhesion_range.value
    exact = _reference(repulsion, adhesion, reach)
    fine = _worst(exact, 1e-3, np.float64, repulsion, adhesion, reach)
    coarse = [_worst(exact[:2], dt, np.float64, repulsion, adhesion, reach) for dt in (0.02, 0.01)]
    product = _worst(exact, 0.1, np.float32, repulsion, adhesion, reach)
    order = np.log2(coarse[0] / coarse[1])
    return [
        Row(
            "largest distance from SciPy, double precision, dt 0.001 min",
            fine,
            0.0,
            1e-6,
            "the error of the step at this dt",
            "cell diameters",
        ),
        Row(
            "order in time",
            order,
            2.0,
            0.3,
            "Adams-Bashforth of second order, started by one Euler step, on a law whose second derivative jumps",
            rule="at least",
        ),
        Row(
            "float32 velocities against the law in double precision, relative to the largest",
            _rounding(repulsion, adhesion, reach),
            0.0,
            1e-6,
            "a dozen roundings of 6e-8",
        ),
        Row(
            "largest distance from SciPy, float32, dt 0.1 min",
            product,
            0.0,
            1e-2,
            "a hundredth of a diameter in the first minutes of a twofold squeeze, which tissue never sees",
            "cell diameters",
        ),
    ]


def _rounding(repulsion: float, adhesion: float, reach: float) -> float:
    x = _start()
    centres = np.column_stack([x, 0 * x, 0 * x])
    single = Dish(centres, RADIUS, repulsion, adhesion, reach, np.float32)
    double = Dish(single.place[:, :3], RADIUS, repulsion, adhesion, reach)
    single.push()
    double.push()
    return float(np.abs(single.velocity - double.velocity).max() / np.abs(double.velocity).max())


def _worst(
    exact: np.ndarray, dt: float, precision: type, repulsion: float, adhesion: float, reach: float
) -> float:
    x = _start()
    dish = Dish(np.column_stack([x, 0 * x, 0 * x]), RADIUS, repulsion, adhesion, reach, precision)
    worst, done = 0.0, 0
    for row, time in zip(exact, TIMES, strict=False):
        while done < round(time / dt):
            dish.step(dt)
            done += 1
        worst = max(worst, float(np.abs(dish.place[:, 0] - row).max()))
    return worst / (2 * RADIUS)


def _reference(repulsion: float, adhesion: float, reach: float) -> np.ndarray:
    def slope(_, x):
        apart = x[:, None] - x[None, :]
        d = np.abs(apart)
        contact = 2 * RADIUS
        push = (
            repulsion * np.clip(1 - d / contact, 0, None) ** 2
            - adhesion * np.clip(1 - d / (reach * contact), 0, None) ** 2
        )
        return (push * np.sign(apart)).sum(axis=1)

    solved = solve_ivp(slope, (0, TIMES[-1]), _start(), "DOP853", TIMES, rtol=1e-12, atol=1e-12, max_step=0.5)
    return solved.y.T


def _start() -> np.ndarray:
    return (np.arange(CELLS) - (CELLS - 1) / 2) * RADIUS
