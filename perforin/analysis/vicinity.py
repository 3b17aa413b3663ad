"""How dense the T cells are at each distance from the tumour's edge, and from the nearest vessel.

    density(bin) = living T cells whose centre is at such a distance / volume that is at such a distance

so T cells that are anywhere with the same chance have the same density at every distance, whatever the shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import box, spatial, tables, tissue
from perforin.quantities import UM3_PER_MM3
from perforin.results.run import stretch

if TYPE_CHECKING:
    from perforin.results.run import RunData

BIN = 20.0  # um, about a cell diameter
OUTSIDE = 60.0  # um beyond the edge of the tumour that are shown
FINE = 2.5  # um between the points that stand for the volume around vessels
LEAST = 100.0  # voxels of `tissue` whose volume a bin must have, or its density is not told


@dataclass(frozen=True)
class Density:
    """T cells in bins of distance."""

    edges: np.ndarray  # (n_bins + 1,) [um]; of the tumour: negative outside
    count: np.ndarray  # (n_bins,) living T cells
    volume: np.ndarray  # (n_bins,) [um^3]

    @property
    def middle(self) -> np.ndarray:
        """(n_bins,) middles of the bins [um]."""
        return 0.5 * (self.edges[1:] + self.edges[:-1])

    @property
    def per_mm3(self) -> np.ndarray:
        """(n_bins,) T cells per mm^3; nan where there is hardly any volume."""
        return self._over(self.count)

    def interval(self) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper end of the 95 % interval of the density, if cells come one by one (exact Poisson)."""
        from scipy.special import gammaincinv

        low = np.where(self.count > 0, gammaincinv(np.maximum(self.count, 1), 0.025), 0.0)
        return self._over(low), self._over(gammaincinv(self.count + 1, 0.975))

    @property
    def even(self) -> float:
        """T cells per mm^3 if those at distances above 0 were spread evenly over their volume; nan without volume."""
        inside = self.middle > 0
        volume = self.volume[inside].sum()
        return float(self.count[inside].sum() / volume * UM3_PER_MM3) if volume > 0 else np.nan

    def _over(self, number: np.ndarray) -> np.ndarray:
        enough = self.volume >= LEAST * tissue.VOXEL**3
        return np.divide(number * UM3_PER_MM3, self.volume, out=np.full(number.size, np.nan), where=enough)


def from_edge(run: RunData, day: float) -> Density | None:
    """T cells against depth below the tumour's edge; None where the tumour has no edge."""
    found = tissue.depths(run, day)
    if found is None:
        return None
    places = spatial.position(tables.living(run, run.cells(day), tables.T_CELL))
    edges = _edges(-OUTSIDE, float(found.values.max()))
    volume = np.histogram(found.values, edges)[0] * found.voxel_volume
    return Density(edges, np.histogram(found.at(places), edges)[0], volume)


def from_vessel(run: RunData, day: float) -> Density | None:
    """T cells against distance from the wall of the nearest open vessel; None for a run without such vessels."""
    vessels = open_vessels(run, day)
    if not len(vessels):
        return None
    frame = box.of(run, day)
    places = spatial.position(tables.living(run, run.cells(day), tables.T_CELL))
    x, y = (np.arange(-0.5 * edge + 0.5 * FINE, 0.5 * edge, FINE) for edge in frame.edge[:2])
    points = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)
    ground = to_vessel(frame, vessels, points)
    edges = _edges(0.0, float(ground.max()))
    one = float(frame.edge.prod()) / len(points)
    return Density(
        edges,
        np.histogram(np.maximum(to_vessel(frame, vessels, places), 0.0), edges)[0],
        np.histogram(ground, edges)[0] * one,
    )


def open_vessels(run: RunData, day: float) -> np.ndarray:
    """(n, 3) x, y and radius [um] of the vessels along z that carry blood; none for a run that stored none.

    They were stored as they lay on day 0, and move with the box.
    """
    stored, by = run.meta.get("vessels") or (), stretch(run.series, day)
    return np.array(
        [[by * v["x"], by * v["y"], v["radius"]] for v in stored if v.get("open", True)], float
    ).reshape(-1, 3)


def to_vessel(frame: box.Box, vessels: np.ndarray, place: np.ndarray) -> np.ndarray:
    """(n,) distance from places (n, 2 or 3) to the wall of the nearest vessel [um]; negative inside one."""
    nearest = np.full(len(place), np.inf)
    for x, y, radius in vessels:
        off = place[:, :2] - (x, y)
        off -= np.where(frame.periodic[:2], frame.edge[:2] * np.rint(off / frame.edge[:2]), 0.0)
        nearest = np.minimum(nearest, np.hypot(off[:, 0], off[:, 1]) - radius)
    return nearest


def _edges(low: float, high: float) -> np.ndarray:
    return np.arange(low, max(high, low + BIN) + BIN, BIN)
