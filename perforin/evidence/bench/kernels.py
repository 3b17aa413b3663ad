"""What each kernel costs on one tissue, beside the least that memory and arithmetic of this machine allow.

The limit of a kernel is the larger of bytes / bandwidth and operations / float32 rate, with the counts of `ASSUMED`:
what must pass through memory at least once, and the operations of the law as written, a root or a division counted as
one and an exponential as twenty. A draw is ten rounds of Philox, ten operations each.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from perforin.evidence.bench import machine, spheroid
from perforin.evidence.bench.loop import warm
from perforin.evidence.bench.measurement import Job, Measurement, without_tissue
from perforin.mechanisms.tissue import growth, mechanics, necrosis, volume
from perforin.scenario.plan import Plan
from perforin.simulation import step
from perforin.simulation.medium import diffuse
from perforin.simulation.state import State
from perforin.streams import CASE, draw

REPEATS = 7
DRAWS = 1_000_000
# per item: bytes, operations; {near} and {seen} neighbours listed and cells looked at per cell, {rounds} of the solver
ASSUMED: dict[str, tuple[str, str, str]] = {
    "sort": ("cell", "72", "12"),
    "lists": ("cell", "60 + 4 * near", "10 * seen"),
    "forces": ("cell", "40 + 4 * near", "25 * near"),
    "move": ("cell", "92", "30"),
    "oxygen": ("voxel", "120 * rounds + 24", "100 * rounds"),
    "factor": ("voxel", "120 * rounds + 24", "100 * rounds"),
    "draw": ("draw", "8", "100"),
    "cycle": ("cell", "41", "130"),
    "volume": ("cell", "34", "80"),
    "necrosis": ("cell", "16", "4"),
}


def measure(job: Job) -> Measurement:
    """Time every kernel on the spheroid after its first step."""
    tissue = spheroid.spheroid(job.cells or 0)
    warm(tissue)
    plan, state = tissue.plan, tissue.begin()
    step.advance(state, plan)
    state.tidy(plan.clock.phenotype)
    known = machine.described()
    wall, cpu = time.perf_counter(), time.process_time()
    rows = [_row(name, items, seconds, known, counts) for name, items, seconds, counts in _times(state, plan)]
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    alone = "kernels are timed one by one, no tissue is simulated"
    return without_tissue(
        case="kernels",
        cells_start=state.cells.count,
        cells_end=state.cells.count,
        simulated_minutes=0.0,
        threads=job.threads,
        wall_seconds=wall,
        cpu_seconds=cpu,
        machine=known,
        why=alone,
        rows=rows,
    )


def limit(name: str, known: dict[str, Any], counts: dict[str, float]) -> float:
    """The least time per item [ns] that memory and arithmetic allow under the assumed counts."""
    _, memory, work = ASSUMED[name]
    by_memory = _counted(memory, counts) / known["bandwidth_gb_s"]
    return max(by_memory, _counted(work, counts) / known["fp32_gflop_s"])


def _counted(formula: str, counts: dict[str, float]) -> float:
    """The value of a formula of ASSUMED: sums of products of numbers and counts."""
    total = 0.0
    for term in formula.split("+"):
        product = 1.0
        for factor in term.split("*"):
            word = factor.strip()
            product *= counts[word] if word in counts else float(word)
        total += product
    return total


def _row(
    name: str, items: int, seconds: float, known: dict[str, Any], counts: dict[str, float]
) -> dict[str, Any]:
    item, memory, work = ASSUMED[name]
    nanoseconds, least = 1e9 * seconds / items, limit(name, known, counts)
    return {
        "kernel": name,
        "per": item,
        "nanoseconds": round(nanoseconds, 3),
        "bytes": round(_counted(memory, counts), 1),
        "operations": round(_counted(work, counts), 1),
        "limit_nanoseconds": round(least, 3),
        "times_the_limit": round(nanoseconds / least, 2),
    }


def _times(state: State, plan: Plan) -> list[tuple[str, int, float, dict[str, float]]]:
    """Name, items, seconds and counts of every kernel."""
    cells, near, many = state.cells, state.neighbours, state.cells.count
    n, span = plan.numbers, plan.clock.phenotype * plan.clock.tick
    reach = max(near.reach * 2 * float(cells.place[:many, 3].max()), near.least) + near.skin
    rows = state.resting
    sort = _least(lambda: near.bins.build(cells.place, cells.id, rows, reach))
    build = _least(lambda: near.build(cells.place, cells.id, many, rows))
    filled = np.diff(near.bins.start).astype(np.float64)
    counts = {
        "near": float((near.stop[:many] - near.start[:many]).mean()),
        "seen": 27.0 * float((filled**2).sum() / filled.sum()),
    }
    forces = _least(lambda: mechanics.advance(cells, state.contact_table, rows, near, state.box))
    cells.velocity[:many] = 0.0
    cells.velocity_before[:many] = 0.0
    dt = plan.clock.mechanics * plan.clock.tick
    move = _least(lambda: state.move(dt))
    found = [
        ("sort", many, sort, counts),
        ("lists", many, build - sort, counts),
        ("forces", many, forces, counts),
        ("move", many, move, counts),
    ]
    for field, name in zip(plan.fields, ("oxygen", "factor"), strict=True):
        seconds, rounds = _solved(state, plan, field)
        found.append((name, state.fields[field.name].grid.voxels, seconds, {"rounds": rounds}))
    out = np.empty(DRAWS)
    found.append(("draw", DRAWS, _least(lambda: draws(out, plan.seed)), {}))
    chance = (plan.seed, 0)
    found.append(("cycle", many, _least(lambda: growth.advance(cells, n["growth"], span, None, chance)), {}))
    found.append(("volume", many, _least(lambda: volume.advance(cells, n["volume"], span)), {}))
    dying = _least(lambda: necrosis.advance(cells, n["necrosis"], plan.seed, 0, state.events, 0.0, span))
    return [*found, ("necrosis", many, dying, {})]


def _solved(state: State, plan: Plan, field) -> tuple[float, float]:
    """Seconds of one warm solve with all that cells take and give, and its rounds of conjugate gradients.

    Before each solve the field is put back to 1 % below its solution, about what a step of growth changes.
    """
    target, rounds = state.fields[field.name], 0.0
    diffuse(state, plan, field)
    solution = target.values.copy()
    seconds = []
    for _ in range(REPEATS):
        target.values[~target.held] = 0.99 * solution[~target.held]
        before = time.process_time()
        diffuse(state, plan, field)
        seconds.append(time.process_time() - before)
    rounds = _rounds(target, solution, field.interval * plan.clock.tick, steady=field.steady)
    return min(seconds) / numba.get_num_threads(), rounds


def _rounds(target, solution: np.ndarray, dt: float, *, steady: bool) -> float:
    """Conjugate gradient rounds of the same solve."""
    from perforin.engine import diffusion

    target.values[~target.held] = 0.99 * solution[~target.held]
    solve = diffusion.solve_steady(target) if steady else diffusion.step_implicit(target, dt)
    return float(max(solve.iterations, 1))


def _least(work: Callable[[], Any]) -> float:
    """CPU seconds per thread of the fastest of a few calls, the first not counted: a busy machine changes little."""
    work()
    seconds = []
    for _ in range(REPEATS):
        before = time.process_time()
        work()
        seconds.append(time.process_time() - before)
    return min(seconds) / numba.get_num_threads()


@numba.njit(cache=True)
def draws(out, seed):
    """Fill `out` with draws, one per element."""
    for i in range(out.size):
        out[i] = draw(seed, 0, i, CASE)
