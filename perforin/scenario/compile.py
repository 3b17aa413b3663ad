"""From a Scenario to a Plan: names become entries, units become canonical, words become arrays."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np

from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue import mechanisms_of
from perforin.quantities import MINUTES_PER_DAY, Numbers, Value, shared_out
from perforin.scenario.block import block_geometry, block_plan, vessel_exchanges, vessel_rate
from perforin.scenario.entries import NO_STROMA, FieldEntry, MechanismEntry, Route, Tumour
from perforin.scenario.hosts import all_founders, host_plans, layers_of_hosts, names_of_hosts
from perforin.scenario.key import plan_hash, run_key
from perforin.scenario.ledger import Ledger
from perforin.scenario.lesion import level_of_fluid, slab_geometry, slab_plan, slowest_exchange
from perforin.scenario.living import exchanges_of, food_first, responses_of, with_foods
from perforin.scenario.obstacles import cleared, supplied
from perforin.scenario.parts import Culture, Description, Dose, Patient
from perforin.scenario.plan import (
    ATTACH_AND_DIE,
    CAR,
    HOST,
    T_CELL,
    TUMOUR,
    CellType,
    ClockPlan,
    DosePlan,
    FieldPlan,
    FounderPlan,
    GeometryPlan,
    LawPlan,
    Plan,
    Published,
    RecordPlan,
    StromaPlan,
    VesselExchange,
)
from perforin.scenario.product import TCellKind, attack_plan, t_cell_kinds
from perforin.scenario.receptors import receptors_of
from perforin.scenario.scenario import Scenario
from perforin.scenario.steadiness import asked_steady, is_steady
from perforin.scenario.units import canonical

TUMOUR_NAME = "tumour"
E = TypeVar("E")
MechanismValues = dict[str, dict[str, Value]]


def compile(scenario: Scenario) -> Plan:
    """The plan of a scenario. Raises LibraryError when an entry it uses is not valid."""
    said, ledger = scenario.description, Ledger()
    tumour, patient = _entry(scenario, "tumours", said.host.tumour, Tumour), said.patient
    given = {dose.car for dose in said.dose}
    cars = [car for car in said.car if car.name in given]
    kinds = t_cell_kinds(cars)
    types = (
        CellType(TUMOUR_NAME, TUMOUR),
        *(CellType(kind.name, T_CELL) for kind in kinds),
        *(CellType(name, HOST) for name in names_of_hosts(tumour)),
    )
    law = _law(said, tumour)
    clock = _clock(said, law.attack)
    geometry = _geometry(said, tumour, ledger)
    numbers = _numbers(scenario, tumour, kinds, mechanisms_of(law.attack, geometry.kind), ledger)
    lesion: dict[str, Any] = {}
    exchanges = ()
    if patient is not None:
        exchanges = vessel_exchanges(scenario, tumour, numbers, ledger)
        lesion["vessel_exchanges"] = exchanges
    if patient is not None and tumour.geometry != "slab":
        lesion["block"] = block_plan(scenario, tumour, numbers, ledger)
    parts = {
        "geometry": geometry,
        "types": types,
        "fields": _fields(scenario, tumour, geometry, clock, numbers, exchanges, ledger),
        "attractant": tumour.attractant or "",
        "antigen": str(cars[0].targets) if cars else tumour.carries or ", ".join(tumour.antigens),
        "attack": attack_plan(scenario, tumour, kinds, numbers, ledger) if law.attack == CAR else None,
        "numbers": numbers,
        "clock": clock,
        "founders": _founders(said, tumour, ledger),
        "doses": _doses(scenario, kinds, clock, ledger),
        "law": law,
        **lesion,
    }
    if law.attack == CAR:
        cells = [tumour.cell, *(kind.cell for kind in kinds), *tumour.infiltrate]
        parts |= _living(scenario, tumour, cells, parts, ledger)
    if receptors := receptors_of(scenario, tumour, kinds, ledger):
        parts["receptors"] = receptors
    if patient is not None and tumour.geometry == "slab":
        parts["slab"] = slab_plan(scenario, tumour, patient, numbers, ledger)
    if tumour.stroma != NO_STROMA:
        parts["stroma"] = _stroma(scenario, tumour, numbers)
    if tumour.infiltrate:
        parts["hosts"] = host_plans(scenario, tumour, len(kinds) + 1, ledger)
    hashed = plan_hash(parts)
    return Plan(
        name=said.name,
        summary=said.summary,
        days=canonical(said.days.value, said.days.unit) / MINUTES_PER_DAY,
        seed=said.seed,
        record=_record(said, clock),
        published=_published(said),
        sources=ledger.sources(),
        resolved=scenario.text(),
        plan_hash=hashed,
        run_key=run_key(hashed, said.seed),
        **parts,
    )


def _entry(scenario: Scenario, kind: str, name: str, model: type[E]) -> E:
    entry = scenario.library.find(kind, name).entry
    if not isinstance(entry, model):
        raise TypeError(f"{kind}/{name} is not a {model.__name__}")
    return entry


def _living(
    scenario: Scenario, tumour: Tumour, cells: list[str], parts: dict[str, Any], ledger: Ledger
) -> dict[str, Any]:
    """Effects of fields and exchange with them, where there are any; the fields in the order that yields ask for."""
    effects = responses_of(scenario, tumour, ledger, scenario.description.without)
    exchanges = with_foods(exchanges_of(scenario, tumour, cells, parts["fields"], ledger))
    found: dict[str, Any] = {"responses": effects} if effects is not None else {}
    if exchanges:
        found |= {"exchanges": exchanges, "fields": food_first(parts["fields"], exchanges)}
    return found


def _clock(said: Description, attack: str) -> ClockPlan:
    numerics = said.numerics
    tick = canonical(numerics.tick.value, numerics.tick.unit)

    def ticks(step: Value) -> int:
        return round(canonical(step.value, step.unit) / tick)

    return ClockPlan(
        tick,
        ticks(numerics.mechanics),
        ticks(numerics.crowded_mechanics),
        ticks(numerics.phenotype),
        ticks(numerics.contact) if attack == CAR else 0,
    )


def _law(said: Description, tumour: Tumour) -> LawPlan:
    law = said.law
    attack = ATTACH_AND_DIE if tumour.carries is not None else CAR
    return LawPlan(
        law.motility, law.search, law.directions, law.dead_exchange, law.oxygen_reading, law.cycle, attack
    )


def _geometry(said: Description, tumour: Tumour, ledger: Ledger) -> GeometryPlan:
    culture, numerics = said.host, said.numerics
    if isinstance(culture, Patient) and tumour.geometry != "slab":
        return block_geometry(said, culture, tumour.geometry, ledger)
    if isinstance(culture, Patient):
        return slab_geometry(said, culture, ledger)
    edge = ledger.use("culture.box", culture.box)
    flat = culture.geometry == "monolayer"
    height = ledger.use("culture.medium.height", culture.medium.height) if culture.medium else edge
    periodic = said.law.walls == "periodic"
    return GeometryPlan(
        kind=culture.geometry,
        box=(edge, edge, height),
        periodic=(periodic, periodic, periodic and not flat),
        voxel=canonical(numerics.voxel.value, numerics.voxel.unit),
        bin=canonical(numerics.bin.value, numerics.bin.unit),
        flat=flat,
    )


def _fields(
    scenario: Scenario,
    tumour: Tumour,
    geometry: GeometryPlan,
    clock: ClockPlan,
    numbers: dict[str, Numbers],
    exchanges: tuple[VesselExchange, ...],
    ledger: Ledger,
) -> tuple[FieldPlan, ...]:
    return tuple(
        _field(scenario, name, geometry, clock, numbers, exchanges, ledger) for name in tumour.fields
    )


def _field(
    scenario: Scenario,
    name: str,
    geometry: GeometryPlan,
    clock: ClockPlan,
    numbers: dict[str, Numbers],
    exchanges: tuple[VesselExchange, ...],
    ledger: Ledger,
) -> FieldPlan:
    said = scenario.description
    entry = _entry(scenario, "fields", name, FieldEntry)
    values = {"diffusion": entry.diffusion, "decay": entry.decay, "start": entry.start}
    if entry.outside is not None:
        values["outside"] = entry.outside
    if geometry.kind == "slab" and entry.fluid is not None:
        values["fluid"] = entry.fluid
    values |= said.host.fields.get(name, {})
    for key, value in values.items():
        ledger.note(f"fields.{name}.{key}", value)
    diffusion, decay = (canonical(values[key].value, values[key].unit) for key in ("diffusion", "decay"))
    levels = {key: entry.level(values[key]) for key in ("start", "outside") if key in values}
    boundary = "top" if geometry.flat and entry.boundary == "fixed" else entry.boundary
    exchange = fluid = 0.0
    if isinstance(said.host, Patient):  # what passes the faces of a block comes in on the other side
        boundary = "closed"
        exchange = vessel_rate(numbers, name, diffusion, exchanges)
    if geometry.kind == "slab":  # the fluid holds its own level, above the tissue and not at a wall
        exchange = slowest_exchange(numbers, diffusion, exchange)
        fluid = level_of_fluid(numbers, entry, values, scenario.library.find("fields", name).file)
    held = {"fixed": geometry.box, "top": (2 * geometry.box[2],), "closed": ()}[boundary]
    phenotype = clock.phenotype * clock.tick
    steady, reason = is_steady(diffusion, decay + exchange, held, phenotype)
    if entry.steady is not None:
        file = scenario.library.find("fields", name).file
        steady, reason = asked_steady(entry.steady, reason, diffusion, decay + exchange, held, file)
    interval = said.numerics.fields.get(name)
    minutes = canonical(interval.value, interval.unit) if interval else phenotype
    field = FieldPlan(
        name=name,
        unit=entry.unit,
        diffusion=diffusion,
        decay=decay,
        start=levels["start"],
        boundary=boundary,
        outside=levels.get("outside", 0.0),
        fluid=fluid,
        steady=steady,
        reason=reason,
        interval=round(minutes / clock.tick),
    )
    return supplied(field, exchanges) if entry.obstacle in said.without else field


def _numbers(
    scenario: Scenario,
    tumour: Tumour,
    kinds: list[TCellKind],
    mechanisms: tuple[Mechanism, ...],
    ledger: Ledger,
) -> dict[str, Numbers]:
    """The parameters of every mechanism at work, one array over the types each.

    A later layer replaces an earlier one: the mechanism's default, the antigens, the cell, the tumour, this scenario.
    """
    said = scenario.description

    def entry(kind: str, name: str) -> MechanismValues:
        return _entry(scenario, kind, name, MechanismEntry).numbers

    relative = [tumour.carries] if tumour.carries is not None else []
    of_tumour = [
        *(entry("antigens", name) for name in relative or tumour.antigens),
        entry("cells", tumour.cell),
        tumour.numbers,
        said.host.numbers,
    ]
    of_cars = [
        [*(entry("antigens", name) for name in relative), entry("cells", kind.cell), kind.car.numbers]
        for kind in kinds
    ]
    of_hosts = layers_of_hosts(scenario, tumour)
    layers = [of_tumour, *of_cars, *of_hosts]
    names = [TUMOUR_NAME, *(kind.name for kind in kinds), *names_of_hosts(tumour)]
    roles = ["tumour", *("T cell" for _ in kinds), *("host" for _ in of_hosts)]
    numbers = {}
    for mechanism in mechanisms:
        if mechanism.needs == "stroma" and tumour.stroma == NO_STROMA:
            continue
        arrays = {}
        if mechanism.wakes:
            asked = mechanism.wakes, mechanism.defaults()[mechanism.wakes]
            if not any(_topmost(layer, mechanism.name, *asked).value > 0.0 for layer in layers):
                continue
        for parameter, default in mechanism.defaults().items():
            values = [
                cleared(
                    mechanism,
                    parameter,
                    _topmost(layer, mechanism.name, parameter, default),
                    role,
                    said.without,
                )
                for layer, role in zip(layers, roles, strict=True)
            ]
            _enter(
                ledger,
                f"{mechanism.name}.{parameter}",
                [(n, v) for n, v, r in zip(names, values, roles, strict=True) if r in mechanism.acts_on],
            )
            arrays[parameter] = np.array([canonical(v.value, v.unit) for v in values])
        numbers[mechanism.name] = Numbers(arrays)
    return numbers


def _enter(ledger: Ledger, place: str, used: list[tuple[str, Value]]) -> None:
    """One row for a number that all kinds of cells share, one for each kind otherwise."""
    if len(used) > 1 and len({(v.value, v.unit, v.source, v.grade) for _, v in used}) == 1:
        ledger.note(place, used[0][1])
        return
    for name, value in used:
        ledger.note(f"{name}.{place}", value)


def _topmost(layers: list[MechanismValues], mechanism: str, parameter: str, default: Value) -> Value:
    value = default
    for layer in layers:
        value = layer.get(mechanism, {}).get(parameter, value)
    return value


def _stroma(scenario: Scenario, tumour: Tumour, numbers: dict[str, Numbers]) -> StromaPlan:
    half, driver = float(numbers["matrix"].drive_half[0]), tumour.stroma_driver or ""
    if driver:
        half = _entry(scenario, "fields", driver, FieldEntry).level(Value(half, "nM", "", "yours"))
    return StromaPlan(tumour.stroma, driver, half)


def _founders(said: Description, tumour: Tumour, ledger: Ledger) -> FounderPlan:
    culture = said.host
    if not isinstance(culture, Culture):
        return FounderPlan(radius=math.inf, cells=0)
    if culture.radius is not None:
        return FounderPlan(radius=ledger.use("culture.radius", culture.radius), cells=0)
    cells = int(ledger.use("culture.cells", culture.cells)) if culture.cells else 0
    cells = all_founders(cells, tumour)
    return FounderPlan(math.inf if cells else 0.0, cells, culture.layout == "scattered")


def _doses(
    scenario: Scenario, kinds: list[TCellKind], clock: ClockPlan, ledger: Ledger
) -> tuple[DosePlan, ...]:
    """Every dose, in order of time; a product of several kinds of cells is given as one dose of each."""
    doses = []
    for i, dose in enumerate(scenario.description.dose):
        route = _entry(scenario, "routes", dose.route, Route)
        key, when = _when(dose)
        tick = round(ledger.use(f"dose[{i}].{key}", when) / clock.tick)
        clearance = 0.0
        if route.clearance is not None:
            clearance = ledger.use(f"routes.{dose.route}.clearance", route.clearance)
        given = [(t, kind) for t, kind in enumerate(kinds, start=1) if kind.car.name == dose.car]
        cells = shared_out(int(ledger.use(f"dose[{i}].cells", dose.cells)), [kind.share for _, kind in given])
        doses += [
            DosePlan(tick, many, t, dose.car, dose.route, clearance)
            for many, (t, _) in zip(cells, given, strict=True)
        ]
    return tuple(sorted(doses, key=lambda dose: (dose.tick, dose.type, dose.cells)))


def _when(dose: Dose) -> tuple[str, Value]:
    if dose.at is not None:
        return "at", dose.at
    if dose.day is None:
        raise TypeError("a dose without a time passed validation")
    return "day", dose.day


def _record(said: Description, clock: ClockPlan) -> RecordPlan:
    def ticks(interval: Value) -> int:
        return round(canonical(interval.value, interval.unit) / clock.tick)

    return RecordPlan(ticks(said.record.series), ticks(said.record.cells), tuple(said.record.fields))


def _published(said: Description) -> tuple[Published, ...]:
    return tuple(_points(said))


def _points(said: Description) -> Iterator[Published]:
    for curve in said.published:
        source = f"{curve.source} ({curve.note})" if curve.note else curve.source
        for day, value in zip(curve.day, curve.value, strict=True):
            yield Published(curve.quantity, canonical(day.value, day.unit) / MINUTES_PER_DAY, value, source)
