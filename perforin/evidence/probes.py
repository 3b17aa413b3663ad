"""Probes: the fingerprint of a case's first simulated hours, cheap enough to take at every test.

A verdict that took hours was made by the code of one commit. If the probe is the same today, the code computes the
same bits and the verdict stands; if not, it is stale. On another processor or another numba the bits may differ
while the science does not: there the probe's numbers are compared instead.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perforin.scenario.plan import Plan

CLOSE = (
    1e-3  # relative: six hours with the same draws differ by rounding only, far below one cell in a thousand
)
PROBE_MINUTES = 360


@dataclass(frozen=True)
class Probe:
    """The state hash after the first simulated hours, a few numbers of it, and the machine that made it."""

    hash: str
    numbers: dict[str, float]
    machine: str

    def agrees(self, other: Probe) -> bool:
        """Whether two probes come from the same laws: same bits on one machine, same numbers across machines."""
        if self.machine == other.machine:
            return self.hash == other.hash
        if self.numbers.keys() != other.numbers.keys():
            return False
        return all(_close(value, other.numbers[name]) for name, value in self.numbers.items())

    def as_json(self) -> dict[str, object]:
        """As it is stored beside a seed's numbers."""
        return {"hash": self.hash, "numbers": self.numbers, "machine": self.machine}

    @staticmethod
    def of_json(table: dict) -> Probe:
        """Back from storage."""
        return Probe(table["hash"], dict(table["numbers"]), table["machine"])


def machine() -> str:
    """A name for what decides the bits: processor, numba and numpy."""
    import llvmlite.binding
    import numba
    import numpy

    features = sorted(name for name, has in llvmlite.binding.get_host_cpu_features().items() if has)
    text = " ".join([llvmlite.binding.get_host_cpu_name(), numba.__version__, numpy.__version__, *features])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def simulation_probe(scenarios: tuple[str, ...], minutes: int = PROBE_MINUTES) -> Probe:
    """Run the first hours of each scenario of the library in memory and take their fingerprint."""
    from perforin.scenario.compile import compile as compile_scenario
    from perforin.scenario.scenario import load

    return probe_of({name: compile_scenario(load(name)) for name in scenarios}, minutes)


def probe_of(plans: Mapping[str, Plan], minutes: int = PROBE_MINUTES) -> Probe:
    """Run the first hours of each plan in memory and take their fingerprint."""
    digest, numbers = hashlib.sha256(), {}
    for name, plan in plans.items():
        state_hash, row = _first_hours(plan, minutes)
        digest.update(state_hash.encode())
        numbers.update({f"{name}.{key}": value for key, value in row.items()})
    return Probe(digest.hexdigest()[:16], numbers, machine())


def _first_hours(plan: Plan, minutes: int) -> tuple[str, dict[str, float]]:
    from perforin.simulation import recorder, start, step

    state = start.begin(plan)
    step.until(state, plan, minutes)
    row = recorder.series_row(state, plan)
    kept = ("tumour_cells", "t_cells", "oxygen_mean", "tumour_radius")
    return state.hash(), {key: float(row[key]) for key in kept}


def _close(a: float, b: float) -> bool:
    """Whether two numbers are nearly the same; both may be nan, as the radius of a block is."""
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    return abs(a - b) <= CLOSE * max(abs(a), abs(b))
