"""What a library entry of each kind holds: one folder of the catalog, one class here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, core_schema

from perforin.quantities import Value
from perforin.scenario.measured import Decay, Diffusion, Length, Level, MechanismNumbers, gathered
from perforin.scenario.problems import nearest, one_of, shown, wrong
from perforin.scenario.units import convert

OXYGEN = "oxygen"


@dataclass(frozen=True)
class NameOf:
    """The name of something in the library; checked wherever a library is at hand."""

    kind: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_after_validator_function(
            self._check, core_schema.str_schema(metadata={"pydantic_js_functions": [self._describe]})
        )

    def _describe(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "$comment": f"a name in the library, kind {self.kind}"}

    def _check(self, name: str, info: core_schema.ValidationInfo) -> str:
        library = (info.context or {}).get("library")
        if library is not None:
            names = library.names(self.kind)
            if name not in names:
                raise wrong(shown(name), one_of(names), nearest(name, names))
        return name


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


class Antigen(MechanismEntry):
    """A molecule on the surface that a CAR can see."""


class Cell(MechanismEntry):
    """A kind of cell."""


class Tumour(MechanismEntry):
    """A tumour: its cells, what they carry and what they live in."""

    cell: Annotated[str, NameOf("cells")]
    carries: Annotated[str, NameOf("antigens")]
    fields: Annotated[list[Annotated[str, NameOf("fields")]], Field(min_length=1)]
    attractant: Annotated[str, NameOf("fields")]

    @model_validator(mode="after")
    def _check_fields(self) -> Tumour:
        if OXYGEN not in self.fields:
            raise wrong(f"fields {shown(self.fields)}", f"'{OXYGEN}' among them: every cell lives on it")
        if self.attractant not in self.fields:
            raise wrong(f"attractant {shown(self.attractant)}", one_of(self.fields))
        return self


class FieldEntry(Entry):
    """A diffusing substance. `boundary`: the walls are held at `outside`, or nothing passes them."""

    unit: str
    diffusion: Diffusion
    decay: Decay
    start: Level
    boundary: Literal["fixed", "closed"]
    outside: Level | None = None

    @model_validator(mode="after")
    def _check_levels(self) -> FieldEntry:
        if self.boundary == "closed" and self.outside is not None:
            raise wrong("an 'outside'", "none, since boundary = 'closed': nothing passes the walls")
        if self.boundary == "fixed" and self.outside is None:
            raise wrong("no 'outside'", "the level at the walls, since boundary = 'fixed'")
        for key, level in (("start", self.start), ("outside", self.outside)):
            if level is not None and not self.measures(level):
                raise wrong(
                    f"{key} = {level.value:g} {'without a unit' if level.unit == '1' else level.unit}",
                    f"a level measured like the field, in {self.unit}",
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


class Route(Entry):
    """A way in: which geometries it serves and how far from the tumour cells land."""

    geometries: Annotated[list[Literal["organoid", "monolayer"]], Field(min_length=1)]
    clearance: Length
