"""The CAR-T product as the kernels see it: kinds of T cells, the antigens of the tumour, receptors between them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from perforin.mechanisms.tissue import damage, recognition
from perforin.mechanisms.tissue.antigen_panel import DECLARATION as PANEL
from perforin.mechanisms.tissue.antigen_panel import Panel
from perforin.quantities import Numbers, Value
from perforin.scenario.entries import LEVELS, Antigen, AntigenNumbers, Binder, Tumour
from perforin.scenario.ledger import Ledger
from perforin.scenario.obstacles import cleared
from perforin.scenario.parts import Car
from perforin.scenario.plan import AttackPlan
from perforin.scenario.scenario import Scenario


@dataclass(frozen=True)
class TCellKind:
    """One kind of T cell of a product, and its share of every dose."""

    car: Car
    cell: str
    share: float

    @property
    def name(self) -> str:
        """What the run calls it: the car, with the cell behind it where the product mixes several."""
        return self.car.name if len(self.car.cell) == 1 else f"{self.car.name} ({self.cell})"


def t_cell_kinds(cars: list[Car]) -> list[TCellKind]:
    """The kinds of T cells of some cars, in order."""
    return [TCellKind(car, cell, share) for car in cars for cell, share in car.cell.items()]


def attack_plan(
    scenario: Scenario, tumour: Tumour, kinds: list[TCellKind], numbers: dict[str, Numbers], ledger: Ledger
) -> AttackPlan:
    """Panel and receptors of a tumour that states its antigens in copies."""
    names = tuple(tumour.antigens)
    said = scenario.description
    carried = {
        name: _cleared(_merged(tumour.antigens[name], said.host.antigens.get(name)), said.without)
        for name in names
    }
    return AttackPlan(
        antigens=names,
        panel=_panel(tumour, carried, ledger),
        receptors=_receptors(scenario, carried, kinds, numbers, ledger),
        answer_threshold=_answer_threshold(kinds, numbers),
    )


def _merged(base: AntigenNumbers, change: AntigenNumbers | None) -> AntigenNumbers:
    if change is None:
        return base
    return base.model_copy(update=change.numbers() | {"epitopes": base.epitopes | change.epitopes})


def _cleared(carried: AntigenNumbers, without: Sequence[str]) -> AntigenNumbers:
    """An antigen as the cells carry it, or as all of them would without that obstacle."""
    levels = carried.numbers().items()
    return carried.model_copy(
        update={name: cleared(PANEL, name, value, "tumour", without) for name, value in levels}
    )


def _panel(tumour: Tumour, carried: dict[str, AntigenNumbers], ledger: Ledger) -> Panel:
    def column(level: str) -> np.ndarray:
        return np.array([ledger.use(f"antigens.{n}.{level}", a.numbers()[level]) for n, a in carried.items()])

    for pair in tumour.correlation:
        ledger.note(f"correlation.{'-'.join(pair.between)}", pair.value)
    patch = ledger.use("patch", tumour.patch) if tumour.patch is not None else 0.0
    return Panel(**{level: column(level) for level in LEVELS}, correlation=tumour.correlations(), patch=patch)


def _receptors(
    scenario: Scenario,
    carried: dict[str, AntigenNumbers],
    kinds: list[TCellKind],
    numbers: dict[str, Numbers],
    ledger: Ledger,
) -> recognition.Receptors:
    names, many = list(carried), numbers["volume"].target.size
    gates = np.zeros(many, dtype=np.int64)
    antigen = np.full((many, 2), -1, dtype=np.int64)
    kd, on_rate, accessible = np.ones((many, 2)), np.ones((many, 2)), np.zeros((many, 2))
    for t, kind in enumerate(kinds, start=1):
        gates[t] = kind.car.targets.code
        for b, name in enumerate(kind.car.targets.names):
            binder = scenario.library.find("binders", name).entry
            if not isinstance(binder, Binder):
                raise TypeError(f"binders/{name} is not a Binder")
            antigen[t, b] = names.index(binder.antigen)
            kd[t, b] = ledger.use(f"binders.{name}.kd", binder.kd)
            on_rate[t, b] = ledger.use(f"binders.{name}.on_rate", binder.on_rate)
            accessible[t, b] = 1.0
            if binder.epitope is not None:
                shown = _accessible(scenario, carried[binder.antigen], binder)
                path = f"antigens.{binder.antigen}.epitopes.{binder.epitope}.accessible"
                accessible[t, b] = ledger.use(path, shown)
    radius = np.cbrt(3.0 * numbers["volume"].target / (4.0 * math.pi))
    surface = 4.0 * math.pi * radius**2
    return recognition.receptors_of(gates, antigen, kd, on_rate, accessible, numbers["recognition"], surface)


def _accessible(scenario: Scenario, carried: AntigenNumbers, binder: Binder) -> Value:
    """The accessible share of an epitope: as this tumour shows it, or as normal tissue does."""
    entry = scenario.library.find("antigens", binder.antigen).entry
    known = (entry.epitopes if isinstance(entry, Antigen) else {}) | carried.epitopes
    return known[binder.epitope or ""].accessible


def _answer_threshold(kinds: list[TCellKind], numbers: dict[str, Numbers]) -> float:
    """The hit response below which an unbraked contact of 6 h kills with under 5 %: of the best kind of T cell."""
    if not kinds:
        return 0.0
    lethal, best = (
        damage.lethal_rate(numbers["damage"]),
        float(numbers["damage"].hit_rate[1 : len(kinds) + 1].max()),
    )
    return min(lethal / best, 1.0) if best > 0.0 else 1.0  # T cells too weak for any cell see none
