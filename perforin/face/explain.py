"""Explaining a run: it is done again without one obstacle at a time, with the same luck.

RUN/explain/
  explain.json   what was found
  explain.png    what each obstacle costs
  runs/          one run folder per variant and seed, without reports; stored ones are not run again

Runs are processes of one thread each, side by side. Whatever stops it, it goes on where it was.
"""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perforin.analysis.explained import BEYOND, FILE, FOLDER, PICTURE, Explained
from perforin.errors import FolderError, InputError, Interrupted, Problem, RunError
from perforin.face.crew import Crew, Message
from perforin.face.explanation import Explanation
from perforin.face.find import find_run
from perforin.face.opening import kind_of
from perforin.face.prepare import refuse_too_large
from perforin.face.progress import Watcher, display
from perforin.face.repeat import at_once, warn_of_threads
from perforin.face.run import Run
from perforin.results import disk, lock
from perforin.results.layout import RUN, SCENARIO
from perforin.results.store import RunFolder

if TYPE_CHECKING:
    from perforin.face.progress import Display
    from perforin.trial.explaining import Explaining, Task

RUNS = "runs"
RARELY = 1_000_000  # phenotype steps between snapshots: the first and the last are all there are
FEWEST_SEEDS = 3
ORDER = (
    "numbers are varied in this order: those of the dearest obstacle first, within each the widest spread first; "
    "the first seed of all, then further seeds of those that moved the end most"
)


def explain(
    run: str | Path | Run,
    *,
    budget: float = 30.0,
    seeds: int = FEWEST_SEEDS,
    pairs: bool = True,
    numbers: bool = False,
    threads: int | None = None,
    progress: Watcher | bool = True,
) -> Explanation:
    """Say what each obstacle of a finished run costs in tumour cells at the end.

    run      a Run, its folder, or the beginning of a name in ./runs
    budget   minutes after which no new run is begun that would not end in time
    seeds    how many, from that of the run on; at least three
    pairs    whether the two dearest obstacles are removed together, too
    numbers  whether each assumed number is moved over its spread
    threads  how many runs side by side; as many as there are cores, if not given

    Raises FolderError for a run that cannot be explained, RunError, Interrupted.
    """
    place = find_run(run.path if isinstance(run, Run) else run)
    if seeds < FEWEST_SEEDS:
        raise FolderError(
            [Problem("explain", "seeds", str(seeds), f"at least {FEWEST_SEEDS}: an interval needs them")]
        )
    of_run = _explainable(place)
    folder = place / FOLDER
    disk.make_directory(folder / RUNS)
    warn_of_threads(threads)
    with lock.locked(folder), display(progress) as watch:
        work = _begin(of_run, folder, seeds, at_once(threads, seeds), budget, watch)
        try:
            found = work.all(pairs, numbers)
        except (KeyboardInterrupt, SystemExit) as stop:
            number = signal.SIGINT if isinstance(stop, KeyboardInterrupt) else signal.SIGTERM
            raise Interrupted(f"stopped by {number.name}; what was run is kept in {folder}", number) from None
        _conclude(of_run, folder, found)
    return Explanation(of_run, found)


def _explainable(place: Path) -> Run:
    """The run of a folder, if there is something to explain. Raises FolderError."""
    if (kind := kind_of(place)) != "run":
        raise FolderError(
            [Problem(str(place), "", f"a folder of {kind}", "one run: a folder inside this one")]
        )
    run = Run.open(place)
    if run.data.status != "done":
        expected = f"a run that is done: perforin resume {place}"
        raise FolderError([Problem(str(place / RUN), "status", run.data.status, expected)])
    if not sum(dose["cells"] for dose in run.meta.get("doses") or []):
        expected = "T cells: where nothing attacks, nothing stands in the way"
        raise FolderError([Problem(str(place / SCENARIO), "dose", "no T cells", expected)])
    return run


def _begin(run: Run, folder: Path, seeds: int, side_by_side: int, budget: float, watch: Display) -> _Work:
    """Find out what there is to run. Raises FolderError for a scenario without any obstacle."""
    from perforin.scenario.scenario import load
    from perforin.trial.explaining import BASE, Explaining, Task
    from perforin.trial.obstacles import present

    first = int(run.meta["seed"])
    days = run.meta.get("days_asked", run.meta["days"])
    scenario = load(run.path / SCENARIO, [f"days={days!r}", f"seed={first}"])
    names = present(scenario)
    if not names:
        expected = "a scenario with an obstacle that can be taken away"
        raise FolderError([Problem(str(run.path / SCENARIO), "", "none", expected)])
    task = Explaining(scenario, names, tuple(range(first, first + seeds)))
    notes = []
    own = task.plan(Task(BASE, first))
    refuse_too_large(own, folder, side_by_side, seeds * (len(names) + 1))
    if own.run_key == run.meta["run_key"]:
        task.ends[BASE, first] = float(run.meta["tumour_cells_end"])
    else:
        notes.append(
            "the run was made by other sources than today's: it was done again, and that is the base here"
        )
    estimate = max(float(run.meta.get("cpu_seconds") or 0.0), 1.0)
    return _Work(task, run.path, folder, days, side_by_side, 60.0 * budget, estimate, watch, notes)


@dataclass
class _Work:
    """The runs that are wanted, one phase after the other, within a budget of time."""

    task: Explaining
    run: Path
    folder: Path
    days: float
    side_by_side: int
    budget: float  # s
    estimate: float  # s that a run takes, until one has shown it
    watch: Display
    notes: list[str]
    left_out: list[str] = field(default_factory=list)
    _started: float = field(default_factory=time.monotonic)
    _took: dict[str, float] = field(default_factory=dict)
    _unclaimed: set[str] | None = None  # names of finished runs that no task was found for yet

    def all(self, pairs: bool, numbers: bool) -> Explained:
        """Singles first, then the two dearest together, then the numbers."""
        from perforin.trial.guesses import guessed, in_order

        task = self.task
        self._do(task.singles())
        if task.base()[0] is None:
            raise RunError(f"the budget did not suffice for the run itself, {'; '.join(self.left_out)}")
        if pairs:
            self._do(task.pairs())
        guesses = []
        if numbers:
            plan = task.plan(task.singles()[0])
            found, fixed = guessed(task.scenario, plan)
            guesses = in_order(found, task.dearest(), task.scenario, plan)
            self.notes.append(ORDER)
            self.left_out += [f"{path}: a scenario cannot set it" for path in fixed]
            self._do(task.sides(guesses, task.seeds[:1]))
            by_effect = {guess.path: place for place, guess in enumerate(task.explained(guesses).guesses)}
            moved = sorted((g for g in guesses if g.path in by_effect), key=lambda g: by_effect[g.path])
            self._do(task.sides(moved, task.seeds[1:]))
        return task.explained(guesses, self.left_out, self.notes)

    def _do(self, tasks: Sequence[Task]) -> None:
        """Run what is not stored; what fails or does not fit the budget is left out, with a word."""
        tasks = [one for one in tasks if (one.variant, one.seed) not in self.task.ends]
        begun: dict[str, Task] = {}
        for outcome in Crew(self._requests(tasks, begun), self.side_by_side, self._show).run():
            if outcome.folder is None or outcome.error:
                self.left_out.append(f"{outcome.label}: {outcome.error.splitlines()[0]}")
            else:
                self._keep(begun[outcome.label], outcome.folder)

    def _requests(self, tasks: Sequence[Task], begun: dict[str, Task]) -> Iterator[Message]:
        """Each task that is not stored and fits the budget, compiled when it is its turn; `begun` takes it up."""
        for place, one in enumerate(tasks, start=1):
            left = self.budget - (time.monotonic() - self._started)
            try:
                if self._is_stored(one):
                    continue
                if self._takes() > left:
                    self.left_out.append(f"{one.label}: {BEYOND}")
                    continue
                request = self._request(one)
            except InputError as error:  # the end of a spread may be a tissue that cannot be
                self.left_out.append(f"{one.label}: {error.problems[0]}")
                continue
            minutes = max(0.0, left) / 60.0
            self.watch.say(f"{one.label}: run {place} of {len(tasks)}, {minutes:.0f} min of the budget left")
            begun[one.label] = one
            yield request

    def _takes(self) -> float:
        """How many seconds a run will take: as long as those that are done took on average."""
        return sum(self._took.values()) / len(self._took) if self._took else self.estimate

    def _show(self, label: str, now: dict[str, Any]) -> None:
        from perforin.simulation.simulate import Progress

        self.watch(Progress(**now), label)

    def _request(self, one: Task) -> Message:
        plan = self.task.plan(one)
        snapshots = RARELY * plan.clock.phenotype * plan.clock.tick
        lean = [f'record.cells={{ value = {snapshots!r}, unit = "min" }}', "record.fields=[]"]
        return {
            "label": one.label,
            "scenario": str(self.run / SCENARIO),
            "out": str(self.folder / RUNS),
            "seed": one.seed,
            "days": self.days,
            "changes": [*one.variant.changes, *lean],
            "report": False,
            "fresh": False,
        }

    def _is_stored(self, one: Task) -> bool:
        """Whether the run was done before; its end is then known.

        A plan is compiled only while there are finished runs that no task has claimed yet.
        """
        from perforin.simulation.simulate import folder_name

        if self._unclaimed is None:
            runs = [place for place in (self.folder / RUNS).iterdir() if (place / RUN).exists()]
            self._unclaimed = {place.name for place in runs if Run.open(place).data.status == "done"}
        if not self._unclaimed:
            return False
        name = folder_name(self.task.plan(one))
        place = self.folder / RUNS / name
        if name not in self._unclaimed:
            return False
        self._unclaimed.discard(name)
        self._keep(one, place)
        return True

    def _keep(self, one: Task, place: Path) -> None:
        meta = Run.open(place).meta
        self.task.ends[one.variant, one.seed] = float(meta["tumour_cells_end"])
        self._took[one.label] = float(meta["wall_seconds"])


def _conclude(run: Run, folder: Path, found: Explained) -> None:
    """Write what was found, its picture, and the report of the run again."""
    from perforin.plots.obstacles import save

    disk.write_file(folder / FILE, (json.dumps(found.as_data(), indent=1) + "\n").encode())
    save(found, folder / PICTURE)
    with RunFolder.open(run.path).locked():
        run.write_report()
