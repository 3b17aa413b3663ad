"""Numbers that know where they come from.

Below `scenario.compile` every number is a plain float in the canonical unit of its kind:

    length um · area um^2 · volume um^3 · time min · speed um/min · rate 1/min · diffusion um^2/min
    oxygen mmHg · concentration nM · plasma cytokine pg/mL · counts: cell, copy, molecule · fraction 1

A `Value` is the other side: number, unit, source and grade, as written in a catalog entry or a mechanism.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

Grade = Literal["human", "animal", "in_vitro", "fitted", "assumed", "yours"]
GRADES: tuple[str, ...] = ("human", "animal", "in_vitro", "fitted", "assumed", "yours")

MINUTES_PER_HOUR = 60
MINUTES_PER_DAY = 1440
UM2_PER_MM2 = 1e6
UM3_PER_MM3 = 1e9
UM3_PER_ML = 1e12  # and per cm^3
PG_PER_MG = 1e9


@dataclass(frozen=True)
class Value:
    """A number with its unit, its source and how far to trust it."""

    value: float
    unit: str
    source: str
    grade: Grade
    note: str = ""
    spread: tuple[float, ...] = ()

    def __str__(self) -> str:
        unit = "" if self.unit == "1" else f" {self.unit}"
        return f"{self.value:g}{unit} ({self.grade}: {self.source})"


def given(
    value: float, unit: str, source: str, grade: Grade, note: str = "", spread: tuple[float, ...] = ()
) -> Any:
    """Declare a mechanism's parameter with its default, as a dataclass field holding a Value."""
    if grade == "assumed" and not note:
        raise ValueError(f"a number of grade 'assumed' needs a note that says why ({value} {unit})")
    return field(default=Value(value, unit, source, grade, note, spread))


class Numbers:
    """The compiled parameters of one mechanism: one (n_types,) float64 array per name, canonical units."""

    def __init__(self, arrays: dict[str, np.ndarray]) -> None:
        self._arrays = arrays

    def __getattr__(self, name: str) -> np.ndarray:
        arrays = self.__dict__.get("_arrays", {})
        if name in arrays:
            return arrays[name]
        raise AttributeError(name)

    def as_dict(self) -> dict[str, np.ndarray]:
        """Name to array, in declaration order."""
        return dict(self._arrays)

    def __repr__(self) -> str:
        return "Numbers(" + ", ".join(f"{k}={v.tolist()}" for k, v in self._arrays.items()) + ")"


def shared_out(cells: int, shares: Sequence[float]) -> list[int]:
    """A number of cells divided by shares, to the nearest whole cells that make the number."""
    exact = [cells * share for share in shares]
    whole = [math.floor(number + 1e-9) for number in exact]
    by_rest = sorted(range(len(shares)), key=lambda k: (whole[k] - exact[k], k))
    for k in by_rest[: cells - sum(whole)]:
        whole[k] += 1
    return whole
