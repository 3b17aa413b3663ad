"""What the study costs: the CPU time of one seed of each arm, times its seeds."""

from __future__ import annotations

from collections.abc import Callable

from perforin.evidence.convergence.page import GROUP
from perforin.evidence.convergence.study import read_study
from perforin.evidence.seeds import AT_ONCE, Progress, make_seeds
from perforin.evidence.shelf import Case, find_cases
from perforin.evidence.stored import read_seeds

CORES = 2


def plan(names: list[str], progress: Callable[[Progress], None] | None = None, at_once: int = AT_ONCE) -> str:
    """Make the first seed of each arm where it is not in, and say what all of them cost; the seeds are kept."""
    lines, total = [], 0.0
    for case in find_cases(names or [GROUP]):
        seconds = first_seeds(case, progress, at_once)
        arms = {arm.name: arm.seeds for arm in read_study(case.folder).arms}
        cost = sum(arms[name] * seconds[name] for name in arms)
        lines.append(f"{case.name}: {cost:.0f} CPU s")
        lines += [
            f"  {name:16} {arms[name]:3} seeds of {seconds[name]:6.1f} s {arms[name] * seconds[name]:8.0f} s"
            for name in arms
        ]
        total += cost
    return "\n".join([*lines, f"all: {total:.0f} CPU s, {total / CORES / 3600:.2f} h on {CORES} cores"])


def first_seeds(
    case: Case, progress: Callable[[Progress], None] | None, at_once: int = AT_ONCE
) -> dict[str, float]:
    """CPU seconds of the first seed of each arm of a case, imports and probe with it."""
    wanted = {arm.name: [1] for arm in read_study(case.folder).arms}
    stored = {seed.arm for seed in read_seeds(case.name, wanted)}
    make_seeds(case, [(arm, 1) for arm in wanted if arm not in stored], progress, at_once)
    return {seed.arm: float(seed.numbers["cpu_seconds"]) for seed in read_seeds(case.name, wanted)}
