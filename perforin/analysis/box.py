"""The box that a tissue fills, and distances in it: across a periodic face the way on the other side counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perforin.results.run import stretch

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

    from perforin.results.run import RunData


@dataclass(frozen=True)
class Box:
    """A box around the origin."""

    edge: np.ndarray  # (3,) [um]
    periodic: np.ndarray  # (3,) bool

    def tree(self, place: np.ndarray) -> cKDTree:
        """A tree of places (n, 3) [um] that knows which faces are periodic. Ask it for `self.wrapped(...)` only."""
        from scipy.spatial import cKDTree

        return cKDTree(self.wrapped(place), boxsize=np.where(self.periodic, self.edge, 0.0))

    def wrapped(self, place: np.ndarray) -> np.ndarray:
        """(n, 3) places counted from the lower corner, those beyond a periodic face brought back in [um]."""
        moved = np.asarray(place, float) + 0.5 * self.edge
        back = np.mod(moved, self.edge)
        back = np.where(back >= self.edge, 0.0, back)  # a rounding below the lower face
        return np.where(self.periodic, back, moved)


def of(run: RunData, day: float) -> Box:
    """The box of a run on a day: that of a block follows the volume of its tissue."""
    geometry = run.meta["geometry"]
    periodic = geometry.get("periodic") or (False, False, False)
    return Box(stretch(run.series, day) * np.array(geometry["box"], float), np.array(periodic, bool))
