"""Killing: an attached T cell kills at a rate set by the antigen of its target.
"""

from __future__ import annotations

from dataclasses import dataclass

from perforin.engine.cells import Column
from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given


@dataclass(frozen=True)
class Killing:
    """How fast an attached T cell kills."""

    rate: Value = given(0.06667, "1/min", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "at full antigen, mean 15 min")


DECLARATION = Mechanism("killing", Killing, (Column("kills", "uint16", "1", on_division="reset_both", about="by this T cell"),), ("kill",))
