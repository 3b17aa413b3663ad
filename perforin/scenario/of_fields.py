"""Whether what a scenario says of its fields agrees with its tumour, its geometry and the library."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic_core import PydanticCustomError

from perforin.quantities import Value
from perforin.scenario.catalog import Library
from perforin.scenario.entries import LEVELS_OF_FIELD, OXYGEN, FieldEntry
from perforin.scenario.glimpse import BLOCKS
from perforin.scenario.glimpse import entry as entry_of
from perforin.scenario.glimpse import geometry as geometry_of
from perforin.scenario.glimpse import host as host_of
from perforin.scenario.glimpse import tumour as tumour_of
from perforin.scenario.measured import LEVEL
from perforin.scenario.problems import Problem4, nearest, one_of, shown

NO_VESSELS = "none: nothing in a dish has vessels"


def of_fields(document: dict[str, Any], library: Library) -> Iterator[Problem4]:
    """Fields that the tumour has not, and levels of one that it cannot have."""
    tumour = tumour_of(document, library)
    if tumour is None:
        return
    at = host_of(document)[0]
    places = ((at, True), ("numerics", True), ("record", False))
    for place, is_table in places:
        table = document.get(place)
        listed = table.get("fields", {}) if isinstance(table, dict) else {}
        for i, name in enumerate(listed if isinstance(listed, (dict, list)) else ()):
            if name not in tumour.fields:
                key = f"{place}.fields.{name}" if is_table else f"{place}.fields[{i}]"
                yield (
                    key,
                    f"the field {shown(name)}",
                    one_of(tumour.fields),
                    nearest(str(name), tumour.fields),
                )
    changed, useless = host_of(document)[1].get("fields"), _without_use(geometry_of(document, library))
    for name, table in changed.items() if isinstance(changed, dict) else ():
        if name in tumour.fields and isinstance(table, dict):
            for key in sorted(table.keys() & useless.keys()):
                yield f"{at}.fields.{name}.{key}", shown(table[key]), useless[key], ""
            rest = {key: value for key, value in table.items() if key not in useless}
            yield from _levels(f"{at}.fields.{name}", name, rest, library)


def _levels(place: str, name: str, table: dict[str, Any], library: Library) -> Iterator[Problem4]:
    entry = entry_of(library, "fields", name)
    for key in ("permeability", "blood"):
        if key in table and isinstance(entry, FieldEntry) and (entry.permeability is None or name == OXYGEN):
            expected = "none: in the library this field does not pass the walls of vessels"
            if name == OXYGEN:
                expected = f"{key} of [patient.perfusion]: vessels carry oxygen by it"
            yield f"{place}.{key}", shown(table[key]), expected, ""
    for key in LEVELS_OF_FIELD:
        try:
            value = LEVEL.read(table[key]) if key in table else None
        except PydanticCustomError:
            continue
        if value is None or not isinstance(entry, FieldEntry):
            continue
        if key == "outside" and entry.boundary == "closed":
            expected = "no 'outside': nothing passes the walls of this field"
            yield f"{place}.{key}", shown(table[key]), expected, ""
        elif not entry.measures(value):
            expected = f"a level measured like the field, in {entry.unit}"
            yield f"{place}.{key}", shown(table[key]), expected, ""


def _without_use(geometry: str | None) -> dict[str, str]:
    """What of a field a tissue of this geometry has no use for, and why."""
    if geometry is None or geometry == "slab":
        return {}
    no_fluid = {"fluid": "none: only a slab faces a fluid"}
    return no_fluid if geometry in BLOCKS else no_fluid | dict.fromkeys(("blood", "permeability"), NO_VESSELS)


def of_stroma(document: dict[str, Any], library: Library) -> Iterator[Problem4]:
    """A field that is to drive the stroma and is measured in another way."""
    tumour = tumour_of(document, library)
    field = entry_of(library, "fields", tumour.stroma_driver) if tumour is not None else None
    if (
        tumour is not None
        and isinstance(field, FieldEntry)
        and not field.measures(Value(1.0, "nM", "", "yours"))
    ):
        place = f"{host_of(document)[0]}.tumour"
        found = f"{shown(tumour.name)}, whose stroma_driver {field.name} is measured in {field.unit}"
        yield place, found, "a stroma_driver that is measured in nM", ""
