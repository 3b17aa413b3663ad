"""State: everything that changes while a tissue is simulated, and nothing else."""

from __future__ import annotations

import hashlib
import math
from typing import NamedTuple

import numpy as np

from perforin.engine import motion
from perforin.engine.cells import Cells
from perforin.engine.crowd import Crowd
from perforin.engine.diffusion import Field, share_room
from perforin.engine.grid import BLOCK, Bins, Box, farthest
from perforin.engine.neighbours import Neighbours
from perforin.engine.voxels import VoxelGrid
from perforin.errors import EngineError
from perforin.mechanisms.tissue import columns_of
from perforin.mechanisms.tissue.chemotaxis import NOWHERE
from perforin.mechanisms.tissue.mechanics import ContactTable
from perforin.mechanisms.tissue.passage import OPEN, Ground
from perforin.scenario.plan import T_CELL, TUMOUR, Plan
from perforin.simulation.block import Block
from perforin.simulation.events import EventLog
from perforin.simulation.slab import Slab
from perforin.simulation.stroma import Stroma

SKIN = 2.5  # um a neighbour list reaches beyond the force: longer lists against rarer rebuilds
SPARE = 8  # neighbours a list has room for beyond its own, where T cells push a few cells far
WALK = 5.0  # um the same for the lists of T cells, who walk 2 um in a step of the tissue
GUARD = 1.0  # um a cell may move in one mechanics step
TIDY_EVERY = 10  # phenotype steps between sorting all columns into bin order
COUNTERS = ("arrivals", "kills", "divisions", "necroses", "ageings", "attachments", "guard_hits")


class Flat(NamedTuple):
    """A field that is nowhere steeper than anywhere else."""

    values: np.ndarray
    grid: VoxelGrid


def nothing_to_climb(grid: VoxelGrid) -> Flat:
    """What T cells climb where nothing attracts them."""
    return Flat(np.zeros((1, 1, 1), dtype=np.float32), grid)


class State:
    """The cells, fields and clock of one tissue."""

    def __init__(self, plan: Plan) -> None:
        geometry = plan.geometry
        self.seed = plan.seed
        self.tick = 0
        self.stride = plan.clock.mechanics  # ticks: the step of the tissue
        antigens = len(plan.attack.antigens) if plan.attack else 1
        self.cells = Cells(columns_of(plan.law.attack, antigens, plan.sizes))
        self.box = Box(geometry.box, geometry.periodic, geometry.flat)
        grid = VoxelGrid.of_box(geometry.box, geometry.voxel)
        self.fields = {
            f.name: Field.build(f.name, f.unit, grid, f.diffusion, f.decay, f.start, f.boundary, f.outside)
            for f in plan.fields
        }
        share_room(self.fields.values())
        self.slab = Slab(plan.slab, len(plan.types), grid) if plan.slab is not None else None
        self.block = (
            Block(plan.block, plan.receptors, len(plan.types), geometry.box[0], plan.seed)
            if plan.block is not None
            else None
        )
        self.stroma = Stroma(plan, grid) if plan.stroma is not None else None
        self.counters = dict.fromkeys(COUNTERS, 0)
        self.events = EventLog()
        after_uptake = plan.law.oxygen_reading == "after-uptake"
        self.reading_step = plan.numbers["oxygenation"].reading_step * after_uptake
        self.role = np.array([kind.role for kind in plan.types], dtype=np.uint8)
        self.contact_table = ContactTable(plan.numbers["mechanics"])
        walks, reach = self.role == T_CELL, self.contact_table.reach
        self.neighbours = Neighbours(Bins(self.box), float(reach[~walks][:, ~walks].max()), 0.0, SKIN, SPARE)
        touch = float(plan.numbers["contact"].touch.max()) if plan.attack is not None else 0.0
        least = float(plan.numbers["engagement"].reach.max()) if plan.attack is None else 0.0
        self.crowd = Crowd(self.box, max(float(reach[walks].max(initial=1.0)), touch), least, WALK)
        self.pull = np.empty(
            (0, 3), dtype=np.float32
        )  # of tumour cells on T cells, where the law has it [um/min]
        self.toward = NOWHERE  # where receptors turn each kind of T cell, voxel by voxel
        self.t_cells = np.empty(0, dtype=np.int32)
        self.resting = np.empty(0, dtype=np.int32)
        self.grid = grid  # of all fields
        self.attractant = self.fields[plan.attractant] if plan.attractant else nothing_to_climb(grid)
        self._even = np.ones(0, dtype=np.float32)
        self._drift = np.empty(0, dtype=np.float32)
        self._leap = np.empty(0, dtype=np.float32)
        self._guarded = np.empty(0, dtype=np.int64)

    def __repr__(self) -> str:
        return f"State(tick {self.tick}, {self.cells.count} cells, fields {', '.join(self.fields) or 'none'})"

    @property
    def rooms(self) -> dict[str, Slab | Block | Stroma]:
        """What this tissue has besides cells and fields, by name."""
        rooms = {"slab": self.slab, "block": self.block, "stroma": self.stroma}
        return {name: room for name, room in rooms.items() if room is not None}

    @property
    def even(self) -> np.ndarray:
        """(capacity,) float32 ones: no antigen speeds the cycle of cells that carry it in copies."""
        if self._even.size != self.cells.capacity:
            self._even = np.ones(self.cells.capacity, dtype=np.float32)
        return self._even

    @property
    def pace(self) -> np.ndarray:
        """(capacity,) float32 a factor on the speed of each cell: ones where nothing slows them."""
        return self.cells.pace if "pace" in self.cells.columns else self.even

    @property
    def ground(self) -> Ground:
        """What T cells walk on."""
        return self.stroma.ground if self.stroma is not None else OPEN

    @property
    def matrix(self) -> np.ndarray | None:
        """(nz, ny, nx) float32 the share of each voxel that matrix fills; None without stroma."""
        return self.stroma.filled if self.stroma is not None else None

    def level_at(self, rows: np.ndarray, name: str) -> np.ndarray:
        """(m,) float64: the level of a field at some cells, 0 where the tissue has no such field."""
        if name not in self.fields:
            return np.zeros(rows.size)
        levels = np.empty(self.cells.capacity, dtype=np.float32)
        self.fields[name].sample(self.cells.place, self.cells.count, levels)
        return levels[rows].astype(np.float64)

    def is_role(self, role: int) -> np.ndarray:
        """(n,) bool: cells of a type that plays this role."""
        return self.role[self.cells.type[: self.cells.count]] == role

    @property
    def tumour(self) -> np.ndarray:
        """(m,) int32 rows of the tumour cells, living and dead."""
        return np.flatnonzero(self.is_role(TUMOUR)).astype(np.int32)

    def look(self) -> None:
        """Find out where the tissue of a slab is."""
        if self.slab is not None:
            self.slab.look(self.cells.place[: self.cells.count][~self.is_role(T_CELL)])

    def lie_in(self, edge: float, voxels: int) -> None:
        """Let the box of a block, its lists and its fields have this edge [um], and so many voxels along it."""
        self.box = Box((edge, edge, edge), self.box.periodic, self.box.flat)
        self.neighbours.lie_in(self.box)
        self.crowd.lie_in(self.box)
        before, corner = self.grid.shape, -edge / 2.0
        self.grid = VoxelGrid((voxels, voxels, voxels), edge / voxels, (corner, corner, corner))
        for field in self.fields.values():
            field.lie_on(self.grid)
        if self.grid.shape != before:
            share_room(self.fields.values())
        if self.stroma is not None:
            self.stroma.lie_on(self.grid)
        if isinstance(self.attractant, Flat):
            self.attractant = nothing_to_climb(self.grid)

    def meet(self) -> None:
        """Find out who is near whom: after births, deaths and long ways."""
        self.neighbours.build(self.cells.place, self.cells.id, self.cells.count, self.resting)

    def sort_out(self) -> None:
        """List the T cells, who have steps of their own, and all others, who are stepped with the tissue."""
        walks = self.is_role(T_CELL)
        self.t_cells = np.flatnonzero(walks).astype(np.int32)
        self.resting = np.flatnonzero(~walks).astype(np.int32)
        self.meet()
        self.crowd.roamed = np.inf

    def tidy(self, phenotype: int) -> None:
        """Sort all columns into bin order now and then, list neighbours and T cells."""
        cells = self.cells
        self.sort_out()
        if self.tick % (TIDY_EVERY * phenotype) == 0 and cells.count:
            cells.reorder(np.concatenate([self.neighbours.bins.sorted, self.t_cells]))
            self.sort_out()
        blocks = (cells.count + BLOCK - 1) // BLOCK
        self._drift, self._leap = np.zeros(blocks, dtype=np.float32), np.zeros(blocks, dtype=np.float32)
        self._guarded = np.zeros(blocks, dtype=np.int64)

    def gather(self, pushed: float = 0.0) -> None:
        """Find out who is near each T cell, where that is not known any more.

        pushed  how far others may have gone since the last step of the tissue [um]
        """
        cells, crowd = self.cells, self.crowd
        if crowd.is_stale:
            crowd.gather(cells.place, cells.id, cells.count, self.t_cells, self.neighbours, pushed)

    def note_crawl(self, way: float, guarded: int) -> None:
        """Note what small steps of T cells did: the way of the farthest [um] and how many met the guard."""
        self.counters["guard_hits"] += guarded
        self.crowd.roamed = max(self.crowd.roamed, way)
        if way == np.inf:
            raise self._lost()
        self.neighbours.anchor[self.t_cells] = self.cells.place[
            self.t_cells, :3
        ]  # the others list none of them

    def move(self, dt: float) -> None:
        """Move every cell by its velocity for dt [min], the step before as long; list those anew who went far."""
        cells, near, box = self.cells, self.neighbours, self.box
        motion.move(
            cells.place,
            cells.velocity,
            cells.velocity_before,
            cells.count,
            np.float32(dt),
            np.float32(0.5),
            np.float32(GUARD),
            box.flat,
            box.half,
            near.edges,
            near.periodic,
            box.wrap,
            near.anchor,
            self._drift,
            self._leap,
            self._guarded,
        )
        self.crowd.roamed += min(math.sqrt(self._leap.max(initial=0.0)), GUARD)
        self.counters["guard_hits"] += int(self._guarded.sum())
        far = float(self._drift.max(initial=0.0))
        if far == np.inf:
            raise self._lost()
        stale = far > (SKIN / 2) ** 2
        if stale and not near.follow(cells.place, self.resting, self._drift):
            self.meet()

    def stop_if_lost(self) -> None:
        """Raise EngineError when a place or a radius is not a number any more."""
        if not np.isfinite(self.cells.place[: self.cells.count]).all():
            raise self._lost()

    def _lost(self) -> EngineError:
        """The error that names the first cell that is lost, and what is lost of it."""
        bad = ~np.isfinite(self.cells.place[: self.cells.count])
        rows = np.flatnonzero(bad.any(axis=1))
        if not rows.size:
            return EngineError(f"tick {self.tick}: a cell is not where it can be")
        what = "place" if bad[rows[0], :3].any() else "radius"
        cell = int(self.cells.id[rows[0]])
        return EngineError(f"cell {cell} at tick {self.tick}: its {what} is not a number any more")

    def tumour_radius(self) -> float:
        """Largest distance of a tumour cell from the local origin [um], in the plane for a monolayer."""
        cells, axes = self.cells, 2 if self.box.flat else 3
        return farthest(cells.place, cells.type, self.role, TUMOUR, cells.count, axes)

    def arrays(self) -> tuple[dict[str, np.ndarray], dict[str, int]]:
        """All that the next step reads: (arrays, scalars), for a checkpoint."""
        arrays = {f"cells.{name}": rows.copy() for name, rows in self.cells.items()}
        for name, field in self.fields.items():
            arrays |= {f"fields.{name}.{part}": values.copy() for part, values in field.state().items()}
        for room, of in self.rooms.items():
            arrays |= {f"{room}.{part}": values.copy() for part, values in of.state().items()}
        return arrays, {"tick": self.tick, **self.counters}

    @classmethod
    def restore(cls, plan: Plan, arrays: dict[str, np.ndarray], scalars: dict[str, int]) -> State:
        """The state that `arrays` was taken from."""
        state = cls(plan)
        state.cells.restore({name: arrays[f"cells.{name}"] for name in state.cells.columns})
        if state.block is not None:
            state.lie_in(float(arrays["block.edge"][0]), arrays["fields.oxygen.values"].shape[0])
        for name, field in state.fields.items():
            field.restore({part: arrays[f"fields.{name}.{part}"] for part in field.state()})
        for room, of in state.rooms.items():
            of.restore({part: arrays[f"{room}.{part}"] for part in of.state()})
        state.look()
        state.tick = int(scalars["tick"])
        state.counters = {name: int(scalars[name]) for name in COUNTERS}
        return state

    def hash(self) -> str:
        """SHA-256 over the declared columns in id order, the fields, a slab or block and the integer clocks."""
        digest = hashlib.sha256(f"{self.tick} {self.stride} {sorted(self.counters.items())}".encode())
        cells = self.cells
        ids = cells.id[: cells.count]
        order = np.argsort(ids, kind="stable")
        for name, rows in cells.items():
            if cells.columns[name].reference:
                rows = np.where(rows >= 0, ids[rows], 0).astype(np.uint64)
            digest.update(name.encode() + np.ascontiguousarray(rows[order]).tobytes())
        for name, field in sorted(self.fields.items()):
            digest.update(name.encode() + field.values.tobytes())
        for of in self.rooms.values():
            for name, values in of.state().items():
                digest.update(name.encode() + values.tobytes())
        return digest.hexdigest()
