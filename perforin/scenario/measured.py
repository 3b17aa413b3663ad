"""Numbers a person wrote: a value with its unit, checked for unit, range and, in a library, for its source."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from perforin.mechanisms.body import MECHANISMS as OF_BODY
from perforin.mechanisms.tissue import MECHANISMS, OF_LESIONS
from perforin.mechanisms.tissue.recognition import LEAST_KD, MOST_KD
from perforin.quantities import GRADES, Value
from perforin.scenario.problems import nearest, shown, wrong
from perforin.scenario.units import OtherDimensionError, UnknownUnitError, convert, nearest_unit

YOURS = "this scenario"
KEYS = ("value", "unit", "source", "grade", "note", "spread")
MOST_CELLS = 1e9
_WRITTEN = re.compile(r"^\s*([-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?inf|[-+]?nan)\s*(.*?)\s*$")


@dataclass(frozen=True)
class Measured:
    """What one number must be: measured in `unit`, between `least` and `most` of that unit.

    Without a unit of its own (`unit` empty) the number may be measured in anything, or in nothing: what holds it
    says what it is measured in. `bare` numbers need no unit, `whole` ones have no fraction, `positive` ones are above
    `least`, `below` ones below `most`.
    """

    unit: str
    least: float = 0.0
    most: float = math.inf
    bare: bool = False
    whole: bool = False
    positive: bool = False
    below: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return self.schema()

    def schema(self) -> CoreSchema:
        """What pydantic runs, and what an editor is told."""
        described = core_schema.any_schema(metadata={"pydantic_js_functions": [self._describe]})
        return core_schema.with_info_before_validator_function(self._check, described)

    def _describe(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        table = {
            "type": "object",
            "properties": {key: {} for key in KEYS}
            | {"unit": {"type": "string", "examples": [self.unit or "1"]}},
            "required": ["value", "unit"],
            "additionalProperties": False,
        }
        forms: list[dict[str, Any]] = [table, {"type": "string", "examples": [f"1 {self.unit}".strip()]}]
        if self.bare:
            forms.append({"type": "integer" if self.whole else "number"})
        return {"oneOf": forms, "$comment": self.expected()}

    def expected(self) -> str:
        """What to write, in words."""
        number = "a whole number" if self.whole else "a number"
        if self.positive:
            bounds = f" above {self.least:g}" + (f", at most {self.most:g}" if self.most < math.inf else "")
        elif self.most < math.inf:
            bounds = f" from {self.least:g} to {'below ' if self.below else ''}{self.most:g}"
        else:
            bounds = f" of at least {self.least:g}" if self.least > -math.inf else ""
        unit = "" if self.unit in ("", "1") else f" ({self.unit})"
        return f"{number}{bounds}{unit}"

    def _check(self, raw: Any, info: core_schema.ValidationInfo) -> Value:
        needs_source = bool((info.context or {}).get("needs_source"))
        value = self._read(raw)
        if needs_source:
            _check_source(value, raw)
        self._check_number(value, raw)
        return value

    def read(self, raw: Any) -> Value:
        """The Value of what was written. Raises PydanticCustomError, which is a ValueError."""
        value = self._read(raw)
        self._check_number(value, raw)
        return value

    def _read(self, raw: Any) -> Value:
        if isinstance(raw, Value):
            return raw
        if isinstance(raw, bool):
            raise wrong(shown(raw), self.expected())
        if isinstance(raw, (int, float)):
            if not self.bare:
                raise wrong(
                    f"{raw} without a unit",
                    f'a number and its unit, like {{ value = {raw}, unit = "{self.unit}" }}',
                )
            return Value(raw, self.unit or "1", YOURS, "yours")
        if isinstance(raw, str):
            written = _WRITTEN.match(raw)
            if not written:
                raise wrong(shown(raw), self.expected())
            number, unit = float(written[1]), written[2]
            if not unit and not self.bare:
                raise wrong(
                    f"{shown(raw)} without a unit", f'a number and its unit, like "{number:g} {self.unit}"'
                )
            return Value(number, unit or self.unit or "1", YOURS, "yours")
        if isinstance(raw, Mapping):
            return self._from_table(raw)
        raise wrong(shown(raw), self.expected())

    def _from_table(self, raw: Mapping[str, Any]) -> Value:
        for key in raw:
            if key not in KEYS:
                raise wrong(f"an unknown key '{key}'", "the keys " + ", ".join(KEYS), nearest(key, KEYS))
        number, unit = raw.get("value"), raw.get("unit", "1" if self.unit in ("", "1") else None)
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise wrong("no value" if number is None else shown(number), "a number under 'value'")
        if not isinstance(unit, str):
            raise wrong("no unit", f"a unit like '{self.unit}' under 'unit'")
        source, note = raw.get("source", ""), raw.get("note", "")
        if not isinstance(source, str) or not isinstance(note, str):
            raise wrong(
                shown(source if not isinstance(source, str) else note), "text under 'source' and 'note'"
            )
        grade = raw.get("grade", "yours")
        if grade not in GRADES:
            raise wrong(f"grade {shown(grade)}", "one of " + ", ".join(GRADES), nearest(str(grade), GRADES))
        spread = raw.get("spread", ())
        if not isinstance(spread, (list, tuple)) or not all(_is_number(s) for s in spread):
            raise wrong(f"spread {shown(spread)}", "a list of finite numbers under 'spread'")
        return Value(number, unit, source or YOURS, grade, note, tuple(float(s) for s in spread))

    def _check_number(self, value: Value, raw: Any) -> None:
        if not math.isfinite(value.value):
            raise wrong(shown(raw), self.expected())
        try:
            number = convert(value.value, value.unit, self.unit or value.unit)
        except UnknownUnitError as error:
            expected = f"a unit like '{self.unit}'"
            raise wrong(f"the unit '{value.unit}'", expected, nearest_unit(value.unit)) from error
        except OtherDimensionError as error:
            raise wrong(f"the unit '{value.unit}'", f"a unit like '{self.unit}'") from error
        low = number <= self.least if self.positive else number < self.least
        high = number >= self.most if self.below else number > self.most
        if low or high or (self.whole and number != int(number)):
            raise wrong(
                shown(raw) if not isinstance(raw, Value) else f"{raw.value:g} {raw.unit}", self.expected()
            )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _check_source(value: Value, raw: Any) -> None:
    """A number of the library carries its evidence."""
    if not isinstance(raw, Mapping) or not raw.get("source"):
        raise wrong("no source", "where the number comes from, under 'source'")
    if not raw.get("grade"):
        raise wrong("no grade", "one of " + ", ".join(GRADES[:-1]))
    if value.grade == "yours":
        raise wrong("grade 'yours'", "one of " + ", ".join(GRADES[:-1]))
    if value.grade == "assumed" and not value.note:
        raise wrong("grade 'assumed' without a note", "the reason for the number under 'note'")


LENGTH = Measured("um", positive=True, most=1e6)
AREA, VOLUME = Measured("um^2", positive=True, most=1e12), Measured("um^3", positive=True, most=1e16)
PERMEABILITY = Measured("um/min")
DIFFUSION, DECAY, LEVEL = Measured("um^2/min", positive=True), Measured("1/min"), Measured("", bare=True)

# A dimensionless number called so lies between 0 and 1; one of these below 1; one of those above 0.
_SHARES = (
    "fraction",
    "bias",
    "proliferates",
    "mortal",
    "product",
    "entry",
    "porosity",
    "alignment",
    "guidance",
    "core",
    "exposure",
    "upheld",
)
_BELOW_ONE = ("entry",)
_ABOVE_ZERO = ("volume", "solid", "half_density", "drive_half", "islet", "onset", "relapse")


def parameter(name: str, unit: str) -> Measured:
    """What a mechanism's parameter must be."""
    share = unit == "1" and any(name.endswith(word) for word in _SHARES)
    return Measured(
        unit,
        most=1.0 if share else math.inf,
        bare=unit == "1",
        positive=name in _ABOVE_ZERO,
        below=name in _BELOW_ONE,
    )


@dataclass(frozen=True)
class MechanismTables:
    """One table per mechanism, one number per parameter, all optional: derived from what mechanisms declare."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        tables = {}
        for mechanism in WITH_NUMBERS:
            tables[mechanism.name] = _table(
                {n: parameter(n, v.unit) for n, v in mechanism.defaults().items()}
            )
        fields = {name: core_schema.typed_dict_field(table, required=False) for name, table in tables.items()}
        return core_schema.typed_dict_schema(fields, extra_behavior="forbid")


@dataclass(frozen=True)
class FieldTable:
    """The numbers of a field that a scenario may change, all optional."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return _table(
            {
                "diffusion": DIFFUSION,
                "decay": DECAY,
                "start": LEVEL,
                "outside": LEVEL,
                "permeability": PERMEABILITY,
                "blood": LEVEL,
                "fluid": LEVEL,
            }
        )


def _table(numbers: Mapping[str, Measured]) -> CoreSchema:
    fields = {n: core_schema.typed_dict_field(m.schema(), required=False) for n, m in numbers.items()}
    return core_schema.typed_dict_schema(fields, extra_behavior="forbid")


WITH_NUMBERS = tuple(m for m in (*MECHANISMS, *OF_LESIONS, *OF_BODY) if m.parameters is not None)
MECHANISM_NAMES = tuple(mechanism.name for mechanism in WITH_NUMBERS)

FieldNumbers = Annotated[dict[str, Value], FieldTable()]
MechanismNumbers = Annotated[dict[str, dict[str, Value]], MechanismTables()]
Area = Annotated[Value, AREA]
Volume = Annotated[Value, VOLUME]
Length = Annotated[Value, LENGTH]
Diffusion = Annotated[Value, DIFFUSION]
Decay = Annotated[Value, DECAY]
Level = Annotated[Value, LEVEL]
Duration = Annotated[Value, Measured("min", positive=True, most=1e8)]
Moment = Annotated[Value, Measured("min", most=1e8)]
Days = Annotated[Value, Measured("day", positive=True, most=1e5, bare=True)]
Day = Annotated[Value, Measured("day", most=1e5, bare=True)]
Share = Annotated[Value, Measured("1", most=1.0, bare=True)]
Copies = Annotated[Value, Measured("copy", most=1e8)]
Spread = Annotated[Value, Measured("1", most=3.0, bare=True)]
Generations = Annotated[Value, Measured("1", positive=True, most=1e6, bare=True)]
Affinity = Annotated[Value, Measured("nM", least=LEAST_KD, most=MOST_KD)]
OnRate = Annotated[Value, Measured("1/(nM*min)", positive=True, most=1e3)]
CellCount = Annotated[Value, Measured("cell", most=MOST_CELLS, bare=True, whole=True)]


def gathered(table: Any) -> Any:
    """A table whose mechanism tables ([growth], [motility] ...) are moved under one key, `numbers`."""
    if not isinstance(table, Mapping) or "numbers" in table:
        return table
    rest = {key: value for key, value in table.items() if key not in MECHANISM_NAMES}
    numbers = {key: value for key, value in table.items() if key in MECHANISM_NAMES}
    return rest | ({"numbers": numbers} if numbers else {})


def flat(schema: dict[str, Any]) -> dict[str, Any]:
    """A JSON Schema in which mechanism tables stand where a file has them, not under `numbers`; `from` is a key."""
    tables = {**schema, "$defs": {name: _opened(table) for name, table in schema.get("$defs", {}).items()}}
    start = {"type": "string", "description": "the name or file of a scenario to start from"}
    any_start = {**tables, "properties": {"from": start, **tables.get("properties", {})}}
    any_start.pop("required", None)  # a scenario that starts from another may leave everything out
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **any_start}


def _opened(table: dict[str, Any]) -> dict[str, Any]:
    properties = dict(table.get("properties", {}))
    numbers = properties.pop("numbers", {})
    return {**table, "properties": properties | numbers.get("properties", {})}
