"""The declaration of a convergence case: `study.toml`, written before its seeds are made.

scenario     a scenario of the library
library      a folder beside this file with entries of its own; may be left out
changes      what is changed in it for all arms, as `--set` would
days         how long; tail [h]: levels and lengths are means over the hours at the end
quantities   what is compared, by the names in `readings`
target       standard error of a difference that the seeds aim at [%]
probe        hours of the default arm that are its fingerprint
[[arm]]      name; set: the step that it changes; against: the arm it is compared with; seeds: 1 to so many;
             what: the change in words. The first arm is the default and changes nothing.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from perforin.errors import InputError, Problem
from perforin.face.prepare import prepare
from perforin.scenario.plan import Plan

FILE = "study.toml"
_KEYS = {"scenario", "library", "changes", "days", "tail", "quantities", "target", "probe", "arm"}
_MAY_LACK = {"library"}
_ARM_KEYS = {"name", "set", "against", "seeds", "what"}


@dataclass(frozen=True)
class Arm:
    """One set of steps."""

    name: str
    changes: tuple[str, ...]
    against: str  # the arm it is compared with; "" for the default
    seeds: int
    what: str


@dataclass(frozen=True)
class Study:
    """One tissue and the arms in which it is computed."""

    scenario: str
    changes: tuple[str, ...]
    days: float
    tail: float  # h
    quantities: tuple[str, ...]
    target: float  # %
    probe: float  # h
    arms: tuple[Arm, ...]
    library: Path | None = None

    def arm(self, name: str) -> Arm:
        """The arm of this name."""
        return next(arm for arm in self.arms if arm.name == name)

    def plan(self, arm: str, seed: int = 1) -> Plan:
        """The tissue as this arm computes it. Raises ScenarioError."""
        changes = [*self.changes, *self.arm(arm).changes]
        return prepare(self.scenario, changes, seed, self.days, self.library)

    def seeds(self) -> dict[str, range]:
        """The seeds of each arm."""
        return {arm.name: range(1, arm.seeds + 1) for arm in self.arms}


def read_study(folder: Path) -> Study:
    """Read the `study.toml` of a case. Raises InputError with every problem."""
    file = Path(folder) / FILE
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    problems = [*_wrong_keys(file, "", table, _KEYS)]
    for position, arm in enumerate(table.get("arm", ())):
        problems += _wrong_keys(file, f"arm[{position}].", arm, _ARM_KEYS)
    if problems:
        raise InputError(problems)
    arms = tuple(
        Arm(arm["name"], tuple(arm["set"]), arm["against"], int(arm["seeds"]), arm["what"])
        for arm in table["arm"]
    )
    problems = _wrong_references(file, arms)
    if problems:
        raise InputError(problems)
    return Study(
        table["scenario"],
        tuple(table["changes"]),
        float(table["days"]),
        float(table["tail"]),
        tuple(table["quantities"]),
        float(table["target"]),
        float(table["probe"]),
        arms,
        file.parent / table["library"] if "library" in table else None,
    )


def _wrong_keys(file: Path, place: str, table: dict, keys: set[str]) -> list[Problem]:
    unknown = [
        Problem(str(file), place + key, f"'{key}'", "one of " + ", ".join(sorted(keys)))
        for key in sorted(table.keys() - keys)
    ]
    return unknown + [
        Problem(str(file), place + key, "nothing", "required")
        for key in sorted(keys - table.keys() - _MAY_LACK)
    ]


def _wrong_references(file: Path, arms: tuple[Arm, ...]) -> list[Problem]:
    """An arm is compared with one that is declared before it and has at least as many seeds."""
    problems, before = [], {}
    for position, arm in enumerate(arms):
        other = before.get(arm.against)
        if position == 0 and (arm.against or arm.changes):
            problems.append(Problem(str(file), "arm[0]", arm.name, "the default, which changes nothing"))
        elif position and other is None:
            expected = "an arm declared before it"
            problems.append(Problem(str(file), f"arm[{position}].against", f"'{arm.against}'", expected))
        elif other is not None and other.seeds < arm.seeds:
            expected = f"at most the {other.seeds} of {other.name}: seeds are paired"
            problems.append(Problem(str(file), f"arm[{position}].seeds", str(arm.seeds), expected))
        before[arm.name] = arm
    return problems
