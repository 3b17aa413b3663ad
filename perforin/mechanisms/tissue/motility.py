"""Motility: T cells walk persistently, biased up the attractant.
"""

from __future__ import annotations

from dataclasses import dataclass

from perforin.engine.cells import Column
from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given


@dataclass(frozen=True)
class Motility:
    """How a T cell walks."""

    speed: Value = given(5.0, "um/min", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "CAR-T cells of the published model; measured ranges 1 to 10 um/min")
    persistence: Value = given(10.0, "min", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "mean time between turns")
    bias: Value = given(0.5, "1", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "0 random, 1 straight up the gradient")


DECLARATION = Mechanism("motility", Motility, (Column("heading", "float32", "1", width=3, about="unit vector of the walk"),))
