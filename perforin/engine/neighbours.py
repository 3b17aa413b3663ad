"""Verlet lists: who is near whom, valid until someone has moved half a skin.

Full lists (i lists j and j lists i), so that every cell sums its own forces and no thread writes for another.
Pair (i, j) is listed if d < max(reach (r_i + r_j), least) + skin between their anchors, which is where they stood when
their lists were made. Where few move, `follow` makes the lists of those few anew and leaves the others as they are.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from perforin.engine.cells import grown
from perforin.engine.forces import nearest
from perforin.engine.grid import BLOCK, Bins, Box, bin_of

CANDIDATES = 512  # around one bin, for which there is room at first: packed tissue has 100


class Neighbours:
    """`listed[start[i]:stop[i]]` are the rows near row i.

    Each block of cells owns a stretch of `listed`, a little longer than the fullest block needed so far. Every list has
    room for `spare` more, which `follow` needs.
    """

    def __init__(self, bins: Bins, reach: float, least: float, skin: float, spare: int = 0) -> None:
        self.bins = bins
        self.edges = np.asarray(bins.box.edges, dtype=np.float32)
        self.periodic = np.asarray(bins.box.periodic)
        self.reach, self.least, self.skin, self.spare = reach, least, skin, spare
        self.start = np.zeros(0, dtype=np.uint32)
        self.stop = np.zeros(0, dtype=np.uint32)
        self.listed = np.empty(0, dtype=np.int32)
        self.anchor = np.empty((0, 3), dtype=np.float32)
        self._room = np.zeros(0, dtype=np.uint32)
        self._built = np.empty((0, 3), dtype=np.float32)
        self.largest, self.strayed = (
            0.0,
            0.0,
        )  # radius; way that one listed anew has gone since bins were filled [um]
        self._stretch = 16 * BLOCK

    def lie_in(self, box: Box) -> None:
        """Be of a box of other edges from the next `build` on."""
        self.bins.box = box
        self.edges = np.asarray(box.edges, dtype=np.float32)

    def build(
        self,
        place: np.ndarray,
        ids: np.ndarray,
        count: int,
        members: np.ndarray | None = None,
    ) -> None:
        """List the neighbours of the first `count` cells; remembers where they stood.

        members  (m,) int32 rows that list each other; all if not given. The others have empty lists
        """
        bins = self.bins
        if self.start.size < count:
            room = max(count, grown(self.start.size))
            self.start, self.stop, self._room = (np.zeros(room, dtype=np.uint32) for _ in range(3))
            self.anchor, self._built = (np.empty((room, 3), dtype=np.float32) for _ in range(2))
        if members is not None:
            self.start[:count] = self.stop[:count] = 0
        members = np.arange(count, dtype=np.int32) if members is None else members
        self.largest = float(place[:count, 3].max()) if count else 0.0
        bins.build(place, ids, members, max(self.reach * 2 * self.largest, self.least) + self.skin)
        self.strayed = 0.0
        self.anchor[:count] = place[:count, :3]
        if self.spare:
            self._built[:count] = place[:count, :3]
        law = self._law
        blocks = (members.size + BLOCK - 1) // BLOCK
        needed = np.zeros(blocks, dtype=np.int64)
        while True:
            if self.listed.size < blocks * self._stretch:
                self.listed = np.empty(blocks * self._stretch, dtype=np.int32)
            list_neighbours(
                members.size, bins.packed, bins.order, bins.start, bins.shape, bins.box.half, bins.width, self.edges,
                self.periodic, law, self._stretch, self.spare, self.start, self.stop, self._room,
                self.listed, needed,
            )  # fmt: skip
            fullest = int(needed.max(initial=0))
            if fullest < self._stretch:
                return
            self._stretch = int(1.25 * fullest)

    def follow(self, place: np.ndarray, members: np.ndarray, drift: np.ndarray | None = None) -> bool:
        """List anew the `members` that have moved half a skin; False where all must be listed anew instead.

        Only for lists made with spare room. drift  what `motion.move` said of each block, so that those in which
        nobody went far need not be looked at
        """
        bins = self.bins
        if drift is None:
            drift = np.full((place.shape[0] + BLOCK - 1) // BLOCK, np.inf, dtype=np.float32)
        strayed = follow_moved(
            members, place, self.anchor, self._built, bins.order, bins.start, bins.strayed, bins.shape, bins.box.half,
            bins.width, self.edges, self.periodic, bins.box.wrap, self._law, self.start, self.stop, self._room,
            self.listed, drift, np.float32(self.largest), self.strayed,
        )  # fmt: skip
        self.strayed = max(self.strayed, strayed)
        return strayed >= 0.0

    @property
    def _law(self) -> np.ndarray:
        return np.array([self.reach, self.least, self.skin], dtype=np.float32)


@numba.njit(cache=True)
def room_for(many):
    """Names, marks, and places and radii of candidates: (many,), (many,) and (4, many)."""
    names, near = np.empty(many, dtype=np.int32), np.empty(many, dtype=np.int32)
    return names, near, np.empty((4, many), dtype=np.float32)


@numba.njit(cache=True)
def _steps(i, n, periodic):
    """First and last offset to visit along an axis of n bins, none beyond a closed wall."""
    if periodic:
        return -1, 1
    return (-1 if i > 0 else 0), (1 if i < n - 1 else 0)


@numba.njit(cache=True)
def _shift(i, n, edge):
    """How far a bin reached over the periodic wall is moved [um]."""
    if i < 0:
        return -edge
    if i >= n:
        return edge
    return np.float32(0.0)


@numba.njit(cache=True, inline="always")
def home(i, n):
    """A bin number at most one box beyond its axis, brought back: a remainder costs ten times as much."""
    return i + n if i < 0 else (i - n if i >= n else i)


@numba.njit(cache=True, inline="always")
def stretch_end(i, last, n):
    """Where the stretch of bins that follow each other from bin i of an axis ends: after the wall, or after `last`."""
    return min(last, -1 if i < 0 else (n - 1 if i < n else last)) + 1


@numba.njit(cache=True, error_model="numpy")
def _gather(b, packed, order, bin_start, shape, edges, periodic, around, names):
    """Write the cells in and around bin b, bin by bin, periodic images where they are seen from it.

    Returns how many there are, and what to add to a packed row of bin b to find it among them. No more than fit are
    written. Changes around (4, room) and names (room,).
    """
    nx, ny, nz = shape[0], shape[1], shape[2]
    iz = b // (nx * ny)
    iy = b // nx - iz * ny
    ix = b - (iz * ny + iy) * nx
    x0, x1 = _steps(ix, nx, periodic[0])
    y0, y1 = _steps(iy, ny, periodic[1])
    z0, z1 = _steps(iz, nz, periodic[2])
    ax, ay, az, ar = around[0], around[1], around[2], around[3]
    many, inner = 0, 0
    for oz in range(z0, z1 + 1):
        sz = _shift(iz + oz, nz, edges[2])
        for oy in range(y0, y1 + 1):
            sy = _shift(iy + oy, ny, edges[1])
            base = (home(iz + oz, nz) * ny + home(iy + oy, ny)) * nx
            after = ix + x0
            while after <= ix + x1:
                at, after = after, stretch_end(after, ix + x1, nx)
                sx, bin_ = _shift(at, nx, edges[0]), base + home(at, nx)
                first = bin_start[bin_]
                here = bin_start[bin_ + after - at] - first
                if bin_ <= b < bin_ + after - at:
                    inner = many - first
                if many + here <= names.size:
                    for n in range(here):
                        s, k = np.uint32(many + n), np.uint32(first + n)
                        ax[s], ay[s], az[s] = packed[k, 0] + sx, packed[k, 1] + sy, packed[k, 2] + sz
                        ar[s], names[s] = packed[k, 3], order[k]
                many += here
    return many, inner


@numba.njit(cache=True)
def _mark(own, packed, around, many, law, near):
    """Set near[c] to 1 where candidate c is within the range of packed row `own`, else 0."""
    x, y, z, r = packed[own, 0], packed[own, 1], packed[own, 2], packed[own, 3]
    ax, ay, az, ar = around[0], around[1], around[2], around[3]
    reach, least, skin = law[0], law[1], law[2]
    for c in range(many):
        dx, dy, dz = x - ax[c], y - ay[c], z - az[c]
        far = max(reach * (r + ar[c]), least) + skin
        near[c] = dx * dx + dy * dy + dz * dz < far * far


@numba.njit(cache=True)
def keep(many, near, names, listed, slot):
    """Write the names that are near; returns the next slot. Writes without asking, and advances where it was right."""
    for c in range(many):
        listed[np.uint64(slot)] = names[c]
        slot += near[c]
    return slot


@numba.njit(cache=True, parallel=True)
def list_neighbours(
    count, packed, order, bin_start, shape, half, width, edges, periodic, law, stretch, spare, start, stop, room,
    listed, needed,
):  # fmt: skip
    """Write every member's neighbours into the stretch of its block.

    Members of one bin look at the same candidates, which are gathered once. Changes start, stop, room (where the spare
    slots end), listed and needed, (blocks,) the slots each block asked for: more than `stretch` means that the lists
    are cut and must be written again with longer stretches.
    """
    for block in numba.prange((count + BLOCK - 1) // BLOCK):
        names, near, around = room_for(CANDIDATES)
        slot, limit = block * stretch, (block + 1) * stretch
        seen, many, inner, asked = -1, 0, 0, slot
        for own in range(block * BLOCK, min(count, (block + 1) * BLOCK)):
            b = bin_of(packed, own, half, width, shape)
            if b != seen:
                many, inner = _gather(b, packed, order, bin_start, shape, edges, periodic, around, names)
                if many > names.size:
                    names, near, around = room_for(2 * many)
                    many, inner = _gather(b, packed, order, bin_start, shape, edges, periodic, around, names)
                seen = b
            _mark(own, packed, around, many, law, near)
            near[inner + own] = 0
            row = order[own]
            asked = max(asked, slot + many + spare)
            start[row] = min(slot, limit)
            if slot + many <= limit:
                slot = keep(many, near, names, listed, slot)
            else:
                slot += near[:many].sum()
            stop[row] = min(slot, limit)
            slot += spare
            room[row] = min(slot, limit)
        needed[block] = asked - block * stretch


@numba.njit(cache=True, error_model="numpy")
def span(x, radius, half, width, n, periodic):
    """First and last bin along one axis within a radius of x; beyond the box where periodic, each bin once."""
    lowest = int(math.floor((x - radius + half) / width))
    highest = int(math.floor((x + radius + half) / width))
    if not periodic:
        return max(lowest, 0), min(highest, n - 1)
    return (lowest, highest) if highest - lowest < n else (0, n - 1)


@numba.njit(cache=True, inline="always")
def _gap2(x, i, axis):
    """Squared distance of x from bin i of an axis (half, width, edge, wrap), the shorter way round [um^2]."""
    half, width, edge, wrap = axis
    middle = nearest(x - ((i + np.float32(0.5)) * width - half), edge, wrap)
    gap = max(abs(middle) - np.float32(0.5) * width, np.float32(0.0))
    return gap * gap


@numba.njit(cache=True)
def search(i, place, bins, half, edges, wrap, periodic, names):
    """Write the members of `bins` that may be within a radius of row i, and some that are not, it among them.

    bins  (order, start, shape, width, strayed, radius, widest): the radius is `radius` + `strayed` of the bin, `widest`
          at most

    Returns how many there are; no more than fit are written. Changes names (room,).
    """
    order, bin_start, shape, width, strayed, radius, widest = bins
    nx, ny, nz = shape[0], shape[1], shape[2]
    px, py, pz = place[i, 0], place[i, 1], place[i, 2]
    x_axis = (half[0], width[0], edges[0], wrap[0])
    y_axis = (half[1], width[1], edges[1], wrap[1])
    z_axis = (half[2], width[2], edges[2], wrap[2])
    x0, x1 = span(px, widest, half[0], width[0], nx, periodic[0])
    y0, y1 = span(py, widest, half[1], width[1], ny, periodic[1])
    z0, z1 = span(pz, widest, half[2], width[2], nz, periodic[2])
    many = 0
    for iz in range(z0, z1 + 1):
        beside_z = _gap2(pz, iz, z_axis)
        for iy in range(y0, y1 + 1):
            beside = beside_z + _gap2(py, iy, y_axis)
            base = (home(iz, nz) * ny + home(iy, ny)) * nx
            after = x0
            while after <= x1:
                ix, after = after, stretch_end(after, x1, nx)
                b = base + home(ix, nx)
                last = b + after - ix - 1
                if bin_start[b] == bin_start[last + 1]:
                    continue
                while b <= last and beside + _gap2(px, ix, x_axis) > (radius + strayed[b]) ** 2:
                    b, ix = b + 1, ix + 1
                ix += last - b
                while b <= last and beside + _gap2(px, ix, x_axis) > (radius + strayed[last]) ** 2:
                    last, ix = last - 1, ix - 1
                first, end = bin_start[b], bin_start[last + 1]
                if many + end - first <= names.size:
                    for k in range(end - first):
                        names[np.uint32(many + k)] = order[np.uint32(first + k)]
                many += end - first
    return many


@numba.njit(cache=True)
def mark(i, x, place, names, many, edges, wrap, law, near, seen):
    """Set near[c] to 1 where candidate names[c] is within the range of row i, both at `x` (n, 3 or 4), else 0.

    In two loops, the first of which gathers, so that the second becomes vector instructions. Changes near (room,) and
    seen (4, room).
    """
    ax, ay, az, ar = seen[0], seen[1], seen[2], seen[3]
    for c in range(many):
        k, j = np.uint32(c), np.uint32(names[c])
        ax[k], ay[k], az[k], ar[k] = x[j, 0], x[j, 1], x[j, 2], place[j, 3]
        near[k] = names[k] != i
    px, py, pz, r = x[i, 0], x[i, 1], x[i, 2], place[i, 3]
    reach, least, skin = law[0], law[1], law[2]
    ex, ey, ez, wx, wy, wz = edges[0], edges[1], edges[2], wrap[0], wrap[1], wrap[2]
    for c in range(many):
        dx, dy, dz = nearest(px - ax[c], ex, wx), nearest(py - ay[c], ey, wy), nearest(pz - az[c], ez, wz)
        far = max(reach * (r + ar[c]), least) + skin
        near[c] &= dx * dx + dy * dy + dz * dz < far * far


@numba.njit(cache=True)
def _strike_out(row, i, start, stop, listed):
    """Take row i from the list of another row, the others keep their order. Changes stop, listed."""
    kept = start[row]
    for k in range(start[row], stop[row]):
        if listed[k] != i:
            listed[kept] = listed[k]
            kept += 1
    stop[row] = kept


@numba.njit(cache=True)
def _apart2(x, i, y, j, edges, wrap):
    """Squared distance of x[i] and y[j], the shorter way round."""
    dx = nearest(x[i, 0] - y[j, 0], edges[0], wrap[0])
    dy = nearest(x[i, 1] - y[j, 1], edges[1], wrap[1])
    dz = nearest(x[i, 2] - y[j, 2], edges[2], wrap[2])
    return dx * dx + dy * dy + dz * dz


@numba.njit(cache=True)
def follow_moved(
    members, place, anchor, built, order, bin_start, wandered, shape, half, width, edges, periodic, wrap, law, start,
    stop, room, listed, drift, largest, before,
):  # fmt: skip
    """List anew each member that has moved half a skin from its anchor, one after the other by row.

    largest   radius of the largest cell [um]
    wandered  (bins,) uint8 how far an anchor in each bin is from where bins were filled, rounded up [um]; before  the
              farthest of them

    Returns how far one of them is from where bins were filled [um], -1 when bins or lists do not suffice. The order in
    the lists does not depend on threads. Changes anchor, wandered, start, stop and listed.
    """
    reach, least, skin = law[0], law[1], law[2]
    names, near, seen = room_for(CANDIDATES)
    farthest, strayed = min(width[0], width[1], width[2]), 0.0
    for m in range(members.size):
        i = members[m]
        if (
            drift[i // BLOCK] <= 0.25 * skin * skin
            or _apart2(place, i, anchor, i, edges, wrap) <= 0.25 * skin * skin
        ):
            continue
        way = math.sqrt(_apart2(place, i, built, i, edges, wrap))
        strayed = max(strayed, way)
        if strayed > farthest:
            return -1.0
        b = bin_of(built, i, half, width, shape)
        wandered[b] = max(wandered[b], math.ceil(way))
        for k in range(start[i], stop[i]):
            _strike_out(listed[k], i, start, stop, listed)
        stop[i] = start[i]
        anchor[i, 0], anchor[i, 1], anchor[i, 2] = place[i, 0], place[i, 1], place[i, 2]
        radius = max(reach * (place[i, 3] + largest), least) + skin
        bins = (order, bin_start, shape, width, wandered, radius, np.float32(radius + max(before, strayed)))
        many = search(i, place, bins, half, edges, wrap, periodic, names)
        if many > names.size:
            names, near, seen = room_for(2 * many)
            many = search(i, place, bins, half, edges, wrap, periodic, names)
        mark(i, anchor, place, names, many, edges, wrap, law, near, seen)
        for c in range(many):
            if not near[c]:
                continue
            j = names[c]
            if stop[i] >= room[i] or stop[j] >= room[j]:
                return -1.0
            listed[stop[i]], listed[stop[j]] = j, i
            stop[i] += 1
            stop[j] += 1
    return strayed
