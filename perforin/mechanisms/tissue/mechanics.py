"""Mechanics: neighbours push when they overlap and adhere when they touch.
"""

from __future__ import annotations

from dataclasses import dataclass

from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given


@dataclass(frozen=True)
class Mechanics:
    """How strongly cells push and adhere."""

    repulsion: Value = given(10.0, "um/min", "PhysiCell 1.14, Ghaffarizadeh 2018, 10.1371/journal.pcbi.1005991", "assumed", "default of the force law; pairs take the geometric mean")
    adhesion: Value = given(0.4, "um/min", "PhysiCell 1.14, Ghaffarizadeh 2018, 10.1371/journal.pcbi.1005991", "assumed", "default of the force law; pairs take the geometric mean")
    adhesion_range: Value = given(1.25, "1", "PhysiCell 1.14, Ghaffarizadeh 2018, 10.1371/journal.pcbi.1005991", "assumed", "in sums of radii")


DECLARATION = Mechanism("mechanics", Mechanics)
