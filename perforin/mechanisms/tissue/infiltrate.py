"""Infiltrate: the cells of the host that lie in a tumour on day 0.

Every kind has its share of all founder cells, to the nearest whole cell. They take places of the founders in the order
of a draw per place; cells of the stroma take first the places where the matrix is densest, and the draw decides
between places of one density. From then on they are pushed and push, take up what they take up and do what other
mechanisms say of them; they do not crawl, divide or die.

Reads   nothing
Writes  nothing: which place is whose
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numba
import numpy as np

from perforin.quantities import shared_out
from perforin.streams import HOST_PLACE, draw


class Settler(Protocol):
    """One kind of host cell: its type, its share of all founders, and where it lies."""

    @property
    def type(self) -> int: ...
    @property
    def share(self) -> float: ...
    @property
    def in_stroma(self) -> bool: ...


def settled(
    places: int, hosts: Sequence[Settler], tumour: int, seed: int, density: np.ndarray | None = None
) -> np.ndarray:
    """(places,) uint8: the type of the cell on each place of the founders; `tumour` on those the hosts leave.

    density  (places,) of the matrix there, None without one
    """
    types = np.full(places, tumour, dtype=np.uint8)
    if not hosts:
        return types
    shares = [host.share for host in hosts]
    counts = shared_out(places, [1.0 - sum(shares), *shares])[1:]
    lot = np.empty(places)
    _lots(seed, lot)
    by_lot = np.argsort(lot, kind="stable")
    by_density = by_lot if density is None else by_lot[np.argsort(-density[by_lot], kind="stable")]
    for k in sorted(range(len(hosts)), key=lambda k: not hosts[k].in_stroma):
        order = by_density if hosts[k].in_stroma else by_lot
        free = order[types[order] == tumour]
        types[free[: counts[k]]] = hosts[k].type
    return types


@numba.njit(cache=True)
def _lots(seed, out):
    for i in range(out.size):
        out[i] = draw(seed, 0, i, HOST_PLACE)
