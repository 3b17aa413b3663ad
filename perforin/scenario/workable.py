"""Whether the numbers of a plan can be worked with: steps that are stable, voxels that are fine enough, room for all.

What cannot work is refused before the run, with the number that would.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from perforin.errors import Problem
from perforin.mechanisms.tissue import il2, perfusion
from perforin.mechanisms.tissue.matrix import per_ml
from perforin.mechanisms.tissue.stroma import SEPTA
from perforin.quantities import MINUTES_PER_DAY, MINUTES_PER_HOUR
from perforin.scenario.entries import OXYGEN
from perforin.scenario.estimate import PACKING
from perforin.scenario.lesion import whole_voxel
from perforin.scenario.plan import CAR, T_CELL, FieldPlan, Plan, crossing

NEIGHBOURS = 12  # of a cell in close packing
OVERLAP = (
    0.05  # of the sum of radii, in tissue at rest: 0.047 in a packed tumour of the default law, 0.053 at most
)
ADAMS_BASHFORTH, EULER = 1.0, 2.0  # largest step times rate at which each decays
FLAT_PACKING = math.pi / (2.0 * math.sqrt(3.0))  # share of a floor that touching discs cover
CORNERS = 40  # points along an edge that find the room between a ball and the corners of its box
SPREADS = 4.0  # standard deviations below the mean at which a cycle may last nothing: 3 cells in 100,000
ROUND = 10.0  # um to which an edge is named


def unworkable(plan: Plan, file: str) -> list[Problem]:
    """Everything that cannot work in a plan, each with the number that would."""
    checks = (_steps, _cycles, _voxels, _founders, _doses, _matrix)
    return [Problem(file, *problem) for check in checks for problem in check(plan)]


def longest_step(repulsion: np.ndarray, radius: np.ndarray, limit: float) -> float:
    """The longest step of the mechanics that can be stable [min].

    In close packing at an overlap s of the sum of radii R = r_i + r_j a pair pushes back at k = 2 sqrt(c_i c_j) s / R
    per distance. The fastest mode, neighbours against neighbours, returns at twice the sum over them, 2 (12 / 3) k,
    and a scheme decays it while dt 2 (12 / 3) k is below its limit. Adhesion only lowers k.

    repulsion (m,) [um/min] and radius (m,) [um] of the kinds that meet; limit: ADAMS_BASHFORTH or EULER
    Measured on the lattice at overlaps of 0.05, 0.1 and 0.2: disturbances decay at 1.05, or 0.95 for Euler, times this
    and grow at 1.2.
    """
    stiffest = float((np.sqrt(np.outer(repulsion, repulsion)) / np.add.outer(radius, radius)).max())
    rate = 2.0 * NEIGHBOURS / 3.0 * 2.0 * stiffest * OVERLAP
    return limit / rate if rate > 0.0 else math.inf


def _steps(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Steps of the mechanics that are too long for the stiffness of the cells that take them."""
    clock, repulsion, radius = plan.clock, plan.numbers["mechanics"].repulsion, _radii(plan)
    rests = np.array([kind.role != T_CELL for kind in plan.types])
    asked = [("mechanics", clock.mechanics, clock.contact or clock.phenotype, rests, ADAMS_BASHFORTH)]
    if plan.law.attack == CAR and not rests.all():
        asked.append(("crowded_mechanics", clock.crowded, clock.mechanics, rests | True, EULER))
    elif not rests.all():
        asked.append(("crowded_mechanics", clock.crowded, clock.phenotype, rests | True, ADAMS_BASHFORTH))
    for key, ticks, whole, who, limit in asked:
        longest = longest_step(repulsion[who], radius[who], limit)
        if ticks * clock.tick > longest:
            fit = [n for n in range(1, ticks) if whole % n == 0 and n * clock.tick <= longest]
            step = (
                f"{fit[-1] * clock.tick:g} min" if fit else f"{_below(longest):g} min, with as short a tick"
            )
            why = f"cells that push at {repulsion[who].max():g} um/min are stable below {longest:.3g} min"
            yield f"numerics.{key}", f"{ticks * clock.tick:g} min", f"at most {step}: {why}"


def _cycles(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Cycles that spread so widely that some would last less than nothing: such cells divide at every step."""
    growth, host = plan.numbers["growth"], "patient" if plan.is_sample else "culture"
    if plan.law.cycle != "timed":
        return
    for t, kind in enumerate(plan.types):
        mean, spread = growth.duration[t] / MINUTES_PER_HOUR, growth.duration_spread[t] / MINUTES_PER_HOUR
        if growth.proliferates[t] > 0.0 and SPREADS * spread > mean:
            found = f"{spread:.4g} h about {mean:.4g} h, of {kind.name}"
            expected = f"at most {mean / SPREADS:.4g} h: durations are normal, and none may fall below 0"
            yield f"{host}.growth.duration_spread", found, expected


def length_scale(plan: Plan, field: FieldPlan) -> float:
    """Over what length a field falls where cells are packed, sqrt(D / (decay + uptake)) [um].

    Saturating uptake counts at the highest level the field is held at. What fills (secretion) does not count.
    """
    rate = field.decay + _uptake(plan, field)
    return math.sqrt(field.diffusion / rate) if rate > 0.0 else math.inf


def _uptake(plan: Plan, field: FieldPlan) -> float:
    """Uptake of a volume packed with the kind of cell that takes most [1/min], with that of vessels in a slab."""
    numbers = plan.numbers
    if field.name == il2.FIELD:
        walk = np.array([kind.role == T_CELL for kind in plan.types])
        n = numbers[il2.DECLARATION.name]
        taken = walk * n.receptors * n.on_rate + _exchanged(plan, field)
        return float((taken * PACKING / numbers["volume"].target).max())
    if field.name != OXYGEN:
        return float((_exchanged(plan, field) * PACKING / numbers["volume"].target).max())
    takes, highest = numbers["oxygenation"].uptake * PACKING, max(field.start, field.outside)
    vessels = 0.0
    passing = crossing(plan.vessel_exchanges, field.name)
    if passing is not None:
        vessels = perfusion.exchange_rate(numbers["perfusion"], field.diffusion, passing.permeability)
        highest = max(highest, passing.blood)
    if "respiration" in numbers:
        n = numbers["respiration"]
        takes = takes + n.peak * PACKING / (n.half[0] + highest)
    return float(takes.max()) + vessels


def _exchanged(plan: Plan, field: FieldPlan) -> np.ndarray:
    """(types,) what a cell of each kind clears of a field by its exchange, at the highest level held [um^3/min]."""
    cleared, highest = np.zeros(len(plan.types)), max(field.start, field.outside)
    for exchange in plan.exchanges:
        if exchange.field == field.name:
            cleared += exchange.clearance + exchange.peak.sum(axis=0) / (exchange.half + highest)
    return cleared


def _voxels(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Voxels that are coarser than a field falls."""
    voxel, edge = plan.geometry.voxel, plan.geometry.box[0]
    for field in plan.fields:
        scale = length_scale(plan, field)
        if field.diffusion > 0.0 and voxel > scale:
            fine = _below(scale)
            while plan.is_sample and whole_voxel(edge, fine) > scale:
                fine = _below(0.99 * fine)  # a slab or block is cut into whole voxels
            why = f"{field.name} falls over {scale:.3g} um where cells are packed"
            yield "numerics.voxel", f"{voxel:g} um", f"at most {fine:g} um: {why}"


def _founders(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """A box that is too small for the tumour of day 0."""
    box, founders, r = plan.geometry.box, plan.founders, float(_radii(plan)[0])
    if plan.is_sample:
        return
    if founders.scattered:
        covered = founders.cells * math.pi * r**2
        if covered > FLAT_PACKING * plan.geometry.floor:
            found = f"{box[0]:g} um, a floor of {plan.geometry.floor:g} um^2 for cells that cover {covered:.3g} um^2"
            yield "culture.box", found, f"at least {_edge(math.sqrt(covered / FLAT_PACKING)):g} um"
        return
    radius = _tumour_radius(plan)
    needed = 2.0 * (radius + plan.geometry.voxel)
    if radius and needed > min(box[:2]):
        found = f"{min(box[:2]):g} um for a tumour that is {2 * radius:.0f} um across"
        yield "culture.box", found, f"at least {_edge(needed):g} um: one voxel of room on each side"


def _doses(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """A box that has no room for the T cells that are given at one time."""
    if plan.is_sample:
        return
    radii, edge, most = _radii(plan), plan.geometry.box[0], plan.days * MINUTES_PER_DAY / plan.clock.tick
    for tick in sorted({dose.tick for dose in plan.doses if dose.tick <= most}):
        given = [dose for dose in plan.doses if dose.tick == tick]
        cells = sum(dose.cells for dose in given)
        if plan.geometry.flat:
            taken = _flat_founders(plan) * math.pi * radii[0] ** 2
            needs = sum(dose.cells * math.pi * radii[dose.type] ** 2 for dose in given) / FLAT_PACKING
            free, unit, wide = plan.geometry.floor - taken / FLAT_PACKING, "um^2", 0.0
            smallest = math.sqrt(needs + taken / FLAT_PACKING)
        else:
            clear = _tumour_radius(plan) + max(dose.clearance for dose in given)
            needs = sum(dose.cells * 4.0 / 3.0 * math.pi * radii[dose.type] ** 3 for dose in given) / PACKING
            free, unit, wide = _outside(clear, edge), "um^3", 2.0 * clear
            smallest = (needs + 4.0 / 3.0 * math.pi * clear**3) ** (1.0 / 3.0)
        if needs > free:
            found = f"{edge:g} um, which leaves {max(free, 0.0):.3g} {unit} for {cells} T cells that fill {needs:.3g}"
            yield "culture.box", found, f"at least {_edge(max(smallest, wide)):g} um"


def _matrix(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Matrix of day 0 that is denser than what leaves no pore."""
    if plan.stroma is None:
        return
    n, host = plan.numbers["matrix"], "patient" if plan.is_sample else "culture"
    solid = per_ml(n, "solid")
    of_septa = ("islet_density", "core_density") if plan.stroma.layout == SEPTA else ()
    for name in ("density", *of_septa):
        if per_ml(n, name) > solid:
            expected = f"at most {solid:g} mg/mL, the matrix.solid that leaves no pore"
            yield f"{host}.matrix.{name}", f"{per_ml(n, name):g} mg/mL", expected


def _radii(plan: Plan) -> np.ndarray:
    """(kinds,) radius of a full-grown cell of each kind [um]."""
    return (3.0 * plan.numbers["volume"].target / (4.0 * math.pi)) ** (1.0 / 3.0)


def _flat_founders(plan: Plan) -> float:
    """How many cells a monolayer begins with."""
    if plan.founders.cells or math.isinf(plan.founders.radius):
        return float(plan.founders.cells)
    return FLAT_PACKING * (plan.founders.radius / float(_radii(plan)[0])) ** 2


def _tumour_radius(plan: Plan) -> float:
    """Radius of the tumour of day 0, to the centres of its outermost cells [um]; 0 where there is none."""
    founders, r = plan.founders, float(_radii(plan)[0])
    if founders.scattered:
        return 0.0
    if not founders.cells:
        return founders.radius if math.isfinite(founders.radius) else 0.0
    if plan.geometry.flat:
        return r * (founders.cells / FLAT_PACKING) ** (1.0 / 2.0)
    return r * (founders.cells / PACKING) ** (1.0 / 3.0)


def _outside(radius: float, edge: float) -> float:
    """Volume of a cube that is farther than a radius from its centre [um^3]."""
    if 2.0 * radius <= edge:
        return edge**3 - 4.0 / 3.0 * math.pi * radius**3
    axis = ((np.arange(CORNERS) + 0.5) / CORNERS - 0.5) * edge
    squares = axis[:, None, None] ** 2 + axis[:, None] ** 2 + axis**2
    return edge**3 * float((squares > radius**2).mean())


def _below(value: float) -> float:
    """The largest of 1, 2 and 5 times a power of ten that is not above a value."""
    power = 10.0 ** math.floor(math.log10(value))
    return float(f"{max(step for step in (1.0, 2.0, 5.0) if step * power <= value) * power:.3g}")


def _edge(length: float) -> float:
    """An edge that is named for a length: the next multiple of ten [um]."""
    return ROUND * math.ceil(length / ROUND)
