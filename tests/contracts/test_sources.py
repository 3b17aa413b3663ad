"""Every number of biology says its unit, its source and how far to trust it."""

import math
import tomllib
from pathlib import Path

import pytest

from perforin.mechanisms import body, tissue
from perforin.quantities import GRADES, Value

CATALOG = Path(__file__).resolve().parents[2] / "perforin" / "catalog"
PARAMETERS = [
    (m.name, name, value)
    for m in (*tissue.MECHANISMS, *body.MECHANISMS)
    for name, value in m.defaults().items()
]
ENTRIES = sorted(CATALOG.rglob("*.toml"))
LIBRARY_ENTRIES = [path for path in ENTRIES if path.parent.name != "scenarios"]


def numbers_in(table, where=""):
    """Every table that is a number with its `value`, and every bare number, with its path."""
    if isinstance(table, dict):
        if "value" in table and not isinstance(table["value"], dict):
            yield where, table
        else:
            for key, inner in table.items():
                yield from numbers_in(inner, f"{where}.{key}".strip("."))
    elif isinstance(table, list):
        for position, inner in enumerate(table):
            yield from numbers_in(inner, f"{where}[{position}]")
    elif isinstance(table, int | float) and not isinstance(table, bool):
        yield where, table


def complain(value):
    """What is missing from a number's evidence, in words; empty when nothing is."""
    problems = []
    if not math.isfinite(value.value):
        problems.append("is not finite")
    if not value.unit:
        problems.append("has no unit")
    if not value.source.strip() or (value.source == "assumed" and value.grade != "assumed"):
        problems.append("has no source")
    if value.grade not in GRADES or value.grade == "yours":
        problems.append(f"has the grade '{value.grade}'")
    if value.grade == "assumed" and not value.note.strip():
        problems.append("is assumed without a note")
    return problems


@pytest.mark.parametrize(
    ("mechanism", "name", "value"), PARAMETERS, ids=[f"{m}.{n}" for m, n, _ in PARAMETERS]
)
def test_a_number_of_a_mechanism_has_unit_source_and_grade(mechanism, name, value):
    assert isinstance(value, Value), f"{mechanism}.{name} is a bare number"
    assert not complain(value), f"{mechanism}.{name}: {complain(value)}"


@pytest.mark.parametrize("path", LIBRARY_ENTRIES, ids=lambda p: p.relative_to(CATALOG).as_posix())
def test_a_number_of_the_catalog_has_unit_source_and_grade(path):
    for where, table in numbers_in(tomllib.loads(path.read_text(encoding="utf-8"))):
        assert isinstance(table, dict), f"{path.name}: {where} is a bare number"
        known = {"value", "unit", "source", "grade", "note", "spread"}
        assert set(table) <= known, f"{path.name}: {where} has {set(table) - known}"
        if isinstance(table["value"], int | float):
            value = Value(
                table["value"],
                table.get("unit", ""),
                table.get("source", ""),
                table.get("grade", ""),
                table.get("note", ""),
            )
            assert not complain(value), f"{path.name}: {where} {complain(value)}"


@pytest.mark.parametrize("path", sorted((CATALOG / "tumours").glob("*.toml")), ids=lambda p: p.stem)
def test_a_number_of_a_tumour_has_a_spread_or_is_said_not_to_be_used(path):
    """All of an archetype of patients; of a line in culture those that are assumed: fitted ones carry their fit."""
    entry = tomllib.loads(path.read_text(encoding="utf-8"))
    archetype = "usual_routes" in entry
    for where, table in numbers_in(entry):
        if not isinstance(table["value"], int | float) or not (archetype or table["grade"] == "assumed"):
            continue
        low, high = table.get("spread", (table["value"],) * 2)
        assert low <= table["value"] <= high, f"{path.name}: {where} lies outside its spread"
        assert low < high or "not used" in table["note"], f"{path.name}: {where} has no spread"


@pytest.mark.parametrize("path", ENTRIES, ids=lambda p: p.relative_to(CATALOG).as_posix())
def test_a_catalog_file_is_named_in_lower_case_and_says_what_it_is(path):
    entry = tomllib.loads(path.read_text(encoding="utf-8"))
    assert path.stem == path.stem.lower()
    assert entry.get("name")
    assert entry.get("summary") or entry.get("from")


def test_a_number_without_a_source_would_be_seen():
    assert complain(Value(1.0, "1/min", "", "human")) == ["has no source"]
    assert complain(Value(1.0, "", "x", "human")) == ["has no unit"]
    assert complain(Value(1.0, "1", "x", "assumed")) == ["is assumed without a note"]
