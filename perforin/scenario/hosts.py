"""Cells of the host in a tumour: which there are, how many, and that they neither divide nor die by themselves.

They are sessile, nothing renews them, and only a treatment kills any (`depletion`). Their numbers are those of their
cell, with the cycle and the death by want of oxygen switched off.
"""

from __future__ import annotations

from perforin.quantities import Value
from perforin.scenario.entries import Cell, Tumour
from perforin.scenario.ledger import Ledger
from perforin.scenario.plan import HostPlan
from perforin.scenario.scenario import Scenario

_WHY = ("Perforin", "assumed", "cells of the host neither divide nor die by themselves")
SESSILE = {
    "growth": {"proliferates": Value(0.0, "1", *_WHY)},
    "necrosis": {"rate": Value(0.0, "1/min", *_WHY)},
}


def names_of_hosts(tumour: Tumour) -> tuple[str, ...]:
    """The kinds of cells of the host in a tumour, in its order."""
    return tuple(tumour.infiltrate)


def layers_of_hosts(scenario: Scenario, tumour: Tumour) -> list[list[dict[str, dict[str, Value]]]]:
    """Of each kind of host cell the numbers that replace those of mechanisms, a later layer an earlier one."""
    return [[_cell(scenario, name).numbers, SESSILE] for name in names_of_hosts(tumour)]


def host_plans(scenario: Scenario, tumour: Tumour, first: int, ledger: Ledger) -> tuple[HostPlan, ...]:
    """The host cells of day 0; their types begin at `first`."""
    return tuple(
        HostPlan(
            first + k,
            ledger.use(f"infiltrate.{name}", share),
            _cell(scenario, name).settles == "stroma",
        )
        for k, (name, share) in enumerate(tumour.infiltrate.items())
    )


def all_founders(tumour_cells: int, tumour: Tumour) -> int:
    """How many cells there are on day 0 where so many are of the tumour."""
    return round(tumour_cells / (1.0 - tumour.infiltrated)) if tumour.infiltrate else tumour_cells


def _cell(scenario: Scenario, name: str) -> Cell:
    entry = scenario.library.find("cells", name).entry
    if not isinstance(entry, Cell):
        raise TypeError(f"cells/{name} is not a Cell")
    return entry
