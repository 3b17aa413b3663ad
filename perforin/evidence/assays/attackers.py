"""Death against the number of attackers, kills per T cell and day, and what becomes of a few hits.

None of them is a number of the law: all three follow from hits that add up and are repaired.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from perforin.evidence.assays.encounters import Encounter, Law, law_of
from perforin.evidence.coculture import fit
from perforin.mechanisms.tissue.damage import Damage, hazard, of_targets

TARGETS = 2000
HOURS = 12.0
FINE = 0.05  # min: step of the hazard of known hits
WATCHED = 24 * 60.0  # min for which known hits are followed
BOOK = 1.0 / 45.0  # 1/min: the rate of the Monte-Carlo that the case compares with


def rates() -> dict[str, float]:
    """Hit rates [1/min] from the literature's low end to what wells ask for, by name."""
    return {
        "1 in 45 min": BOOK,
        "prior of the law": Damage().hit_rate.value,
        "fitted to wells": fit.read()["law"]["hit_rate"]["median"],
    }


def law_with(hit_rate: float) -> Law:
    """The law of the library with this hit rate [1/min]."""
    return law_of().changed(hit_rate=hit_rate)


def dead_by(attackers: int, hit_rate: float, hours: float = HOURS) -> float:
    """The share of targets dead after so many hours, each with so many T cells that come back to it.

    At minute 0 a T cell holds its target with the share of time for which it does so for good.
    """
    law = law_with(hit_rate)
    hold, gap = law.contact.hold[1], law.contact.gap[1]
    met = Encounter(TARGETS, np.full(TARGETS, attackers), law, holding=hold / (hold + gap))
    return met.run(60.0 * hours).dead


def independent(alone: float, attackers: int) -> float:
    """The share dead if so many attackers did not help each other, each killing `alone`."""
    return 1.0 - (1.0 - alone) ** attackers


def kills_per_day(hit_rate: float, e_t: float, t_cells: int = 200) -> float:
    """Kills per T cell in the first day of a pellet."""
    targets = round(t_cells / e_t)
    return Encounter(targets, t_cells, law_with(hit_rate)).run(1440.0).dead * targets / t_cells


def dies_of(hits: Sequence[float]) -> float:
    """The chance that a target dies of hits at these minutes, and of no others."""
    decay, lethal, kill_rate = of_targets(law_of().damage)
    damage, passed, left = 0.0, 0.0, sorted(hits)
    keep = math.exp(-FINE / decay)
    for step in range(round(WATCHED / FINE)):
        while left and left[0] <= step * FINE + 1e-9:
            damage += 1.0
            left.pop(0)
        passed += FINE * hazard(damage, lethal, kill_rate)
        damage *= keep
    return 1.0 - math.exp(-passed)


def spaced(hits: int, minutes: float) -> list[float]:
    """So many hits, so many minutes apart."""
    return [minutes * k for k in range(hits)]
