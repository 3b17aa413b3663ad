"""How a culture well is read: what an instrument shows for so many living cells. Pure functions, no data.

growth         N(t) = K / (1 + (K / N0 - 1) exp(-ln 2 t / doubling))                 untreated
cell index     a (N / 10000)^b + c E / 10000 + d                                     impedance of the floor
positive       Phi((ln MFI - ln gate) / sigma)                                       a gate of the cytometer
end point      ln(N + floor + 1000)                                                  counts, with a floor of the assay
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.stats import norm

PLATED = 10_000.0  # tumour cells: the index is stated per this many
OFFSET = 1_000.0  # added to counts before their logarithm: below it the assay tells nothing


class Observation(NamedTuple):
    """The observation model of one line: how its cells show as index, and the floor of its counts."""

    a: float
    b: float
    c: float
    d: float
    sigma: float
    floor: float


def logistic(hours, start, doubling, capacity):
    """Cells of an untreated well after some hours."""
    return capacity / (1.0 + (capacity / start - 1.0) * np.exp(-math.log(2.0) * np.asarray(hours) / doubling))


def index(tumour_cells, t_cells, seen: Observation):
    """Cell index of a well with so many living tumour cells and T cells."""
    tumour = np.asarray(tumour_cells, dtype=float) / PLATED
    return seen.a * tumour**seen.b + seen.c * np.asarray(t_cells, dtype=float) / PLATED + seen.d


def share_positive(mfi, gate: float, sigma: float):
    """Share of cells that a gate at `gate` calls positive in a population of mean fluorescence `mfi`."""
    return norm.cdf((np.log(mfi) - math.log(gate)) / sigma)


def score_of(cells, floor: float = 0.0):
    """A count as it is scored: the logarithm, flattened where the assay has its floor."""
    return np.log(np.asarray(cells, dtype=float) + floor + OFFSET)
