"""Numbers with their sources, as a table and as lines."""

from __future__ import annotations

from typing import Any

import pandas as pd

COLUMNS = ["path", "value", "unit", "source", "grade", "note"]
NOTE_LENGTH = 160


def as_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows of numbers as a table."""
    return pd.DataFrame(rows, columns=COLUMNS)


def as_text(rows: list[dict[str, Any]]) -> str:
    """Rows of numbers as lines: where, how much, how far to trust it, from whom."""
    shown = [(row["path"], _quantity(row), row["grade"], row["source"], row.get("note", "")) for row in rows]
    widths = [max((len(cells[i]) for cells in shown), default=0) for i in range(3)]
    lines = []
    for path, quantity, grade, source, note in shown:
        line = f"  {path:<{widths[0]}}  {quantity:<{widths[1]}}  {grade:<{widths[2]}}  {source}"
        lines.append(f"{line} ({note[:NOTE_LENGTH]})" if note else line)
    return "\n".join(lines)


def _quantity(row: dict[str, Any]) -> str:
    unit = "" if row["unit"] == "1" else f" {row['unit']}"
    value = row["value"]
    return f"{value:g}{unit}" if isinstance(value, int | float) else f"{value}{unit}"
