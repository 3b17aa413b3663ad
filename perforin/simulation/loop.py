"""The loop of a run: step, write down, save, listen; it ends done, stopped or failed, and the folder says which."""

from __future__ import annotations

import math
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

import numpy as np

from perforin.errors import EngineError, Interrupted, RunError, StorageError
from perforin.quantities import MINUTES_PER_DAY
from perforin.results.run import RunData
from perforin.results.store import RunFolder
from perforin.scenario.plan import Plan
from perforin.simulation.diary import Diary
from perforin.simulation.model import Model
from perforin.simulation.provenance import threading_layer
from perforin.simulation.signals import StopRequest

SECONDS_BETWEEN_PROGRESS = 0.1
SPEED_WINDOW = 60  # progress reports over which the recent speed is taken: about 6 s and more


@dataclass(frozen=True)
class Progress:
    """How far a run is."""

    day: float
    days: float
    tumour_cells: int
    t_cells: int
    seconds_left: float | None  # None until the speed is known


def last_tick(plan: Plan) -> int:
    """The tick at which the plan ends: its days, rounded up to whole phenotype steps."""
    steps = plan.days * MINUTES_PER_DAY / (plan.clock.tick * plan.clock.phenotype)
    return math.ceil(steps - 1e-6) * plan.clock.phenotype


class Loop:
    """Drives one state to the end of its plan."""

    def __init__(
        self,
        folder: RunFolder,
        plan: Plan,
        model: Model,
        progress: Callable[[Progress], None] | None,
        checkpoint_every: float,
    ) -> None:
        self.folder = folder
        self.plan = plan
        self.model = model
        self.end = last_tick(plan)
        self.checkpoint_every = checkpoint_every
        self._progress = progress
        self._samples: deque[tuple[float, int]] = deque(maxlen=SPEED_WINDOW)
        self._reported = 0.0
        self._saved = time.monotonic()
        self._clock = _Stopwatch(folder.meta.get("wall_seconds", 0.0), folder.meta.get("cpu_seconds", 0.0))

    def run(self, state: Any | None, stop: StopRequest) -> None:
        """From a restored state, or from the beginning, to the end. Raises Interrupted, EngineError, StorageError."""
        diary = Diary(self.folder, self.model, self.plan.record, 0 if state is None else state.tick, self.end)
        try:
            if state is None:
                state = self.model.begin(self.plan)
                diary.note(state, self.plan)
            self._walk(state, diary, stop)
        except EngineError as error:
            raise self._fail(state, diary, error) from error
        except StorageError as error:
            self._note_end("stopped", str(error))
            raise
        except MemoryError as error:
            message = f"the memory did not suffice; the last checkpoint is kept in {self.folder.path}"
            self._note_end("failed", message)
            raise RunError(message) from error

    def _walk(self, state: Any, diary: Diary, stop: StopRequest) -> None:
        while state.tick < self.end and not stop.received:
            self.model.advance(state, self.plan)
            if diary.note(state, self.plan):
                refuse_impossible(state)
            if time.monotonic() - self._saved >= self.checkpoint_every:
                self._checkpoint(state, diary)
            self._report(state.tick, diary.last_row)
        if state.tick or not stop.received:  # before the first step there is nothing to keep
            self._checkpoint(state, diary)
        if state.tick < self.end:
            self._stopped(state, stop.received)
        self.folder.finish()
        self._conclude(state)

    def _checkpoint(self, state: Any, diary: Diary) -> None:
        """Make everything so far permanent: parts, then the state, then what run.json says."""
        refuse_impossible(state)
        diary.close(state)
        arrays, scalars = state.arrays()
        self.folder.write_checkpoint(state.tick, arrays, scalars)
        self.folder.update_meta(**self._reached(state.tick))
        self._saved = time.monotonic()

    def _reached(self, tick: int) -> dict[str, Any]:
        wall, cpu = self._clock.read()
        return {"tick": tick, "days": self.folder.day(tick), "wall_seconds": wall, "cpu_seconds": cpu,
                "threading_layer": threading_layer()}  # fmt: skip

    def _stopped(self, state: Any, number: int) -> None:
        name = signal.Signals(number).name
        self._note_end("stopped", name)
        message = f"stopped on day {self.folder.day(state.tick):.3g} by {name}; saved in {self.folder.path}"
        raise Interrupted(message, number)

    def _fail(self, state: Any, diary: Diary, error: EngineError) -> EngineError:
        """Save an impossible state beside the checkpoints and say where."""
        if state is None:
            self._note_end("failed", str(error))
            return error
        with suppress(StorageError):
            arrays, scalars = state.arrays()
            place = self.folder.write_failed_state(state.tick, arrays, scalars)
            diary.close(state)
            error = EngineError(f"{error}. The state is saved in {place}")
        self._note_end("failed", str(error))
        return error

    def _note_end(self, status: str, reason: str) -> None:
        """Say in run.json how it ended; a disk that refuses even that leaves it at the last checkpoint."""
        stop = {"day": self.folder.meta.get("days", 0.0), "reason": reason}
        with suppress(StorageError):
            self.folder.update_meta(status=status, stops=[*self.folder.meta.get("stops", []), stop])

    def _conclude(self, state: Any) -> None:
        answer = numbers_of_the_end(self.folder)
        self.folder.update_meta(status="done", state_hash=state.hash(), **self._reached(state.tick), **answer)

    def _report(self, tick: int, row: dict[str, float]) -> None:
        now = time.monotonic()
        if self._progress is None or not row:  # after a resume, until the first row is due
            return
        if now - self._reported < SECONDS_BETWEEN_PROGRESS and tick < self.end:
            return
        self._reported = now
        self._samples.append((now, tick))
        left = seconds_left(self._samples, self.end)
        day, days = self.folder.day(tick), self.folder.day(self.end)
        self._progress(Progress(day, days, int(row["tumour_cells"]), int(row["t_cells"]), left))


def seconds_left(samples: Iterable[tuple[float, int]], end: int) -> float | None:
    """Seconds to the end at the recent speed: the median over the samples (seconds, tick).

    A median because a step that compiles a kernel takes seconds; recent because a growing tissue slows down.
    """
    pairs = list(pairwise(samples))
    if len(pairs) < 3:
        return None
    speed = median((after[1] - before[1]) / max(after[0] - before[0], 1e-9) for before, after in pairs)
    return (end - pairs[-1][1][1]) / speed if speed > 0 else None


class _Stopwatch:
    """Wall and processor time of this run, over all its resumes."""

    def __init__(self, wall: float, cpu: float) -> None:
        self._wall = wall - time.perf_counter()
        self._cpu = cpu - time.process_time()

    def read(self) -> tuple[float, float]:
        return round(self._wall + time.perf_counter(), 3), round(self._cpu + time.process_time(), 3)


def numbers_of_the_end(folder: RunFolder) -> dict[str, float]:
    """How many cells there were first and last, how many T cells entered (founders), and when a block froze."""
    run = RunData.open(folder.path)
    first, last = run.series.iloc[0], run.series.iloc[-1]
    frozen = run.series["day"][run.series["block_frozen"] > 0] if "block_frozen" in run.series else ()
    of_block = {"frozen_from_day": float(min(frozen))} if len(frozen) else {}
    return {
        **of_block,
        "tumour_cells_start": int(first["tumour_cells"]),
        "tumour_cells_end": int(last["tumour_cells"]),
        "t_cells_end": int(last["t_cells"]),
        "founders": int((run.events["kind"] == "arrival").sum()),
    }


def refuse_impossible(state: Any) -> None:
    """Raise EngineError if any number of the state is not finite, and say which and where."""
    arrays, _ = state.arrays()
    for name, values in arrays.items():
        if values.dtype.kind != "f" or np.isfinite(values).all():
            continue
        wrong = np.argwhere(~np.isfinite(values))
        first = wrong[0].tolist()
        is_cell = name.startswith("cells.") and "cells.id" in arrays
        where = f"cell {int(arrays['cells.id'][first[0]])}" if is_cell else f"index {first}"
        raise EngineError(
            f"{len(wrong)} values of '{name}' are not finite at tick {state.tick}, the first at {where}"
        )
