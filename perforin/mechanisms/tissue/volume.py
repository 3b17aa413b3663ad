"""Volume: fluid, nuclear and cytoplasmic solids relax to their targets.
"""

from __future__ import annotations

from dataclasses import dataclass

from perforin.engine.cells import Column
from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given


@dataclass(frozen=True)
class Volume:
    """The size a cell grows to, and how fast."""

    target: Value = given(2494.0, "um^3", "PhysiCell 1.14, Ghaffarizadeh 2018, 10.1371/journal.pcbi.1005991", "in_vitro", "MCF-7 cell")
    nucleus: Value = given(540.0, "um^3", "PhysiCell 1.14, Ghaffarizadeh 2018, 10.1371/journal.pcbi.1005991", "in_vitro", "MCF-7 nucleus")
    fluid_fraction: Value = given(0.75, "1", "PhysiCell 1.14, Ghaffarizadeh 2018, 10.1371/journal.pcbi.1005991", "in_vitro")
    fluid_rate: Value = given(1.3, "1/h", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "choice of the published model")
    nucleus_rate: Value = given(0.22, "1/h", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "choice of the published model")
    cytoplasm_rate: Value = given(0.13, "1/h", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "choice of the published model")


DECLARATION = Mechanism(
    "volume",
    Volume,
    (
        Column("fluid", "float32", "um^3", on_division="halve"),
        Column("nuclear_solid", "float32", "um^3", on_division="halve"),
        Column("cytoplasmic_solid", "float32", "um^3", on_division="halve"),
    ),
)
