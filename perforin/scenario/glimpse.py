"""What a document says, as far as it can be read: for checks between parts that may be wrong in themselves."""

from __future__ import annotations

from typing import Any

from pydantic_core import PydanticCustomError

from perforin.errors import LibraryError
from perforin.scenario.catalog import Found, Library
from perforin.scenario.entries import Entry, Tumour
from perforin.scenario.measured import Measured
from perforin.scenario.units import convert

BLOCKS = ("block", "suspension")  # the geometries of a piece from within a lesion


def tables(value: Any) -> list[dict[str, Any]]:
    """An array of tables, with an empty one for what is none."""
    return [item if isinstance(item, dict) else {} for item in value] if isinstance(value, list) else []


def number(raw: Any, kind: Measured) -> float | None:
    """A number in the unit of its kind, if it is one of that kind."""
    if raw is None:
        return None
    try:
        value = kind.read(raw)
        return convert(value.value, value.unit, kind.unit)
    except (PydanticCustomError, ValueError):
        return None


def host(document: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Where the tumour grows: the key of the table, and the table as far as it is one."""
    place = "patient" if "patient" in document else "culture"
    table = document.get(place)
    return place, table if isinstance(table, dict) else {}


def geometry(document: dict[str, Any], library: Library) -> Any:
    """How the simulated piece lies: as the dish says, or the tumour of a patient; None where neither is right."""
    place, table = host(document)
    if place == "culture":
        return table.get("geometry")
    of_it = tumour(document, library)
    return of_it.geometry if of_it is not None else None


def found(library: Library, kind: str, name: Any) -> Found | None:
    """An entry of the library with its file, if there is one and it is valid."""
    try:
        return library.find(kind, name) if isinstance(name, str) else None
    except LibraryError:
        return None


def entry(library: Library, kind: str, name: Any) -> Entry | None:
    """What an entry of the library means, if there is one and it is valid."""
    at = found(library, kind, name)
    return at.entry if at is not None else None


def tumour(document: dict[str, Any], library: Library) -> Tumour | None:
    """The tumour of a document."""
    of_it = entry(library, "tumours", host(document)[1].get("tumour"))
    return of_it if isinstance(of_it, Tumour) else None
