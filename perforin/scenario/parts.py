"""The nouns of a scenario, in Python as in TOML: Culture, Patient, Car, Dose, Law, Numerics, Record, Published."""

from __future__ import annotations

import dataclasses
import functools
from typing import Annotated, Any, Literal, TypeVar, dataclass_transform

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as pydantic_dataclass

from perforin.errors import ScenarioError
from perforin.quantities import Value
from perforin.scenario.entries import AntigenNumbers, NameOf
from perforin.scenario.gates import gate
from perforin.scenario.measured import (
    Area,
    CellCount,
    Day,
    Days,
    Duration,
    FieldNumbers,
    Length,
    Measured,
    MechanismNumbers,
    Moment,
    Volume,
)
from perforin.scenario.problems import nearest, one_of, problems_in, shown, wrong

PUBLISHABLE = (
    "tumour_cells",
    "tumour_dead",
    "t_cells",
    "tumour_radius",
    "antigen_mean",
    "antigen_negative",
    "oxygen_mean",
    "oxygen_min",
    "penetration_depth",
)

FieldChanges = Annotated[
    dict[str, FieldNumbers], Field(description="numbers of a field that differ from the library's")
]
AntigenChanges = Annotated[
    dict[str, AntigenNumbers], Field(description="numbers of an antigen that differ from the tumour's")
]

T = TypeVar("T")


@functools.cache
def schema_of(part: Any) -> dict[str, Any]:
    """The JSON Schema of a part."""
    return TypeAdapter(part).json_schema()


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field, Field))
def part(cls: type[T]) -> type[T]:
    """A frozen noun that checks itself and says what is wrong as a ScenarioError."""
    made: Any = pydantic_dataclass(cls, frozen=True, config=ConfigDict(extra="forbid"))
    construct = made.__init__

    @functools.wraps(construct)
    def checked(self: Any, *args: Any, **values: Any) -> None:
        try:
            construct(self, *args, **values)
        except ValidationError as error:
            raise ScenarioError(problems_in(error, f"{cls.__name__}(...)", schema_of(made))) from None

    made.__init__ = checked
    return made


def _measured(name: str) -> str:
    if name not in PUBLISHABLE:
        raise wrong(shown(name), one_of(PUBLISHABLE), nearest(name, PUBLISHABLE))
    return name


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _composition(cell: Any) -> Any:
    """The cells of a product: one name, or names with their shares of the dose."""
    if isinstance(cell, str):
        return {cell: 1.0}
    if not isinstance(cell, dict) or not cell:
        raise wrong(
            shown(cell), 'the name of a cell, or shares like { "car-t-cd8" = 0.6, "car-t-cd4" = 0.4 }'
        )
    for name, share in cell.items():
        if isinstance(share, bool) or not isinstance(share, (int, float)) or not 0 < share <= 1:
            raise wrong(f"{shown(name)} = {shown(share)}", "a share of the dose above 0 and at most 1")
    total = sum(cell.values())
    if abs(total - 1.0) > 1e-6:
        raise wrong(f"shares that make {total:g}", "shares of the dose that make 1")
    return {name: float(share) for name, share in cell.items()}


@part
class Medium:
    """What a monolayer lies under."""

    height: Annotated[Length, Field(description="height of the medium above the well's floor")]


@part
class Culture:
    """A tumour in a dish."""

    tumour: Annotated[str, NameOf("tumours"), Field(description="the tumour, a name in the library")]
    geometry: Annotated[
        Literal["organoid", "monolayer"], Field(description="a sphere in medium, or a culture well")
    ]
    box: Annotated[Length, Field(description="full edge of the simulated box")]
    radius: Annotated[Length | None, Field(description="of the tumour on day 0; or give cells")] = None
    cells: Annotated[CellCount | None, Field(description="tumour cells on day 0; or give radius")] = None
    layout: Annotated[
        Literal["packed", "scattered"],
        Field(description="scattered: plated at random over the floor of a monolayer, as a patch of a well"),
    ] = "packed"
    medium: Annotated[Medium | None, Field(description="height of the medium in a monolayer")] = None
    fields: FieldChanges = dataclasses.field(default_factory=dict)
    antigens: AntigenChanges = dataclasses.field(default_factory=dict)
    numbers: Annotated[
        MechanismNumbers, Field(description="numbers of the tumour cells that differ from the library's")
    ] = dataclasses.field(default_factory=dict)


@part
class Patient:
    """A lesion, and the piece of it that is simulated: a slab that faces a fluid, or a block from within.

    The tumour says which. A slab needs `contact_area` and `depth`, a block has neither.
    """

    tumour: Annotated[str, NameOf("tumours"), Field(description="the tumour, a name in the library")]
    lesion_volume: Annotated[Volume, Field(description="of the whole lesion")]
    edge: Annotated[Length, Field(description="of the square face of a slab, or of a cubic block")]
    contact_area: Annotated[
        Area | None, Field(description="of the lesion with the fluid that bathes it; for a slab")
    ] = None
    depth: Annotated[
        Length | None, Field(description="of a slab on day 0, from the fluid into the lesion")
    ] = None
    fields: FieldChanges = dataclasses.field(default_factory=dict)
    antigens: AntigenChanges = dataclasses.field(default_factory=dict)
    numbers: Annotated[
        MechanismNumbers, Field(description="numbers of tumour and body that differ from the library's")
    ] = dataclasses.field(default_factory=dict)


@part
class Car:
    """A CAR-T cell: what it answers to and which cells carry it."""

    targets: Annotated[
        Any,
        BeforeValidator(gate),
        Field(description="a binder, or two joined by a gate: either, both, a_not_b"),
    ]
    cell: Annotated[
        dict[Annotated[str, NameOf("cells")], float],
        BeforeValidator(_composition),
        Field(description="the T cell that carries it, or several with their shares of the dose"),
    ]
    name: Annotated[str, Field(min_length=1, description="what doses and the report call it")] = "CAR-T"
    receptors: Annotated[
        list[Annotated[str, NameOf("receptors")]],
        Field(description="for chemokines, besides those its cells have by nature"),
    ] = dataclasses.field(default_factory=list)
    numbers: Annotated[
        MechanismNumbers, Field(description="numbers of this T cell that differ from the library's")
    ] = dataclasses.field(default_factory=dict)


def _car_or_name(car: Any) -> Any:
    if isinstance(car, (str, Car)):
        return car
    raise wrong(shown(car), "the name of a car")


@part
class Dose:
    """CAR-T cells given at one time."""

    car: Annotated[Any, BeforeValidator(_car_or_name), Field(description="the name of a car")]
    cells: Annotated[CellCount, Field(description="how many cells")]
    route: Annotated[str, NameOf("routes"), Field(description="the way in, a name in the library")]
    day: Annotated[Day | None, Field(description="when, in days; or give at")] = None
    at: Annotated[Moment | None, Field(description="when, with a unit; or give day")] = None


@part
class Law:
    """Departures of a replication from Perforin's own laws; the first word of each is the default."""

    motility: Annotated[
        Literal["persistent", "impulse"], Field(description="impulse: a step only when the direction changes")
    ] = "persistent"
    search: Annotated[
        Literal["within-reach", "own-bin"],
        Field(description="own-bin: targets in the same mechanics bin only"),
    ] = "within-reach"
    directions: Annotated[
        Literal["isotropic", "pole-biased"], Field(description="pole-biased: both angles uniform")
    ] = "isotropic"
    dead_exchange: Annotated[
        Literal["reduced", "as-alive"],
        Field(description="as-alive: apoptotic cells take up and secrete fully"),
    ] = "reduced"
    oxygen_reading: Annotated[
        Literal["supplied", "after-uptake"],
        Field(description="after-uptake: cells read a voxel depleted for one reading step without supply"),
    ] = "supplied"
    cycle: Annotated[
        Literal["timed", "memoryless"],
        Field(description="memoryless: a cell divides at a constant rate, however long it has cycled"),
    ] = "timed"
    walls: Annotated[
        Literal["closed", "periodic"],
        Field(description="periodic: a cell that leaves comes in on the other side"),
    ] = "closed"


@part
class Numerics:
    """Steps and grids; they trade time for error."""

    tick: Annotated[Duration, Field(description="the smallest step; all others are whole multiples")] = Value(
        0.1, "min", "Perforin", "yours"
    )
    mechanics: Annotated[Duration, Field(description="step of motion of the tissue")] = Value(
        0.5, "min", "Perforin", "yours"
    )
    crowded_mechanics: Annotated[Duration, Field(description="step of motion of T cells")] = Value(
        0.1, "min", "Perforin", "yours"
    )
    contact: Annotated[Duration, Field(description="step of contact, hits and their repair")] = Value(
        1.0, "min", "Perforin", "yours"
    )
    phenotype: Annotated[Duration, Field(description="step of growth, death and recording")] = Value(
        6.0, "min", "Perforin", "yours"
    )
    voxel: Annotated[Length, Field(description="edge of a field voxel")] = Value(
        20.0, "um", "Perforin", "yours"
    )
    bin: Annotated[Length, Field(description="edge of a mechanics bin")] = Value(
        30.0, "um", "Perforin", "yours"
    )
    fields: Annotated[dict[str, Duration], Field(description="time between solves, by field")] = (
        dataclasses.field(default_factory=dict)
    )


@part
class Record:
    """What is written down, and how often."""

    series: Annotated[Duration, Field(description="between rows of the series")] = Value(
        1.0, "h", "Perforin", "yours"
    )
    cells: Annotated[Duration, Field(description="between snapshots of all cells")] = Value(
        1.0, "day", "Perforin", "yours"
    )
    fields: Annotated[list[str], Field(description="fields written with each snapshot")] = dataclasses.field(
        default_factory=list
    )


@part
class Published:
    """A measured curve that the report lays under the simulated one."""

    quantity: Annotated[str, AfterValidator(_measured), Field(description="a column of the series")]
    day: Annotated[list[Day], BeforeValidator(_listed), Field(description="one day or a list")]
    value: Annotated[
        list[Annotated[float, Field(strict=True, allow_inf_nan=False)]],
        BeforeValidator(_listed),
        Field(description="one number per day"),
    ]
    source: Annotated[str, Field(min_length=1, description="where the curve comes from")]
    note: Annotated[str, Field(description="how it was read")] = ""


Seed = Annotated[int, Field(strict=True, ge=0, le=2**63 - 1)]


@part
class Description:
    """A whole scenario, as a file holds it."""

    name: Annotated[str, Field(min_length=1, description="what the run is called")]
    days: Annotated[Days, Field(description="how long")]
    culture: Annotated[Culture | None, Field(description="the tumour in its dish; or give patient")] = None
    patient: Annotated[Patient | None, Field(description="the lesion of a patient; or give culture")] = None
    car: Annotated[list[Car], Field(description="the CAR-T cells")] = dataclasses.field(default_factory=list)
    dose: Annotated[list[Dose], Field(description="what is given when")] = dataclasses.field(
        default_factory=list
    )
    summary: Annotated[str, Field(description="one sentence")] = ""
    seed: Annotated[Seed, Field(description="the luck of this run")] = 1
    law: Annotated[Law, Field(description="departures of a replication")] = dataclasses.field(
        default_factory=Law
    )
    numerics: Annotated[Numerics, Field(description="steps and grids")] = dataclasses.field(
        default_factory=Numerics
    )
    record: Annotated[Record, Field(description="what is written down")] = dataclasses.field(
        default_factory=Record
    )
    published: Annotated[list[Published], Field(description="measured curves")] = dataclasses.field(
        default_factory=list
    )
    without: Annotated[
        list[str], BeforeValidator(_listed), Field(description="obstacles that are taken away, by name")
    ] = dataclasses.field(default_factory=list)
    library: Annotated[
        dict[str, dict[str, dict[str, Any]]], Field(description="entries this scenario carries itself")
    ] = dataclasses.field(default_factory=dict)

    @property
    def host(self) -> Culture | Patient:
        """Where the tumour grows."""
        host = self.culture or self.patient
        if host is None:
            raise TypeError("a scenario without culture and patient passed validation")
        return host


__all__ = [
    "PUBLISHABLE",
    "Car",
    "Culture",
    "Description",
    "Dose",
    "Law",
    "Measured",
    "Medium",
    "Numerics",
    "Patient",
    "Published",
    "Record",
    "part",
    "schema_of",
]
