"""Running a comparison: the parent folder, its arms, and what they say together.

<name>-<key>-comparison/
  run.json               the arms, their folders and ends
  report.html
  <arm>.toml             what each arm runs
  <arm>-<key>/           one ordinary run folder per arm

Arms run in processes of one thread each, side by side: they are independent, so two cores then give nearly twice the
speed of one, more than two threads give a single tissue, and the bits are the same for any number of threads.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perforin.errors import Problem, RunError, ScenarioError
from perforin.face import parent
from perforin.face.comparison import Comparison
from perforin.face.crew import Message, Outcome, run_every
from perforin.face.prepare import as_typed, refuse_too_large
from perforin.face.repeat import KEPT, at_once, warn_of_threads
from perforin.face.run import Run
from perforin.results import disk, lock
from perforin.results.layout import FORMAT_VERSION, REPORT

if TYPE_CHECKING:
    from perforin.face.progress import Display
    from perforin.trial.comparison import Comparison as Asked


def prepare_arms(
    file: str | Path,
    changes: Sequence[str],
    seed: int | None,
    days: float | None,
    library_path: str | Path | None,
    replicates: int,
) -> Asked:
    """The comparison of a file or name, with changes laid on every arm. Raises ScenarioError with every problem."""
    from perforin.trial.comparison import read

    if replicates != 1:
        expected = "one run of each arm: run an arm's scenario alone to repeat it"
        raise ScenarioError([Problem(f"--replicates {replicates}", "", "a comparison", expected)])
    asked = [f"{key}={value}" for key, value in (("seed", seed), ("days", days)) if value is not None]
    try:
        return read(file, [*changes, *asked], library_path)
    except ScenarioError as error:
        raise ScenarioError(replace(p, file=as_typed(p.file, asked)) for p in error.problems) from None


def compare(asked: Asked, out: Path, threads: int | None, fresh: bool, watch: Display) -> Comparison:
    """Run every arm; those that finished keep their answer unless `fresh`."""
    from perforin.simulation.simulate import folder_name
    from perforin.trial.comparison import as_file

    many = len(asked.arms)
    for arm in asked.arms:
        refuse_too_large(arm.plan, out, at_once(threads, many), many)
    what = "".join(f"{arm.name}\n{arm.plan.plan_hash}\n{arm.plan.seed}\n" for arm in asked.arms)
    key = hashlib.sha256(f"{what}comparison".encode()).hexdigest()
    folder = out / f"{folder_name(replace(asked.arms[0].plan, name=asked.name, run_key=key))}-comparison"
    disk.make_directory(folder)
    with lock.locked(folder):
        arms = []
        for arm in asked.arms:
            scenario = f"{as_file(arm.name)}.toml"
            disk.write_file(folder / scenario, arm.plan.resolved.encode())
            arms.append({"name": arm.name, "from": arm.start, "seed": arm.plan.seed, "scenario": scenario})
        meta = {
            "format_version": FORMAT_VERSION,
            "name": asked.name,
            "summary": asked.summary,
            "status": "running",
            "run_key": key,
            "days": max(arm.plan.days for arm in asked.arms),
            "tick_minutes": asked.arms[0].plan.clock.tick,
            "arms": arms,
        }
        return _run_all(folder, meta, threads, fresh, watch)


def compare_stored(folder: Path, threads: int | None, watch: Display) -> Comparison:
    """Go on with a comparison that was interrupted."""
    with lock.locked(folder):
        return _run_all(folder, Comparison.open(folder).meta, threads, fresh=False, watch=watch)


def _run_all(
    folder: Path, meta: dict[str, Any], threads: int | None, fresh: bool, watch: Display
) -> Comparison:
    workers = at_once(threads, len(meta["arms"]))
    warn_of_threads(threads)
    parent.save(folder, {**meta, "status": "running", "threads": workers})
    started = time.monotonic()
    requests: list[Message] = [
        {"label": arm["name"], "scenario": str(folder / arm["scenario"]), "out": str(folder), "fresh": fresh}
        for arm in meta["arms"]
    ]
    with parent.noting_the_end(folder, meta, "every arm"):
        outcomes = run_every(requests, workers, watch, "arms")
    arms = [_ended(folder, arm, outcome) for arm, outcome in zip(meta["arms"], outcomes, strict=True)]
    found = {
        **meta,
        "status": "done",
        "state_hash": hashlib.sha256("".join(arm["state_hash"] for arm in arms).encode()).hexdigest(),
        "wall_seconds": time.monotonic() - started,
        "cpu_seconds": sum(arm["cpu_seconds"] for arm in arms),
        "threads": workers,
        "report": REPORT,
        "arms": arms,
    }
    parent.save(folder, found)
    comparison = Comparison(folder, found)
    comparison.write_report()
    return comparison


def _ended(folder: Path, arm: dict[str, Any], outcome: Outcome) -> dict[str, Any]:
    """One arm in the parent's run.json."""
    if outcome.folder is None:
        raise RunError(f"{outcome.label}: it left no run folder")
    run = Run.open(outcome.folder)
    where = run.path.relative_to(folder).as_posix()
    said = {key: arm[key] for key in ("name", "from", "seed", "scenario")}
    ends = {name: run.meta[name] for name in KEPT}
    return {**said, "folder": where, "reused": outcome.reused, **ends, "report": f"{where}/{REPORT}"}
