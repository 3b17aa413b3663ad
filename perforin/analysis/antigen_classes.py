"""The antigen classes of a tumour: cells seen by both binders of a product, by one of them only, or by neither.

A cell belongs to a binder when its copies alone would make the CAR answer. Where two signals add, a few cells are seen
only by both binders together: they count as seen by both. A product with one binder has two classes, seen and unseen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import antigen, tables
from perforin.analysis.binders import pair

if TYPE_CHECKING:
    import pandas as pd

    from perforin.results.run import RunData

SEEN, FIRST, SECOND, UNSEEN = range(4)  # by both (or by the only one), by one only, by none


@dataclass(frozen=True)
class Census:
    """Living tumour cells of each class over the snapshots."""

    day: np.ndarray  # (n_days,)
    cells: np.ndarray  # (n_days, 4) SEEN, FIRST, SECOND, UNSEEN

    @property
    def share(self) -> np.ndarray:
        """(n_days, 4) share of the living tumour cells; nan on days without any."""
        total = self.cells.sum(axis=1, keepdims=True)
        return np.divide(self.cells, total, out=np.full(self.cells.shape, np.nan), where=total > 0)


def names(run: RunData) -> dict[int, str]:
    """The classes that this run tells apart, in words, in the order of a legend."""
    two = pair(run)
    if two is None:
        return {SEEN: "seen by the CAR", UNSEEN: "antigen-negative"}
    first, second = two
    return {
        SEEN: "both binders",
        FIRST: f"{first.name} only",
        SECOND: f"{second.name} only",
        UNSEEN: "neither",
    }


def classes(run: RunData, cells: pd.DataFrame) -> np.ndarray:
    """(n_cells,) int: the class of each cell by the antigen it shows now; meaningless for T cells."""
    unseen, two = antigen.is_negative(run, cells), pair(run)
    if two is None or any(f"copies__{binder.antigen}" not in cells for binder in two):
        return np.where(unseen, UNSEEN, SEEN)
    first, second = (cells[f"copies__{binder.antigen}"].to_numpy(float) >= binder.least for binder in two)
    together = ~first & ~second & ~unseen
    return np.select([first & second | together, first, second], [SEEN, FIRST, SECOND], UNSEEN)


def census(run: RunData) -> Census:
    """How many living tumour cells of each class every snapshot holds."""
    days, rows = run.snapshot_days, []
    for day in days:
        tumour = tables.living(run, run.cells(day), tables.TUMOUR)
        rows.append(np.bincount(classes(run, tumour), minlength=4))
    return Census(np.array(days, float), np.array(rows, float).reshape(len(days), 4))
