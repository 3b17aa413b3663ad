"""A handful of cells under the engine's own mechanics, for cases that need no more than that.

The product computes in float32. In double precision the same pair law and mover run beside it, which separates the
law and its time step from rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numba
import numpy as np

from perforin.engine.forces import NOBODY, contact_velocity, pair_force
from perforin.engine.grid import Bins, Box
from perforin.engine.motion import move
from perforin.engine.neighbours import Neighbours

EDGE = 1000.0  # um: far walls
SKIN = 2.0  # um


class Dish:
    """Equal cells that push and adhere, moved by Adams-Bashforth as in the step loop (the first step by Euler)."""

    def __init__(
        self,
        centres: np.ndarray,
        radius: float,
        repulsion: float,
        adhesion: float = 0.0,
        adhesion_range: float = 1.25,
        precision: type = np.float64,
    ) -> None:
        count = len(centres)
        self.place = np.column_stack([centres, np.full(count, radius)]).astype(precision)
        self.velocity = np.zeros((count, 3), dtype=precision)
        self.before = np.zeros((count, 3), dtype=precision)
        self._precision = precision
        self._box = Box((EDGE, EDGE, EDGE), (False, False, False))
        self._neighbours = Neighbours(Bins(self._box), adhesion_range, 2 * radius, SKIN)
        self._ids = np.arange(count, dtype=np.uint64)
        self._kind = np.zeros(count, dtype=np.uint8)
        self._repulsion = np.full((1, 1), repulsion, dtype=precision)
        self._adhesion = np.full((1, 1), adhesion, dtype=precision)
        self._near = np.full((1, 1), 1 / adhesion_range, dtype=precision)
        self._edges = np.full(3, EDGE, dtype=precision)
        self._wrap = np.full(3, np.inf, dtype=precision)
        self._drift, self._leap = np.zeros(1, dtype=precision), np.zeros(1, dtype=precision)
        self._guarded = np.zeros(1, dtype=np.int64)
        self._started = False
        self.list_neighbours()

    def list_neighbours(self) -> None:
        """Build the neighbour list anew."""
        self._neighbours.build(self.place.astype(np.float32), self._ids, len(self.place))

    @property
    def pairs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Neighbour lists: `listed[start[i]:stop[i]]` are near i."""
        return self._neighbours.start, self._neighbours.stop, self._neighbours.listed

    def push(self) -> None:
        """Set the velocity of every cell to the product's force law."""
        start, stop, listed = self.pairs
        count = len(self.place)
        if self._precision is np.float64:
            law = self._repulsion[0, 0], self._adhesion[0, 0], self._near[0, 0]
            double_velocity(self.place, count, start, stop, listed, law, self.velocity)
            return
        contact_velocity(
            self.place,
            self._kind,
            np.arange(count, dtype=np.int32),
            start,
            stop,
            listed,
            self._edges,
            self._wrap,
            self._repulsion,
            self._adhesion,
            self._near,
            self.velocity,
            NOBODY,
        )

    def step(self, dt: float, law: Callable[[Dish], None] | None = None, *, euler: bool = False) -> None:
        """One step of dt [min] under the force law, or under `law`, which sets `velocity`."""
        if law is None:
            self.push()
        else:
            law(self)
        number = self._precision
        q = number(0.5 if self._started and not euler else 0.0)
        move(
            self.place,
            self.velocity,
            self.before,
            len(self.place),
            number(dt),
            q,
            number(EDGE),
            False,
            self._edges / 2,
            self._edges,
            np.zeros(3, dtype=np.bool_),
            self._wrap,
            self._neighbours.anchor,
            self._drift,
            self._leap,
            self._guarded,
        )
        self._started = True
        if self._drift[0] > (SKIN / 2) ** 2:
            self.list_neighbours()


@numba.njit(cache=True)
def double_velocity(place, count, start, stop, listed, law, velocity):
    """`engine.forces.contact_velocity` of one cell type in double precision, without walls. Changes velocity."""
    repulsion, adhesion, near = law
    for i in range(count):
        velocity[i] = 0.0
        for k in range(start[i], stop[i]):
            way = place[i, :3] - place[listed[k], :3]
            d = math.sqrt(way[0] * way[0] + way[1] * way[1] + way[2] * way[2])
            velocity[i] += way * pair_force(d, place[i, 3] + place[listed[k], 3], near, repulsion, adhesion)
