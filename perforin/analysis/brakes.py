"""Brakes: what the fields of a tumour leave of each function of its T cells, and of their kills per contact."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import tables

if TYPE_CHECKING:
    from perforin.results.run import RunData

FUNCTIONS = ("kill", "cytokine", "proliferation", "motility")
EXHAUSTED = "exhausted_share"


@dataclass(frozen=True)
class Braked:
    """Means over the T cells there were, over the whole run; nan where there was none."""

    left: dict[str, float]  # of each function [1]
    kills: float  # of the kills per contact that there would be without brakes [1]
    exhausted: float  # share of T cells with less than half of their function, at the end


def has_effects(run: RunData) -> bool:
    """Whether fields act on the T cells of a run."""
    return _name(FUNCTIONS[0]) in run.series


def braked(run: RunData) -> Braked:
    """Read the brakes of a run; each row of the series counts by its T cells."""
    weight = tables.column(run, "t_cells")
    product = tables.column(run, _name(FUNCTIONS[0]))
    left = {name: _mean(tables.column(run, _name(name)), weight) for name in FUNCTIONS}
    worn = tables.column(run, EXHAUSTED)
    known = worn[np.isfinite(worn)]
    return Braked(left, _mean(kills_left(run, product), weight), float(known[-1]) if known.size else math.nan)


def kills_left(run: RunData, product: np.ndarray) -> np.ndarray:
    """The share of unbraked kills per contact at some products of brakes, by the table that the run keeps."""
    table = run.meta.get("kills_left")
    if not table:
        return np.full(np.shape(product), math.nan)
    return np.interp(product, table["product"], table["kills"])


def _name(function: str) -> str:
    return f"brake_{function}_mean"


def _mean(values: np.ndarray, weight: np.ndarray) -> float:
    known = np.isfinite(values) & (weight > 0)
    return float(np.average(values[known], weights=weight[known])) if known.any() else math.nan
