"""The measured stretch: from a state that is set up and kernels that are compiled, so many simulated minutes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from perforin.engine.diffusion import Field
from perforin.evidence.bench import machine, phases, references
from perforin.evidence.bench.measurement import Job, Measurement, cost, peak_rss_mb
from perforin.quantities import Numbers
from perforin.scenario.plan import Plan
from perforin.simulation import provenance, recorder, step
from perforin.simulation.state import State

WARM_STEPS = 5
SHORT, REPEATS = 5.0, 3  # s; a stretch below is measured so many times
HASTE = 20.0  # min of a cycle while kernels are compiled: cells divide within the warm steps


@dataclass(frozen=True)
class Tissue:
    """What a case simulates: its plan, how its state begins, and a small one of the same kind to compile with."""

    plan: Plan
    begin: Callable[[], State]
    begin_small: Callable[[], tuple[Plan, State]]
    described: Plan | None = (
        None  # by what a reference is recognised, where the numerics change a number of the plan
    )

    @property
    def identity(self) -> Plan:
        """The plan whose configuration a reference must share."""
        return self.described or self.plan


@dataclass(frozen=True)
class Stretch:
    """What the measured stretch took and where it ended."""

    state: State
    cells_start: int
    minutes: float
    wall: float
    cpu: float
    phases: dict[str, float]


def hasty(plan: Plan) -> Plan:
    """The plan with cells that divide at once, so that no kernel waits for the measured stretch."""
    growth = plan.numbers["growth"].as_dict()
    haste = {
        "duration": np.full_like(growth["duration"], HASTE),
        "duration_spread": 0.0 * growth["duration_spread"],
    }
    return replace(plan, numbers=plan.numbers | {"growth": Numbers(growth | haste)})


def warm(tissue: Tissue) -> None:
    """Compile every kernel the case calls, or load it from the cache, on a small tissue of its kind."""
    plan, state = tissue.begin_small()
    for _ in range(WARM_STEPS):
        step.advance(state, plan)


def stretch(tissue: Tissue, minutes: float) -> Stretch:
    """Simulate at least so many minutes, in whole phenotype steps, and measure them."""
    warm(tissue)
    plan, state = tissue.plan, tissue.begin()
    span = plan.clock.phenotype * plan.clock.tick
    steps = max(1, math.ceil(minutes / span - 1e-9))
    cells_start = state.cells.count
    with phases.watched() as watch:
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(steps):
            step.advance(state, plan)
            state.events.drain()  # a run writes them to its folder
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Stretch(state, cells_start, steps * span, wall, cpu, watch.close(wall))


def fastest(tissue: Tissue, minutes: float) -> Stretch:
    """The stretch, or the fastest of a few where one is short: machines are slower at times, never faster."""
    done = stretch(tissue, minutes)
    for _ in range(REPEATS - 1 if done.wall < SHORT else 0):
        wall, cpu, parts = done.wall, done.cpu, done.phases
        del done  # one tissue at a time: the peak of memory is measured too
        done = stretch(tissue, minutes)
        if cpu < done.cpu:
            done = replace(done, wall=wall, cpu=cpu, phases=parts)
    return done


def quantities(state: State, plan: Plan) -> dict[str, float]:
    """What a reference is compared by."""
    row = recorder.series_row(state, plan)
    names = ("tumour_cells", "tumour_radius", "oxygen_mean", "oxygen_min", "kills")
    return {name: float(row[name]) for name in names if math.isfinite(row[name])}


def mean_of(field: Field) -> float:
    """Mean over the voxels that no boundary holds [the field's unit]."""
    return float(field.values[~field.held].mean(dtype=np.float64))


def measure(case: str, tissue: Tissue, job: Job) -> Measurement:
    """Run one tissue and measure it; a reference leaves what it found as its one row."""
    done = fastest(tissue, job.minutes or 0.0)
    state, peak = done.state, peak_rss_mb()
    found, configuration = (
        quantities(state, tissue.plan),
        references.configuration(tissue.identity, done.minutes),
    )
    against = references.error(case, tissue.identity, done.minutes, found)
    why = {
        "bytes_per_cell": "the slope between 100,000 and 1,000,000 cells: perforin bench spheroid --memory"
    }
    if isinstance(against, str):
        why["error_against_reference"] = against
    fields = {name: mean_of(field) for name, field in state.fields.items()}
    return Measurement(
        case=case,
        cells_start=done.cells_start,
        cells_end=state.cells.count,
        simulated_minutes=done.minutes,
        threads=job.threads,
        wall_seconds=round(done.wall, 4),
        cpu_seconds=round(done.cpu, 4),
        cpu_ms_per_cell_hour=cost(done.cpu, done.cells_start, state.cells.count, done.minutes),
        bytes_per_cell=None,
        peak_rss_mb=round(peak, 1),
        phases={name: round(seconds, 4) for name, seconds in done.phases.items()},
        mean_fields=fields,
        state_hash=state.hash(),
        error_against_reference=None if isinstance(against, str) else against,
        machine=machine.described(),
        versions=provenance.versions(),
        why_null=why,
        rows=[{"configuration": configuration, "quantities": found}],
    )
