"""Where cases stand: `./validation` first, then the ones that ship with the package.

A case is a folder analytic|convergence|published/NAME with `source.toml` (its declaration), `case.py` and its data.
An analytic case has

    measure(seed=None) -> list[Row]

and is computed anew each time; so may be a published case that takes seconds. Other published cases, and the
convergence cases, are made of seeds that take minutes each:

    SEEDS = {"arm": range(1, 11), ...}
    run_seed(arm, seed, folder) -> dict      a few hundred numbers, from a run made in `folder`
    judge(results) -> list[Row]              results[arm][seed] is what run_seed returned
    probe() -> Probe                         the fingerprint of its first simulated hours
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType

from perforin.errors import InputError, Problem
from perforin.evidence.declaration import Declaration, check_declarations, read_declaration

GROUPS = ("analytic", "convergence", "published")
PACKAGED = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Case:
    """One case on the shelf."""

    name: str
    group: str
    folder: Path
    declaration: Declaration

    def load(self) -> ModuleType:
        """Import its case.py."""
        file = self.folder / "case.py"
        if not file.is_file():
            raise InputError([Problem(str(file), "", "no file", "a case.py beside source.toml")])
        return load_file(file)


def load_file(file: Path) -> ModuleType:
    """Import one Python file of a case by its path."""
    name = f"perforin_case_{file.parent.name}_{file.stem}".replace("-", "_")
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise InputError([Problem(str(file), "", "not a Python file", "a case.py")])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def own_folder() -> Path:
    """The folder of the working directory that is looked in first, and that keeps results."""
    return Path.cwd() / "validation"


def all_cases() -> list[Case]:
    """Every case there is, in the order of the book. Raises InputError for a declaration that breaks its word."""
    found: dict[str, Case] = {}
    for root in (own_folder(), PACKAGED):
        for group in GROUPS:
            for file in sorted((root / group).glob("*/source.toml")):
                name = file.parent.name
                if name not in found:
                    found[name] = Case(name, group, file.parent, read_declaration(file))
    cases = sorted(found.values(), key=lambda case: (GROUPS.index(case.group), case.name))
    check_declarations([case.declaration for case in cases])
    return cases


def find_cases(names: list[str]) -> list[Case]:
    """The cases with these names or of these groups; all of them for an empty list."""
    cases = all_cases()
    known = [*GROUPS, *(case.name for case in cases)]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise InputError(_no_such_case(name, known) for name in unknown)
    return [case for case in cases if not names or case.name in names or case.group in names]


def case_at(folder: Path) -> Case:
    """The case that lives in this folder."""
    return Case(folder.name, folder.parent.name, folder, read_declaration(folder / "source.toml"))


def _no_such_case(name: str, known: list[str]) -> Problem:
    near = get_close_matches(name, known, n=1)
    return Problem(
        "validate", "", f"'{name}'", f"a case or a group ({', '.join(GROUPS)})", near[0] if near else ""
    )
