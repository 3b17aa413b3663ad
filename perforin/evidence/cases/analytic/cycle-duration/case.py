"""Ten thousand cells through one cycle, at full oxygen and at half of it with double antigen.

The duration is drawn from N(mean, spread); the cell divides in the first step of 6 min in which timer x speed exceeds
it, half a step late on average. At half oxygen the speed halves, at antigen level 2 it doubles.
"""

import math

import numpy as np

from perforin.evidence.population import cells_of_one_kind, numbers_of_one_kind
from perforin.evidence.rows import Row
from perforin.mechanisms.tissue import division, growth
from perforin.quantities import MINUTES_PER_HOUR

CELLS, DT, SEED, ERRORS = 10_000, 6.0, 11, 4.0
HALF_STEP = DT / 2 / MINUTES_PER_HOUR


def measure(seed=None) -> list[Row]:
    """Mean and spread at full oxygen; mean at half oxygen; mean at half oxygen and antigen level 2."""
    law = growth.Growth()
    mean, spread = law.duration.value, law.duration_spread.value
    full = durations(oxygen=law.oxygen_saturation.value, antigen=1.0)
    half_pressure = (law.oxygen_saturation.value + law.oxygen_threshold.value) / 2
    half = durations(oxygen=half_pressure, antigen=1.0)
    both = durations(oxygen=half_pressure, antigen=2.0)
    near = ERRORS * spread / math.sqrt(CELLS)
    reason = f"{ERRORS:g} standard errors of {CELLS} cells, seed {SEED}; half a step late"
    return [
        Row("mean cycle at full oxygen", full.mean(), mean + HALF_STEP, near, reason, "h"),
        Row("spread of the cycle at full oxygen", full.std(ddof=1), spread, near / math.sqrt(2), reason, "h"),
        Row("mean cycle at half oxygen", half.mean(), 2 * mean + HALF_STEP, 2 * near, reason, "h"),
        Row("mean cycle at half oxygen and double antigen", both.mean(), mean + HALF_STEP, near, reason, "h"),
    ]


def durations(oxygen: float, antigen: float) -> np.ndarray:
    """Time of the first division of every cell [h]."""
    law = growth.Growth()
    cells = cells_of_one_kind(CELLS)
    cells.oxygen[:CELLS], cells.antigen[:CELLS] = oxygen, antigen
    numbers = numbers_of_one_kind(
        duration=law.duration.value * MINUTES_PER_HOUR,
        duration_spread=law.duration_spread.value * MINUTES_PER_HOUR,
        oxygen_threshold=law.oxygen_threshold.value,
        oxygen_saturation=law.oxygen_saturation.value,
        antigen_gain=law.antigen_gain.value,
        proliferates=1.0,
    )
    division.start(cells, slice(0, CELLS), numbers, SEED)
    divided = np.zeros(CELLS)
    step = 0
    while not divided.all():
        step += 1
        rows = growth.advance(cells, numbers, DT)
        divided[rows] = np.where(divided[rows] == 0.0, step * DT / MINUTES_PER_HOUR, divided[rows])
    return divided
