"""A short real run, as a process of its own: python real.py FOLDER. Says `step TICK` after each phenotype step.

The published organoid made small: 40 um, 20 CAR-T cells, 72 simulated minutes.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from perforin.errors import PerforinError
from perforin.scenario.compile import compile as compile_scenario
from perforin.scenario.plan import Plan, RecordPlan
from perforin.scenario.scenario import load
from perforin.simulation.model import tissue
from perforin.simulation.simulate import simulate

DAYS = 0.05
CHANGES = ["culture.radius=40 um", "dose.cells=20", "dose.at=6 min", f"days={DAYS}"]


def plan() -> Plan:
    made = compile_scenario(load("luque2024-small", CHANGES))
    return replace(made, record=RecordPlan(120, 240, ("oxygen",)))


def main(parent: Path) -> int:
    model = tissue()

    def advance(state, plan):
        model.advance(state, plan)
        sys.stdout.write(f"step {state.tick}\n")
        sys.stdout.flush()

    try:
        simulate(plan(), parent, model=replace(model, advance=advance), threads=1, checkpoint_every=0.0)
    except PerforinError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
