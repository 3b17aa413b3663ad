"""Lifetime: infused T cells age and die within a fixed span.
"""

from __future__ import annotations

from dataclasses import dataclass

from perforin.engine.cells import Column
from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given


@dataclass(frozen=True)
class Lifetime:
    """How long infused T cells live."""

    span: Value = given(14400.0, "min", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "no T cell of the published model outlives ten days")
    exponent: Value = given(6.0, "1", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "survival (1 - a/span)^(1/exponent)")
    mortal: Value = given(0.0, "1", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "1 for cells that age, 0 for cells that do not")


DECLARATION = Mechanism("lifetime", Lifetime, (Column("age", "float32", "min", about="since arrival"),), ("ageing",))
