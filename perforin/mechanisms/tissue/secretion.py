"""Secretion: living cells release the attractant that T cells climb.
"""

from __future__ import annotations

from dataclasses import dataclass

from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given


@dataclass(frozen=True)
class Secretion:
    """How fast a cell fills its surroundings, and up to what level."""

    rate: Value = given(0.0, "1/min", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "only tumour cells of the published model secrete")
    saturation: Value = given(1.0, "1", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "the factor is dimensionless: 1 is its saturation")


DECLARATION = Mechanism("secretion", Secretion)
