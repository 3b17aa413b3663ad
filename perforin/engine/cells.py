"""Cells as a structure of arrays, built from the columns that mechanisms declare.

Capacity grows by a quarter; the first `count` rows are the cells. Rows are kept in bin order by `reorder`; a
column marked `reference` holds row numbers of other cells (-1 for none) and is renumbered with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np


def grown(size: int) -> int:
    """The next size of an array that is full: a quarter more costs four copies per cell in all, and little room."""
    return size + size // 4


@dataclass(frozen=True)
class Column:
    """One number per cell, and what happens to it at division."""

    name: str
    dtype: str
    unit: str
    start: float = 0.0
    on_division: str = "copy"  # copy | halve | reset (second daughter) | reset_both
    width: int = 1
    reference: bool = False
    about: str = ""
    per: str = ""  # "antigen": one number for each antigen of the run, (n, antigens) even for one
    only: str = ""  # what a run must have for its cells to have this column; empty for every run

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one cell's entry."""
        return (self.width,) if self.width > 1 or self.per else ()


CORE = (
    Column("id", "uint64", "1", about="lineage key: hash of mother, daughter index and division count"),
    Column("type", "uint8", "1", about="position in Plan.types"),
    Column("divisions", "uint16", "1", about="divisions since the founder"),
    Column("place", "float32", "um", width=4, about="x, y, z from the local origin, and the radius"),
    Column("velocity", "float32", "um/min", width=3, about="of this mechanics step"),
    Column("velocity_before", "float32", "um/min", on_division="reset", width=3, about="of the step before"),
)


class Cells:
    """The cells of one tissue: `cells.place[:cells.count]` and so on, one attribute per column."""

    def __init__(self, columns: Iterable[Column], capacity: int = 1024) -> None:
        self.columns: dict[str, Column] = {}
        for column in (*CORE, *columns):
            if column.name in self.columns:
                raise ValueError(f"two mechanisms declare the column '{column.name}'")
            self.columns[column.name] = column
        self.count = 0
        self.capacity = capacity
        self._arrays = {c.name: self._empty(c, capacity) for c in self.columns.values()}

    @staticmethod
    def _empty(column: Column, capacity: int) -> np.ndarray:
        if column.start == 0.0:  # zeros take up no memory before they are written over
            return np.zeros((capacity, *column.shape), dtype=column.dtype)
        return np.full((capacity, *column.shape), column.start, dtype=column.dtype)

    def __getattr__(self, name: str) -> np.ndarray:
        """The whole array of a column, `capacity` rows long: kernels loop to `count`."""
        arrays = self.__dict__.get("_arrays", {})
        if name in arrays:
            return arrays[name]
        raise AttributeError(name)

    def __len__(self) -> int:
        return self.count

    def __repr__(self) -> str:
        return f"Cells({self.count} cells, {len(self.columns)} columns, {self.bytes_per_cell} bytes each)"

    @property
    def bytes_per_cell(self) -> int:
        """Memory of one row."""
        return sum(np.dtype(c.dtype).itemsize * c.width for c in self.columns.values())

    def items(self) -> Iterator[tuple[str, np.ndarray]]:
        """Column name and its living rows (a view)."""
        for name, array in self._arrays.items():
            yield name, array[: self.count]

    def append(self, count: int, **values: np.ndarray | float) -> slice:
        """Add `count` cells at the end, columns not named at their start value; returns their rows."""
        self.reserve(self.count + count)
        rows = slice(self.count, self.count + count)
        for name, column in self.columns.items():
            self._arrays[name][rows] = column.start
        for name, value in values.items():
            self._arrays[name][rows] = value
        self.count += count
        return rows

    def divide(self, rows: np.ndarray) -> slice:
        """Append one daughter per mother row, each column by its `on_division`; the mother row is the other one."""
        born = self.append(rows.size)
        for name, column in self.columns.items():
            array = self._arrays[name]
            if column.on_division == "halve":
                array[rows] = array[rows] / 2
            if column.on_division in ("copy", "halve"):
                array[born] = array[rows]
            elif column.on_division == "reset_both":
                array[rows] = column.start
        return born

    def reserve(self, capacity: int) -> None:
        """Make room for at least `capacity` cells."""
        if capacity <= self.capacity:
            return
        self.capacity = max(capacity, grown(self.capacity))
        for name, column in self.columns.items():
            larger = self._empty(column, self.capacity)
            larger[: self.count] = self._arrays[name][: self.count]
            self._arrays[name] = larger

    def reorder(self, order: np.ndarray) -> None:
        """Put row order[i] at row i; rows left out are removed, references to them become -1."""
        new_count = order.size
        renumber = np.full(self.count + 1, -1, dtype=np.int32)
        renumber[order] = np.arange(new_count, dtype=np.int32)
        for name, column in self.columns.items():
            array = self._arrays[name]
            moved = array[order]
            array[:new_count] = renumber[moved] if column.reference else moved
            array[new_count : self.count] = column.start
        self.count = new_count

    def restore(self, arrays: dict[str, np.ndarray]) -> None:
        """Take all columns from a checkpoint."""
        count = arrays["id"].shape[0]
        self.count = 0
        self.reserve(count)
        for name in self.columns:
            self._arrays[name][:count] = arrays[name]
        self.count = count
