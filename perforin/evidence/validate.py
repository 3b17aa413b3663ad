"""`perforin validate`: run the evidence book, case by case, and say what was met."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType

from perforin.evidence.book import Book
from perforin.evidence.commits import commit
from perforin.evidence.declaration import check_functions
from perforin.evidence.probes import Probe
from perforin.evidence.rows import COMPUTED, Row
from perforin.evidence.seeds import AT_ONCE, Progress, make_seeds
from perforin.evidence.shelf import Case, find_cases
from perforin.evidence.stored import Seed, read_seeds

Report = Callable[[Progress], None]


def validate(names: list[str], progress: Report | None = None, at_once: int = AT_ONCE) -> Book:
    """Run the cases and groups named (all for none): missing and stale seeds are made, each kept when it is done.

    Raises InputError for an unknown name or a declaration that breaks its word, RunError when a run fails.
    """
    cases = find_cases(names)
    rows: list[Row] = []
    for position, case in enumerate(cases):
        if progress is not None:
            progress(Progress(case.name, position, len(cases), None, case.group))
        rows += _rows(case, lambda case, missing: make_seeds(case, missing, progress, at_once))
    return Book(rows, cases)


def read_book(names: list[str]) -> Book:
    """The book as it stands: cases computed, or judged from their stored seeds, of which none is made."""
    cases = find_cases(names)
    return Book([row for case in cases for row in _rows(case, None)], cases)


def _rows(case: Case, make: Callable[[Case, list[tuple[str, int]]], None] | None) -> list[Row]:
    check_functions(case.declaration)
    module = case.load()
    if hasattr(module, "measure"):
        return _measured(case, module)
    wanted = {arm: list(seeds) for arm, seeds in module.SEEDS.items()}
    probe = module.probe()
    if make is not None:
        make(case, _missing(case, wanted, probe))
    return _judged(case, module, wanted, probe)


def _measured(case: Case, module: ModuleType) -> list[Row]:
    now = commit()
    return [
        replace(row, case=case.name, kind=row.kind or case.declaration.kind, commit=now)
        for row in module.measure()
    ]


def _missing(case: Case, wanted: dict[str, list[int]], probe: Probe) -> list[tuple[str, int]]:
    fresh = {(seed.arm, seed.seed) for seed in read_seeds(case.name, wanted) if seed.probe.agrees(probe)}
    by_turn = sorted((seed, arm) for arm, seeds in wanted.items() for seed in seeds)
    return [(arm, seed) for seed, arm in by_turn if (arm, seed) not in fresh]


def _judged(case: Case, module: ModuleType, wanted: dict[str, list[int]], probe: Probe) -> list[Row]:
    """Judge fresh seeds; where there is none, judge the stale ones and say that they are."""
    stored = read_seeds(case.name, wanted)
    fresh = [seed for seed in stored if seed.probe.agrees(probe)]
    used = fresh or stored
    results: dict[str, dict[int, dict]] = {arm: {} for arm in wanted}
    for seed in used:
        results[seed.arm][seed.seed] = seed.numbers
    return [
        _placed(case, row, wanted, used, probe, stale=not fresh and bool(stored))
        for row in module.judge(results)
    ]


def _placed(
    case: Case, row: Row, wanted: dict[str, list[int]], used: list[Seed], probe: Probe, *, stale: bool
) -> Row:
    kind = row.kind or case.declaration.kind
    if row.arm == COMPUTED:
        return replace(row, case=case.name, kind=kind, commit=commit(), probe=probe.hash)
    arms = [row.arm] if row.arm else list(wanted)
    mine = [seed for seed in used if seed.arm in arms]
    many = sum(len(wanted[arm]) for arm in arms)
    state = "stale" if stale else "open" if len(mine) < many else "stands"
    return replace(
        row,
        case=case.name,
        kind=kind,
        seeds=tuple(seed.seed for seed in mine),
        seeds_wanted=many,
        commit=", ".join(sorted({seed.commit for seed in mine})),
        probe=mine[0].probe.hash if stale and mine else probe.hash,
        state=state,
    )
