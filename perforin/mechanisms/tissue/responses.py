"""Responses: what the fields of a tumour do to T cells, and to the PD-L1 of tumour cells, each effect a row of data.

    H(c)  = c^n / (c^n + half^n)                       n = 1, 2 or 3
    u     = H(c)       of what brakes or raises,   1 - H(c)   of what feeds or lowers
    du_felt / dt = (u - u_felt) / memory               u_felt = u without a memory
    f     = 1 - most u_felt    on T cells,         1 + most u_felt    on PD-L1

for each function of a T cell by itself: kill, cytokine, proliferation, motility. No effect takes more than `most`. The
factors of one function multiply. Killing takes the root: death needs several hits, so kills fall as about the square
of the hit rate, and the share of kills left stays near the product.

    hit rate * sqrt(prod f_kill);  cytokine and growth signal * prod f;  pace = prod f_motility

The mean over `memory` is the energy state of a T cell for what feeds it (oxygen, glucose), and how long a poison keeps
acting for the rest. Fresh T cells carry nothing: base rates refer to rich medium in a dish. Daughters inherit.

Reads   place, and the fields that have effects
Writes  felt (u_felt), pace [1]; growth_signal, cytokine_signal
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numba
import numpy as np

from perforin.engine.cells import Column
from perforin.engine.diffusion import Field
from perforin.engine.voxels import voxel_of
from perforin.mechanisms.declare import Mechanism

OF_T_CELL = ("kill", "cytokine", "proliferation", "motility")
OF_TUMOUR = ("PD-L1",)
FUNCTIONS = (*OF_T_CELL, *OF_TUMOUR)
KILL, CYTOKINE, PROLIFERATION, MOTILITY, PD_L1 = range(5)
DIRECT = ("brakes", "raises")  # more of the field does more; "feeds" and "lowers": less of it does more


@dataclass(frozen=True)
class Effect:
    """What one field does to one function."""

    field: str
    function: str
    way: str  # "brakes" | "feeds" on T cells, "raises" | "lowers" on PD-L1
    most: float  # of the function, taken at the largest effect; of PD-L1, added in shares of its base
    half: float  # level of half the effect [the field's unit]
    power: int
    memory: float  # min; 0: felt at once
    obstacle: str  # what a run without this effect is called: "starvation" | "suppression"

    @property
    def on_t_cell(self) -> bool:
        """Whether T cells feel it; tumour cells otherwise."""
        return self.function in OF_T_CELL


@dataclass(frozen=True)
class Responses:
    """All effects at work in one run, in the order of the columns of `felt`."""

    effects: tuple[Effect, ...]

    @functools.cached_property
    def code(self) -> np.ndarray:
        """(effects,) int64: which function each acts on."""
        return np.array([FUNCTIONS.index(effect.function) for effect in self.effects], dtype=np.int64)

    @functools.cached_property
    def most(self) -> np.ndarray:
        """(effects,) float64: the largest effect of each."""
        return np.array([effect.most for effect in self.effects])

    @functools.cached_property
    def brakes(self) -> tuple[str, ...]:
        """The fields that brake killing, in order: one brake each."""
        return tuple(dict.fromkeys(e.field for e in self.effects if e.function == OF_T_CELL[KILL]))

    @functools.cached_property
    def column(self) -> np.ndarray:
        """(effects,) int64: the place of each effect on killing among `brakes`, -1 for all others."""
        kills = [effect.function == OF_T_CELL[KILL] for effect in self.effects]
        places = [self.brakes.index(e.field) if k else -1 for e, k in zip(self.effects, kills, strict=True)]
        return np.array(places, dtype=np.int64)

    def has(self, code: int) -> bool:
        """Whether anything acts on a function."""
        return bool((self.code == code).any())


DECLARATION = Mechanism(
    "responses",
    None,
    (
        Column("felt", "float32", "1", per="effect", about="share of its largest that each effect has now"),
        Column("pace", "float32", "1", start=1.0, only="pace", about="share of its speed that a T cell has"),
    ),
    acts_on=("T cell", "tumour"),
    attack="car",
)


@numba.njit(cache=True)
def hill(c, half, power):
    """The share of the full effect at a level c >= 0 [1]."""
    x = (c / half) ** power
    return x / (1.0 + x)


@numba.njit(cache=True)
def feel(rows, place, values, corner, spacing, half, power, direct, keep, e, felt):
    """Bring effect e of the cells in `rows` up to date: keep = exp(-dt / memory). Changes felt[:, e]."""
    nz, ny, nx = values.shape
    for m in range(rows.size):
        i = rows[m]
        z, y, x = voxel_of(place, i, corner, spacing, nz, ny, nx)
        share = hill(max(values[z, y, x], 0.0), half, power)
        now = share if direct else 1.0 - share
        felt[i, e] = now + (felt[i, e] - now) * keep


@numba.njit(cache=True)
def left_of(i, felt, code, most, function):
    """What all effects leave of one function of T cell i [1]."""
    left = 1.0
    for e in range(code.size):
        if code[e] == function:
            left *= 1.0 - most[e] * felt[i, e]
    return left


@numba.njit(cache=True)
def leave(rows, felt, code, most, function, out):
    """Set out[m] to what is left of one function of each T cell in `rows`."""
    for m in range(rows.size):
        out[m] = left_of(rows[m], felt, code, most, function)


@numba.njit(cache=True)
def hold_back(rows, felt, code, most, growth_signal, cytokine_signal):
    """Take from the signals of this phenotype step what the effects take. Changes growth_signal, cytokine_signal."""
    for m in range(rows.size):
        i = rows[m]
        cytokine_signal[i] *= left_of(i, felt, code, most, CYTOKINE)
        growth_signal[i] *= left_of(i, felt, code, most, PROLIFERATION)


@numba.njit(cache=True)
def brake(rows, felt, column, most, out):
    """Multiply out[m, k] (m, brakes) by the root of what the effects of field k leave of killing."""
    for m in range(rows.size):
        i = rows[m]
        for e in range(column.size):
            if column[e] >= 0:
                out[m, column[e]] *= math.sqrt(1.0 - most[e] * felt[i, e])


def sense(
    cells,
    t_cells: np.ndarray,
    tumour: np.ndarray,
    responses: Responses,
    fields: Mapping[str, Field],
    dt: float,
) -> None:
    """One phenotype step of dt [min]: the cells in both sets of rows feel their fields, and T cells change pace."""
    for e, effect in enumerate(responses.effects):
        field = fields[effect.field]
        keep = math.exp(-dt / effect.memory) if effect.memory > 0.0 else 0.0
        rows = t_cells if effect.on_t_cell else tumour
        feel(
            rows, cells.place, field.values, field.grid.corner, field.grid.spacing, effect.half, effect.power,
            effect.way in DIRECT, keep, e, cells.felt,
        )  # fmt: skip
    if responses.has(MOTILITY):
        cells.pace[t_cells] = left(cells, t_cells, responses, MOTILITY)


def restrain(cells, rows: np.ndarray, responses: Responses) -> None:
    """What is left of the growth and cytokine signals that the T cells in `rows` collected in this phenotype step."""
    r = responses
    hold_back(rows, cells.felt, r.code, r.most, cells.growth_signal, cells.cytokine_signal)


def left(cells, rows: np.ndarray, responses: Responses, function: int) -> np.ndarray:
    """(m,) float64: what the fields leave of one function of the T cells in `rows`."""
    out = np.empty(rows.size)
    leave(rows, cells.felt, responses.code, responses.most, function, out)
    return out
