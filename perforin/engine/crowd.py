"""Walkers among the many that rest: pairs of which one walks are listed apart and stepped in smaller steps.

A walking cell is small, pushes hard and goes as far in a minute as tissue relaxes in an hour. So its pairs are taken
out of the lists of the others: within each step of the tissue the walkers, and those that they can touch, are moved
in several small ones by the forces of these pairs alone (a splitting of first order in the step of the tissue).
Every walker lists all it may touch in that time, and whoever is listed knows where, so that each pair of a walker and
one at rest is computed once, each cell sums its own forces and no thread writes for another.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np

from perforin.engine.cells import grown
from perforin.engine.grid import BLOCK, Bins, Box
from perforin.engine.motion import moved, squared_way
from perforin.engine.neighbours import CANDIDATES, Neighbours, keep, mark, room_for, search


class Pairs(NamedTuple):
    """`listed[start[i]:stop[i]]` belong to row i."""

    start: np.ndarray
    stop: np.ndarray
    listed: np.ndarray


class Crowd:
    """Who is near each walker: `near` lists rows, and `back` where in it each of the others is listed."""

    def __init__(self, box: Box, reach: float, least: float, skin: float) -> None:
        self.box = box
        self.reach, self.least, self.skin = reach, least, skin
        self.periodic = np.asarray(box.periodic)
        self.touched = np.empty(0, dtype=np.int32)
        self.near = Pairs(np.zeros(0, np.uint32), np.zeros(0, np.uint32), np.empty(0, np.int32))
        self.back = self.near
        self.anchor = np.empty((0, 3), dtype=np.float32)
        self.roamed = (
            np.inf
        )  # how far a cell may have gone from its anchor; without bound before the first lists [um]
        self.acts = np.empty((0, 3), dtype=np.float32)  # what each listed pair did last [um/min]
        self._bins = Bins(box)
        self._start, self._stop, self._slot, self._back = (np.zeros(0, dtype=np.uint32) for _ in range(4))
        self._walks = np.zeros(0, dtype=np.bool_)
        self._stretch = 32 * BLOCK

    def lie_in(self, box: Box) -> None:
        """Be of a box of other edges from the next `gather` on."""
        self.box = self._bins.box = box

    @property
    def is_stale(self) -> bool:
        """Whether somebody may have gone so far that the lists do not hold."""
        return self.roamed > self.skin / 2

    def gather(
        self,
        place: np.ndarray,
        ids: np.ndarray,
        count: int,
        walkers: np.ndarray,
        tissue: Neighbours,
        pushed: float,
    ) -> None:
        """List who is near the `walkers` (m,) int32, both ways; good until one has gone half a skin.

        tissue  the lists of all others, whose bins are searched: wider by how far they may have left them
        pushed  how far one of them may have gone since those lists were last looked after [um]
        """
        largest = float(place[walkers, 3].max(initial=0.0))
        among = max(self.reach * 2 * largest, self.least) + self.skin
        stale = tissue.skin / 2 + pushed
        beyond = max(self.reach * (largest + tissue.largest), self.least) + self.skin + stale
        self._bins.build(place, ids, walkers, among)
        self._make_room(count)
        self.roamed = 0.0
        self._list(place, ((tissue.bins, beyond, tissue.strayed), (self._bins, among, 0.0)))
        start, slot, walks = self._back[: count + 1], self._slot[:count], self._walks[:count]
        start[:] = 0
        walks[:] = False
        walks[walkers] = True
        count_back(walkers, *self.near, walks, start)
        listed = np.empty(int(start[-1]), dtype=np.int32)
        self.acts = np.empty((self.near.listed.size, 3), dtype=np.float32)
        slot[:] = start[:-1]
        list_back(walkers, *self.near, walks, place, slot, listed, self.anchor)
        self.back = Pairs(start, slot, listed)
        self.touched = np.flatnonzero(slot > start[:-1]).astype(np.int32)

    def _make_room(self, count: int) -> None:
        if self.anchor.shape[0] < count:
            room = max(count, grown(self.anchor.shape[0]))
            self.anchor = np.empty((room, 3), dtype=np.float32)
            self._start, self._stop, self._slot = (np.zeros(room, dtype=np.uint32) for _ in range(3))
            self._back, self._walks = np.zeros(room + 1, dtype=np.uint32), np.zeros(room, dtype=np.bool_)

    @property
    def in_order(self) -> np.ndarray:
        """(m,) int32 the walkers, those near each other one after the other: the order for what each does alone."""
        return self._bins.sorted

    def _list(self, place: np.ndarray, searched: tuple[tuple[Bins, float, float], ...]) -> None:
        """Write the list of every walker, longer stretches when they do not suffice."""
        walkers = self.in_order
        blocks = (walkers.size + BLOCK - 1) // BLOCK
        needed = np.zeros(blocks, dtype=np.int64)
        others, own = (
            (b.order, b.start, b.shape, b.width, b.strayed, np.float32(radius), np.float32(radius + most))
            for b, radius, most in searched
        )
        box, law = self.box, np.array([self.reach, self.least, self.skin], dtype=np.float32)
        start, stop = self._start, self._stop
        while True:
            listed = np.empty(blocks * self._stretch, dtype=np.int32)
            list_near(
                walkers, place, others, own, box.half, box.lengths, box.wrap, self.periodic, law, self._stretch,
                start, stop, listed, needed,
            )  # fmt: skip
            self.near = Pairs(start, stop, listed)
            fullest = int(needed.max(initial=0))
            if fullest < self._stretch:
                return
            self._stretch = int(1.25 * fullest)


@numba.njit(cache=True, parallel=True)
def list_near(
    walkers, place, tissue, own, half, edges, wrap, periodic, law, stretch, start, stop, listed, needed
):
    """Write whom every walker may touch, first of the tissue, then of the walkers, into the stretch of its block.

    law  (reach, least, skin). Changes start, stop, listed and needed, (blocks,) the slots each block wanted: more than
    `stretch` means that the lists are cut and must be written again with longer stretches.
    """
    for block in numba.prange((walkers.size + BLOCK - 1) // BLOCK):
        names, near, seen = room_for(CANDIDATES)
        slot, limit = block * stretch, (block + 1) * stretch
        asked = slot
        for m in range(block * BLOCK, min(walkers.size, (block + 1) * BLOCK)):
            i = walkers[m]
            start[i] = min(slot, limit)
            for bins in (tissue, own):
                many = search(i, place, bins, half, edges, wrap, periodic, names)
                if many > names.size:
                    names, near, seen = room_for(2 * many)
                    many = search(i, place, bins, half, edges, wrap, periodic, names)
                mark(i, place, place, names, many, edges, wrap, law, near, seen)
                asked = max(asked, slot + many)
                if slot + many <= limit:
                    slot = keep(many, near, names, listed, slot)
                else:
                    slot += near[:many].sum()
            stop[i] = min(slot, limit)
        needed[block] = asked - block * stretch


@numba.njit(cache=True)
def count_back(walkers, start, stop, listed, walks, ends):
    """Set ends[j + 1] to the walkers listed with rows up to j that do not walk. Changes ends, zeros before."""
    for m in range(walkers.size):
        for k in range(start[walkers[m]], stop[walkers[m]]):
            if not walks[listed[k]]:
                ends[listed[k] + 1] += 1
    for j in range(ends.size - 1):
        ends[j + 1] += ends[j]


@numba.njit(cache=True)
def list_back(walkers, start, stop, listed, walks, place, slot, back, anchor):
    """Write where each of the others is listed, in the order of `walkers`, and where it and they stand.

    Changes slot, back and anchor.
    """
    for m in range(walkers.size):
        i = walkers[m]
        anchor[i, 0], anchor[i, 1], anchor[i, 2] = place[i, 0], place[i, 1], place[i, 2]
        for k in range(start[i], stop[i]):
            j = listed[k]
            if not walks[j]:
                back[slot[j]] = k
                slot[j] += 1
                anchor[j, 0], anchor[j, 1], anchor[j, 2] = place[j, 0], place[j, 1], place[j, 2]


@numba.njit(cache=True, parallel=True)
def step(rows, place, velocity, dt, guard, flat, half, edges, periodic, wrap, anchor, drift, guarded):
    """One Euler step of the walkers in `rows`, none farther than the guard. Changes place, drift and guarded.

    drift    (blocks,) float32 [um^2], set to the largest squared way from the anchor (inf when not finite)
    guarded  (blocks,) int64, set to how many cells met the guard
    """
    for block in numba.prange((rows.size + BLOCK - 1) // BLOCK):
        largest, met = np.float32(0.0), 0
        for m in range(block * BLOCK, min(rows.size, (block + 1) * BLOCK)):
            i = rows[m]
            mx, my, mz = dt * velocity[i, 0], dt * velocity[i, 1], dt * velocity[i, 2]
            met += moved(i, mx, my, mz, place, guard, flat, half, edges, periodic)
            largest = max(largest, squared_way(i, place, anchor, edges, wrap))
        drift[block] = largest
        guarded[block] = met


@numba.njit(cache=True, parallel=True)
def give_way(
    touched, back, acts, place, dt, guard, flat, half, edges, periodic, wrap, anchor, drift, guarded
):
    """One Euler step of those whom walkers touch, by the opposite of what they do to the walkers.

    back  (start, stop, listed) of `Crowd`; acts  what each pair adds to the velocity of its walker [um/min]
    drift and guarded as in `step`, of those who moved. Changes place, drift and guarded.
    """
    start, stop, pairs = back
    for block in numba.prange((touched.size + BLOCK - 1) // BLOCK):
        names, push = np.empty(BLOCK, dtype=np.int32), np.empty((BLOCK, 3), dtype=np.float32)
        many, largest, met = 0, np.float32(0.0), 0
        for m in range(block * BLOCK, min(touched.size, (block + 1) * BLOCK)):
            i = touched[m]
            vx, vy, vz = np.float32(0.0), np.float32(0.0), np.float32(0.0)
            for k in range(start[i], stop[i]):
                p = np.uint32(pairs[k])
                vx, vy, vz = vx - acts[p, 0], vy - acts[p, 1], vz - acts[p, 2]
            slot = np.uint32(many)
            names[slot], push[slot, 0], push[slot, 1], push[slot, 2] = i, vx, vy, vz
            many += (vx != 0.0) | (vy != 0.0) | (vz != 0.0)
        for m in range(many):
            i = names[m]
            met += moved(
                i,
                dt * push[m, 0],
                dt * push[m, 1],
                dt * push[m, 2],
                place,
                guard,
                flat,
                half,
                edges,
                periodic,
            )
            largest = max(largest, squared_way(i, place, anchor, edges, wrap))
        drift[block] = largest
        guarded[block] = met
