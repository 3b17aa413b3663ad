"""What a run will take, before it starts: cells, memory, disk and time, from the plan alone.

Deliberately generous: killing is left out and growth is doubled. A request that does not fit is refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from perforin.engine.cells import CORE
from perforin.errors import Problem
from perforin.mechanisms.tissue import columns_of
from perforin.quantities import MINUTES_PER_DAY
from perforin.scenario.plan import Plan

PACKING = 0.7  # share of the tumour's volume that is cells: hexagonal packing of Luque 2024
MARGIN = 2.0  # on growth
BALL = 0.62  # radius of the ball that has the volume of a cube, over its edge
STEPS = 200  # of the growth estimate
SHELLS = 40  # radii at which the growth estimate takes oxygen
BASE_MEMORY = 350e6  # Python, NumPy, Numba and compiled kernels
SCRATCH_PER_CELL = 500  # neighbour lists, sorting, snapshots [bytes]
ARRAYS_PER_FIELD = 20  # levels, sources, grids of the solver: float32 voxel arrays
SNAPSHOT_PER_CELL = 45  # compressed [bytes]
EVENT = 40  # compressed row [bytes]
REPORT = 10e6  # report, logs, metadata [bytes]
CPU_PER_CELL_HOUR = 4e-5  # [s]
CPU_PER_VOXEL_SOLVE = 4e-7  # [s]
CORES = 2


@dataclass(frozen=True)
class Estimate:
    """An upper bound with a margin, not a forecast."""

    cells_start: int
    cells_bound: int
    voxels: float
    memory_bytes: float
    disk_bytes: float
    seconds: float

    def __str__(self) -> str:
        return (
            f"at most about {self.cells_bound:,} cells, {_bytes(self.memory_bytes)} of memory, "
            f"{_bytes(self.disk_bytes)} of disk, {self.seconds / 60:.0f} min"
        )


def estimate(plan: Plan) -> Estimate:
    """The bound of a plan."""
    start = _founders(plan)
    likely, tumour = _tumour_cells(plan, start, 1.0), _tumour_cells(plan, start, MARGIN)
    doses = float(
        sum(dose.cells for dose in plan.doses if dose.tick * plan.clock.tick <= plan.days * MINUTES_PER_DAY)
    )
    if plan.slab is not None:
        doses *= plan.slab.entry / plan.slab.weight
    if plan.block is not None:
        doses /= plan.block.weight
    most, mean = float(tumour.max()) + doses, float(likely.mean()) + doses
    voxels = math.prod(math.ceil(edge / plan.geometry.voxel) for edge in plan.geometry.box)
    antigens = len(plan.attack.antigens) if plan.attack else 1
    columns = (*CORE, *columns_of(plan.law.attack, antigens, plan.sizes))
    row = sum(np.dtype(c.dtype).itemsize * c.width for c in columns)
    bins = math.prod(math.ceil(edge / plan.geometry.bin) for edge in plan.geometry.box)
    fields = float(voxels) * len(plan.fields) * 4
    memory = BASE_MEMORY + most * (2 * row + SCRATCH_PER_CELL) + fields * ARRAYS_PER_FIELD + 16.0 * bins
    ticks = plan.days * MINUTES_PER_DAY / plan.clock.tick
    snapshots = 1 + ticks / plan.record.cells
    disk = REPORT + 2 * (most * row + fields) + EVENT * (most + 2 * doses)
    disk += snapshots * (mean * SNAPSHOT_PER_CELL + 4.0 * voxels * len(plan.record.fields))
    solves = sum(ticks / field.interval for field in plan.fields)
    cpu = mean * plan.days * 24 * CPU_PER_CELL_HOUR + solves * voxels * CPU_PER_VOXEL_SOLVE
    return Estimate(round(start), round(most), voxels, memory, disk, cpu / CORES)


def too_large(
    plan: Plan, memory_free: float, disk_free: float = math.inf, side_by_side: int = 1, count: int = 1
) -> list[Problem]:
    """Why a plan does not fit this machine: nothing when it does. Bytes.

    side_by_side  runs that share the memory
    count         runs that share the disk
    """
    needs = estimate(plan)
    what = f"{needs.cells_bound:,} cells and {needs.voxels:,} voxels over {plan.days:g} days"
    smaller = "a smaller box, a larger numerics.voxel, or fewer cells or days take less"
    alone = "; so does --threads 1: one run at a time" if side_by_side > 1 else ""
    rarer = "rarer record.cells, fewer record.fields or fewer days take less"
    fewer = "; so do fewer replicates" if count > 1 else ""
    rows = (
        (
            "memory",
            needs.memory_bytes,
            memory_free,
            side_by_side,
            " side by side",
            "culture.box",
            smaller + alone,
        ),
        ("disk", needs.disk_bytes, disk_free, count, "", "record.cells", rarer + fewer),
    )
    return [
        Problem(
            plan.name,
            key,
            f"up to {_bytes(need * runs)} of {kind}{_each(need, runs, together)} ({what})",
            f"at most the {_bytes(free)} that are free: {hint}",
        )
        for kind, need, free, runs, together, key, hint in rows
        if need * runs > free
    ]


def _each(need: float, runs: int, together: str) -> str:
    return f" for {runs} runs{together}, {_bytes(need)} each" if runs > 1 else ""


def memory_free() -> float:
    """Memory a new process may take [bytes]: what the machine has free, and what its group is allowed."""
    free = math.inf
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free = 1024.0 * next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
        group = Path("/sys/fs/cgroup")
        allowed = (group / "memory.max").read_text(encoding="ascii").strip()
        if allowed != "max":
            used = int((group / "memory.current").read_text(encoding="ascii"))
            free = min(free, float(int(allowed) - used) + _reclaimable(group))
    except (OSError, ValueError, StopIteration, IndexError):
        return free
    return free


def _reclaimable(group: Path) -> float:
    """File cache that the group gives back when memory runs short [bytes]."""
    rows = (line.split() for line in (group / "memory.stat").read_text(encoding="ascii").splitlines())
    return float(sum(int(row[1]) for row in rows if row[0] in ("inactive_file", "active_file")))


def _founders(plan: Plan) -> float:
    if plan.slab is not None:
        return plan.slab.density * plan.geometry.floor * plan.slab.depth
    if plan.block is not None:
        return plan.block.density * plan.block.fraction * math.prod(plan.geometry.box)
    if plan.founders.cells:
        return float(plan.founders.cells)
    radius = _cell_radius(plan)
    if plan.geometry.flat:
        return math.pi * plan.founders.radius**2 / (2 * math.sqrt(3) * radius**2)
    return PACKING * (plan.founders.radius / radius) ** 3


def _cell_radius(plan: Plan) -> float:
    return float((3 * plan.numbers["volume"].target[0] / (4 * math.pi)) ** (1 / 3))


def _tumour_cells(plan: Plan, start: float, margin: float) -> np.ndarray:
    """(STEPS + 1,) tumour cells over the run without killing: growth where oxygen allows, up to a full box."""
    growth, radius = plan.numbers["growth"], _cell_radius(plan)
    x, y, z = plan.geometry.box
    capacity = x * y / (2 * radius**2) if plan.geometry.flat else x * y * z * PACKING / (4.19 * radius**3)
    if plan.block is not None:  # its box grows with it
        capacity = math.inf
    fastest = math.log(2) / max(float(growth.duration[0]), 1e-9) * float(growth.proliferates[0])
    step = plan.days * MINUTES_PER_DAY / STEPS
    cells = np.empty(STEPS + 1)
    cells[0] = start
    for i in range(STEPS):
        rate = min(1.0, margin * _oxygen_share(plan, cells[i])) * fastest
        cells[i + 1] = min(max(capacity, start), cells[i] * math.exp(min(rate * step, 100.0)))
    return cells


def _oxygen_share(plan: Plan, cells: float) -> float:
    """Mean growth over a tumour of that many cells, as a share of the growth at full oxygen.

    Oxygen in a consuming sphere of radius R in a shell of medium held at its outer radius a:

        C(r) = C_s (R / r) sinh(r / L) / sinh(R / L),  L = sqrt(D / (decay + uptake * packing))

    with C_s from equal fluxes at R.
    """
    oxygen = next((field for field in plan.fields if field.name == "oxygen"), None)
    if oxygen is None or plan.geometry.flat or plan.is_sample or cells < 1:
        return 1.0
    numbers = plan.numbers["growth"]
    uptake = float(plan.numbers["oxygenation"].uptake[0])
    depth = math.sqrt(oxygen.diffusion / max(oxygen.decay + uptake * PACKING, 1e-12))
    radius = _cell_radius(plan) * (cells / PACKING) ** (1 / 3)
    outer = max(BALL * min(plan.geometry.box), 1.01 * radius)
    ratio = min(radius / depth, 300.0)
    supply = outer / (outer - radius)
    surface = (
        oxygen.outside * supply / (supply + max(ratio / math.tanh(ratio) - 1.0, 0.0)) if ratio > 0 else 0.0
    )
    r = radius * (np.arange(SHELLS) + 0.5) / SHELLS
    level = surface * (radius / r) * np.exp((r - radius) / depth) * (1 - np.exp(-2 * r / depth))
    level /= 1 - math.exp(-2 * ratio)
    low, high = float(numbers.oxygen_threshold[0]), float(numbers.oxygen_saturation[0])
    growth = np.clip((level - low) / max(high - low, 1e-9), 0.0, 1.0)
    return float(np.average(growth, weights=r**2))


def _bytes(number: float) -> str:
    for unit, size in (("TB", 1e12), ("GB", 1e9)):
        if number >= size:
            return f"{number / size:,.{0 if number >= 1000 * size else 1}f} {unit}"
    return f"{number / 1e6:,.0f} MB"
