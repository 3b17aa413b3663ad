"""Run benchmark jobs, each in a process of its own, so that memory and kernels of one do not serve the next."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from perforin.errors import RunError
from perforin.evidence.bench.measurement import Job, Measurement
from perforin.evidence.bench.shelf import SLOPE

Report = Callable[[Job, int, int], None]  # the job that begins, how many are done, how many there are
MEGABYTE = 1e6
WITH_T_CELLS = 1.1  # cells for each tumour cell of a spheroid


def run(wanted: Iterable[Job], report: Report | None = None) -> Iterator[tuple[Job, Measurement]]:
    """Measure job after job. Raises RunError when one fails."""
    everything = list(wanted)
    for done, job in enumerate(everything):
        if report is not None:
            report(job, done, len(everything))
        yield job, _in_process(job)


def _in_process(job: Job) -> Measurement:
    environment = os.environ | {"NUMBA_NUM_THREADS": str(job.threads)}
    worker = subprocess.Popen(
        [sys.executable, "-m", "perforin.evidence.bench"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True,
    )  # fmt: skip
    try:
        said, complained = worker.communicate(job.text())
    except BaseException:
        worker.kill()
        worker.wait()
        raise
    if worker.returncode != 0:
        last = complained.strip().splitlines()[-1:] or [f"exit code {worker.returncode}"]
        raise RunError(f"the benchmark {job.case} failed: {last[0]}")
    return Measurement.of_json(json.loads(said.splitlines()[-1]))


def with_slope(measured: list[Measurement]) -> list[Measurement]:
    """Memory per cell, from the peaks at 100,000 and at 1,000,000 cells where both were measured."""
    peaks = {
        size: entry
        for size in SLOPE
        for entry in measured
        if entry.case == "spheroid" and abs(entry.cells_start / size - WITH_T_CELLS) < 0.1
    }
    if len(peaks) < len(SLOPE):
        return measured
    small, large = (peaks[size] for size in SLOPE)
    cells = large.cells_end - small.cells_end
    slope = (large.peak_rss_mb - small.peak_rss_mb) * MEGABYTE / cells
    return [
        replace(entry, bytes_per_cell=round(slope, 1), why_null=_without(entry.why_null, "bytes_per_cell"))
        if entry.case == "spheroid"
        else entry
        for entry in measured
    ]


def _without(table: dict[str, str], key: str) -> dict[str, str]:
    return {name: text for name, text in table.items() if name != key}
