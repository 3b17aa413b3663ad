"""Engagement pairs: one holder and one held, each the other's `partner` row.

Two holders may want the same target in one step. Each proposes; the target takes the one with the lowest draw
(ties: the lower id), whatever order or thread the proposals came from.
"""

from __future__ import annotations

import numba


@numba.njit(cache=True)
def claim(rows, proposal, lot, ids, partner):
    """Make pairs from proposals; returns how many.

    rows      (m,) int32 rows of the holders
    proposal  (m,) int32 row each wants, -1 for none; changed: -1 where refused
    lot       (m,) float64 the draw that decides
    partner   (n,) int32, changed
    """
    made = 0
    for k in range(rows.size):
        if proposal[k] < 0:
            continue
        rival = partner[proposal[k]]
        if rival < 0:
            partner[proposal[k]] = k  # for now the position in `rows`
        else:
            first = lot[rival] < lot[k] or (lot[rival] == lot[k] and ids[rows[rival]] < ids[rows[k]])
            loser = k if first else rival
            if not first:
                partner[proposal[k]] = k
            proposal[loser] = -1
    for k in range(rows.size):
        if proposal[k] >= 0:
            partner[rows[k]] = proposal[k]
            partner[proposal[k]] = rows[k]
            made += 1
    return made


@numba.njit(cache=True)
def part(row, partner):
    """End the pair that `row` belongs to, if any."""
    other = partner[row]
    if other >= 0:
        partner[row] = -1
        partner[other] = -1
