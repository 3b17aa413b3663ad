"""A ball of tumour cells in medium with what a test adds: cells of the host, matrix."""

from __future__ import annotations

import tomllib

from dish import DISH

from perforin.scenario.compile import compile
from perforin.scenario.document import overridden
from perforin.scenario.plan import Plan
from perforin.scenario.scenario import Scenario

BALL = DISH.replace('geometry = "monolayer"\n', 'geometry = "organoid"\n')
BALL = BALL.replace('medium = { height = "100 um" }\n', "")
HOSTS = "infiltrate = { fibroblast = 0.2, macrophage = 0.1 }\n"
ALONE = "infiltrate = {}"
BALL = BALL.replace('cell = "target"\n', 'cell = "target"\n' + HOSTS)


def text(*added: str) -> str:
    """The file, with lines for the tumour; ALONE among them leaves out the cells of the host."""
    base = BALL.replace(HOSTS, "") if ALONE in added else BALL
    return base.replace('cell = "target"\n', "\n".join(('cell = "target"', *added, "")))


def scenario(*changes: str, added: tuple[str, ...] = ()) -> Scenario:
    """The ball with `path=value` changes and lines for its tumour."""
    document = tomllib.loads(text(*added))
    for change in changes:
        document = overridden(document, change, [])
    return Scenario.of(document, "ball.toml")


def plan(*changes: str, added: tuple[str, ...] = ()) -> Plan:
    """The compiled ball."""
    return compile(scenario(*changes, added=added))
