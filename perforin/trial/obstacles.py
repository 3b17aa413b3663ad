"""Which obstacles stand in the way in a scenario, and the scenario without them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from perforin.scenario.compile import compile as compile_scenario
from perforin.scenario.document import overridden
from perforin.scenario.obstacles import known
from perforin.scenario.plan import Plan
from perforin.scenario.scenario import Scenario


def taking_away(scenario: Scenario, names: Sequence[str]) -> str:
    """The change, as `--set` writes it, that takes obstacles away besides those the scenario is without."""
    return f"without={json.dumps([*scenario.description.without, *names])}"


def with_changes(scenario: Scenario, changes: Sequence[str]) -> Plan:
    """The plan of a scenario with `path=value` changes laid on it. Raises ScenarioError, LibraryError."""
    document = scenario.document()
    for change in changes:
        document = overridden(document, change, ())
    return compile_scenario(Scenario.of(document, scenario.file))


def present(scenario: Scenario) -> list[str]:
    """The obstacles without which the plan would be another, by name."""
    base = compile_scenario(scenario).plan_hash
    names = [name for name in known(scenario.library) if name not in scenario.description.without]
    return [
        name for name in names if with_changes(scenario, [taking_away(scenario, [name])]).plan_hash != base
    ]
