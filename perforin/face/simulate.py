"""The verbs that make runs: simulate a scenario, resume what was interrupted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from perforin.errors import FolderError, Problem
from perforin.face.compare import compare, compare_stored, prepare_arms
from perforin.face.comparison import Comparison
from perforin.face.opening import kind_of
from perforin.face.prepare import prepare
from perforin.face.progress import Watcher, display
from perforin.face.repeat import repeat, repeat_stored
from perforin.face.replicates import Replicates
from perforin.face.run import Run
from perforin.face.single import go_on, simulate_one

if TYPE_CHECKING:
    from perforin.scenario.scenario import Scenario

RUNS = Path("runs")


def simulate(
    scenario: str | Path | Scenario,
    *,
    out: str | Path = RUNS,
    seed: int | None = None,
    days: float | None = None,
    threads: int | None = None,
    replicates: int = 1,
    changes: Sequence[str] = (),
    fresh: bool = False,
    library_path: str | Path | None = None,
    progress: Watcher | bool = True,
) -> Run | Replicates | Comparison:
    """Simulate a scenario and return its run; what is stored already is not simulated again.

    scenario    a Scenario, a file, or a name in the library; or a comparison, whose arms are run side by side
    out         the folder that run folders go into
    seed, days  replace those of the scenario
    threads     as many cores as there are, if not given
    replicates  repeat with seeds seed to seed + replicates - 1, each in a process of its own
    changes     entries to change, each "path=value"
    fresh       simulate again even if the answer is stored
    progress    False for silence, or a function that is called with each Progress

    Raises ScenarioError, LibraryError, RunError.
    """
    from perforin.scenario.scenario import Scenario
    from perforin.trial.comparison import is_comparison

    if replicates < 1:
        raise FolderError([Problem("simulate", "replicates", str(replicates), "a whole number from 1 up")])
    if not isinstance(scenario, Scenario) and is_comparison(scenario, library_path):
        arms = prepare_arms(scenario, changes, seed, days, library_path, replicates)
        with display(progress) as watch:
            return compare(arms, Path(out), threads, fresh, watch)
    plan = prepare(scenario, changes, seed, days, library_path)
    with display(progress) as watch:
        if replicates == 1:
            return simulate_one(plan, Path(out), threads, fresh, watch)
        return repeat(plan, replicates, Path(out), threads, fresh, watch)


def resume(
    folder: str | Path, *, threads: int | None = None, progress: Watcher | bool = True
) -> Run | Replicates | Comparison:
    """Go on with an interrupted run, or with interrupted replicates or arms, from the last checkpoint.

    Raises FolderError for a folder that is no run or was made by other sources; RunError when it is busy.
    """
    from perforin.face.find import find_run

    place = find_run(folder)
    with display(progress) as watch:
        if (kind := kind_of(place)) == "replicates":
            return repeat_stored(place, threads, watch)
        if kind == "comparison":
            return compare_stored(place, threads, watch)
        return go_on(place, threads, watch)
