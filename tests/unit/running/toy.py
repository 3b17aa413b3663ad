"""A model of a few cells that the loop can drive in milliseconds: what tests of folder and loop run on.

Every step each cell moves by a hash of its id and the tick; now and then one divides or dies and leaves an event.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np

from perforin.errors import EngineError
from perforin.quantities import Value
from perforin.scenario.plan import (
    TUMOUR,
    CellType,
    ClockPlan,
    FounderPlan,
    GeometryPlan,
    LawPlan,
    Plan,
    RecordPlan,
    SourceRow,
)
from perforin.simulation.model import Model

STEP = 60  # ticks


def plan(days: float = 0.1, **changes) -> Plan:
    """A plan of `days` with a row every 12 min, cells every 36 min and one field."""
    whole = Plan(
        name="toy", summary="", days=days, seed=1,
        geometry=GeometryPlan("organoid", (40.0, 40.0, 40.0), (False,) * 3, 20.0, 20.0, False),
        types=(CellType("tumour", TUMOUR),), fields=(), attractant="", antigen="none", attack=None, numbers={},
        clock=ClockPlan(0.1, 1, 1, STEP), founders=FounderPlan(10.0, 0), doses=(),
        law=LawPlan("persistent", "within-reach", "isotropic", "reduced"),
        record=RecordPlan(2 * STEP, 6 * STEP, ("oxygen",)), published=(),
        sources=(SourceRow("toy.rate", Value(0.5, "1/min", "assumed", "assumed", "a toy")),),
        resolved='name = "toy"\n', plan_hash="0" * 64, run_key="a" * 64,
    )  # fmt: skip
    return replace(whole, **changes)


@dataclass
class Grid:
    spacing: float = 20.0
    origin: tuple[float, float, float] = (-20.0, -20.0, -20.0)


class Field:
    unit = "mmHg"
    grid = Grid()

    def __init__(self, values: np.ndarray) -> None:
        self.values = values


class Events:
    def __init__(self) -> None:
        self.rows: list[tuple] = []

    def drain(self) -> dict[str, np.ndarray]:
        rows, self.rows = self.rows, []
        kinds = {"minute": "f8", "kind": "U10", "cell": "u8", "other": "u8", "x": "f4", "y": "f4", "z": "f4"}
        return {
            name: np.array([row[i] for row in rows], dtype=kind)
            for i, (name, kind) in enumerate(kinds.items())
        }


class State:
    def __init__(
        self, ids: np.ndarray, place: np.ndarray, oxygen: np.ndarray, tick: int, births: int
    ) -> None:
        self.ids, self.place, self.tick, self.births = ids, place, tick, births
        self.fields = {"oxygen": Field(oxygen)}
        self.events = Events()

    def arrays(self):
        arrays = {"ids": self.ids, "place": self.place, "oxygen": self.fields["oxygen"].values}
        return {name: values.copy() for name, values in arrays.items()}, {
            "tick": self.tick,
            "births": self.births,
        }

    def hash(self) -> str:
        digest = hashlib.sha256(f"{self.tick} {self.births}".encode())
        for values in self.arrays()[0].values():
            digest.update(values.tobytes())
        return digest.hexdigest()


def begin(plan: Plan) -> State:
    ids = np.arange(1, 6, dtype=np.uint64)
    return State(ids, np.zeros((5, 3), np.float32), np.full((2, 2, 2), 38.0, np.float32), 0, 0)


def restore(plan: Plan, arrays, scalars) -> State:
    return State(arrays["ids"], arrays["place"], arrays["oxygen"], scalars["tick"], scalars["births"])


def advance(state: State, plan: Plan) -> None:
    state.tick += STEP
    minute = state.tick * 0.1
    state.place += np.sin(state.ids[:, None] * 1.7 + state.tick + np.arange(3)).astype(np.float32)
    state.fields["oxygen"].values *= np.float32(0.99)
    mother = int(state.ids[state.tick // STEP % state.ids.size])
    state.births += 1
    newborn = np.array([mother * 31 + state.births], dtype=np.uint64)
    if state.births % 3 == 0 and state.ids.size > 3:
        state.ids, state.place = state.ids[1:].copy(), state.place[1:].copy()
        state.events.rows.append((minute, "kill", mother, 7, 0.0, 0.0, 0.0))
    else:
        state.ids = np.append(state.ids, newborn)
        state.place = np.append(state.place, state.place[:1], axis=0)
        state.events.rows.append((minute, "division", int(newborn[0]), mother, 1.0, 2.0, 3.0))


def series_row(state: State, plan: Plan) -> dict[str, float]:
    day = state.tick * 0.1 / 1440
    return {"minute": state.tick * 0.1, "day": day, "tumour_cells": state.ids.size, "t_cells": 0.0,
            "oxygen_mean": float(state.fields["oxygen"].values.mean())}  # fmt: skip


def snapshot(state: State, plan: Plan):
    return {"id": state.ids, "type": np.zeros(state.ids.size, np.uint8)}, state.place


MODEL = Model(begin, restore, advance, series_row, snapshot)


def advance_into_nothing(state: State, plan: Plan) -> None:
    """A law that turns a place into not-a-number at minute 60."""
    advance(state, plan)
    if state.tick >= 600:
        state.place[0, 0] = np.nan


def advance_out_of_the_box(state: State, plan: Plan) -> None:
    advance(state, plan)
    if state.tick >= 600:
        raise EngineError("the tumour outgrew its domain")
