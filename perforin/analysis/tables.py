"""How the tables of a run are read: a column of the series, the cell types by their role, who is alive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from perforin.results.run import RunData

TUMOUR, T_CELL, HOST = "tumour", "t_cell", "host"
ALIVE = "alive"


def column(run: RunData, name: str) -> np.ndarray:
    """(n_rows,) float64 column of the series; empty where the run recorded nothing yet."""
    if name not in run.series.columns:
        return np.empty(0)
    return run.series[name].to_numpy(float)


def names(run: RunData, role: str) -> tuple[str, ...]:
    """The cell types of this run that play the role, in the run's order."""
    return tuple(entry["name"] for entry in run.meta.get("types", ()) if entry["role"] == role)


def of_role(run: RunData, cells: pd.DataFrame, role: str) -> np.ndarray:
    """(n_cells,) bool: the cell is of a type that plays the role, dead or alive."""
    return np.asarray(cells["type"].astype(str).isin(names(run, role)))


def living(run: RunData, cells: pd.DataFrame, role: str) -> pd.DataFrame:
    """The living cells of one role."""
    alive = np.asarray(cells["fate"].astype(str) == ALIVE)
    return cells[alive & of_role(run, cells, role)]


def was_attacked(run: RunData) -> bool:
    """Whether any T cell was in the dish at any recorded moment."""
    t_cells = column(run, "t_cells")
    return bool(t_cells.size and np.nanmax(t_cells) > 0)
