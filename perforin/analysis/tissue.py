"""How deep inside the tumour each place lies: the distance to the nearest edge of its tissue.

Tissue is where tumour cells lie close together, living or dead: balls of `GAP` around their centres, shrunk again so
that the edge lies on the surface of the outermost cells. With R the radius of a cell and d the distance to the
nearest tumour cell,

    depth = D - (GAP - R)   where d <= GAP,  D the distance to the nearest place with d > GAP  (Euclidean transform)
    depth = R - d           elsewhere: negative outside

so gaps of less than twice `GAP` between cell centres are tissue, wider ones (stroma between islets, a cavity) are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import box, spatial, tables

if TYPE_CHECKING:
    from perforin.results.run import RunData

VOXEL = 10.0  # um: the edge is known to half of it
GAP = 20.0  # um, about one spacing of cells: wider gaps are not tissue
MARGIN = 100.0  # um around the tumour that are looked at


@dataclass(frozen=True)
class Depths:
    """Depth below the edge on voxels; positive inside the tumour."""

    values: np.ndarray  # (nx, ny, nz) [um]
    spacing: np.ndarray  # (3,) edges of a voxel [um]
    corner: np.ndarray  # (3,) lower corner of the first voxel [um]
    periodic: np.ndarray  # (3,) bool

    @property
    def voxel_volume(self) -> float:
        """Of one voxel [um^3]."""
        return float(self.spacing.prod())

    def at(self, place: np.ndarray) -> np.ndarray:
        """(n,) depth at places (n, 3), between the voxels linearly [um]."""
        from scipy.ndimage import map_coordinates

        index = (place - self.corner) / self.spacing - 0.5
        many = np.array(self.values.shape)
        index = np.where(self.periodic, np.mod(index, many), index)
        around = np.pad(self.values, [(int(p), int(p)) for p in self.periodic], mode="wrap")
        return map_coordinates(around, (index + self.periodic).T, order=1, mode="nearest")


def depths(run: RunData, day: float) -> Depths | None:
    """Depth below the tumour's edge; None where there is no tumour, or nothing but tumour and so no edge.

    The floor of a slab is no edge: the lesion goes on below it.
    """
    from scipy.ndimage import distance_transform_edt

    cells = run.cells(day)
    tumour = cells[tables.of_role(run, cells, tables.TUMOUR)]
    if not len(tumour):
        return None
    frame, place = box.of(run, day), spatial.position(tumour)
    low = np.where(
        frame.periodic, -0.5 * frame.edge, np.maximum(place.min(axis=0) - MARGIN, -0.5 * frame.edge)
    )
    high = np.where(
        frame.periodic, 0.5 * frame.edge, np.minimum(place.max(axis=0) + MARGIN, 0.5 * frame.edge)
    )
    many = np.maximum(np.rint((high - low) / VOXEL), 1).astype(int)
    spacing = (high - low) / many
    middles = [low[k] + spacing[k] * (np.arange(many[k]) + 0.5) for k in range(3)]
    points = np.stack(np.meshgrid(*middles, indexing="ij"), axis=-1).reshape(-1, 3)
    nearest = frame.tree(place).query(frame.wrapped(points))[0].reshape(many)
    near = nearest <= GAP
    if near.all():
        return None
    radius = float(np.median(tumour["radius"]))
    half = [(int(n) // 2 if p else 0) for n, p in zip(many, frame.periodic, strict=True)]
    around = np.pad(near, [(h, h) for h in half], mode="wrap")
    core = tuple(slice(h, h + n) for h, n in zip(half, many, strict=True))
    inside = np.asarray(distance_transform_edt(around, sampling=spacing))[core] - 0.5 * spacing.mean()
    return Depths(
        np.where(near, inside - (GAP - radius), radius - nearest), spacing, low, np.asarray(frame.periodic)
    )
