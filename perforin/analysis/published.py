"""The measured curve a scenario carries, next to the simulated one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import tables

if TYPE_CHECKING:
    import pandas as pd

    from perforin.results.run import RunData

COLUMNS = ["quantity", "day", "published", "simulated", "ratio", "source"]


def quantities(run: RunData) -> tuple[str, ...]:
    """The quantities with published points that this run also recorded, in the order they were written."""
    carried = dict.fromkeys(point["quantity"] for point in run.meta.get("published") or ())
    return tuple(name for name in carried if name in run.series.columns)


def points(run: RunData, quantity: str) -> tuple[np.ndarray, np.ndarray]:
    """Days and values of the published points of one quantity, in order of day."""
    pairs = sorted(
        (p["day"], p["value"]) for p in run.meta.get("published") or () if p["quantity"] == quantity
    )
    return np.array([day for day, _ in pairs], float), np.array([value for _, value in pairs], float)


def sources(run: RunData, quantity: str) -> tuple[str, ...]:
    """Where the published points of one quantity come from, each source once."""
    return tuple(
        dict.fromkeys(
            p.get("source", "") for p in run.meta.get("published") or () if p["quantity"] == quantity
        )
    )


def compare(run: RunData) -> pd.DataFrame:
    """Every published point with the simulated value of that day and their ratio.

    Columns quantity, day, published, simulated, ratio, source. Simulated is linear between records and
    nan outside them: a point the run has not reached is not compared.
    """
    import pandas as pd

    rows = []
    for point in run.meta.get("published") or ():
        found = _simulated(run, point["quantity"], float(point["day"]))
        ratio = found / point["value"] if point["value"] else float("nan")
        rows.append([point["quantity"], point["day"], point["value"], found, ratio, point.get("source", "")])
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.sort_values(["quantity", "day"], kind="stable", ignore_index=True)


def _simulated(run: RunData, quantity: str, day: float) -> float:
    days = tables.column(run, "day")
    if quantity not in run.series.columns or not days.size:
        return float("nan")
    return float(np.interp(day, days, tables.column(run, quantity), left=np.nan, right=np.nan))
