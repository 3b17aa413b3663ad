"""OpenVT's motility calibration: isolated cells in the plane, one squared diameter in 100 units of time.

A persistence of 5 units of time; the speed follows from v^2 = 1 / (2 P [t - P (1 - exp(-t / P))]).
"""

import math

from perforin.evidence.figures import read_figures
from perforin.evidence.population import mean_square_displacement
from perforin.evidence.rows import Row

CELLS, PERSISTENCE, TIME, DT, SEED, DIAMETER = 4000, 5.0, 100.0, 0.1, 20_260_712, 10.0


def measure(seed=None) -> list[Row]:
    """One row, in cell diameters."""
    wanted = read_figures(__file__).expected("mean square displacement at t = 100") * DIAMETER**2
    speed = math.sqrt(wanted / (2 * PERSISTENCE * (TIME - PERSISTENCE * (1 - math.exp(-TIME / PERSISTENCE)))))
    ((mean, _),) = mean_square_displacement(CELLS, speed, PERSISTENCE, [TIME], DT, SEED, flat=True)
    return [read_figures(__file__).row("mean square displacement at t = 100", mean / DIAMETER**2)]
