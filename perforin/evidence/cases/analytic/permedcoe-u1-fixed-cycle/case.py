"""PerMedCoE U1: one cell, four phases that together last exactly 18 h, 2880 min in steps of 6 min.

The product has one phase, so the four are given as their sum. It divides in the first step in which the timer exceeds
the duration; the test asks for the step in which the timer reaches it, so the duration is the last float32 below 18 h.
The cell is born at half its target volume, so that it doubles; rates are PhysiCell's for a live cell.
"""

import numpy as np

from perforin.evidence.figures import read_figures
from perforin.evidence.population import cells_of_one_kind, numbers_of_one_kind
from perforin.evidence.rows import Row
from perforin.mechanisms.tissue import division, growth, volume
from perforin.simulation.events import EventLog

PHASES, DT, END = (420.0, 360.0, 180.0, 120.0), 6.0, 2880.0  # min
BIRTH = 2494.0  # um^3
MASSES = ("fluid", "nuclear_solid", "cytoplasmic_solid")


def measure(seed=None) -> list[Row]:
    """Follow the cell and its daughters; time and weigh every division."""
    figures = read_figures(__file__)
    cells, grows, swells, divides = _newborn()
    log, times, grown, daughters, masses = EventLog(), [], [], [], []
    for step in range(round(END / DT)):
        rows = growth.advance(cells, grows, DT)
        volume.advance(cells, swells, DT)
        if rows.size:
            before, mothers = _mass(cells).sum(), _sphere(cells)[rows]
            grown.append(mothers.max())
            division.advance(cells, rows, divides, grows, 1, step, True, False, log, (step + 1) * DT)
            times.append((step + 1) * DT)
            daughters.append(np.abs(2 * _sphere(cells) / mothers.mean() - 1).max())
            masses.append(abs(_mass(cells).sum() / before - 1))
    return [
        figures.row("first division", times[0]),
        figures.row("second divisions", times[1]),
        figures.row("cells at 2880 min", cells.count),
        figures.row("volume before the first division over that at birth", grown[0] / BIRTH),
        figures.row("largest volume of a daughter over half the mother's, less 1", max(daughters)),
        figures.row("relative change of mass at division", max(masses)),
    ]


def _newborn():
    cells = cells_of_one_kind(1)
    grows = numbers_of_one_kind(
        duration=float(np.nextafter(np.float32(sum(PHASES)), np.float32(0))), duration_spread=0.0,
        oxygen_threshold=10.0, oxygen_saturation=38.0, antigen_gain=0.0, proliferates=1.0,
    )  # fmt: skip
    swells = numbers_of_one_kind(
        target=2 * BIRTH, nucleus=1080.0, fluid_fraction=0.75,
        fluid_rate=3.0 / 60, nucleus_rate=0.33 / 60, cytoplasm_rate=0.27 / 60,
    )  # fmt: skip
    cells.oxygen[:1], cells.antigen[:1] = 38.0, 1.0
    volume.start(cells, slice(0, 1), swells)
    for name in MASSES:
        getattr(cells, name)[:1] /= 2
    cells.place[:1, 3] = volume.radius_of(BIRTH)
    division.start(cells, slice(0, 1), grows, 1)
    return cells, grows, swells, numbers_of_one_kind(separation=0.206299474)


def _mass(cells) -> np.ndarray:
    return np.sum([getattr(cells, name)[: cells.count].astype(np.float64) for name in MASSES], axis=0)


def _sphere(cells) -> np.ndarray:
    return 4.18879020478639 * cells.place[: cells.count, 3].astype(np.float64) ** 3
