"""A dish for tests of the CAR law: a patch of tumour cells with two antigens and T cells among them."""

from __future__ import annotations

import tomllib

from perforin.scenario.compile import compile
from perforin.scenario.document import overridden
from perforin.scenario.plan import Plan
from perforin.scenario.scenario import Scenario
from perforin.simulation import start, step
from perforin.simulation.state import State

DISH = """
name = "dish"
days = 1
seed = 1

[culture]
tumour = "patch"
geometry = "monolayer"
cells = 120
box = "400 um"
medium = { height = "100 um" }
growth = { proliferates = 0 }

[[car]]
targets = "anti-A"
cell = "killer"

[[dose]]
car = "CAR-T"
day = 0
cells = 60
route = "medium"

[numerics]
crowded_mechanics = "0.5 min"

[library.tumours.patch]
name = "patch"
summary = "Cells with two antigens."
cell = "target"
fields = ["oxygen"]
antigens.A = { positive_fraction = 1, median = "20000 copy", spread = 0.3, negative = "50 copy", drift = 5, recovery = "12 h" }
antigens.B = { positive_fraction = 1, median = "20000 copy", spread = 0.3, negative = "50 copy", drift = 5, recovery = "12 h" }

[library.cells.target]
name = "target"
summary = "A tumour cell that lives without oxygen."
oxygenation = { uptake = "0 1/min" }
necrosis = { rate = "0 1/h" }

[library.cells.killer]
name = "killer"
summary = "A T cell."
volume = { target = "710 um^3", nucleus = "200 um^3" }
growth = { proliferates = 0 }
oxygenation = { uptake = "0 1/min" }
necrosis = { rate = "0 1/h" }
mechanics = { adhesion = "0 um/min" }

[library.antigens.A]
name = "A"
summary = "An antigen."

[library.antigens.B]
name = "B"
summary = "Another antigen."

[library.binders.anti-A]
name = "anti-A"
summary = "Binds A."
antigen = "A"
kd = "10 nM"
on_rate = "0.006 1/(nM*min)"

[library.binders.anti-B]
name = "anti-B"
summary = "Binds B."
antigen = "B"
kd = "10 nM"
on_rate = "0.006 1/(nM*min)"
"""


def scenario(*changes: str) -> Scenario:
    """The dish with `path=value` changes."""
    document = tomllib.loads(DISH)
    for change in changes:
        document = overridden(document, change, [])
    return Scenario.of(document, "dish.toml")


def plan(*changes: str) -> Plan:
    """The compiled dish."""
    return compile(scenario(*changes))


def walked(plan: Plan, hours: float) -> State:
    """The state of a plan after some hours."""
    state = start.begin(plan)
    for _ in range(round(hours * 60 / (plan.clock.phenotype * plan.clock.tick))):
        step.advance(state, plan)
    return state
