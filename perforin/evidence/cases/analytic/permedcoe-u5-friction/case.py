"""PerMedCoE U5: one cell, a force for one step of 0.1 min, then none; and a constant force for 10 min.

The published text leaves open whether cells have inertia, and the four tools that ran it differ. Here they have none.
The single push is one Euler step, as every first step is; the constant force runs with Adams-Bashforth.
"""

import numpy as np

from perforin.evidence.dish import Dish
from perforin.evidence.figures import read_figures
from perforin.evidence.rows import Row

DT, STEPS, RADIUS = 0.1, 100, 10.0


def measure(seed=None) -> list[Row]:
    """Way during and after the push, and the straight line of the constant force."""
    figures = read_figures(__file__)
    speed = figures.expected("force over friction")
    pushed = Dish(np.zeros((1, 3)), RADIUS, 0.0)
    pushed.step(DT, lambda dish: _drive(dish, speed), euler=True)
    first = pushed.place[0, 0]
    for _ in range(STEPS - 1):
        pushed.step(DT, lambda dish: _drive(dish, 0.0), euler=True)
    driven, worst = Dish(np.zeros((1, 3)), RADIUS, 0.0), 0.0
    for step in range(1, STEPS + 1):
        driven.step(DT, lambda dish: _drive(dish, speed))
        worst = max(worst, abs(driven.place[0, 0] - speed * step * DT))
    return [
        figures.row("displacement in the step with the force", first),
        figures.row("displacement afterwards", pushed.place[0, 0] - first),
        figures.row("largest distance from x = F t / gamma", worst),
    ]


def _drive(dish: Dish, speed: float) -> None:
    dish.velocity[0] = (speed, 0.0, 0.0)
