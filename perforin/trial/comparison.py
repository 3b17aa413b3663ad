"""A comparison: arms that start from scenarios, each with its changes, written in one file.

name = "..."
summary = "..."

[[arm]]
name = "as it is"
from = "glioblastoma-bivalent"         # a file beside this one, or a name in the library

[[arm]]
name = "ten times the dose"
from = "glioblastoma-bivalent"
set = { "dose.cells" = 1e8 }           # paths as those of --set
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from perforin.errors import InputError, Problem, ScenarioError
from perforin.scenario.catalog import LibraryPath, library
from perforin.scenario.check import check as check_scenario
from perforin.scenario.compile import compile as compile_scenario
from perforin.scenario.document import WHOLE, changed, overridden
from perforin.scenario.estimate import memory_free, too_large
from perforin.scenario.origin import resolved
from perforin.scenario.plan import Plan
from perforin.scenario.problems import nearest, one_of, shown
from perforin.scenario.scenario import SETTABLE, Scenario
from perforin.scenario.workable import unworkable

KEYS, ARM_KEYS = ("name", "summary", "arm"), ("name", "from", "set")
_INDICES = re.compile(r"\[[^]]*\]")


@dataclass(frozen=True)
class Arm:
    """One arm: what it is called, where it starts from, and what is run."""

    name: str
    start: str
    plan: Plan


@dataclass(frozen=True)
class Comparison:
    """Arms that are run and shown side by side."""

    name: str
    summary: str
    arms: tuple[Arm, ...]


def is_comparison(name_or_path: str | Path, library_path: LibraryPath = None) -> bool:
    """Whether a file or name stands for a comparison rather than one scenario.

    Raises ScenarioError for what cannot be found or read.
    """
    return "arm" in resolved(name_or_path, library(library_path))[0]


def read(
    name_or_path: str | Path, overrides: Sequence[str] = (), library_path: LibraryPath = None
) -> Comparison:
    """The comparison of a file or name, every arm compiled, with `path=value` overrides laid on each arm.

    Raises ScenarioError with every problem of every arm.
    """
    document, file = resolved(name_or_path, library(library_path))
    problems = list(_misshapen(document, file))
    tables = document["arm"] if isinstance(document["arm"], list) else []
    arms = []
    for i, table in enumerate(tables):
        if not isinstance(table, dict) or not isinstance(table.get("from"), str):
            continue
        try:
            arms.append(_arm(table, f"arm[{i}]", file, overrides, library_path))
        except InputError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(dict.fromkeys(problems))
    return Comparison(document["name"], document.get("summary", ""), tuple(arms))


def _misshapen(document: dict[str, Any], file: str) -> Iterator[Problem]:
    """What is wrong with the comparison itself, before its arms are read."""
    yield from _unknown(document, KEYS, file, "")
    if not isinstance(document.get("name"), str) or not document["name"]:
        yield Problem(file, "name", _found(document, "name"), "what the comparison is called")
    if not isinstance(document.get("summary", ""), str):
        yield Problem(file, "summary", shown(document["summary"]), "one sentence in quotes")
    tables = document["arm"]
    if not isinstance(tables, list) or len(tables) < 2:
        found = f"{len(tables)} arm" if isinstance(tables, list) else shown(tables)
        yield Problem(file, "arm", found, "at least two tables [[arm]]")
        return
    seen: set[str] = set()
    for i, table in enumerate(tables):
        key = f"arm[{i}]"
        if not isinstance(table, dict):
            yield Problem(file, key, shown(table), "a table [[arm]]")
            continue
        yield from _unknown(table, ARM_KEYS, file, f"{key}.")
        name = table.get("name")
        if not isinstance(name, str) or not as_file(name):
            yield Problem(
                file, f"{key}.name", _found(table, "name"), "what the arm is called, a name of its own"
            )
        elif as_file(name) in seen:
            yield Problem(file, f"{key}.name", shown(name), "a name of its own: another arm has this one")
        else:
            seen.add(as_file(name))
        if not isinstance(table.get("from"), str):
            expected = "the scenario it starts from, a file or a name in the library"
            yield Problem(file, f"{key}.from", _found(table, "from"), expected)
        if not isinstance(table.get("set", {}), dict):
            expected = 'a table of paths and values, like { "dose.cells" = 100 }'
            yield Problem(file, f"{key}.set", shown(table["set"]), expected)


def _unknown(table: dict[str, Any], keys: Sequence[str], file: str, prefix: str) -> Iterator[Problem]:
    for key in table:
        if key not in keys:
            yield Problem(file, prefix + key, "an unknown key", one_of(keys), nearest(key, keys))


def _found(table: dict[str, Any], key: str) -> str:
    return shown(table[key]) if key in table else "nothing"


def as_file(name: str) -> str:
    """The name of an arm as a folder is called by it."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.").lower()


def _arm(
    table: dict[str, Any], key: str, file: str, overrides: Sequence[str], library_path: LibraryPath
) -> Arm:
    """One arm, compiled and found to be workable. Raises InputError with problems placed in the comparison."""
    start, asked = table["from"], table.get("set", {})
    changes = dict(_paths(asked)) if isinstance(asked, dict) else {}
    document, origin = _started(start, key, file, library_path)
    problems = []
    for path, value in changes.items():
        try:
            document = changed(document, path, value, file, SETTABLE)
        except ScenarioError as error:
            problems += [replace(p, key=_set_key(key, path)) for p in error.problems]
    for assignment in overrides:
        document = overridden(document, assignment, SETTABLE)
    try:
        scenario = Scenario.of({**document, "name": table.get("name")}, origin, library_path)
        plan = compile_scenario(scenario)
        found = unworkable(plan, origin)
    except ScenarioError as error:
        found = error.problems
    problems += [_placed(problem, key, file, changes, overrides) for problem in found]
    if problems:
        raise ScenarioError(problems)
    return Arm(table["name"], start, plan)


def _started(start: str, key: str, file: str, library_path: LibraryPath) -> tuple[dict[str, Any], str]:
    """The scenario an arm starts from: a file beside the comparison, or a name in the library."""
    beside = Path(file).parent / start
    wanted = beside if beside.is_file() and not Path(start).is_absolute() else start
    try:
        document, origin = resolved(wanted, library(library_path))
    except ScenarioError as error:
        raise ScenarioError(
            replace(p, file=file, key=f"{key}.from") if p.file == str(wanted) and not p.key else p
            for p in error.problems
        ) from None
    if "arm" in document:
        found = f"{shown(start)}, which is a comparison itself"
        raise ScenarioError([Problem(file, f"{key}.from", found, "one scenario")])
    return document, origin


def _paths(table: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """The values of `set` by their path: a dotted key is a path too, a number with its unit is one value."""
    for key, value in table.items():
        path = before + key
        if isinstance(value, dict) and "value" not in value and path.rpartition(".")[2] not in WHOLE:
            yield from _paths(value, f"{path}.")
        else:
            yield path, value


def _set_key(key: str, path: str) -> str:
    return f'{key}.set."{path}"'


def _placed(
    problem: Problem, key: str, file: str, changes: dict[str, Any], overrides: Sequence[str]
) -> Problem:
    """A problem where it was written: in a change of the command line, in a change of the arm, or in its scenario.

    What a changed scenario says elsewhere is a problem of the arm, since the scenario alone may be right.
    """
    plain = _INDICES.sub("", problem.key) + "."
    for assignment in overrides:
        if plain.startswith(_INDICES.sub("", assignment.partition("=")[0].strip()) + "."):
            return replace(problem, file=f"--set {assignment}")
    for path in changes:
        if plain.startswith(_INDICES.sub("", path) + "."):
            return replace(problem, file=file, key=_set_key(key, path))
    return replace(problem, file=file, key=f"{key}, {problem.key}") if changes else problem


def check(
    name_or_path: str | Path, overrides: Sequence[str] = (), library_path: LibraryPath = None
) -> list[Problem]:
    """All problems of a scenario, or of a comparison and all its arms. An empty list when it can be run."""
    try:
        if not is_comparison(name_or_path, library_path):
            return check_scenario(name_or_path, overrides, library_path)
        arms = read(name_or_path, overrides, library_path).arms
    except InputError as error:
        return list(error.problems)
    free = memory_free()
    return [replace(p, key=f'arm["{arm.name}"].{p.key}') for arm in arms for p in too_large(arm.plan, free)]
