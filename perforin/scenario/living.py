"""Fields and cells together, as the kernels read them: effects of fields on cells, exchange of cells with fields."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from perforin.errors import Problem, ScenarioError
from perforin.mechanisms.tissue.metabolism import WHEN, Exchange, Induced, Yield
from perforin.mechanisms.tissue.recognition import PER_NM
from perforin.mechanisms.tissue.responses import Effect, Responses
from perforin.quantities import Value
from perforin.scenario import rules
from perforin.scenario.entries import OXYGEN, Cell, FieldEntry, Tumour
from perforin.scenario.ledger import Ledger
from perforin.scenario.plan import FieldPlan
from perforin.scenario.scenario import Scenario
from perforin.scenario.units import convert

MOLECULE = "molecule"


def responses_of(
    scenario: Scenario, tumour: Tumour, ledger: Ledger, without: Iterable[str] = ()
) -> Responses | None:
    """The effects of the fields of a tumour, those of obstacles left out in `without` not among them; None for none.

    Lack of oxygen acts only where the tumour says `oxygen_brakes`.
    """
    acting = [name for name in tumour.fields if name != OXYGEN or tumour.oxygen_brakes]
    effects = [effect for name in acting for effect in effects_of(_field(scenario, name), ledger)]
    kept = tuple(effect for effect in effects if effect.obstacle not in set(without))
    return Responses(kept) if kept else None


def _field(scenario: Scenario, name: str) -> FieldEntry:
    entry = scenario.library.find("fields", name).entry
    if not isinstance(entry, FieldEntry):
        raise TypeError(f"fields/{name} is not a FieldEntry")
    return entry


def effects_of(entry: FieldEntry, ledger: Ledger) -> list[Effect]:
    """What a field does to cells, in canonical units and that of the field."""
    effects, name = [], entry.name
    for i, said in enumerate(entry.effect):
        path = f"fields.{name}.effect[{i}]"
        ledger.note(f"{path}.half", said.half)
        memory = ledger.use(f"{path}.memory", said.memory) if said.memory is not None else 0.0
        power = round(ledger.use(f"{path}.power", said.power)) if said.power is not None else 1
        most, half = ledger.use(f"{path}.most", said.most), entry.level(said.half)
        effects.append(Effect(name, said.function, said.way, most, half, power, memory, said.obstacle))
    return effects


def exchanges_of(
    scenario: Scenario, tumour: Tumour, cells: list[str], fields: tuple[FieldPlan, ...], ledger: Ledger
) -> tuple[Exchange, ...]:
    """What cells of each kind exchange with the fields of this tumour; `cells` names the entry of each type.

    An exchange with a field that the tumour has not is left out. Raises ScenarioError with everything that is wrong.
    """
    units = {plan.name: plan.unit for plan in fields}
    drafts = {name: _Draft(name, len(cells)) for name in units}
    problems: list[Problem] = []
    for t, cell in enumerate(cells):
        at = scenario.library.find("cells", cell)
        if not isinstance(at.entry, Cell):
            raise TypeError(f"cells/{cell} is not a Cell")
        for i, said in enumerate(at.entry.exchange):
            others = said.yield_of or said.field, said.induced_by or said.field
            if said.field not in units or not units.keys() >= set(others):
                continue
            place = f"exchange[{i}]"
            wrong = drafts[said.field].add(t, said, units, f"cells.{cell}.{place}", ledger)
            problems += [Problem(at.file, f"{place}.{key}", *rest) for key, *rest in wrong]
    if problems:
        raise ScenarioError(list(dict.fromkeys(problems)))
    return tuple(draft.done() for draft in drafts.values() if draft.said)


def food_first(fields: tuple[FieldPlan, ...], exchanges: tuple[Exchange, ...]) -> tuple[FieldPlan, ...]:
    """The fields in their order, but each after the foods it is made from."""
    foods = {e.field: [made.food for made in e.yields] for e in exchanges}
    ordered: dict[str, FieldPlan] = {}
    by_name = {plan.name: plan for plan in fields}

    def visit(name: str, above: tuple[str, ...]) -> None:
        for food in foods.get(name, ()):
            if food in above:
                found = " from ".join((food, *reversed(above[above.index(food) :])))
                raise ScenarioError([Problem("cells", "exchange.yield_of", found, "no circle of foods")])
            visit(food, (*above, food))
        ordered.setdefault(name, by_name[name])

    for plan in fields:
        visit(plan.name, (plan.name,))
    return tuple(ordered.values())


Wrong = tuple[str, str, str]  # key, found, expected


@dataclass
class _Draft:
    """The exchange of one field, row by row."""

    of: str  # the field
    types: int
    said: set[tuple[int, str, str]] = field(default_factory=set)
    half: float | None = None
    yields: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.peak, self.secretion = (np.zeros((len(WHEN), self.types)) for _ in range(2))
        self.clearance, self.oxygen_half = np.zeros(self.types), np.ones(self.types)
        self.induced, self.induction = np.zeros(self.types), np.ones(self.types)
        self.inducer = ""
        self._lack: dict[int, float] = {}

    def add(
        self, t: int, said: rules.Exchange, units: dict[str, str], path: str, ledger: Ledger
    ) -> list[Wrong]:
        """Enter one exchange of type t; `units` of all fields; returns what is wrong with it."""
        unit = units[self.of]
        what = next(key for key in rules.RATES if getattr(said, key) is not None)
        row = (t, what if said.yield_of is None else said.yield_of, said.when)
        if row in self.said:
            return [(what, f"{what} of {self.of} a second time", "one of each")]
        if self.of == OXYGEN:
            return [("field", "'oxygen'", "another field: oxygen is taken up by respiration or oxygenation")]
        self.said.add(row)
        if said.clearance is not None:
            self.clearance[t] = ledger.use(f"{path}.clearance", said.clearance)
        if said.factor is not None and said.yield_of is not None:
            made = self.yields.setdefault(said.yield_of, np.zeros(self.types))
            made[t] = ledger.use(f"{path}.factor", said.factor)
        kind = WHEN.index(said.when) if said.when in WHEN else 0
        secretion = self.induced if said.induced_by else self.secretion[kind]
        return [
            *self._rate(t, "uptake", said.uptake, self.peak[kind], unit, path, ledger),
            *self._rate(t, "secretion", said.secretion, secretion, unit, path, ledger),
            *self._induction(t, said, units, path, ledger),
            *self._half(said.half, unit, path, ledger),
            *self._hypoxia(t, said.hypoxia, path, ledger),
        ]

    def _rate(
        self, t: int, key: str, value: Value | None, rates: np.ndarray, unit: str, path: str, ledger: Ledger
    ) -> list[Wrong]:
        if value is None:
            return []
        ledger.note(f"{path}.{key}", value)
        try:
            rates[t] = per_cell(value, unit)
        except ValueError:
            return [(key, f"{value.value:g} {value.unit}", f"an amount per time, of a field in {unit}")]
        return []

    def _induction(
        self, t: int, said: rules.Exchange, units: dict[str, str], path: str, ledger: Ledger
    ) -> list[Wrong]:
        if said.induced_by is None or said.induction is None:
            return []
        level, unit = said.induction, units[said.induced_by]
        ledger.note(f"{path}.induction", level)
        if self.inducer not in ("", said.induced_by):
            expected = f"'{self.inducer}', as of the other cells that secrete {self.of}: a field has one"
            return [("induced_by", f"'{said.induced_by}'", expected)]
        self.inducer = said.induced_by
        try:
            self.induction[t] = convert(level.value, level.unit, unit)
        except ValueError:
            expected = f"a level measured like {said.induced_by}, in {unit}"
            return [("induction", f"{level.value:g} {level.unit}", expected)]
        return []

    def _half(self, value: Value | None, unit: str, path: str, ledger: Ledger) -> list[Wrong]:
        if value is None:
            return []
        ledger.note(f"{path}.half", value)
        try:
            half = convert(value.value, value.unit, unit)
        except ValueError:
            return [("half", f"{value.value:g} {value.unit}", f"a level measured like the field, in {unit}")]
        if self.half is not None and half != self.half:
            expected = f"{self.half:g} {unit}, as of the other uptakes of {self.of}: a field has one"
            return [("half", f"{half:g} {unit}", expected)]
        self.half = half
        return []

    def _hypoxia(self, t: int, value: Value | None, path: str, ledger: Ledger) -> list[Wrong]:
        if value is None:
            return []
        half = ledger.use(f"{path}.hypoxia", value)
        if self._lack.setdefault(t, half) != half:
            return [("hypoxia", f"{half:g} mmHg", f"{self._lack[t]:g} mmHg, as of the same cell before")]
        self.oxygen_half[t] = half
        return []

    def done(self) -> Exchange:
        """The exchange."""
        made = tuple(Yield(food, factor) for food, factor in self.yields.items())
        half = self.half or 1.0
        induced = Induced(self.inducer, self.induction, self.induced) if self.inducer else None
        return Exchange(
            self.of, self.peak, half, self.clearance, self.secretion, self.oxygen_half, made, induced
        )


def per_cell(value: Value, unit: str) -> float:
    """An amount per cell and time in the unit of a field [unit um^3/min]. Raises ValueError for anything else."""
    if MOLECULE in value.unit:
        return convert(convert(value.value, value.unit, f"{MOLECULE}/min") / PER_NM, "nM", unit)
    return convert(value.value, value.unit, f"({unit})*um^3/min")


def with_foods(exchanges: tuple[Exchange, ...]) -> tuple[Exchange, ...]:
    """The exchanges, without yields of foods that nothing takes."""
    eaten = {e.field for e in exchanges}
    return tuple(replace(e, yields=tuple(made for made in e.yields if made.food in eaten)) for e in exchanges)
