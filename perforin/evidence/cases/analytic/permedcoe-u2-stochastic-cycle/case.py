"""PerMedCoE U2: ten thousand cells, every phase normal with a spread of a tenth of its mean.

The case draws the four phases from the product's streams and gives each cell their sum; the product's cycle runs in
steps of 1 min (a division is seen half a step late, 0.008 h).
"""

import numpy as np

from perforin.evidence.figures import read_figures
from perforin.evidence.population import cells_of_one_kind, numbers_of_one_kind
from perforin.evidence.rows import Row
from perforin.mechanisms.tissue import growth
from perforin.streams import CASE, normal

CELLS, DT, SEED = 10_000, 1.0, 2
PHASES, SPREAD = (420.0, 360.0, 180.0, 120.0), 0.1  # min, of the mean


def measure(seed=None) -> list[Row]:
    """Mean and spread of the time to the first division."""
    cells = cells_of_one_kind(CELLS)
    cells.oxygen[:CELLS], cells.antigen[:CELLS] = 38.0, 1.0
    numbers = numbers_of_one_kind(
        oxygen_threshold=10.0, oxygen_saturation=38.0, antigen_gain=0.0, proliferates=1.0
    )
    for i in range(CELLS):
        draws = (
            mean * (1 + SPREAD * normal(SEED, phase, cells.id[i], CASE)) for phase, mean in enumerate(PHASES)
        )
        cells.cycle_duration[i] = sum(draws)
    divided, step = np.zeros(CELLS), 0
    while not divided.all():
        step += 1
        rows = growth.advance(cells, numbers, DT)
        divided[rows] = np.where(divided[rows] == 0.0, step * DT / 60, divided[rows])
    figures = read_figures(__file__)
    return [
        figures.row("mean cycle", divided.mean()),
        figures.row("spread of the cycle", divided.std(ddof=1)),
    ]
