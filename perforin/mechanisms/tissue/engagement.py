"""Engagement: a T cell attaches to one target, holds it and lets go.
"""

from __future__ import annotations

from dataclasses import dataclass

from perforin.engine.cells import Column
from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given


@dataclass(frozen=True)
class Engagement:
    """How T cells find and hold targets."""

    attachment_rate: Value = given(0.2, "1/min", "PhysiCell 1.14, Ghaffarizadeh 2018, 10.1371/journal.pcbi.1005991", "assumed", "per candidate in reach, times antigen and distance factors")
    reach: Value = given(18.0, "um", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "no attachment beyond, centre to centre")
    close: Value = given(14.0, "um", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "full rate within")
    holding_time: Value = given(60.0, "min", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "mean time to spontaneous release")
    pull: Value = given(0.01, "1/min", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "velocity towards each tumour cell in range, per um of distance")


DECLARATION = Mechanism(
    "engagement",
    Engagement,
    (
        Column("partner", "int32", "1", start=-1, on_division="reset_both", reference=True, about="row of the cell held or holding"),
        Column("contact_time", "float32", "min", about="total time this line was held by T cells"),
    ),
    ("attachment", "release"),
)
