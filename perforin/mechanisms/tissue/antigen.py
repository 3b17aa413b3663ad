"""Antigen: each tumour cell carries a level of the antigen, inherited by its daughters.
"""

from __future__ import annotations

from dataclasses import dataclass

from perforin.engine.cells import Column
from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given


@dataclass(frozen=True)
class Antigen:
    """How much antigen the founders carry, and what the T cell makes of it."""

    mean: Value = given(1.0, "1", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "relative level of the published model")
    spread: Value = given(0.25, "1", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "standard deviation between founders, clipped at zero")
    threshold: Value = given(0.5, "1", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "invisible to the T cell at or below")
    saturation: Value = given(2.0, "1", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "full effect at or above")


DECLARATION = Mechanism("antigen", Antigen, (Column("antigen", "float32", "1", about="level relative to the population mean"),))
