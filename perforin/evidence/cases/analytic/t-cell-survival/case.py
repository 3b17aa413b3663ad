"""Twenty thousand T cells age: S(a) = (1 - a / 14400 min)^(1/6), the hazard 1 / (86400 min - 6 a).

Deaths are counted at the ends of steps of 6 min, so the distance from the closed form is taken there. The hazard is
the mean rate over one step that the kernel's conditional survival implies, against the integral of the published one.
"""

import math

import numpy as np
from scipy import stats

from perforin.evidence.population import cells_of_one_kind, numbers_of_one_kind
from perforin.evidence.rows import Row
from perforin.mechanisms.tissue import lifetime
from perforin.simulation.events import EventLog

CELLS, DT, SEED = 20_000, 6.0, 5


def measure(seed=None) -> list[Row]:
    """Kolmogorov-Smirnov test, hazard, and that nobody outlives the span."""
    law = lifetime.Lifetime()
    span, exponent = law.span.value, law.exponent.value
    alive = _living(span, exponent)
    ages = DT * np.arange(1, alive.size + 1)
    closed = np.array([lifetime.survival(age, span, exponent) for age in ages])
    distance = float(np.abs(alive / CELLS - closed).max())
    chance = float(stats.kstwo.sf(distance, CELLS))
    ks = f"Kolmogorov-Smirnov, {CELLS} cells, seed {SEED}: a right law fails once in a thousand"
    hazard = _hazard_error(span, exponent)
    law64 = "float64 law, ages that are a whole number of steps"
    return [
        Row("p of T-cell survival against the closed form", chance, 0.001, 0.0, ks, rule="at least"),
        Row("largest relative error of the hazard", hazard, 0.0, 1e-6, law64),
        Row("T cells alive at the span", float(alive[-1]), 0.0, 0.0, "the closed form ends there", "cells"),
    ]


def _living(span: float, exponent: float) -> np.ndarray:
    """How many are alive at the end of each step."""
    cells = cells_of_one_kind(CELLS)
    numbers = numbers_of_one_kind(mortal=1.0, span=span, exponent=exponent)
    log, alive = EventLog(), []
    for step in range(round(span / DT)):
        lifetime.advance(cells, numbers, SEED, step, log, (step + 1) * DT, DT)
        alive.append(int((cells.fate[:CELLS] == 0).sum()))
    return np.array(alive)


def _hazard_error(span: float, exponent: float) -> float:
    worst = 0.0
    for age in np.arange(0.0, span - DT, DT):
        after, before = lifetime.survival(age + DT, span, exponent), lifetime.survival(age, span, exponent)
        published = (
            math.log((exponent * span - exponent * age) / (exponent * span - exponent * (age + DT)))
            / exponent
        )
        worst = max(worst, abs(-math.log(after / before) / published - 1.0))
    return worst
