"""Oxygenation: cells take oxygen up, and sense what is left.
"""

from __future__ import annotations

from dataclasses import dataclass

from perforin.engine.cells import Column
from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given


@dataclass(frozen=True)
class Oxygenation:
    """How much oxygen a cell takes."""

    uptake: Value = given(10.0, "1/min", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "first-order uptake of the published model, a choice of its authors")
    dead_fraction: Value = given(0.1, "1", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "uptake of a dead cell as a share of a living one: a choice of its authors")


DECLARATION = Mechanism("oxygenation", Oxygenation, (Column("oxygen", "float32", "mmHg"),))
