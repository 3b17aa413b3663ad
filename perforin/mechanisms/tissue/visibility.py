"""Visibility: how strongly the best CAR of a run would answer to each tumour cell, with nothing in its way.

    answer = max over kinds of T cells of  s^2 / (s^2 + half_kill^2),   s the signal of recognition at full CAR number

A cell is antigen-negative when an unbraked contact of 6 h kills it with a probability under 5 %: when
hit_rate * answer lies below `damage.lethal_rate`.

Reads   copies
Writes  nothing: it is read for the record
"""

from __future__ import annotations

import math

import numba
import numpy as np

from perforin.mechanisms.tissue.recognition import Receptors, response, signal

MOST_COPIES = 1e8


@numba.njit(cache=True)
def _answers(copies, receptors, half_kill, out):
    """Set out[i] to the best answer to cell i over all kinds of T cells [1]."""
    for i in range(copies.shape[0]):
        best = 0.0
        for t in range(half_kill.size):
            if receptors.antigen[t, 0] >= 0:
                best = max(best, response(signal(t, copies[i], receptors), half_kill[t]))
        out[i] = best


def answers(copies: np.ndarray, receptors: Receptors, recognition) -> np.ndarray:
    """(n,) float32 answers in [0, 1] to cells that carry `copies` (n, antigens)."""
    out = np.zeros(copies.shape[0], dtype=np.float32)
    _answers(np.ascontiguousarray(copies, dtype=np.float32), receptors, recognition.half_kill, out)
    return out


def seen(receptors: Receptors) -> list[int]:
    """The antigens that any binder of the run sees, by their place in the panel."""
    return sorted({int(a) for a in receptors.antigen.ravel() if a >= 0})


def least_copies(receptors: Receptors, recognition, threshold: float, antigens: int) -> float:
    """Copies of the best seen antigen alone at which the answer reaches `threshold`; inf where none does."""
    least = math.inf
    for antigen in seen(receptors):
        low, high = 0.0, MOST_COPIES
        alone = np.zeros((1, antigens), dtype=np.float32)
        for _ in range(60):
            alone[0, antigen] = middle = 0.5 * (low + high)
            reached = answers(alone, receptors, recognition)[0] >= threshold
            low, high = (low, middle) if reached else (middle, high)
        least = min(least, high if high < 0.999 * MOST_COPIES else math.inf)
    return least
