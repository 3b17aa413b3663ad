"""Unbiased T cells at the product's speed, persistence and time step, from the origin.

    <x^2> = 2 v^2 P [t - P (1 - exp(-t / P))]

in any dimension, since a turn forgets the old direction.
"""

import math

from perforin.evidence.population import mean_square_displacement
from perforin.evidence.rows import Row
from perforin.mechanisms.tissue.motility import Motility

WALKERS, DT, SEED = 20_000, 0.1, 20_240_601
TIMES = (5.0, 20.0, 60.0)  # min
ERRORS = 4.0  # standard errors: a right law fails six of 100,000 such rows


def measure(seed=None) -> list[Row]:
    """Six rows: three times, in space and in the plane."""
    return [*_rows("in space", SEED, flat=False), *_rows("in the plane", SEED + 1, flat=True)]


def _rows(where: str, seed: int, *, flat: bool) -> list[Row]:
    speed, persistence = Motility().speed.value, Motility().persistence.value
    found = mean_square_displacement(WALKERS, speed, persistence, TIMES, DT, seed, flat=flat)
    reason = f"{ERRORS:g} standard errors of {WALKERS} walkers, seed {seed}"
    return [
        Row(
            f"mean square displacement {where} after {time:g} min",
            mean,
            law(time, speed, persistence),
            ERRORS * error,
            reason,
            "um^2",
        )
        for time, (mean, error) in zip(TIMES, found, strict=True)
    ]


def law(time: float, speed: float, persistence: float) -> float:
    """The closed form [um^2]."""
    return 2 * speed**2 * persistence * (time - persistence * (1 - math.exp(-time / persistence)))
