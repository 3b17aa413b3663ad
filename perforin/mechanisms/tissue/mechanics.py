"""Mechanics: neighbours push when they overlap and adhere when they touch.

The law is `engine.forces`; here stand its coefficients per pair of cell types, geometric means of each type's own,
the range the mean of the two.

Reads   place, type
Writes  velocity [um/min]
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from perforin.engine.forces import NOBODY, contact_velocity
from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given


@dataclass(frozen=True)
class Mechanics:
    """How strongly cells push and adhere."""

    repulsion: Value = given(
        10.0,
        "um/min",
        "PhysiCell 1.14, Ghaffarizadeh 2018, 10.1371/journal.pcbi.1005991",
        "assumed",
        "default of the force law; pairs take the geometric mean",
    )
    adhesion: Value = given(
        0.4,
        "um/min",
        "PhysiCell 1.14, Ghaffarizadeh 2018, 10.1371/journal.pcbi.1005991",
        "assumed",
        "default of the force law; pairs take the geometric mean",
    )
    adhesion_range: Value = given(
        1.25,
        "1",
        "PhysiCell 1.14, Ghaffarizadeh 2018, 10.1371/journal.pcbi.1005991",
        "assumed",
        "in sums of radii",
    )


DECLARATION = Mechanism("mechanics", Mechanics, acts_on=("tumour", "T cell", "host"))


class ContactTable:
    """The force law per pair of cell types: (kinds, kinds) float32 repulsion, adhesion [um/min] and 1 / range [1].

    reach  (kinds, kinds) how far each pair acts, in sums of radii: to the range of its adhesion where it has any
    """

    def __init__(self, numbers) -> None:
        self.repulsion = np.sqrt(np.outer(numbers.repulsion, numbers.repulsion)).astype(np.float32)
        self.adhesion = np.sqrt(np.outer(numbers.adhesion, numbers.adhesion)).astype(np.float32)
        reach = np.add.outer(numbers.adhesion_range, numbers.adhesion_range) / 2
        self.near = (1.0 / reach).astype(np.float32)
        self.reach = np.where(self.adhesion > 0.0, reach, 1.0)


def density_at_rest(numbers, volume: float) -> float:
    """Cells of a volume [um^3] per volume of close-packed tissue in which no cell pushes or pulls [cell/um^3].

    At the distance d = x (r + r) repulsion and adhesion are equal, sqrt(c_r) (1 - x) = sqrt(c_a) (1 - x / range);
    close packing holds sqrt(2) / d^3 cells.
    """
    pull = math.sqrt(float(numbers.adhesion[0] / numbers.repulsion[0]))
    rest = (1.0 - pull) / (1.0 - pull / float(numbers.adhesion_range[0]))
    radius = (3.0 * volume / (4.0 * math.pi)) ** (1.0 / 3.0)
    return math.sqrt(2.0) / (rest * 2.0 * radius) ** 3


def advance(cells, table: ContactTable, rows: np.ndarray, pairs, box) -> None:
    """Set the velocity of the cells in `rows` to what those listed in `pairs` (start, stop, listed) do to them."""
    contact_velocity(
        cells.place,
        cells.type,
        rows,
        pairs.start,
        pairs.stop,
        pairs.listed,
        box.lengths,
        box.wrap,
        table.repulsion,
        table.adhesion,
        table.near,
        cells.velocity,
        NOBODY,
    )
