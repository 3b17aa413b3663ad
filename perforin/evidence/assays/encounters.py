"""Targets and T cells that meet without a tissue around them: the product's laws of contact and damage, no space.

Two ways to be within reach, and everything between is what a tissue does:

    own     a T cell reaches one target only and comes back to it: so many attackers for each
    pellet  every T cell reaches every target and picks one of the living at random each time, as cells spun down in
            the round bottom of a well

The T cells are fresh: nothing tires, is lost or divides, and contact takes no antigen.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace

import numpy as np

from perforin.engine.cells import Cells
from perforin.engine.crowd import Pairs
from perforin.engine.grid import Box
from perforin.face.prepare import prepare
from perforin.mechanisms.tissue import columns_of, contact, damage
from perforin.mechanisms.tissue.apoptosis import APOPTOTIC
from perforin.mechanisms.tissue.exposure import BRAKES
from perforin.mechanisms.tissue.recognition import SINGLE, Receptors, receptors_of, response, signal
from perforin.quantities import Numbers
from perforin.simulation.events import EventLog
from perforin.streams import CASE, draw

SCENARIO = "pbt030-coculture"  # whose cells are taken, with the law at its own numbers
DT = 1.0  # min: the contact step of a run
BOX = Box((1e6, 1e6, 1e6), (False, False, False))
ON_RATE = 6e-3  # 1/(nM min), that is 1e5 1/(M s): as of the binders in the library
FULL = 1e6  # copies: far above what saturates killing


@dataclass(frozen=True)
class Law:
    """The numbers of a target (type 0) and a T cell (type 1) that carries one binder."""

    contact: Numbers
    damage: Numbers
    recognition: Numbers
    receptors: Receptors

    def changed(self, **values: float) -> Law:
        """The same law with other numbers of contact or damage, in canonical units."""
        tables = {"contact": self.contact.as_dict(), "damage": self.damage.as_dict()}
        for name, value in values.items():
            table = next(table for table in tables.values() if name in table)
            table[name] = np.full(2, value)
        return replace(self, **{name: Numbers(table) for name, table in tables.items()})

    def response(self, copies: float) -> float:
        """The share of the full hit rate that a target with so many copies draws."""
        s = signal(1, np.array([copies], dtype=np.float32), self.receptors)
        return float(response(s, self.recognition.half_kill[1]))


@functools.lru_cache(maxsize=64)
def law_of(kd: float = 10.0) -> Law:
    """The CAR law of the library for one binder of this affinity [nM]."""
    plan = prepare(SCENARIO)
    tables = {
        name: Numbers({key: values[:2] for key, values in plan.numbers[name].as_dict().items()})
        for name in ("contact", "damage", "recognition", "volume")
    }
    surface = 4.0 * math.pi * np.cbrt(3.0 * tables["volume"].target / (4.0 * math.pi)) ** 2
    receptors = receptors_of(
        np.full(2, SINGLE),
        np.array([[-1, -1], [0, -1]]),
        np.full((2, 2), float(kd)),
        np.full((2, 2), ON_RATE),
        np.ones((2, 2)),
        tables["recognition"],
        surface,
    )
    return Law(tables["contact"], tables["damage"], tables["recognition"], receptors)


class Encounter:
    """Targets and T cells; `died` holds the minute of each death, infinite for the living.

    t_cells  how many there are, in a pellet; or (targets,) how many each target has of its own
    holding  share of the T cells that hold their own target at minute 0
    brake    what is left of the hit rate, shared evenly by all brakes
    """

    def __init__(
        self,
        targets: int,
        t_cells: int | np.ndarray,
        law: Law,
        *,
        copies: float = FULL,
        holding: float = 0.0,
        brake: float = 1.0,
        seed: int = 1,
    ) -> None:
        own = None if isinstance(t_cells, int) else np.repeat(np.arange(targets), t_cells)
        many = t_cells if isinstance(t_cells, int) else int(np.sum(t_cells))
        self.law, self.seed, self.targets = law, seed, targets
        self.cells = Cells(columns_of("car"), capacity=targets + many)
        ids = np.arange(1, targets + many + 1, dtype=np.uint64)
        self.cells.append(targets, id=ids[:targets], type=0, copies=copies)
        self.cells.append(many, id=ids[targets:], type=1)
        self.t_cells = np.arange(targets, targets + many, dtype=np.int32)
        self.died = np.full(targets, np.inf)
        self.log = EventLog()
        self._reach = _reach(self.cells.place, targets, targets + many, own)
        self.brakes = np.full((many, len(BRAKES)), brake ** (1 / len(BRAKES)))
        self._step = 0
        if own is not None:
            lots = np.array([draw(seed, 0, name, CASE) for name in ids[targets:]])
            self.cells.partner[self.t_cells] = np.where(lots < holding, own, -1)

    def run(self, minutes: float, dt: float = DT) -> Encounter:
        """Let them meet for so many minutes more, or until no target is left; returns itself."""
        cells, rows, law, seed = self.cells, self.t_cells, self.law, self.seed
        role = np.array([0, 1], dtype=np.uint8)
        for _ in range(round(minutes / dt)):
            step, now = self._step, self._step * dt
            contact.advance(
                cells,
                rows,
                law.contact,
                law.recognition,
                law.receptors,
                role,
                self._reach,
                BOX,
                seed,
                step,
                dt,
            )
            damage.advance(
                cells, rows, law.damage, law.recognition, self.brakes, seed, step, dt, self.log, now
            )
            dead = cells.fate[: self.targets] == APOPTOTIC
            self.died[dead & np.isinf(self.died)] = now + dt
            self._step += 1
            if dead.all():
                break
        return self

    @property
    def dead(self) -> float:
        """The share of the targets that died."""
        return float(np.isfinite(self.died).mean())


def _reach(place: np.ndarray, targets: int, count: int, own: np.ndarray | None) -> Pairs:
    """Neighbour lists as contact reads them. All cells lie in one point, so that those listed touch."""
    place[:count, :3], place[:count, 3] = 0.0, 1.0
    start, stop = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    start[targets:] = 0 if own is None else own
    stop[targets:] = targets if own is None else own + 1
    return Pairs(start, stop, np.arange(targets, dtype=np.int32))
