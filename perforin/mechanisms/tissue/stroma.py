"""Stroma: how the matrix of a tumour lies on day 0.

There is matrix where there are founders, and around them as far as the `capsule` reaches. It is

    uniform   of one density, its fibres along one direction that is drawn
    septa     loose in islets, which are the Voronoi cells of jittered lattice points two radii and a septum apart, and
              dense within half the width of a septum from a face between two of them; with a `core` the middle of a
              septum is loose. Fibres in a septum lie in its plane, those in a capsule along the surface

each voxel by its centre, times a log-normal factor of median 1 where there is a texture. A septum thinner than about
1.75 voxels has gaps at its corners.

Reads   places of the founders
Writes  density [mg/mL] and fibres of the matrix
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numba
import numpy as np

from perforin.engine.grid import Box
from perforin.engine.voxels import VoxelGrid
from perforin.mechanisms.tissue.matrix import per_ml
from perforin.quantities import Numbers
from perforin.streams import STROMA_DIRECTION, STROMA_ISLET, STROMA_TEXTURE, draw4, normal

UNIFORM, SEPTA = "uniform", "septa"
JITTER = 0.2  # of the pitch of the islets, either way on each axis
NEAR = 0.75  # voxels from a founder to where there is matrix: more than the holes of a packing
FACES = 16  # of an islet that are looked at for the nearest


class Laid(NamedTuple):
    """The matrix of day 0."""

    density: np.ndarray  # (nz, ny, nx) float32 [mg/mL]
    fibre: np.ndarray  # (nz, ny, nx, 3) float32, as long as they are aligned


def lay(layout: str, numbers: Numbers, grid: VoxelGrid, box: Box, founders: np.ndarray, seed: int) -> Laid:
    """The matrix around the places of the founders (n, 3) [um]."""
    x, y, z = (np.broadcast_to(axis, grid.shape) for axis in grid.centres())
    centres = np.stack([x, y, z], axis=-1).reshape(-1, 3)
    away, toward = _nearest_founder(centres, founders, box)
    inside = away <= NEAR * grid.spacing
    capsule = ~inside & (away <= NEAR * grid.spacing + float(numbers.capsule[0]))
    density = np.zeros(len(centres))
    fibre = np.zeros((len(centres), 3))
    drawn = _directions(seed, 1)[0]
    dense, alignment = per_ml(numbers, "density"), float(numbers.alignment[0])
    density[inside | capsule] = dense
    if layout == SEPTA:
        gap, across = _septa(centres[inside], numbers, box, seed)
        density[inside] = _across_septum(gap, numbers, dense)
        walls = np.flatnonzero(inside)[gap < 0.5 * float(numbers.septum[0])]
        fibre[walls] = alignment * _within(across[gap < 0.5 * float(numbers.septum[0])], drawn)
    else:
        fibre[inside] = alignment * drawn
    fibre[capsule] = alignment * _within(toward[capsule], drawn)
    texture = float(numbers.texture[0])
    if texture > 0.0:
        density *= np.exp(texture * _normals(seed, len(centres)))
    density = np.minimum(density, per_ml(numbers, "solid"))
    return Laid(
        density.reshape(grid.shape).astype(np.float32), fibre.reshape(*grid.shape, 3).astype(np.float32)
    )


def _across_septum(gap: np.ndarray, numbers: Numbers, dense: float) -> np.ndarray:
    """The density at so far [um] from the middle of a septum."""
    half = 0.5 * float(numbers.septum[0])
    loose = gap < half * float(numbers.core[0])
    within = np.where(loose, per_ml(numbers, "core_density"), dense)
    return np.where(gap >= half, per_ml(numbers, "islet_density"), within)


def _nearest_founder(centres: np.ndarray, founders: np.ndarray, box: Box) -> tuple[np.ndarray, np.ndarray]:
    """(n,) how far the nearest founder is [um], and (n, 3) the way to it."""
    if not len(founders):
        return np.full(len(centres), np.inf), np.zeros_like(centres)
    tree, size, shift = _tree(founders, box)
    away, which = tree.query(_wrapped(centres, size, shift))
    return away, _least(founders[which] - centres, size)


def _septa(centres: np.ndarray, numbers: Numbers, box: Box, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(n,) distance to the nearest face between two islets [um], and (n, 3) the direction across it."""
    from scipy.spatial import cKDTree

    pitch = 2.0 * float(numbers.islet[0]) + float(numbers.septum[0])
    points = _with_images(_islets(pitch, box, seed), box)
    faces = min(FACES, len(points))
    far, which = (found.reshape(len(centres), faces) for found in cKDTree(points).query(centres, k=faces))
    gap, across = np.full(len(centres), np.inf), np.zeros_like(centres)
    for k in range(1, faces):
        between = points[which[:, k]] - points[which[:, 0]]
        apart = np.linalg.norm(between, axis=1)
        distance = (far[:, k] ** 2 - far[:, 0] ** 2) / (2.0 * apart)
        closer = distance < gap
        gap[closer], across[closer] = distance[closer], (between / apart[:, None])[closer]
    return gap, across


def _with_images(points: np.ndarray, box: Box) -> np.ndarray:
    """The points, and what of them lies beyond each periodic side: an islet may be its own neighbour."""
    edges = np.asarray(box.lengths, dtype=float)
    ways = itertools.product(*((-1, 0, 1) if wraps else (0,) for wraps in box.periodic))
    return np.concatenate([points + np.array(way) * edges for way in ways])


def _islets(pitch: float, box: Box, seed: int) -> np.ndarray:
    """(m, 3) the middles of the islets [um]: a lattice that fills the box, every point moved by a draw."""
    many = np.maximum(1, np.round(np.asarray(box.lengths, dtype=float) / pitch)).astype(int)
    if box.flat:
        many[2] = 1
    k, j, i = np.meshgrid(*(np.arange(n) for n in many[::-1]), indexing="ij")
    cell = np.asarray(box.lengths, dtype=float) / many
    points = (np.stack([i, j, k], axis=-1).reshape(-1, 3) + 0.5) * cell - 0.5 * cell * many
    moved = (2.0 * _lots(seed, len(points)) - 1.0) * JITTER * cell
    if box.flat:
        moved[:, 2] = 0.0
    return points + moved


def _within(normal_: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """(n, 3) unit vectors at right angles to some directions, as near as can be to one that is drawn."""
    length = np.linalg.norm(normal_, axis=1, keepdims=True)
    unit = normal_ / np.where(length > 0.0, length, 1.0)
    lying = drawn - (unit @ drawn)[:, None] * unit
    flat = np.linalg.norm(lying, axis=1) < 0.05
    other = np.roll(drawn, 1)
    lying[flat] = other - (unit[flat] @ other)[:, None] * unit[flat]
    return lying / np.maximum(np.linalg.norm(lying, axis=1, keepdims=True), 1e-12)


def _tree(points: np.ndarray, box: Box):
    """A search tree that closes over the periodic sides, the size it closes at and the shift into it."""
    from scipy.spatial import cKDTree

    size = np.where(box.periodic, np.asarray(box.lengths, dtype=float), 0.0)
    shift = 0.5 * size
    return cKDTree(_wrapped(points, size, shift), boxsize=size if size.any() else None), size, shift


def _wrapped(points: np.ndarray, size: np.ndarray, shift: np.ndarray) -> np.ndarray:
    moved = points.astype(np.float64) + shift
    return np.where(size > 0.0, np.mod(moved, np.where(size > 0.0, size, 1.0)), moved)


def _least(way: np.ndarray, size: np.ndarray) -> np.ndarray:
    """A way taken the short way round."""
    edge = np.where(size > 0.0, size, 1.0)
    return np.where(size > 0.0, way - edge * np.round(way / edge), way)


def _directions(seed: int, many: int) -> np.ndarray:
    """(many, 3) unit vectors in random directions."""
    four = np.empty((many, 4))
    _fours(seed, STROMA_DIRECTION, four)
    cosine, azimuth = 2.0 * four[:, 0] - 1.0, 2.0 * np.pi * four[:, 1]
    sine = np.sqrt(1.0 - cosine**2)
    return np.stack([sine * np.cos(azimuth), sine * np.sin(azimuth), cosine], axis=-1)


def _lots(seed: int, many: int) -> np.ndarray:
    four = np.empty((many, 4))
    _fours(seed, STROMA_ISLET, four)
    return four[:, :3]


def _normals(seed: int, many: int) -> np.ndarray:
    out = np.empty(many)
    _normal(seed, out)
    return out


@numba.njit(cache=True)
def _fours(seed, purpose, out):
    for i in range(out.shape[0]):
        out[i, 0], out[i, 1], out[i, 2], out[i, 3] = draw4(seed, 0, i, purpose)


@numba.njit(cache=True)
def _normal(seed, out):
    for i in range(out.size):
        out[i] = normal(seed, 0, i, STROMA_TEXTURE)
