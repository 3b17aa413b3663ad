"""Run a plan into a folder: reuse what is stored, continue what was interrupted, swap what is made afresh."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from perforin.errors import FolderError, Problem, StorageError
from perforin.results import disk, lock
from perforin.results.layout import RUN, SCENARIO, unfit
from perforin.results.store import RunFolder
from perforin.scenario.plan import Plan, RecordPlan
from perforin.simulation import provenance
from perforin.simulation.loop import Loop, Progress, last_tick
from perforin.simulation.model import Model, tissue
from perforin.simulation.signals import StopRequest

__all__ = ["Outcome", "Progress", "folder_name", "resume", "simulate"]

FRESH = ".fresh"
KEY_LENGTH = 12
CHECKPOINT_EVERY = 60.0  # seconds: at most so much is simulated again after a kill
GIGABYTE = 1e9

Watch = Callable[[Progress], None]


@dataclass(frozen=True)
class Outcome:
    """Where the answer is and how it came about. Stands for its path wherever a path is expected."""

    path: Path
    days: float  # as asked; the folder may hold more
    reused: bool = False
    note: str = ""

    def __fspath__(self) -> str:
        return str(self.path)


def folder_name(plan: Plan) -> str:
    """The name of a plan's run folder: its scenario's name, made safe, and the start of its key."""
    name = re.sub(r"[^\w.-]+", "-", plan.name).strip("-.")[:80] or "run"
    return f"{name}-{plan.run_key[:KEY_LENGTH]}"


def simulate(
    plan: Plan,
    parent_folder: Path,
    *,
    threads: int | None = None,
    fresh: bool = False,
    progress: Watch | None = None,
    checkpoint_every: float = CHECKPOINT_EVERY,
    disk_needed: float = 0.0,
    model: Model | None = None,
) -> Outcome:
    """Simulate a plan into its folder under `parent_folder`, or take the stored answer.

    checkpoint_every  seconds between checkpoints; they do not change the result
    disk_needed       estimate of the bytes the run will take; refused when the disk has less

    Raises Interrupted, EngineError, StorageError, RunError (folder busy), FolderError.
    """
    path = parent_folder / folder_name(plan)
    _adopt_fresh(path)
    disk.make_directory(path)
    with lock.locked(path):
        folder = _stored(path, plan)
        if folder is not None and not fresh:
            outcome = _reuse(folder, plan)
            if outcome is not None:
                return outcome
        _refuse_small_disk(path, disk_needed)
        going = _Going(plan, threads, progress, checkpoint_every, model or tissue())
        if folder is not None and fresh:
            return _afresh(path, going)
        return _go(path, folder, going)


def resume(
    path: Path,
    plan: Plan | None = None,
    *,
    threads: int | None = None,
    progress: Watch | None = None,
    checkpoint_every: float = CHECKPOINT_EVERY,
    model: Model | None = None,
) -> Outcome:
    """Go on with an interrupted run to the day it was asked for; a finished one is returned as it is.

    plan  what the folder's scenario compiles to now, compiled here if not given

    Raises FolderError for a folder that is no run or was made by other sources; Interrupted, EngineError,
    StorageError, RunError as `simulate` does.
    """
    path = Path(path)
    meta = RunFolder.open(path).meta
    if meta["status"] == "done":
        return Outcome(path, meta["days"], reused=True, note="the run is finished")
    with lock.locked(path):
        folder = RunFolder.open(path)
        plan = plan or _compiled(path)
        _refuse_other_sources(folder, plan)
        going = _Going(
            replace(plan, days=folder.meta.get("days_asked", plan.days)),
            threads, progress, checkpoint_every, model or tissue(),
        )  # fmt: skip
        outcome = _go(path, folder, going)
        if path.name.endswith(FRESH):
            return replace(outcome, path=_swap(path, path.with_name(path.name.removesuffix(FRESH))))
        return outcome


@dataclass(frozen=True)
class _Going:
    """What a run is driven with."""

    plan: Plan
    threads: int | None
    progress: Watch | None
    checkpoint_every: float
    model: Model


def _stored(path: Path, plan: Plan) -> RunFolder | None:
    """The run that lies in the folder already, if it is this plan's."""
    if not (path / RUN).exists():
        return None
    folder = RunFolder.open(path)
    _refuse_other_sources(folder, plan)
    return folder


def _reuse(folder: RunFolder, plan: Plan) -> Outcome | None:
    """The stored answer, when it reaches as far as asked."""
    reached = folder.meta.get("tick", 0)
    asked = last_tick(plan)
    is_complete = folder.meta["status"] == "done" if reached == asked else reached > asked
    return (
        Outcome(folder.path, plan.days, reused=True, note=_note_on_record(folder, plan))
        if is_complete
        else None
    )


def _note_on_record(folder: RunFolder, plan: Plan) -> str:
    """Recording is not part of the key: say so when something else was recorded than is asked now."""
    stored = _recorded(folder, plan)
    if stored == plan.record:
        return ""
    return "recorded as in the first run of this key; --fresh records as asked now"


def _recorded(folder: RunFolder, plan: Plan) -> RecordPlan:
    record = folder.meta.get("record")
    if not isinstance(record, dict):
        return plan.record
    try:
        return RecordPlan(int(record["series"]), int(record["cells"]), tuple(record["fields"]))
    except (KeyError, TypeError, ValueError) as error:
        raise unfit(folder.path / RUN, "record", record, "series, cells and fields") from error


def _go(path: Path, folder: RunFolder | None, going: _Going) -> Outcome:
    """Start or continue, and drive to the end."""
    plan = going.plan if folder is None else replace(going.plan, record=_recorded(folder, going.plan))
    threads = provenance.use_threads(going.threads)
    with StopRequest() as stop:  # from before run.json says that the run goes on
        found = None if folder is None else folder.read_checkpoint()
        if folder is None or found is None:
            folder = _begin(path, plan, threads, folder)
            state = None
        else:
            tick, arrays, scalars = found
            _continue(folder, plan, threads, tick)
            state = going.model.restore(plan, arrays, scalars)
        Loop(folder, plan, going.model, going.progress, going.checkpoint_every).run(state, stop)
    return Outcome(path, plan.days)


def _begin(path: Path, plan: Plan, threads: int, before: RunFolder | None) -> RunFolder:
    history = {} if before is None else {key: before.meta.get(key, []) for key in ("stops", "resumes")}
    if before is not None:
        history["resumes"] = [*history["resumes"], {"day": 0.0}]
    meta = {
        "status": "running", "tick": 0, "days": 0.0, "days_asked": plan.days, "state_hash": None,
        "wall_seconds": 0.0, "cpu_seconds": 0.0, "threads": threads, "stops": [], "resumes": [],
        "versions": provenance.versions(), "machine": provenance.machine(), **provenance.described(plan), **history,
    }  # fmt: skip
    return RunFolder.create(path, meta, plan.resolved, provenance.sources(plan))


def _continue(folder: RunFolder, plan: Plan, threads: int, tick: int) -> None:
    """Make the folder what it was at its checkpoint, and say that the run goes on."""
    folder.forget_after(tick)
    folder.write_scenario(plan.resolved, provenance.sources(plan))
    day, stops = folder.day(tick), folder.meta.get("stops", [])
    if folder.meta["status"] == "running":
        stops = [*stops, {"day": day, "reason": "killed"}]
    folder.update_meta(
        status="running", tick=tick, days=day, days_asked=plan.days, threads=threads, stops=stops,
        resumes=[*folder.meta.get("resumes", []), {"day": day}], state_hash=None,
        versions=provenance.versions(), machine=provenance.machine(),
    )  # fmt: skip


def _afresh(path: Path, going: _Going) -> Outcome:
    """Simulate beside the stored answer and swap when done."""
    beside = path.with_name(path.name + FRESH)
    disk.make_directory(beside)
    with lock.locked(beside):
        folder = _stored(beside, going.plan)
        if folder is None or _reuse(folder, going.plan) is None:
            _go(beside, folder, going)
        return Outcome(_swap(beside, path), going.plan.days)


def _swap(beside: Path, path: Path) -> Path:
    disk.remove(path)
    disk.rename(beside, path)
    return path


def _adopt_fresh(path: Path) -> None:
    """Finish a swap that was interrupted between its two renames."""
    disk.forget_removed(path)
    beside = path.with_name(path.name + FRESH)
    if not path.exists() and (beside / RUN).exists() and RunFolder.open(beside).meta["status"] == "done":
        disk.rename(beside, path)


def _refuse_other_sources(folder: RunFolder, plan: Plan) -> None:
    stored = folder.meta["run_key"]
    if stored != plan.run_key:
        what = "a run made by other sources or of another scenario"
        problem = Problem(str(folder.path / RUN), "run_key", f"{stored[:12]} ({what})", plan.run_key[:12])
        raise FolderError([problem])


def _refuse_small_disk(path: Path, needed: float) -> None:
    free = disk.free_bytes(path)
    if free < needed:
        raise StorageError(
            f"the run needs about {needed / GIGABYTE:.2g} GB and the disk of {path} has {free / GIGABYTE:.2g} GB free"
        )


def _compiled(path: Path) -> Plan:
    """What the folder's own scenario compiles to now."""
    from perforin.scenario.compile import compile as compile_scenario
    from perforin.scenario.scenario import load

    return compile_scenario(load(path / SCENARIO))
