"""Suppression: the product of the capped brakes a tumour puts on T cells, where its fields are not modelled.

    hit rate * sqrt(product);   signal toward division * product

Death needs several hits, so killing falls as about the square of the hit rate; the root keeps the share of kills near
the stated product. 1 is the culture dish, to which base rates refer.
"""

from __future__ import annotations

from dataclasses import dataclass

from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given


@dataclass(frozen=True)
class Suppression:
    """How hard the tumour brakes."""

    product: Value = given(
        1.0, "1", "assumed", "assumed", "none in a dish; tumours keep between 0.1 and 0.5", (0.1, 1.0)
    )


DECLARATION = Mechanism(
    "suppression",
    Suppression,
    acts_on=("tumour",),
    attack="car",
    obstacle="suppression",
    removed={"product": 1.0},
)
