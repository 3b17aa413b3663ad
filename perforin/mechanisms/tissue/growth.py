"""Growth: a cell divides when its cycle timer exceeds what oxygen and antigen level allow.
"""

from __future__ import annotations

from dataclasses import dataclass

from perforin.engine.cells import Column
from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given


@dataclass(frozen=True)
class Growth:
    """How fast a cell cycles, and what slows it."""

    duration: Value = given(38.6, "h", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "mean cycle duration at full oxygen")
    duration_spread: Value = given(3.7, "h", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "standard deviation between cells, redrawn for one daughter")
    oxygen_threshold: Value = given(10.0, "mmHg", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "no cycling below: a choice of its authors")
    oxygen_saturation: Value = given(38.0, "mmHg", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "full speed above: a choice of its authors")
    antigen_gain: Value = given(1.0, "1", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "cycle speed multiplies by 1 + gain (level - 1): the oncoprotein of the published model drives the cycle and is the antigen")
    proliferates: Value = given(1.0, "1", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "1 for a cell that cycles, 0 for one that does not")


DECLARATION = Mechanism(
    "growth",
    Growth,
    (
        Column("cycle_duration", "float32", "min", about="of this cell at full oxygen; redrawn for one daughter"),
        Column("cycle_time", "float32", "min", on_division="reset_both", about="time spent in the cycle"),
    ),
    ("division",),
)
