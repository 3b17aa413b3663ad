"""From what a person asks for to a plan that fits this machine."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

from perforin.errors import ScenarioError

if TYPE_CHECKING:
    from perforin.scenario.plan import Plan
    from perforin.scenario.scenario import Scenario


def prepare(
    scenario: str | Path | Scenario,
    changes: Sequence[str] = (),
    seed: int | None = None,
    days: float | None = None,
    library_path: str | Path | None = None,
) -> Plan:
    """Read a scenario with its changes laid on it and compile it; refuse what cannot work.

    Raises ScenarioError with every problem, LibraryError.
    """
    from perforin.scenario.check import remarks
    from perforin.scenario.compile import compile as compile_scenario
    from perforin.scenario.scenario import blamed
    from perforin.scenario.workable import unworkable

    asked = [f"{key}={value}" for key, value in (("seed", seed), ("days", days)) if value is not None]
    try:
        read = _read(scenario, [*changes, *asked], library_path)
        plan = compile_scenario(read)
        problems = unworkable(plan, read.file)
        if problems:
            raise ScenarioError(blamed(problems, [*changes, *asked]))
        for sentence in remarks(read):
            warnings.warn(sentence, stacklevel=2)
        return plan
    except ScenarioError as error:
        raise ScenarioError(
            replace(problem, file=as_typed(problem.file, asked)) for problem in error.problems
        ) from None


def _read(scenario: str | Path | Scenario, changes: list[str], library_path: str | Path | None) -> Scenario:
    from perforin.scenario.document import overridden
    from perforin.scenario.scenario import Scenario, load

    if not isinstance(scenario, Scenario):
        return load(scenario, changes, library_path)
    if not changes:
        return scenario
    document = reduce(lambda found, change: overridden(found, change, ()), changes, scenario.document())
    return Scenario.of(document, scenario.file)


def as_typed(file: str, asked: list[str]) -> str:
    """`--set seed=-1` was written as `--seed -1`."""
    change = file.removeprefix("--set ")
    return f"--{change.replace('=', ' ', 1)}" if change in asked else file


def refuse_too_large(plan: Plan, out: Path, side_by_side: int = 1, count: int = 1) -> None:
    """Refuse a request that needs more memory or disk than there is, with the estimate.

    side_by_side  processes that share the memory
    count         runs that share the disk under `out`

    Raises ScenarioError.
    """
    from perforin.results import disk
    from perforin.scenario.estimate import memory_free, too_large

    problems = too_large(plan, memory_free(), disk.free_bytes(out), side_by_side, count)
    if problems:
        raise ScenarioError(problems)
