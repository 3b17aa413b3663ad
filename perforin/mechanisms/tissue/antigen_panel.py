"""Antigen panel: how many copies of each antigen a tumour cell carries, and what its daughters keep of it.

    latent z ~ N(0, correlation);  negative for antigen a if Phi(z_a) < 1 - positive_fraction
    positive: copies = median 10^(spread Phi^-1((Phi(z) - f_neg) / (1 - f_neg)));  negative: a few copies

so both positivity and level are correlated between antigens. Founders are stratified: each of the 2^k positivity
classes gets its expected number of cells, so the double-negative share is what was stated, not a draw. Classes lie
salt and pepper, or in patches of the stated radius (nearest of random seeds).

    daughters: x = log10(copies_made / median) / spread,  x' = a x + sqrt(1 - a^2) xi,  a = exp(-1 / drift)
    recovery:  d copies / dt = ln 2 / half-life (copies_made - copies)

`copies_made` is what the cell keeps up on its own, `copies` what is on its surface now; trogocytosis takes from the
second. Negative cells stay negative.

Reads   id, place
Writes  copies, copies_made [copy], positive
"""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import numba
import numpy as np

from perforin.engine.cells import Column
from perforin.mechanisms.declare import Mechanism
from perforin.quantities import shared_out
from perforin.streams import PANEL_DRIFT, PANEL_LEVEL, PANEL_ORDER, PANEL_PATCH, draw, draw4, normal

MOST_ANTIGENS = 8  # bits of `positive`
MOST_TRIES = 4000  # of a draw within a class; beyond, antigens are drawn one by one
LATTICE = 2**14  # points of a rank-one lattice: shares of three and more antigens to about 1e-4
ROOTS = np.sqrt([2.0, 3.0, 5.0, 7.0, 11.0, 13.0, 17.0])  # its steps
MOST_PATCHES = 20  # per cell; smaller ones are salt and pepper

DECLARATION = Mechanism(
    "antigen_panel",
    None,
    (
        Column("copies", "float32", "copy", per="antigen", about="on the surface now, of each antigen"),
        Column(
            "copies_made", "float32", "copy", per="antigen", about="that the cell keeps up, of each antigen"
        ),
        Column("positive", "uint8", "1", about="one bit for each antigen it is positive for"),
    ),
    acts_on=("tumour",),
    attack="car",
    obstacle="antigen",
    removed={"positive_fraction": 1.0, "spread": 0.0},  # of every antigen: all cells carry the median
)


class Panel(NamedTuple):
    """The antigens of a tumour, (k,) arrays each."""

    positive_fraction: np.ndarray
    median: np.ndarray  # copies on a positive cell
    spread: np.ndarray  # SD of log10 copies
    negative: np.ndarray  # copies on a negative cell
    drift: np.ndarray  # generations
    recovery: np.ndarray  # half-life [min]
    correlation: np.ndarray  # (k, k)
    patch: float  # radius [um]; 0 for salt and pepper


def orthant_shares(panel: Panel) -> dict[int, float]:
    """The share of each positivity class, by its bits (bit a set: positive for antigen a); they sum to 1."""
    from scipy.special import ndtri

    k = panel.median.size
    border = ndtri(np.clip(1.0 - panel.positive_fraction, 1e-300, 1.0 - 1e-16))
    shares = {}
    for signs in itertools.product((0, 1), repeat=k):
        flip = np.where(np.array(signs) == 1, -1.0, 1.0)
        upper, matrix = flip * border, np.outer(flip, flip) * panel.correlation
        bits = sum(bit << a for a, bit in enumerate(signs))
        shares[bits] = max(_below(np.clip(upper, -37.0, 37.0), matrix), 0.0)
    total = sum(shares.values())
    return {bits: share / total for bits, share in shares.items()}


def _below(upper: np.ndarray, matrix: np.ndarray) -> float:
    """The chance that correlated normals all lie below `upper`: exact for two, beyond by Genz's transform (1992).

    SciPy draws its own random numbers for three and more, so the same run would not give the same founders.
    """
    from scipy.special import ndtr, ndtri

    k = upper.size
    if k == 1:
        return float(ndtr(upper[0]))
    if k == 2:
        from scipy.stats import multivariate_normal

        return float(multivariate_normal.cdf(upper, cov=matrix, allow_singular=True))  # pyright: ignore[reportArgumentType]
    root = np.linalg.cholesky(matrix + 1e-9 * np.eye(k))
    steps = np.arange(1, LATTICE + 1)
    chance = np.full(LATTICE, ndtr(upper[0] / root[0, 0]))
    product, z = chance, []
    for i in range(1, k):
        w = np.abs(2.0 * np.mod(steps * ROOTS[i - 1], 1.0) - 1.0)
        z.append(ndtri(np.clip(w * chance, 1e-300, 1.0 - 1e-16)))
        chance = ndtr((upper[i] - sum(root[i, j] * z[j] for j in range(i))) / root[i, i])
        product = product * chance
    return float(product.mean())


def start(cells, rows: slice, panel: Panel, seed: int) -> None:
    """Give founders their antigens."""
    ids = cells.id[rows].copy()
    positive = _classes(ids, cells.place[rows, :3], panel, seed)
    levels = _levels(ids, positive, panel, seed)
    cells.positive[rows] = positive
    cells.copies[rows] = levels
    cells.copies_made[rows] = levels


def _classes(ids: np.ndarray, place: np.ndarray, panel: Panel, seed: int) -> np.ndarray:
    """(n,) uint8 class bits: every class with its expected count, whole patches as far as the counts allow."""
    shares = orthant_shares(panel)
    count = shared_out(ids.size, list(shares.values()))
    lot = np.empty(ids.size)
    _draws(seed, ids, PANEL_ORDER, lot)
    patch = _patches(place.astype(np.float64), panel.patch, seed) if panel.patch > 0 else None
    order = np.lexsort((lot, lot if patch is None else patch))
    classes = np.empty(ids.size, dtype=np.uint8)
    classes[order] = np.repeat(np.array(list(shares), dtype=np.uint8), count)
    return classes


def _patches(place: np.ndarray, radius: float, seed: int) -> np.ndarray | None:
    """(n,) the lot of the patch each place lies in: nearest of random seeds, one per volume of a patch."""
    from scipy.spatial import cKDTree

    low, high = place.min(axis=0, initial=0.0), place.max(axis=0, initial=0.0)
    edges = np.maximum(high - low, 2 * radius)
    flat = np.ptp(place[:, 2]) < 1e-6 if place.size else False
    volume, one = (edges[0] * edges[1], np.pi * radius**2) if flat else (edges.prod(), 4.18879 * radius**3)
    many = max(math.ceil(volume / one), 1)
    if many > MOST_PATCHES * len(place):
        return None
    four = np.empty((many, 4))
    _fours(seed, PANEL_PATCH, four)
    centres = low + four[:, :3] * edges
    if flat:
        centres[:, 2] = place[0, 2]
    return four[cKDTree(centres).query(place)[1], 3]


def _levels(ids: np.ndarray, positive: np.ndarray, panel: Panel, seed: int) -> np.ndarray:
    """(n, k) copies: latents drawn until they fall into the cell's class, then read as densities."""
    from scipy.special import ndtr, ndtri

    k = panel.median.size
    absent = np.clip(1.0 - panel.positive_fraction, 0.0, 1.0)
    wanted = (positive[:, None] >> np.arange(k)) & 1
    root = np.linalg.cholesky(panel.correlation + 1e-12 * np.eye(k))
    rank = np.empty((ids.size, k))
    open_ = np.arange(ids.size)
    for attempt in range(MOST_TRIES):
        z = np.empty((open_.size, k))
        _normals(seed, attempt * MOST_ANTIGENS, ids[open_], z)
        u = ndtr(z @ root.T)
        fits = ((u >= absent) == wanted[open_]).all(axis=1)
        rank[open_[fits]] = u[fits]
        open_ = open_[~fits]
        if not open_.size:
            break
    if open_.size:  # a very rare class: its antigens one by one, inside their own border
        z = np.empty((open_.size, k))
        _normals(seed, MOST_TRIES * MOST_ANTIGENS, ids[open_], z)
        u = ndtr(z)
        rank[open_] = np.where(wanted[open_] == 1, absent + u * (1.0 - absent), u * absent)
    inside = (rank - absent) / np.maximum(1.0 - absent, 1e-300)
    level = panel.median * 10.0 ** (panel.spread * ndtri(np.clip(inside, 1e-12, 1.0 - 1e-12)))
    return np.where(wanted == 1, level, panel.negative).astype(np.float32)


@numba.njit(cache=True)
def _draws(seed, ids, purpose, out):
    for i in range(ids.size):
        out[i] = draw(seed, 0, ids[i], purpose)


@numba.njit(cache=True)
def _fours(seed, purpose, out):
    for i in range(out.shape[0]):
        out[i, 0], out[i, 1], out[i, 2], out[i, 3] = draw4(seed, 0, i, purpose)


@numba.njit(cache=True)
def _normals(seed, step, ids, out):
    for i in range(ids.size):
        for k in range(out.shape[1]):
            out[i, k] = normal(seed, step + k, ids[i], PANEL_LEVEL)


@numba.njit(cache=True)
def drift(rows, ids, positive, copies, copies_made, median, spread, generations, seed, step):
    """One generation of drift for the daughters in `rows`. Changes copies and copies_made in proportion."""
    for m in range(rows.size):
        i = rows[m]
        for k in range(median.size):
            if (positive[i] >> k) & 1 == 0 or spread[k] <= 0.0 or median[k] <= 0.0:
                continue
            keep = np.exp(-1.0 / generations[k])
            before = np.log10(copies_made[i, k] / median[k]) / spread[k]
            noise = normal(seed, step * MOST_ANTIGENS + k, ids[i], PANEL_DRIFT)
            after = keep * before + np.sqrt(1.0 - keep * keep) * noise
            ratio = 10.0 ** (spread[k] * (after - before))
            copies_made[i, k] *= ratio
            copies[i, k] *= ratio


def inherit(cells, mothers: np.ndarray, born: np.ndarray, panel: Panel, seed: int, step: int) -> None:
    """Let both daughters of each division drift: the rows of the mothers and the rows that were born."""
    if not mothers.size:
        return
    rows = np.concatenate([mothers, born]).astype(np.int64)
    drift(
        rows,
        cells.id,
        cells.positive,
        cells.copies,
        cells.copies_made,
        panel.median,
        panel.spread,
        panel.drift,
        seed,
        step,
    )


@numba.njit(cache=True)
def relax(copies, copies_made, count, recovery, dt):
    """Bring copies toward copies_made for dt [min], exactly. Changes copies."""
    for k in range(recovery.size):
        left = 0.5 ** (dt / recovery[k])
        for i in range(count):
            copies[i, k] = copies_made[i, k] + (copies[i, k] - copies_made[i, k]) * left


def recover(cells, count: int, panel: Panel, dt: float) -> None:
    """Let every cell make up for dt [min] what was taken from it."""
    relax(cells.copies, cells.copies_made, count, panel.recovery, dt)
