"""Metabolism: what the cells of each kind take from a field and give to it, each rate a row of data.

    taken = (peak c / (half + c) + clearance c)                 per living cell, c the level in its voxel
    given = secretion + sum over foods  yield * taken of that food

    peak and secretion:  always + engaged * cytokine response + hypoxic * (1 - p / (p + p_half))
    secretion besides:   induced * i / (i + i_half)

with p the oxygen of the cell, and i the level in its voxel of the field that induces it. The cytokine response of a T
cell is that of the phenotype step before, brakes included. A field that is yielded by another (lactate by glucose) is
solved after it, so that what is given is what was taken.

Reads   type, fate, place, oxygen, cytokine_signal
Writes  the source and sink terms of fields
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from perforin.engine.voxels import voxel_of

ALWAYS, ENGAGED, HYPOXIC = range(3)
WHEN = ("always", "engaged", "hypoxic")


@dataclass(frozen=True)
class Yield:
    """What becomes of a food: so much of this field per food taken, by kind of cell."""

    food: str
    factor: np.ndarray  # (types,) [1]


@dataclass(frozen=True)
class Induced:
    """What another field makes cells secrete."""

    by: str  # the field that induces it
    half: np.ndarray  # (types,) its level at which half of the rate is on [its unit]
    rate: np.ndarray  # (types,) at plenty of it [unit um^3/min]


@dataclass(frozen=True)
class Exchange:
    """What cells take from one field and give to it."""

    field: str
    peak: np.ndarray  # (3, types) always, engaged, hypoxic [unit um^3/min]
    half: float  # level of half the peak [unit]; 1 where no kind has a peak
    clearance: np.ndarray  # (types,) volume cleared [um^3/min]
    secretion: np.ndarray  # (3, types) [unit um^3/min]
    oxygen_half: np.ndarray  # (types,) oxygen at which half of the hypoxic rates are on [mmHg]
    yields: tuple[Yield, ...] = ()
    induced: Induced | None = None

    @property
    def saturates(self) -> bool:
        """Whether any kind of cell takes it up with a peak."""
        return bool(self.peak.any())


@numba.njit(cache=True)
def rate_of(i, t, rates, oxygen, oxygen_half, activity):
    """The present rate of cell i of kind t: rates (3, types)."""
    lack = 1.0 - oxygen[i] / (oxygen[i] + oxygen_half[t])
    return rates[ALWAYS, t] + rates[ENGAGED, t] * activity + rates[HYPOXIC, t] * lack


@numba.njit(cache=True)
def give_and_clear(kind, fate, count, oxygen, cytokine_signal, span, voxel_volume, clearance, secretion, oxygen_half,
                   loss, gain):  # fmt: skip
    """Add what each living cell clears [1/min] and secretes [unit/min] to loss and gain (cap,)."""
    for i in range(count):
        if fate[i] != 0:
            continue
        t = kind[i]
        activity = min(cytokine_signal[i] / span, 1.0)
        loss[i] += clearance[t] / voxel_volume
        gain[i] += rate_of(i, t, secretion, oxygen, oxygen_half, activity) / voxel_volume


@numba.njit(cache=True)
def give_induced(kind, fate, place, count, corner, spacing, inducer, half, rate, gain):
    """Add rate i / (i + half) of each living cell to gain (cap,) [unit/min], i in its voxel of inducer (nz, ny, nx)."""
    nz, ny, nx = inducer.shape
    voxel_volume = spacing * spacing * spacing
    for i in range(count):
        t = kind[i]
        if fate[i] != 0 or rate[t] <= 0.0:
            continue
        z, y, x = voxel_of(place, i, corner, spacing, nz, ny, nx)
        level = inducer[z, y, x]
        gain[i] += rate[t] * level / (level + half[t]) / voxel_volume


@numba.njit(cache=True)
def gather(
    kind, fate, place, count, oxygen, cytokine_signal, span, corner, spacing, peak_of, oxygen_half, peak
):
    """Set the fullest uptake of every voxel from the cells in it [unit/min]. Changes peak (nz, ny, nx) float32."""
    nz, ny, nx = peak.shape
    voxel_volume = spacing * spacing * spacing
    peak[:] = 0.0
    for i in range(count):
        if fate[i] != 0:
            continue
        t = kind[i]
        activity = min(cytokine_signal[i] / span, 1.0)
        z, y, x = voxel_of(place, i, corner, spacing, nz, ny, nx)
        peak[z, y, x] += np.float32(rate_of(i, t, peak_of, oxygen, oxygen_half, activity) / voxel_volume)


@numba.njit(cache=True)
def yield_of(kind, fate, place, count, oxygen, cytokine_signal, span, corner, spacing, food, peak_of, half, clearance,
             oxygen_half, factor, gain):  # fmt: skip
    """Add factor times the food that each living cell takes now to gain (cap,) [unit/min]; food (nz, ny, nx)."""
    nz, ny, nx = food.shape
    voxel_volume = spacing * spacing * spacing
    for i in range(count):
        if fate[i] != 0:
            continue
        t = kind[i]
        activity = min(cytokine_signal[i] / span, 1.0)
        z, y, x = voxel_of(place, i, corner, spacing, nz, ny, nx)
        c = food[z, y, x]
        taken = rate_of(i, t, peak_of, oxygen, oxygen_half, activity) * c / (half + c) + clearance[t] * c
        gain[i] += factor[t] * taken / voxel_volume


def add(cells, exchange: Exchange, of_food, fields, span: float, loss: np.ndarray, gain: np.ndarray) -> None:
    """Add what cells clear and give of one field to loss and gain (capacity,).

    of_food  the Exchange of every field by name; fields  the fields; span  of a phenotype step [min]
    """
    e, grid = exchange, fields[exchange.field].grid
    who = (cells.type, cells.fate)
    state = (cells.oxygen, cells.cytokine_signal, span)
    give_and_clear(
        *who, cells.count, *state, grid.voxel_volume, e.clearance, e.secretion, e.oxygen_half, loss, gain
    )
    if e.induced is not None:
        give_induced(
            *who, cells.place, cells.count, grid.corner, grid.spacing, fields[e.induced.by].values, e.induced.half,
            e.induced.rate, gain,
        )  # fmt: skip
    for made in e.yields:
        food = of_food[made.food]
        yield_of(
            *who, cells.place, cells.count, *state, grid.corner, grid.spacing, fields[made.food].values, food.peak,
            food.half, food.clearance, food.oxygen_half, made.factor, gain,
        )  # fmt: skip


def take(cells, exchange: Exchange, field, span: float) -> None:
    """Let the cells take up from a field with their peaks; does nothing where no kind has one."""
    if not exchange.saturates:
        return
    if field.peak is None:
        field.peak = np.zeros(field.grid.shape, dtype=np.float32)
    field.half_saturation = exchange.half
    grid = field.grid
    gather(
        cells.type, cells.fate, cells.place, cells.count, cells.oxygen, cells.cytokine_signal, span, grid.corner,
        grid.spacing, exchange.peak, exchange.oxygen_half, field.peak,
    )  # fmt: skip
