"""Apoptosis: a killed or aged cell is cleared after a fixed time.
"""

from __future__ import annotations

from dataclasses import dataclass

from perforin.engine.cells import Column
from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given


@dataclass(frozen=True)
class Apoptosis:
    """How long a dying cell stays."""

    clearance: Value = given(8.6, "h", "Luque 2024, 10.1038/s41598-024-63125-5", "assumed", "516 min, choice of the published model")


ALIVE, APOPTOTIC, NECROTIC, LYSED = 0, 1, 2, 3

DECLARATION = Mechanism(
    "apoptosis",
    Apoptosis,
    (
        Column("fate", "uint8", "1", about="0 alive, 1 apoptotic, 2 necrotic, 3 lysed"),
        Column("dying_time", "float32", "min", about="since death"),
    ),
    ("clearance",),
)
