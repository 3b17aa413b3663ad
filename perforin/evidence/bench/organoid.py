"""The published organoid of the library, as it is: 3,963 cells for 30 days, or the small one of 588 cells."""

from __future__ import annotations

from perforin.errors import InputError, Problem
from perforin.evidence.bench.loop import Tissue, hasty
from perforin.scenario.compile import compile as compile_scenario
from perforin.scenario.plan import Plan
from perforin.scenario.scenario import load
from perforin.simulation import start
from perforin.simulation.state import State

SCENARIOS = {3963: "luque2024", 588: "luque2024-small"}
SMALL = ("culture.radius='60 um'", "culture.box='420 um'", "dose.cells=50", "dose.at='0 min'")


def organoid(cells: int, numerics: tuple[str, ...] = ()) -> Tissue:
    """The organoid of so many cells. Raises InputError where the library has none."""
    if cells not in SCENARIOS:
        sizes = " or ".join(str(size) for size in SCENARIOS)
        raise InputError(
            [Problem("perforin bench", "--cells", str(cells), f"{sizes}: the organoids there are")]
        )
    plan = compile_scenario(load(SCENARIOS[cells], numerics))

    def begin_small() -> tuple[Plan, State]:
        small = hasty(compile_scenario(load(SCENARIOS[cells], (*SMALL, *numerics))))
        return small, start.begin(small)

    return Tissue(plan, lambda: start.begin(plan), begin_small)
