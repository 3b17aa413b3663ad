"""A dish in which everything holds T cells back: fields with effects, cells that eat and secrete, and PD-L1."""

from __future__ import annotations

import tomllib

from dish import DISH

from perforin.scenario.compile import compile
from perforin.scenario.document import overridden
from perforin.scenario.plan import Plan
from perforin.scenario.scenario import Scenario

FIELDS = '["oxygen", "glucose", "lactate", "TGF-beta", "adenosine", "IL-10", "IFN-gamma"]'
TUMOUR = """
checkpoint = { pd_l1 = "10000 copy" }

[[library.cells.target.exchange]]
field = "glucose"
uptake = "40 amol/s"
half = "0.2 mM"

[[library.cells.target.exchange]]
field = "lactate"
yield_of = "glucose"
factor = 1.8

[[library.cells.target.exchange]]
field = "adenosine"
secretion = "2 amol/s"
when = "hypoxic"
hypoxia = "7.7 mmHg"

[[library.cells.target.exchange]]
field = "TGF-beta"
secretion = "1 amol/day"

[[library.cells.target.exchange]]
field = "IL-10"
secretion = "0.01 amol/day"
"""
T_CELL = """
[[library.cells.killer.exchange]]
field = "glucose"
uptake = "14 amol/s"
half = "0.2 mM"

[[library.cells.killer.exchange]]
field = "glucose"
uptake = "48 amol/s"
half = "0.2 mM"
when = "engaged"

[[library.cells.killer.exchange]]
field = "IFN-gamma"
secretion = "590 amol/day"
when = "engaged"
"""


def text() -> str:
    """The scenario as a file."""
    words = DISH.replace('fields = ["oxygen"]', f"fields = {FIELDS}\noxygen_brakes = true")
    words = words.replace('necrosis = { rate = "0 1/h" }\n', 'necrosis = { rate = "0 1/h" }' + TUMOUR, 1)
    return words.replace(
        'mechanics = { adhesion = "0 um/min" }\n', 'mechanics = { adhesion = "0 um/min" }\n' + T_CELL
    )


def scenario(*changes: str) -> Scenario:
    """The dish with `path=value` changes."""
    document = tomllib.loads(text())
    for change in changes:
        document = overridden(document, change, [])
    return Scenario.of(document, "starved.toml")


def plan(*changes: str) -> Plan:
    """The compiled dish."""
    return compile(scenario(*changes))
