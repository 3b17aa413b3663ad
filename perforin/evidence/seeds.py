"""Making the seeds of a case: a few processes of one thread at a time, each seed kept when it is done.

Stopping (Ctrl-C) ends the processes with SIGTERM, on which the product writes a checkpoint; the next call continues.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from perforin.errors import RunError
from perforin.evidence.shelf import Case
from perforin.evidence.stored import results_folder, seed_file

AT_ONCE = 2
_LOOK_EVERY = 0.2  # s
_PATIENCE = 60.0  # s for a stopped process to write its checkpoint


@dataclass(frozen=True)
class Progress:
    """How far validation has come."""

    case: str
    done: int
    total: int
    seconds_left: float | None
    doing: str


@dataclass
class _Job:
    arm: str
    seed: int
    process: subprocess.Popen
    complaints: IO[bytes]
    started: float


def make_seeds(
    case: Case,
    missing: list[tuple[str, int]],
    progress: Callable[[Progress], None] | None = None,
    at_once: int = AT_ONCE,
) -> None:
    """Make the missing seeds. Raises RunError when one fails; seeds that are done are kept in any case."""
    queue, running, seconds, total = list(missing), [], [], len(missing)
    try:
        while queue or running:
            while queue and len(running) < at_once:
                running.append(_start(case, *queue.pop(0)))
            time.sleep(_LOOK_EVERY)
            for job in [job for job in running if job.process.poll() is not None]:
                running.remove(job)
                _finish(case, job)
                seconds.append(time.monotonic() - job.started)
            if progress is not None:
                left = _seconds_left(seconds, running, len(queue), at_once)
                doing = ", ".join(f"{job.arm} seed {job.seed}" for job in running)
                progress(Progress(case.name, total - len(queue) - len(running), total, left, doing))
    finally:
        _stop(running)


def work_folder(case: str, arm: str, seed: int) -> Path:
    """Where a seed's run lives while it is being made."""
    return Path(tempfile.gettempdir()) / f"perforin-validate-{os.getuid()}" / case / f"{arm}-{seed}"


def _start(case: Case, arm: str, seed: int) -> _Job:
    work = work_folder(case.name, arm, seed)
    work.mkdir(parents=True, exist_ok=True)
    results_folder(case.name).mkdir(parents=True, exist_ok=True)
    file = seed_file(case.name, arm, seed)
    one_thread = {"NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    complaints = (work / "complaints.txt").open("w+b")
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "perforin.evidence.seed_worker",
            case.folder,
            arm,
            str(seed),
            work,
            file.resolve(),
        ],
        env={**os.environ, **one_thread},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=complaints,
        start_new_session=True,  # Ctrl-C reaches us alone; we pass it on as SIGTERM
    )
    return _Job(arm, seed, process, complaints, time.monotonic())


def _finish(case: Case, job: _Job) -> None:
    job.complaints.seek(0)
    said = job.complaints.read().decode(errors="replace").strip().splitlines()
    job.complaints.close()
    if job.process.returncode != 0:
        why = said[-1] if said else f"exit status {job.process.returncode}"
        folder = work_folder(case.name, job.arm, job.seed)
        raise RunError(
            f"{case.name}, {job.arm} seed {job.seed} failed: {why} (all of it: {folder}/complaints.txt)"
        )
    shutil.rmtree(work_folder(case.name, job.arm, job.seed), ignore_errors=True)


def _stop(running: list[_Job]) -> None:
    for job in running:
        job.process.terminate()
    for job in running:
        try:
            job.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            job.process.kill()
            job.process.wait()
        job.complaints.close()


def _seconds_left(seconds: list[float], running: list[_Job], queued: int, at_once: int) -> float | None:
    """From the mean time of the seeds that are done; unknown before the first."""
    if not seconds:
        return None
    mean = sum(seconds) / len(seconds)
    now = time.monotonic()
    under_way = [max(0.0, mean - (now - job.started)) for job in running]
    return (sum(under_way) + queued * mean) / at_once
