"""Down-modulation: each new contact takes a little antigen off the target (trogocytosis).

    copies *= 1 - fraction * w * accessible,   w = lifetime / (lifetime + bond)

for every antigen that a binder of the T cell sees; tight binders, whose bonds live longer, take more (Olson 2022), and
copies that do not show the epitope are not bound, so they stay. What is left after n contacts is
(1 - fraction w accessible)^n. Recovery is in antigen_panel.

Reads   partner
Writes  copies
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given


@dataclass(frozen=True)
class DownModulation:
    """How much a contact takes."""

    fraction: Value = given(
        0.015,
        "1",
        "assumed",
        "assumed",
        "per contact at long bonds; 0.05 to 0.3 would leave 6 to 25 % of the antigen and protect low cells",
        (0.003, 0.07),
    )
    bond: Value = given(
        100.0,
        "s",
        "Olson 2022",
        "assumed",
        "bond lifetime at which half is taken: low affinity takes much less",
    )


DECLARATION = Mechanism("down_modulation", DownModulation, acts_on=("T cell",), attack="car")


@numba.njit(cache=True)
def take(rows, kind, partner, copies, antigen, accessible, lifetime, fraction, bond):
    """Take antigen off the targets of the T cells in `rows`, which have just touched them. Changes copies."""
    for m in range(rows.size):
        i = rows[m]
        t, j = kind[i], partner[i]
        if j < 0:
            continue
        for b in range(2):
            if antigen[t, b] >= 0:
                w = lifetime[t, b] / (lifetime[t, b] + bond[t])
                copies[j, antigen[t, b]] *= 1.0 - fraction[t] * w * accessible[t, b]


def advance(cells, attached: np.ndarray, numbers, receptors) -> None:
    """One new contact of each T cell in `attached`."""
    n = numbers
    take(
        attached,
        cells.type,
        cells.partner,
        cells.copies,
        receptors.antigen,
        receptors.accessible,
        receptors.lifetime,
        n.fraction,
        n.bond,
    )
