"""What it costs to write a run down: the spheroid for a day, as `perforin run` would, a row each hour, cells and fields
each day; the share of the loop's CPU time that goes into readings, snapshots and checkpoints.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from perforin.evidence.bench import loop, machine
from perforin.evidence.bench.measurement import Job, Measurement, without_tissue
from perforin.evidence.bench.spheroid import spheroid
from perforin.quantities import MINUTES_PER_DAY
from perforin.scenario.plan import RecordPlan
from perforin.simulation.model import Model, tissue
from perforin.simulation.simulate import simulate

MINUTES_PER_HOUR = 60.0


class _Steps:
    """A model of which only the steps of the tissue are timed."""

    def __init__(self, model: Model) -> None:
        self.seconds, self.began = 0.0, 0.0
        self.cells: list[int] = []
        self._model = model

    def model(self) -> Model:
        """The model, timed."""
        return replace(self._model, begin=self._begin, advance=self._counted(self._model.advance))

    def _begin(self, plan: Any) -> Any:
        state = self._model.begin(plan)
        self.cells.append(state.cells.count)
        self.began = time.process_time()
        return state

    def _counted(self, advance: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
        def step(state: Any, plan: Any) -> None:
            before = time.process_time()
            advance(state, plan)
            self.seconds += time.process_time() - before
            self.cells.append(state.cells.count)

        return step


def measure(job: Job) -> Measurement:
    """Simulate the spheroid into a folder that is thrown away."""
    case, minutes = spheroid(job.cells or 0), job.minutes or float(MINUTES_PER_DAY)
    loop.warm(case)
    tick = case.plan.clock.tick
    record = RecordPlan(
        series=round(MINUTES_PER_HOUR / tick),
        cells=round(MINUTES_PER_DAY / tick),
        fields=tuple(field.name for field in case.plan.fields),
    )
    plan = replace(case.plan, days=minutes / MINUTES_PER_DAY, record=record)
    steps = _Steps(replace(tissue(), begin=lambda plan: case.begin()))
    with tempfile.TemporaryDirectory(prefix="perforin-recording-") as folder:
        wall = time.perf_counter()
        simulate(plan, Path(folder), model=steps.model())
        cpu = time.process_time() - steps.began
        wall = time.perf_counter() - wall
        written = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
    row = {
        "cells": steps.cells[-1],
        "hours": minutes / 60.0,
        "share_of_the_run": round((cpu - steps.seconds) / cpu, 4),
        "seconds": round(cpu - steps.seconds, 3),
        "megabytes_written": round(written / 1e6, 2),
    }
    return without_tissue(
        case="recording",
        cells_start=steps.cells[0],
        cells_end=steps.cells[-1],
        simulated_minutes=minutes,
        threads=job.threads,
        wall_seconds=wall,
        cpu_seconds=cpu,
        machine=machine.described(),
        why="what is measured is the writing, not the tissue",
        rows=[row],
    )
