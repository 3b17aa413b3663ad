"""From the command to the first step: with an empty cache of compiled kernels, and again with a full one.

Both start a new process that imports Perforin, loads and compiles the spheroid of 10,000 cells, begins and takes one
step; the clock runs from before the process starts until it says that the step is done.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from perforin.errors import RunError
from perforin.evidence.bench import machine
from perforin.evidence.bench.measurement import Job, Measurement, without_tissue

FIRST_STEP = """
from contextlib import nullcontext
from perforin import kernel_cache
from perforin.scenario.compile import compile
from perforin.scenario.scenario import load
from perforin.simulation import compiling, start, step
plan = compile(load("spheroid"))
with compiling.by_two(plan, None) if kernel_cache.is_empty() else nullcontext():
    state = start.begin(plan)
    step.advance(state, plan)
    print(state.cells.count, flush=True)
"""


def measure(job: Job) -> Measurement:
    """Time the first step of two processes."""
    with tempfile.TemporaryDirectory(prefix="perforin-cold-") as cache:
        environment = os.environ | {"PERFORIN_CACHE": cache, "NUMBA_NUM_THREADS": str(job.threads)}
        before = os.times()
        first, cells = first_step(environment)
        cached, _ = first_step(environment)
        after = os.times()
        kernels = sum(1 for _ in Path(cache).rglob("*.nbc"))
    children = after.children_user + after.children_system - before.children_user - before.children_system
    alone = "the time until the first step is measured, no tissue is simulated further"
    return without_tissue(
        case="cold",
        cells_start=cells,
        cells_end=cells,
        simulated_minutes=6.0,
        threads=job.threads,
        wall_seconds=first + cached,
        cpu_seconds=children,
        machine=machine.described(),
        why=alone,
        rows=[
            {"start": "first ever", "seconds": round(first, 3), "kernels_compiled": kernels},
            {"start": "cached", "seconds": round(cached, 3), "kernels_compiled": 0},
        ],
    )


def first_step(environment: dict[str, str]) -> tuple[float, int]:
    """Seconds from the command to the first step, and the cells after it. Raises RunError when there is none."""
    before = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", FIRST_STEP], env=environment, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - before
    if done.returncode != 0:
        raise RunError(f"the first step failed: {done.stderr.strip().splitlines()[-1:]}")
    return seconds, int(done.stdout.split()[-1])
