"""Cerebrospinal fluid: cells put into it are lost with its turnover, and a small share enters the lesion.

    dC/dt = -(k_loss + k_in) C,    share that enters  s = k_in / (k_loss + k_in)

k_loss holds everything that takes cells out of the fluid for good: outflow, settling, death. The share is what is
known (or guessed) about a route, so k_in = k_loss s / (1 - s). The step is exact: of the cells that leave in dt,

    C (1 - exp(-(k_loss + k_in) dt)),

the share s has entered the lesion, whatever dt.

Reads   nothing of cells
Writes  the numbers of cells in the fluid, lost, and on their way into the tissue
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given


@dataclass(frozen=True)
class Csf:
    """The fluid, and what becomes of cells in it."""

    volume: Value = given(
        140.0,
        "mL",
        "Perforin",
        "assumed",
        "of the cerebrospinal fluid of an adult: 125 to 150",
        (125.0, 150.0),
    )
    loss: Value = given(
        0.03,
        "1/h",
        "Perforin",
        "assumed",
        "cells lag behind the turnover of the fluid (0.15 per h) and settle: 0.02 to 0.05",
        (0.02, 0.05),
    )
    entry: Value = given(
        0.01,
        "1",
        "Perforin",
        "assumed",
        "share of the cells given that enter a lesion touching the fluid: 0.001 to 0.05, never measured in man",
        (0.001, 0.05),
    )


DECLARATION = Mechanism("csf", Csf, acts_on=("body",), attack="car")


def rates(loss: float, entry: float) -> tuple[float, float]:
    """(k_loss, k_in) [1/min] from the loss [1/min] and the share that enters (0 <= entry < 1)."""
    return loss, loss * entry / (1.0 - entry)


def left_after(minutes: float, loss: float, entry: float) -> float:
    """Share of the cells given that is still in the fluid."""
    return math.exp(-sum(rates(loss, entry)) * minutes)


class Fluid:
    """The cells of each kind that are in the fluid, that were lost from it, and that entered the lesion."""

    def __init__(self, kinds: int) -> None:
        self.inside = np.zeros(kinds)
        self.lost = np.zeros(kinds)

    def __repr__(self) -> str:
        return f"Fluid({self.inside.sum():.4g} cells inside, {self.lost.sum():.4g} lost)"

    def receive(self, kind: int, cells: float) -> None:
        """Put cells of a kind into the fluid."""
        self.inside[kind] += cells

    def pass_on(self, loss: float, entry: float, dt: float) -> np.ndarray:
        """Advance by dt [min]; returns the cells of each kind that enter the lesion meanwhile, as a mean (J dt)."""
        gone = self.inside * -math.expm1(-sum(rates(loss, entry)) * dt)
        entering = entry * gone
        self.inside -= gone
        self.lost += gone - entering
        return entering
