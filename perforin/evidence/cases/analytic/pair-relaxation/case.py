"""Two overlapping cells, in closed form.

Repulsion alone:  d' = 2 c (1 - d/R)^2  gives the overlap s = 1 - d/R as  s(t) = s0 / (1 + 2 c s0 t / R).
With adhesion they rest where  c_r (1 - d/R)^2 = c_a (1 - d/A)^2, that is

    d = (sqrt(c_r) - sqrt(c_a)) / (sqrt(c_r)/R - sqrt(c_a)/A)
"""

import math

import numpy as np

from perforin.evidence.dish import Dish
from perforin.evidence.rows import Row
from perforin.mechanisms.tissue.mechanics import Mechanics

RADIUS, START = 8.4127, 8.0  # um


def measure(seed=None) -> list[Row]:
    """Distance of a repelling pair after 10 min, resting distance of an adhering pair, momentum."""
    law = Mechanics()
    repulsion, adhesion, reach = law.repulsion.value, law.adhesion.value, law.adhesion_range.value
    contact = 2 * RADIUS
    pair = _pair(repulsion, 0.0, reach, np.float64)
    worst = 0.0
    for step in range(1, 50_001):
        pair.step(2e-4)
        overlap = 1 - START / contact
        exact = contact * (1 - overlap / (1 + 2 * repulsion * overlap * step * 2e-4 / contact))
        worst = max(worst, abs(_distance(pair) - exact))
    resting = _pair(repulsion, adhesion, reach, np.float32)
    for _ in range(6000):
        resting.step(0.1)
    a, b = math.sqrt(repulsion), math.sqrt(adhesion)
    rest = (a - b) / (a / contact - b / (reach * contact))
    middle = abs(float(pair.place[:, :3].sum()))
    stalled = "a step shorter than half a float32 spacing is lost: at this stiffness 2e-4 um from rest"
    return [
        Row("distance from the closed form over 10 min", worst, 0.0, 1e-6, "the step of 0.0002 min", "um"),
        Row("resting distance, float32", _distance(resting), rest, 5e-4, stalled, "um"),
        Row("drift of the middle", middle, 0.0, 1e-12, "pushes are equal and opposite to round-off", "um"),
    ]


def _pair(repulsion: float, adhesion: float, reach: float, precision: type) -> Dish:
    centres = np.array([[-START / 2, 0.0, 0.0], [START / 2, 0.0, 0.0]])
    return Dish(centres, RADIUS, repulsion, adhesion, reach, precision)


def _distance(dish: Dish) -> float:
    return float(np.linalg.norm(dish.place[1, :3].astype(float) - dish.place[0, :3].astype(float)))
