"""Substances that diffuse, decay and are exchanged with cells, on voxels.

    dc/dt = D lap c - decay c - loss c - peak c / (half + c) + gain

loss and gain come from the cells of each voxel (`engine.exchange`), peak and half are a saturating
(Michaelis-Menten) uptake. `solve_steady` puts dc/dt = 0; `step_implicit` is one backward Euler step, stable
and without negative values for any dt.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numba
import numpy as np

from perforin.engine.levels import Levels
from perforin.engine.multigrid import conjugate_gradient
from perforin.engine.recut import recut
from perforin.engine.saturation import linearise, mark_empty, switch
from perforin.engine.voxels import VoxelGrid, voxel_of
from perforin.errors import EngineError

TOLERANCE = 5e-5  # change of the last correction, as a share of the largest value: 0.002 mmHg of 38
MOST_ITERATIONS = 100  # conjugate gradients need 2 to 12: more means a broken input
MOST_LINEARISATIONS = (
    100  # rounds of saturating uptake: 1 to 10 when warm, one per voxel layer of a core from cold
)
SHARPEST = 1e-4  # a half-saturation below this share of the largest value is taken as the zero-order switch
# the least that a linear solve may leave: the exact solution is never negative, the solver's tolerance may be, and a
# round of the switch is where it wants to empty a voxel
EMPTY, ANY = np.float32(0.0), np.float32(-np.inf)

BOUNDARIES = ("fixed", "closed", "top", "held")


@dataclass(frozen=True)
class Solve:
    """What one solve took."""

    iterations: int  # conjugate gradient iterations in all
    linearisations: int  # rounds of saturating uptake; 1 where uptake is linear
    change: float  # the last correction's largest value [the field's unit]


class Field:
    """One diffusing substance on a grid: its present values and what acts on it."""

    def __init__(
        self, name: str, unit: str, grid: VoxelGrid, diffusion: float, decay: float, held: np.ndarray
    ) -> None:
        self.name = name
        self.unit = unit
        self.grid = grid
        self.diffusion = float(diffusion)  # um^2/min
        self.decay = float(decay)  # 1/min
        self.held = np.ascontiguousarray(held, dtype=bool)  # voxels whose value never changes
        self.values = np.zeros(grid.shape, dtype=np.float32)
        self.loss = np.zeros(grid.shape, dtype=np.float32)  # first-order uptake [1/min]
        self.gain = np.zeros(grid.shape, dtype=np.float32)  # source [unit/min]
        self.peak: np.ndarray | None = (
            None  # saturating uptake at its fullest [unit/min], (nz, ny, nx) float32
        )
        self.half_saturation = 0.0  # value at half of it [unit]; 0 is the zero-order switch
        self.levels = Levels(grid.shape, self.held)

    @classmethod
    def build(
        cls,
        name: str,
        unit: str,
        grid: VoxelGrid,
        diffusion: float,
        decay: float,
        start: float,
        boundary: str,
        outside: float,
    ) -> Field:
        """A field at its start value, held at `outside` where its boundary says so."""
        field = cls(name, unit, grid, diffusion, decay, held_voxels(grid, boundary))
        field.values[:] = start
        field.values[field.held] = outside
        return field

    def __repr__(self) -> str:
        shape = "x".join(str(n) for n in reversed(self.grid.shape))
        low, high = float(self.values.min()), float(self.values.max())
        return f"Field({self.name}, {shape} voxels of {self.grid.spacing:g} um, {low:.4g} to {high:.4g} {self.unit})"

    @property
    def kappa(self) -> np.float32:
        """Exchange between two neighbouring voxels, D / h^2 [1/min]."""
        return np.float32(self.diffusion / self.grid.spacing**2)

    def hold(self, voxels: np.ndarray, values: np.ndarray | float) -> None:
        """Hold these voxels ((nz, ny, nx) bool) at these values from now on, besides those held already."""
        self.held |= voxels
        self.values[voxels] = values[voxels] if isinstance(values, np.ndarray) else values
        levels = Levels(self.grid.shape, self.held)
        levels.work_in(self.levels)
        self.levels = levels

    def lie_on(self, grid: VoxelGrid) -> None:
        """Lie on another grid of the same box, stretched or cut into other voxels, from the next solve on."""
        if grid.shape != self.grid.shape:
            all_held = bool(self.held.all())
            if self.held.any() and not all_held:
                raise EngineError(f"{self.name}: voxels that are held cannot be cut into others")
            self.values, self.loss = recut(self.values, grid.shape), recut(self.loss, grid.shape)
            self.gain, self.held = np.zeros(grid.shape, dtype=np.float32), np.full(grid.shape, all_held)
            self.peak = None
            self.levels = Levels(grid.shape, self.held)
        self.grid = grid

    def clear(self) -> None:
        """Forget what the cells of the last step took and gave."""
        self.loss[:] = 0.0
        self.gain[:] = 0.0

    def sample(self, places: np.ndarray, count: int, out: np.ndarray) -> None:
        """out[i] = the value at the voxel of cell i's centre. places (cap, 4) float32, out (cap,) float32."""
        _sample(self.values, places, count, self.grid.corner, self.grid.spacing, out)

    def gradient(self, places: np.ndarray, count: int, out: np.ndarray) -> None:
        """out[i] = the gradient (x, y, z) at the voxel of cell i's centre [unit/um]. out (cap, 3) float32."""
        _gradient(self.values, places, count, self.grid.corner, self.grid.spacing, out)

    def state(self) -> dict[str, np.ndarray]:
        """What a checkpoint must keep: values, and the uptake cells may read between solves. Gain is made anew."""
        return {"values": self.values, "loss": self.loss}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Take the values from a checkpoint."""
        self.values[:] = state["values"]
        self.loss[:] = state["loss"]


def share_room(fields: Iterable[Field]) -> None:
    """Let fields on the same grid solve in the same arrays: they are solved one after the other."""
    owners: dict[tuple[int, int, int], Field] = {}
    for field in fields:
        field.levels.work_in(owners.setdefault(field.grid.shape, field).levels)


def held_voxels(grid: VoxelGrid, boundary: str) -> np.ndarray:
    """The voxels a boundary holds: "fixed" the outermost of every axis, "top" the top layer, "closed" none, "held" all.

    An axis of one voxel has no boundary: a single layer is a two-dimensional field.
    """
    held = np.zeros(grid.shape, dtype=bool)
    if boundary == "fixed":
        for axis, n in enumerate(grid.shape):
            if n > 1:
                side = np.moveaxis(held, axis, 0)
                side[0] = side[-1] = True
    elif boundary == "top":
        held[-1] = True
    elif boundary == "held":
        held[:] = True
    elif boundary != "closed":
        raise EngineError(f"unknown field boundary '{boundary}': expected one of {', '.join(BOUNDARIES)}")
    return held


def solve_steady(field: Field, tolerance: float = TOLERANCE) -> Solve:
    """Bring the field to its steady state for the present loss and gain, starting from its values.

    Needs a sink or a held voxel. Raises EngineError where the equation has no answer.
    """
    bounded = field.held.any() or field.decay > 0.0 or (field.loss > 0.0).any()
    if not bounded and (field.peak is None or not (field.peak > 0.0).any()):
        raise EngineError(
            f"{field.name}: a steady state needs decay, uptake or a held boundary, and has none"
        )
    return _solve(field, np.float32(0.0), tolerance)


def step_implicit(field: Field, dt: float, tolerance: float = TOLERANCE) -> Solve:
    """Advance the field by dt [min] with one backward Euler step."""
    if not dt > 0.0:
        raise EngineError(f"{field.name}: a time step must be positive, found {dt:g} min")
    return _solve(field, np.float32(1.0 / dt), tolerance)


def _solve(field: Field, rate: np.float32, tolerance: float) -> Solve:
    """One linear solve, or rounds of them where the uptake saturates."""
    c = field.values
    scale = _scale_of(field)
    if field.peak is None:
        _set_up(field, c, rate)
        iterations, change = _solve_linear(field, tolerance * scale, EMPTY)
        return Solve(iterations, 1, change)
    before = c.copy() if rate > 0.0 else c
    if field.half_saturation > SHARPEST * scale:
        tolerance = min(tolerance * scale, 0.1 * field.half_saturation)
        return _solve_tangents(field, field.peak, before, rate, tolerance)
    return _solve_switch(field, field.peak, before, rate, tolerance * scale)


def _solve_tangents(
    field: Field, peak: np.ndarray, before: np.ndarray, rate: np.float32, tolerance: float
) -> Solve:
    """Newton's rounds, until one has nothing left to change."""
    work, c = field.levels, field.values
    sigma, free = work.view(work.sigma, 0), work.view(work.free, 0)
    iterations = 0
    for linearisation in range(1, MOST_LINEARISATIONS + 1):
        _set_up(field, before, rate)
        linearise(sigma, work.source, c, free, peak, np.float32(field.half_saturation))
        used, change = _solve_linear(field, tolerance, EMPTY)
        iterations += used
        if used == 0:
            return Solve(iterations, linearisation, change)
    raise EngineError(f"{field.name}: saturating uptake found no solution in {MOST_LINEARISATIONS} rounds")


def _solve_switch(
    field: Field, peak: np.ndarray, before: np.ndarray, rate: np.float32, tolerance: float
) -> Solve:
    """Rounds of the zero-order switch, until the set of empty voxels stays."""
    work, c = field.levels, field.values
    sigma, free = work.view(work.sigma, 0), work.view(work.free, 0)
    empty = ((c <= 0.0) & (peak > 0.0) & (free > 0.0)).view(np.uint8)
    iterations, change = 0, 0.0
    for linearisation in range(1, MOST_LINEARISATIONS + 1):
        _set_up(field, before, rate)
        changed = mark_empty(empty, c, work.source, peak, field.kappa)
        if changed == 0 and linearisation > 1:
            return Solve(iterations, linearisation - 1, change)
        switch(sigma, work.source, c, free, empty, peak, field.kappa)
        used, change = _solve_linear(field, tolerance, ANY)
        c[empty > 0] = 0.0
        iterations += used
    raise EngineError(f"{field.name}: the uptake switch found no solution in {MOST_LINEARISATIONS} rounds")


def _set_up(field: Field, before: np.ndarray, rate: np.float32) -> None:
    """Lay down sigma and the source of everything linear."""
    work = field.levels
    sigma, free = work.view(work.sigma, 0), work.view(work.free, 0)
    _linear_part(sigma, work.source, before, free, field.loss, field.gain, np.float32(field.decay), rate)


def _solve_linear(field: Field, tolerance: float, lowest: np.float32) -> tuple[int, float]:
    """Solve for what was set up, no value below `lowest`; raises EngineError where there is no answer."""
    work = field.levels
    parts = min(numba.get_num_threads(), len(work.room))
    used, change = conjugate_gradient(
        parts, field.kappa, field.values, work.source, work.tables, work.flats, work.scratch, tolerance, lowest,
        MOST_ITERATIONS,
    )  # fmt: skip
    if used < 0:
        raise EngineError(f"{field.name}: diffusion found no solution (last change {change:g} {field.unit})")
    return used, change


def _scale_of(field: Field) -> float:
    """The field's size for tolerances: its largest value, or its largest source over the weakest sink's rate."""
    largest = float(field.values.max())
    if largest > 0.0:
        return largest
    top = float(field.gain.max())
    return top / (float(field.kappa) * 6.0 + field.decay + float(field.loss.max())) if top > 0.0 else 1.0


@numba.njit(cache=True)
def _linear_part(sigma, source, before, free, loss, gain, decay, rate):
    """sigma = decay + loss + 1/dt and source = gain + c/dt. rate is 1/dt, 0 for the steady state.

    sigma is 0 on held voxels.
    """
    nz, ny, nx = sigma.shape
    for z in range(nz):
        for y in range(ny):
            for x in range(nx):
                sigma[z, y, x] = free[z, y, x] * (decay + rate + loss[z, y, x])
            for x in range(nx):
                source[z, y, x] = gain[z, y, x] + rate * before[z, y, x]


@numba.njit(cache=True, error_model="numpy")
def _sample(values, places, count, corner, spacing, out):
    """out[i] = value at the voxel of cell i."""
    nz, ny, nx = values.shape
    for i in range(count):
        z, y, x = voxel_of(places, i, corner, spacing, nz, ny, nx)
        out[i] = values[z, y, x]


@numba.njit(cache=True, inline="always")
def _slope(low, high, steps, spacing):
    """Difference over the distance between two voxels; 0 where an axis has one voxel."""
    return (high - low) / np.float32(steps * spacing) if steps > 0 else np.float32(0.0)


@numba.njit(cache=True)
def _gradient(values, places, count, corner, spacing, out):
    """Central differences at the voxel of cell i, one-sided at a wall."""
    nz, ny, nx = values.shape
    for i in range(count):
        z, y, x = voxel_of(places, i, corner, spacing, nz, ny, nx)
        xm, xp = max(x - 1, 0), min(x + 1, nx - 1)
        ym, yp = max(y - 1, 0), min(y + 1, ny - 1)
        zm, zp = max(z - 1, 0), min(z + 1, nz - 1)
        out[i, 0] = _slope(values[z, y, xm], values[z, y, xp], xp - xm, spacing)
        out[i, 1] = _slope(values[z, ym, x], values[z, yp, x], yp - ym, spacing)
        out[i, 2] = _slope(values[zm, y, x], values[zp, y, x], zp - zm, spacing)
