"""The log of what happened to which cell, kept in memory until the recorder writes it down."""

from __future__ import annotations

import numpy as np

from perforin.engine.cells import Cells

COLUMNS = {"minute": "f8", "kind": "U10", "cell": "u8", "other": "u8", "x": "f4", "y": "f4", "z": "f4"}


class EventLog:
    """Events in the order they happened; within one moment in the order of the rows, which no thread changes."""

    def __init__(self) -> None:
        self._parts: list[dict[str, np.ndarray]] = []

    def __len__(self) -> int:
        return sum(part["cell"].size for part in self._parts)

    def add(
        self, minute: float, kind: str, cells: Cells, rows: np.ndarray, other: np.ndarray | None = None
    ) -> None:
        """Note an event of one kind for the cells in `rows`; `other` is the id of the killer or the mother."""
        if rows.size == 0:
            return
        order = np.argsort(cells.id[rows], kind="stable")
        rows = rows[order]
        self._parts.append(
            {
                "minute": np.full(rows.size, minute),
                "kind": np.full(rows.size, kind, dtype=COLUMNS["kind"]),
                "cell": cells.id[rows].copy(),
                "other": np.zeros(rows.size, dtype=np.uint64) if other is None else other[order].copy(),
                "x": cells.place[rows, 0].copy(),
                "y": cells.place[rows, 1].copy(),
                "z": cells.place[rows, 2].copy(),
            }
        )

    def drain(self) -> dict[str, np.ndarray]:
        """All events since the last call, as columns."""
        parts, self._parts = self._parts, []
        return {
            name: np.concatenate([part[name] for part in parts]) if parts else np.empty(0, dtype=dtype)
            for name, dtype in COLUMNS.items()
        }
