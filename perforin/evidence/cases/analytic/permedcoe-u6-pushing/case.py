"""PerMedCoE U6: two cells of radius 10 um, 30 um apart, each driven at 10 um/min towards the other.

The four tools that ran it gave four answers. Well-posed: the drive goes on, contact pushes back with 50 um/min (the
product's T cells) times the squared overlap, so they settle where the two are equal.
"""

import math

import numpy as np
from scipy.integrate import solve_ivp

from perforin.evidence.dish import Dish
from perforin.evidence.figures import read_figures
from perforin.evidence.rows import Row

RADIUS, APART, REPULSION, END = 10.0, 30.0, 50.0, 10.0


def measure(seed=None) -> list[Row]:
    """The straight approach, the rest, what rebounds, momentum, and the order of the step."""
    figures = read_figures(__file__)
    drive = figures.expected("drive")
    distances, momentum = _run(drive, 0.1, END)
    root = 2 * RADIUS * (1 - math.sqrt(drive / REPULSION))
    exact = _reference(drive, 0.8)
    errors = [abs(_run(drive, dt, 0.8)[0][-1] - exact) for dt in (0.1, 0.05, 0.025)]
    order = math.log2(errors[0] / errors[2]) / 2
    return [
        figures.row("distance at 0.5 min", distances[5]),
        figures.row("rebound", max(0.0, float(np.diff(distances).max()) - 1e-12)),
        figures.row("distance at 10 min from the root of drive = contact force", distances[-1] - root),
        figures.row("sum of momenta", momentum),
        figures.row("order in time", order),
    ]


def _run(drive: float, dt: float, end: float) -> tuple[np.ndarray, float]:
    centres = np.array([[-APART / 2, 0.0, 0.0], [APART / 2, 0.0, 0.0]])
    dish = Dish(centres, RADIUS, REPULSION)
    distances, momentum = [APART], 0.0
    for _ in range(round(end / dt)):
        dish.step(dt, lambda dish: _push_and_drive(dish, drive))
        distances.append(float(dish.place[1, 0] - dish.place[0, 0]))
        momentum = max(momentum, float(np.abs(dish.velocity.sum(axis=0)).max()))
    return np.array(distances), momentum


def _push_and_drive(dish: Dish, drive: float) -> None:
    dish.push()
    dish.velocity[0, 0] += drive
    dish.velocity[1, 0] -= drive


def _reference(drive: float, end: float) -> float:
    def slope(_, d):
        return 2 * (REPULSION * max(0.0, 1 - d[0] / (2 * RADIUS)) ** 2 - drive)

    return solve_ivp(slope, (0.5, end), [2 * RADIUS], "DOP853", rtol=1e-12, atol=1e-12).y[0, -1]
