"""Where things are in the tissue: radius, penetration, oxygen, and profiles from the centre out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import tables

if TYPE_CHECKING:
    import pandas as pd

    from perforin.results.run import RunData

HYPOXIC = 10.0  # mmHg, the usual border of hypoxia in tumours (Vaupel 2007, 10.1089/ars.2007.1628)
SHELL = 25.0  # um, thickness of a shell in a profile: about one and a half cell diameters


@dataclass(frozen=True)
class Profile:
    """Means over shells around the tumour centre."""

    radius: np.ndarray  # (n_shells,) middles [um]
    tumour: np.ndarray  # living tumour cells per shell, share of all cells in it
    t_cells: np.ndarray
    dead: np.ndarray
    cells: np.ndarray  # cells in the shell
    oxygen: np.ndarray  # mean over the living cells [mmHg]


def position(cells: pd.DataFrame) -> np.ndarray:
    """(n_cells, 3) float64 centres [um]."""
    return cells[["x", "y", "z"]].to_numpy(float)


def centre(run: RunData, cells: pd.DataFrame) -> np.ndarray:
    """(3,) centre of mass of the living tumour [um]; the origin where none is left."""
    tumour = tables.living(run, cells, tables.TUMOUR)
    return position(tumour).mean(axis=0) if len(tumour) else np.zeros(3)


def tumour_radius(run: RunData, cells: pd.DataFrame) -> float:
    """Distance of the outermost 1 % of living tumour cells from their centre [um]; 0 where none is left."""
    tumour = tables.living(run, cells, tables.TUMOUR)
    if len(tumour) == 0:
        return 0.0
    return float(np.quantile(np.linalg.norm(position(tumour) - centre(run, cells), axis=1), 0.99))


def hypoxic_share(run: RunData, cells: pd.DataFrame, border: float = HYPOXIC) -> float:
    """Share of living tumour cells below the border of hypoxia; nan where none is left."""
    tumour = tables.living(run, cells, tables.TUMOUR)
    return float((tumour["oxygen"].to_numpy(float) < border).mean()) if len(tumour) else math.nan


def profile(run: RunData, cells: pd.DataFrame, reach: float | None = None) -> Profile:
    """Who stands where, and with how much oxygen, in shells from the tumour's centre to `reach` [um].

    `reach` defaults to 100 um beyond the tumour's radius. Shares are of all cells in the shell, dead
    ones included; empty shells are nan.
    """
    distance = np.linalg.norm(position(cells) - centre(run, cells), axis=1)
    reach = tumour_radius(run, cells) + 4 * SHELL if reach is None else reach
    edges = np.arange(0.0, max(reach, SHELL) + SHELL, SHELL)
    alive = np.asarray(cells["fate"].astype(str) == tables.ALIVE)
    tumour = alive & tables.of_role(run, cells, tables.TUMOUR)
    t_cells = alive & tables.of_role(run, cells, tables.T_CELL)

    def per_shell(mask: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
        chosen = None if weights is None else weights[mask]
        return np.histogram(distance[mask], edges, weights=chosen)[0].astype(float)

    everyone = per_shell(np.ones(len(cells), bool))
    oxygen = per_shell(alive, cells["oxygen"].to_numpy(float))
    return Profile(
        radius=0.5 * (edges[1:] + edges[:-1]),
        tumour=_share(per_shell(tumour), everyone),
        t_cells=_share(per_shell(t_cells), everyone),
        dead=_share(per_shell(~alive), everyone),
        cells=everyone,
        oxygen=_share(oxygen, per_shell(alive)),
    )


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(whole.size, math.nan), where=whole > 0)
