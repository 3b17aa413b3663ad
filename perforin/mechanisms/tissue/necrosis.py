"""Necrosis: without oxygen a cell dies, swells and bursts.
"""

from __future__ import annotations

from dataclasses import dataclass

from perforin.engine.cells import Column
from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given


@dataclass(frozen=True)
class Necrosis:
    """When lack of oxygen kills, and how the dead cell swells."""

    oxygen_threshold: Value = given(5.0, "mmHg", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "hazard starts below: choice of the published model")
    oxygen_full: Value = given(2.5, "mmHg", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "full hazard below: choice of the published model")
    rate: Value = given(1.0 / 6.0, "1/h", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "mean six hours at full hazard")
    fluid_rate: Value = given(0.050, "1/h", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "swelling towards pure fluid")
    nucleus_rate: Value = given(0.013, "1/h", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "loss of nuclear solids")
    cytoplasm_rate: Value = given(0.0032, "1/h", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "loss of cytoplasmic solids")
    burst_ratio: Value = given(2.0, "1", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "bursts at this multiple of its volume at death")
    clearance: Value = given(60.0, "day", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "a burst cell is removed after this time")


DECLARATION = Mechanism(
    "necrosis",
    Necrosis,
    (Column("burst_volume", "float32", "um^3", about="volume at which the necrotic cell bursts"),),
    ("necrosis", "lysis"),
)
