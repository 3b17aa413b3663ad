"""Running replicates: the parent folder, its seeds, and what they say together.

<name>-<key of the plan without seed>-replicates/
  scenario.toml   what every seed runs
  run.json        the seeds, their folders, means and intervals
  report.html
  <name>-<key>/   one ordinary run folder per seed
"""

from __future__ import annotations

import hashlib
import os
import time
import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perforin.analysis.intervals import Interval
from perforin.face import parent
from perforin.face.crew import Message, Outcome, run_every
from perforin.face.prepare import refuse_too_large
from perforin.face.replicates import Replicates
from perforin.face.run import Run
from perforin.results import disk, lock
from perforin.results.layout import FORMAT_VERSION, REPORT, SCENARIO

if TYPE_CHECKING:
    from perforin.face.progress import Display
    from perforin.scenario.plan import Plan

KEPT = (
    "status", "state_hash", "run_key", "days", "wall_seconds", "cpu_seconds", "tumour_cells_start", "tumour_cells_end",
    "t_cells_end", "survivors_by_reason", "founders",
)  # fmt: skip
AVERAGED = ("tumour_cells_start", "tumour_cells_end", "t_cells_end", "founders")
INTERVALS = (
    "tumour_cells_start",
    "tumour_cells_end",
    "t_cells_end",
    "change",
    "best_change",
    "best_day",
    "kills",
)


def repeat(plan: Plan, count: int, out: Path, threads: int | None, fresh: bool, watch: Display) -> Replicates:
    """Run a plan with `count` seeds from its own seed on; finished seeds keep their answer unless `fresh`."""
    refuse_too_large(plan, out, at_once(threads, count), count)
    from perforin.simulation.simulate import folder_name

    key = hashlib.sha256(f"{plan.plan_hash} replicates".encode()).hexdigest()
    folder = out / f"{folder_name(replace(plan, run_key=key))}-replicates"
    disk.make_directory(folder)
    meta = {
        "format_version": FORMAT_VERSION,
        "name": plan.name,
        "status": "running",
        "run_key": key,
        "plan_hash": plan.plan_hash,
        "days": plan.days,
        "seed": plan.seed,
        "tick_minutes": plan.clock.tick,
        "replicates": [{"seed": plan.seed + i} for i in range(count)],
    }
    with lock.locked(folder):
        disk.write_file(folder / SCENARIO, plan.resolved.encode())
        return _run_all(folder, meta, threads, fresh, watch)


def repeat_stored(folder: Path, threads: int | None, watch: Display) -> Replicates:
    """Go on with replicates that were interrupted."""
    with lock.locked(folder):
        return _run_all(folder, Replicates.open(folder).meta, threads, fresh=False, watch=watch)


def at_once(threads: int | None, count: int) -> int:
    """How many processes side by side: never more than seeds, threads or cores."""
    cores = _cores()
    return max(1, min(threads or cores, cores, count))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def warn_of_threads(threads: int | None) -> None:
    """Say that there are fewer cores than threads were asked for."""
    if threads is not None and threads > _cores():
        warnings.warn(
            f"{threads} threads were asked for and there are {_cores()} cores: at most so many replicates run at a "
            "time. The result is the same.",
            stacklevel=2,
        )


def _run_all(
    folder: Path, meta: dict[str, Any], threads: int | None, fresh: bool, watch: Display
) -> Replicates:
    seeds = [entry["seed"] for entry in meta["replicates"]]
    workers = at_once(threads, len(seeds))
    warn_of_threads(threads)
    parent.save(folder, {**meta, "status": "running", "threads": workers})
    started = time.monotonic()
    requests: list[Message] = [
        {
            "label": f"seed {seed}",
            "scenario": str(folder / SCENARIO),
            "out": str(folder),
            "seed": seed,
            "days": meta["days"],
            "fresh": fresh,
        }
        for seed in seeds
    ]
    with parent.noting_the_end(folder, meta, "every seed"):
        outcomes = run_every(requests, workers, watch, "replicates")
    found = {
        **meta,
        **together(folder, outcomes),
        "threads": workers,
        "wall_seconds": time.monotonic() - started,
    }
    parent.save(folder, found)
    replicates = Replicates(folder, found)
    replicates.write_report()
    return replicates


def together(folder: Path, outcomes: list[Outcome]) -> dict[str, Any]:
    """What the parent's run.json says of its seeds: counts are means, so the reasons still sum to the end."""
    runs = [Run.open(outcome.folder) for outcome in outcomes if outcome.folder is not None]
    entries = [_entry(folder, run, outcome) for run, outcome in zip(runs, outcomes, strict=True)]
    reasons = [entry["survivors_by_reason"] for entry in entries]
    return {
        "status": "done",
        "state_hash": hashlib.sha256("".join(entry["state_hash"] for entry in entries).encode()).hexdigest(),
        "cpu_seconds": sum(entry["cpu_seconds"] for entry in entries),
        **{name: sum(entry[name] for entry in entries) / len(entries) for name in AVERAGED},
        "survivors_by_reason": {name: sum(r[name] for r in reasons) / len(reasons) for name in reasons[0]},
        "report": REPORT,
        "assumed": runs[0].meta.get("assumed"),
        "replicates": entries,
        "intervals": {name: Interval.of([e[name] for e in entries]).as_data() for name in INTERVALS},
    }


def _entry(folder: Path, run: Run, outcome: Outcome) -> dict[str, Any]:
    """One seed in the parent's run.json."""
    from perforin.analysis.burden import burden
    from perforin.analysis.killing import killing

    tumour = burden(run.data)
    return {
        "seed": run.meta["seed"],
        "folder": run.path.relative_to(folder).as_posix(),
        "reused": outcome.reused,
        **{name: run.meta[name] for name in KEPT},
        "change": tumour.change,
        "best_change": tumour.best_change,
        "best_day": tumour.nadir_day,
        "kills": killing(run.data).kills,
    }
