"""What the CARs of a run bind, and how many copies of each antigen they need to see a cell.

The copies are those of the law that the run followed, read from the scenario that the run keeps.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from perforin.errors import PerforinError

if TYPE_CHECKING:
    from perforin.mechanisms.tissue.recognition import Receptors
    from perforin.results.run import RunData

BLOCKS = "a_not_b"  # the gate whose second binder protects a cell


@dataclass(frozen=True)
class Binder:
    """One binder of the product, and from where on it makes a cell visible."""

    name: str  # of the binder: "EGFR-806"
    antigen: str  # that it binds: "EGFR"
    least: float  # copies per cell at which the CAR answers to this binder alone; inf where it never does


def binders(run: RunData) -> tuple[Binder, ...]:
    """The binders of a run's CARs, in order; none for a published model or a scenario that no longer compiles."""
    antigen = run.meta.get("antigen", {})
    if antigen.get("unit") != "copy" or not run.meta.get("doses"):
        return ()
    return _binders(run.scenario_text)


def pair(run: RunData) -> tuple[Binder, Binder] | None:
    """The two binders of a run whose CARs see two antigens; None for any other run."""
    found = binders(run)
    return (found[0], found[1]) if len(found) == 2 else None


@lru_cache(maxsize=16)
def _binders(text: str) -> tuple[Binder, ...]:
    from perforin.mechanisms.tissue.visibility import least_copies
    from perforin.scenario.compile import compile
    from perforin.scenario.product import t_cell_kinds
    from perforin.scenario.scenario import Scenario

    try:
        scenario = Scenario.of(tomllib.loads(text), "the scenario of a run")
        plan = compile(scenario)
    except (PerforinError, tomllib.TOMLDecodeError):
        return ()
    attack, given = plan.attack, {dose.car for dose in scenario.description.dose}
    if attack is None:
        return ()
    found: dict[str, Binder] = {}
    kinds = t_cell_kinds([car for car in scenario.description.car if car.name in given])
    for t, kind in enumerate(kinds, start=1):
        names = kind.car.targets.names[:1] if kind.car.targets.kind == BLOCKS else kind.car.targets.names
        for b, name in enumerate(names):
            alone = _alone(attack.receptors, t, b)
            least = least_copies(
                alone, plan.numbers["recognition"], attack.answer_threshold, len(attack.antigens)
            )
            antigen = attack.antigens[int(attack.receptors.antigen[t, b])]
            known = found[name].least if name in found else math.inf
            found[name] = Binder(name, antigen, min(least, known))
    return tuple(found.values())


def _alone(receptors: Receptors, t: int, b: int) -> Receptors:
    """The same receptors where T cells of type t carry binder b only, without a gate, and no others any."""
    antigen = np.full_like(receptors.antigen, -1)
    antigen[t, 0] = receptors.antigen[t, b]
    both = {
        name: getattr(receptors, name)[:, [b, b]]
        for name in ("accessible", "share", "cars", "k2d", "phi", "lifetime")
    }
    return receptors._replace(gate=np.zeros_like(receptors.gate), antigen=antigen, **both)
