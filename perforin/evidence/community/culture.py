"""A culture of a community case: the product's own step, and between two steps what the case asks for besides.

`Culture.step` is `simulation.step.advance`. Fields are left to the case: a benchmark without diffusion has none, one
with a stirred medium has another than the product's. What stands here besides are laws that benchmarks name and the
product does not have; each acts on the product's columns, once in a step.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numba
import numpy as np

from perforin.engine.cells import Cells
from perforin.engine.forces import pair_force
from perforin.evidence.probes import Probe, machine
from perforin.mechanisms.tissue.apoptosis import ALIVE, APOPTOTIC
from perforin.scenario.compile import compile as compile_scenario
from perforin.scenario.scenario import load
from perforin.simulation import start, step
from perforin.simulation.state import State
from perforin.streams import CASE, DIVISION_CYCLE, draw, normal


class Culture:
    """A tissue without T cells and without fields, made from a scenario file of a case."""

    def __init__(self, file: Path, seed: int, overrides: Sequence[str] = ()) -> None:
        whole = compile_scenario(load(file, [f"seed={seed}", *overrides]))
        self.plan = replace(whole, fields=())
        self.state: State = start.begin(whole)
        self._whole = whole

    @property
    def cells(self):
        """The cells, as in the product's state."""
        return self.state.cells

    @property
    def span(self) -> float:
        """Length of a step [min]."""
        return self.plan.clock.phenotype * self.plan.clock.tick

    @property
    def hours(self) -> float:
        """Time [h]."""
        return self.state.tick * self.plan.clock.tick / 60

    @property
    def living(self) -> int:
        """How many cells live."""
        return int(np.count_nonzero(self.cells.fate[: self.cells.count] == ALIVE))

    def step(self) -> None:
        """One step of the product; what happened to whom is not kept."""
        step.advance(self.state, self.plan)
        self.state.events.drain()

    def save(self, folder: Path, notes: dict) -> None:
        """Keep the state and what was noted so far, so that a long run can go on."""
        arrays, scalars = self.state.arrays()
        partial = folder / "culture.partial.npz"
        kept: dict[str, Any] = {**arrays, "said": np.array(json.dumps([scalars, notes]))}
        np.savez(partial, **kept)
        os.replace(partial, folder / "culture.npz")

    def resume(self, folder: Path) -> dict:
        """Go on from what was kept in the folder; returns what was noted, nothing where nothing was kept."""
        file = folder / "culture.npz"
        if not file.is_file():
            return {}
        with np.load(file, allow_pickle=False) as kept:
            arrays = {name: kept[name] for name in kept.files}
        scalars, notes = json.loads(str(arrays.pop("said")))
        self.state = State.restore(self._whole, arrays, scalars)
        return notes


def probe_of(culture: Culture, columns: Sequence[str] = ()) -> Probe:
    """The fingerprint of a culture as it stands: of its state, or of some columns where a case depends on no other."""
    numbers = {"living": float(culture.living), "radius": float(culture.state.tumour_radius())}
    if not columns:
        return Probe(culture.state.hash()[:16], numbers, machine())
    return probe_of_cells(culture.cells, numbers, columns)


def probe_of_cells(
    cells: Cells, numbers: dict[str, float], columns: Sequence[str] = ("id", "place")
) -> Probe:
    """The fingerprint of some columns, by id, and a few numbers."""
    order = np.argsort(cells.id[: cells.count], kind="stable")
    kept = dict(cells.items())
    digest = hashlib.sha256(b"".join(kept[name][order].tobytes() for name in columns))
    return Probe(digest.hexdigest()[:16], numbers, machine())


def compression(state: State) -> np.ndarray:
    """(n,) float32: how hard each cell is pressed, sum over neighbours of (1 - d / (r_i + r_j))^2 [1].

    That is what repulsion does, over its coefficient.
    """
    state.sort_out()
    near, pressed = state.neighbours, np.zeros(state.cells.count, dtype=np.float32)
    press(state.cells.place, state.cells.count, near.start, near.stop, near.listed, pressed)
    return pressed


@numba.njit(cache=True)
def press(place, count, start, stop, listed, pressed):
    """Add up the repulsion of unit strength on each cell. Changes pressed (n,) float32."""
    one, none = np.float32(1.0), np.float32(0.0)
    for i in range(count):
        for k in range(start[i], stop[i]):
            j = listed[k]
            dx, dy, dz = place[i, 0] - place[j, 0], place[i, 1] - place[j, 1], place[i, 2] - place[j, 2]
            d = max(math.sqrt(dx * dx + dy * dy + dz * dz), np.float32(1e-5))
            contact = place[i, 3] + place[j, 3]
            if d < contact:
                pressed[i] += d * pair_force(np.float32(d), contact, one, one, none)


def hold_back(culture: Culture, limit: float) -> None:
    """Contact inhibition: the cycle of a cell that is pressed harder than `limit` [1] stands still in this step.

    Growth has counted the step already; it is taken back, so a cell is at most one step early.
    """
    cells = culture.cells
    pressed = compression(culture.state) > limit
    rows = slice(0, cells.count)
    cells.cycle_time[rows] -= np.float32(culture.span) * (pressed & cells.growing[rows])


def draw_cycles_anew(culture: Culture) -> None:
    """Both daughters of a division draw their cycle, independently (the product's first keeps the mother's).

    A division is seen at the end of a step, half a step late on average, so cycles are drawn half a step shorter.
    At time 0 the founders draw, as newborns.
    """
    cells, state, n = culture.cells, culture.state, culture.plan.numbers["growth"]
    newborn = cells.cycle_time[: cells.count] == 0.0
    for i in np.flatnonzero(newborn):
        t = cells.type[i]
        luck = normal(state.seed, state.tick, cells.id[i], DIVISION_CYCLE)
        cells.cycle_duration[i] = n.duration[t] + n.duration_spread[t] * luck - culture.span / 2


def die_at_random(culture: Culture, rate: float) -> None:
    """Every living cell dies with a rate [1/min]; the product clears the dead."""
    cells, state = culture.cells, culture.state
    strike_at_random(
        cells.id, cells.fate, cells.dying_time, cells.count, rate * culture.span, state.seed, state.tick
    )


@numba.njit(cache=True)
def strike_at_random(ids, fate, dying_time, count, hazard, seed, step):
    """Start apoptosis with probability 1 - exp(-hazard). Changes fate, dying_time."""
    for i in range(count):
        if fate[i] == ALIVE and draw(seed, step, ids[i], CASE) < 1.0 - math.exp(-hazard):
            fate[i] = APOPTOTIC
            dying_time[i] = 0.0


def shake(culture: Culture, diffusion: float) -> None:
    """Brownian motion: every cell moves by a normal step of variance 2 D dt along each axis, D in um^2/min."""
    cells, state = culture.cells, culture.state
    way = math.sqrt(2.0 * diffusion * culture.span)
    axes = 2 if state.box.flat else 3
    shift(cells.place, cells.id, cells.count, way, axes, state.seed, state.tick)


@numba.njit(cache=True)
def shift(place, ids, count, way, axes, seed, step):
    """Move each cell by `way` [um] times a standard normal number along each axis. Changes place."""
    for i in range(count):
        for axis in range(axes):
            place[i, axis] += np.float32(way * normal(seed, step, ids[i], CASE + 1 + axis))
