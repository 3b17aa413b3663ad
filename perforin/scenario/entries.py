"""What a library entry of each kind holds: one folder of the catalog, one class here."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from perforin.mechanisms.tissue.antigen_panel import MOST_ANTIGENS
from perforin.quantities import Value
from perforin.scenario.measured import (
    Affinity,
    Copies,
    Decay,
    Diffusion,
    Duration,
    Generations,
    Length,
    Level,
    Measured,
    MechanismNumbers,
    OnRate,
    Share,
    Spread,
    gathered,
)
from perforin.scenario.named import NameOf
from perforin.scenario.problems import nearest, one_of, shown, wrong
from perforin.scenario.rules import Effect, Exchange
from perforin.scenario.units import convert

OXYGEN = "oxygen"
NO_STROMA = "none"
LEVEL_ABOVE_ZERO = Measured("", positive=True, bare=True)


class Entry(BaseModel):
    """What every entry has: a name, which is its file name in lower case, and one sentence."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1)]
    summary: Annotated[str, Field(min_length=1)]


class MechanismEntry(Entry):
    """An entry that may set parameters of mechanisms, one table each."""

    numbers: MechanismNumbers = {}

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, table: Any) -> Any:
        return gathered(table)


class Epitope(BaseModel):
    """A site on an antigen that not every copy shows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    accessible: Annotated[Share, Field(description="share of the copies that show it")]


class Antigen(MechanismEntry):
    """A molecule on the surface that a CAR can see. `epitopes`: as normal tissue shows them."""

    epitopes: dict[str, Epitope] = {}


class Binder(Entry):
    """What a CAR binds with: its antigen, the epitope it needs there, and how tightly it holds."""

    antigen: Annotated[str, NameOf("antigens"), Field(description="what it binds, a name in the library")]
    epitope: str | None = None
    kd: Annotated[Affinity, Field(description="dissociation constant")]
    on_rate: Annotated[OnRate, Field(description="association rate")]


class Receptor(Entry):
    """A receptor of T cells for a chemokine: it turns their walk, and calls them in at the wall of a vessel."""

    field: Annotated[str, NameOf("fields"), Field(description="the chemokine, a field in the library")]
    half: Annotated[Value, LEVEL_ABOVE_ZERO, Field(description="level that fills half of it")]
    most: Annotated[
        Value,
        Measured("1", least=0.0, most=1e3, bare=True),
        Field(description="times as many called in at the wall of a vessel, when it is full"),
    ]
    bias: Annotated[
        Value,
        Measured("1", least=-1.0, most=1.0, bare=True),
        Field(description="of the walk up the steepest gradient; negative, T cells turn away"),
    ]
    steepness: Annotated[
        Value,
        Measured("1/um", positive=True),
        Field(description="gradient of the filled share that gives half the bias"),
    ]
    obstacle: Annotated[
        str,
        Field(
            description="what it stands for in the way of the attack; without it, no cell has the receptor"
        ),
    ] = ""


class Cell(MechanismEntry):
    """A kind of cell.

    settles   where it lies in a tumour that it infiltrates
    receptors what a T cell has by nature for chemokines, names in the library
    exchange  what it exchanges with fields, of which only those that a tumour has are at work
    """

    settles: Literal["anywhere", "stroma"] = "anywhere"
    receptors: list[Annotated[str, NameOf("receptors")]] = []
    exchange: list[Exchange] = []


class AntigenNumbers(BaseModel):
    """How much of an antigen the cells of a tumour carry; what is left out stays as it was."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    positive_fraction: Annotated[Share | None, Field(description="share of the cells that carry it")] = None
    median: Annotated[Copies | None, Field(description="copies on a positive cell, median")] = None
    spread: Annotated[Spread | None, Field(description="log-normal spread, as SD of log10 copies")] = None
    negative: Annotated[Copies | None, Field(description="copies on a negative cell")] = None
    drift: Annotated[Generations | None, Field(description="generations until a line forgets its level")] = (
        None
    )
    recovery: Annotated[
        Duration | None, Field(description="half-life of return to the level of the cell")
    ] = None
    epitopes: dict[str, Epitope] = {}

    def numbers(self) -> dict[str, Value]:
        """The numbers that were given, by name."""
        return {name: value for name in LEVELS if (value := getattr(self, name)) is not None}


LEVELS_OF_FIELD = ("start", "outside", "blood", "fluid")
LEVELS = ("positive_fraction", "median", "spread", "negative", "drift", "recovery")


class Correlation(BaseModel):
    """How two antigens go together over the cells of a tumour."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    between: Annotated[list[str], Field(min_length=2, max_length=2)]
    value: Annotated[Value, Measured("1", least=-1.0, most=1.0, bare=True)]


class Tumour(MechanismEntry):
    """A tumour: its cells, what they carry and what they live in.

    Either `carries`, the one antigen of a published model in relative levels, or `antigens` in copies per cell.
    `geometry` is how a piece of it lies in a patient; a dish says its own.
    """

    cell: Annotated[str, NameOf("cells")]
    geometry: Literal["slab", "block", "suspension"] = "slab"
    cell_fraction: Annotated[
        Share | None, Field(description="share of a block's places that tumour cells hold")
    ] = None
    carries: Annotated[str, NameOf("antigens")] | None = None
    antigens: dict[Annotated[str, NameOf("antigens")], AntigenNumbers] = {}
    correlation: list[Correlation] = []
    patch: Annotated[Value, Measured("um", most=1e4)] | None = None
    fields: Annotated[list[Annotated[str, NameOf("fields")]], Field(min_length=1)]
    attractant: Annotated[str, NameOf("fields")] | None = None
    infiltrate: Annotated[
        dict[Annotated[str, NameOf("cells")], Share],
        Field(description="cells of the host in it, each with its share of all founder cells"),
    ] = {}
    stroma: Annotated[
        Literal["none", "uniform", "septa"],
        Field(description="how its matrix lies on day 0; its numbers are in [matrix]"),
    ] = NO_STROMA
    stroma_driver: Annotated[
        Annotated[str, NameOf("fields")] | None,
        Field(description="the field that makes cells lay down more matrix"),
    ] = None
    usual_routes: list[Annotated[str, NameOf("routes")]] = []
    oxygen_brakes: Annotated[
        bool,
        Field(strict=True, description="whether lack of oxygen brakes T cells, by the effects of that field"),
    ] = False

    @model_validator(mode="after")
    def _check_fields(self) -> Tumour:
        if OXYGEN not in self.fields:
            raise wrong(f"fields {shown(self.fields)}", f"'{OXYGEN}' among them: every cell lives on it")
        if self.attractant is not None and self.attractant not in self.fields:
            raise wrong(f"attractant {shown(self.attractant)}", one_of(self.fields))
        return self

    @model_validator(mode="after")
    def _check_antigens(self) -> Tumour:
        if (self.carries is None) == (not self.antigens):
            found = "neither carries nor antigens" if self.carries is None else "both carries and antigens"
            raise wrong(found, "one of them: what the cells carry, in relative levels or in copies")
        if len(self.antigens) > MOST_ANTIGENS:
            raise wrong(f"{len(self.antigens)} antigens", f"at most {MOST_ANTIGENS}")
        for name, antigen in self.antigens.items():
            missing = [level for level in LEVELS if getattr(antigen, level) is None]
            if missing:
                raise wrong(f"antigens.{name} without {', '.join(missing)}", f"all of {', '.join(LEVELS)}")
        self.correlations()
        return self

    @model_validator(mode="after")
    def _check_stroma(self) -> Tumour:
        if self.stroma != NO_STROMA and self.carries is not None:
            expected = "'none': matrix is of the attack on a tumour that states its antigens in copies"
            raise wrong(shown(self.stroma), expected, key="stroma")
        if self.stroma_driver is not None and self.stroma_driver not in self.fields:
            expected, hint = one_of(self.fields), nearest(self.stroma_driver, self.fields)
            raise wrong(shown(self.stroma_driver), expected, hint, key="stroma_driver")
        return self

    @model_validator(mode="after")
    def _check_infiltrate(self) -> Tumour:
        total = self.infiltrated
        if total >= 1.0:
            found = f"shares that make {total:g}"
            raise wrong(found, "shares that make less than 1: the rest is tumour", key="infiltrate")
        if self.infiltrate and self.carries is not None:
            expected = "none: they are of the attack on a tumour that states its antigens in copies"
            raise wrong("cells of the host", expected, key="infiltrate")
        return self

    @property
    def infiltrated(self) -> float:
        """The share of all founder cells that belongs to the host."""
        return sum(convert(share.value, share.unit, "1") for share in self.infiltrate.values())

    def correlations(self) -> np.ndarray:
        """(k, k) correlation of the antigens, in their order. Raises for one that no cells can have."""
        names = list(self.antigens)
        matrix, said = np.eye(len(names)), []
        for i, pair in enumerate(self.correlation):
            key = f"correlation[{i}].between"
            for name in pair.between:
                if name not in names:
                    raise wrong(shown(name), one_of(names), nearest(name, names), key)
            a, b = (names.index(name) for name in pair.between)
            if a == b:
                raise wrong(f"{shown(names[a])} with itself", "two different antigens", key=key)
            if {a, b} in said:
                raise wrong(f"{names[a]} and {names[b]} a second time", "each pair once", key=key)
            said.append({a, b})
            matrix[a, b] = matrix[b, a] = pair.value.value
        least = float(np.linalg.eigvalsh(matrix).min()) if names else 0.0
        if least < -1e-9:
            raise wrong(
                f"values that contradict each other (least eigenvalue {least:.2g})",
                "a valid correlation matrix: weaken one, or change its sign",
                key="correlation",
            )
        return matrix


class FieldEntry(Entry):
    """A diffusing substance. `boundary`: the walls are held at `outside`, or nothing passes them."""

    unit: str
    diffusion: Diffusion
    decay: Decay
    start: Level
    boundary: Literal["fixed", "closed"]
    outside: Level | None = None
    permeability: (
        Annotated[Value, Measured("um/min"), Field(description="of the wall of a vessel to it")] | None
    ) = None
    blood: Annotated[Level, Field(description="level in blood")] | None = None
    fluid: Annotated[Level, Field(description="level in the fluid that a slab faces")] | None = None
    obstacle: Annotated[
        str,
        Field(description="what its lack or its want is called; without it, held at the level of its supply"),
    ] = ""
    steady: Annotated[
        bool | None,
        Field(strict=True, description="quasi-steady or followed in time; left out: as it relaxes"),
    ] = None
    effect: list[Effect] = []

    @model_validator(mode="after")
    def _check_levels(self) -> FieldEntry:
        if self.boundary == "closed" and self.outside is not None:
            raise wrong("an 'outside'", "none, since boundary = 'closed': nothing passes the walls")
        if self.boundary == "fixed" and self.outside is None:
            raise wrong("no 'outside'", "the level at the walls, since boundary = 'fixed'")
        if (self.permeability is None) != (self.blood is None):
            found = "a level in blood" if self.permeability is None else "a permeability"
            raise wrong(
                f"{found} alone", "both permeability and blood, or neither: it passes vessels, or it does not"
            )
        for key in LEVELS_OF_FIELD:
            level = getattr(self, key)
            if level is not None and not self.measures(level):
                raise wrong(
                    f"{key} = {level.value:g} {'without a unit' if level.unit == '1' else level.unit}",
                    f"a level measured like the field, in {self.unit}",
                )
        for i, effect in enumerate(self.effect):
            if not self.measures(effect.half):
                found = f"{effect.half.value:g} {effect.half.unit}"
                raise wrong(
                    found, f"a level measured like the field, in {self.unit}", key=f"effect[{i}].half"
                )
        return self

    def measures(self, value: Value) -> bool:
        """Whether a level is measured in the unit of the field, or one like it."""
        try:
            self.level(value)
        except ValueError:
            return False
        return True

    def level(self, value: Value) -> float:
        """A start or outside level in the unit of the field."""
        return convert(value.value, value.unit, self.unit)


class Route(MechanismEntry):
    """A way in: which geometries it serves, and how far from the tumour cells land in a medium.

    A route into a fluid of the body has no clearance and the numbers of that fluid, [csf].
    """

    geometries: Annotated[
        list[Literal["organoid", "monolayer", "slab", "block", "suspension"]], Field(min_length=1)
    ]
    clearance: Length | None = None

    @model_validator(mode="after")
    def _check_way(self) -> Route:
        in_a_dish = {"slab", "block", "suspension"}.isdisjoint(self.geometries)
        if in_a_dish == (self.clearance is None):
            found = "a clearance" if self.clearance is not None else "no clearance"
            raise wrong(
                found, "a clearance from the tumour into a medium, and none into a piece of a patient"
            )
        return self
