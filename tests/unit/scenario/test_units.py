"""Units: pint converts at the border, and counts of different things are kept apart."""

import pytest

from perforin.scenario.units import (
    OtherDimensionError,
    UnknownUnitError,
    canonical,
    canonical_unit,
    convert,
    nearest_unit,
)


@pytest.mark.parametrize(
    ("value", "unit", "expected", "canonical_name"),
    [
        (38.6, "h", 2316.0, "min"),
        (60, "day", 86400.0, "min"),
        (0.05, "1/h", 0.05 / 60, "1/min"),
        (1, "mm", 1000.0, "um"),
        (12, "cm^3", 1.2e13, "um^3"),
        (1, "mL", 1e12, "um^3"),
        (2e-5, "cm^2/s", 1.2e5, "um^2/min"),
        (5.0661, "kPa", 37.9988, "mmHg"),
        (1, "uM", 1000.0, "nM"),
        (1, "ng/mL", 1000.0, "pg/mL"),
        (3, "cell", 3.0, "cell"),
        (5, "%ID", 5.0, "percent_injected_dose"),
        (2, "1", 2.0, "1"),
        (2, "/min", 2.0, "1/min"),
    ],
)  # fmt: skip
def test_numbers_become_canonical(value, unit, expected, canonical_name):
    assert canonical_unit(unit) == canonical_name
    assert canonical(value, unit) == pytest.approx(expected, rel=1e-4 if unit == "kPa" else 1e-11)


def test_mmhg_and_kilopascal_agree_with_the_definition():
    assert convert(1, "mmHg", "kPa") == pytest.approx(0.133322387415, rel=1e-9)


@pytest.mark.parametrize(
    ("one", "other"), [("cell", "copy"), ("copy", "molecule"), ("cell", "1"), ("molecule", "nM")]
)
def test_counts_are_kept_apart(one, other):
    with pytest.raises(OtherDimensionError):
        convert(1, one, other)


@pytest.mark.parametrize(
    "unit", ["umm", "", " ", "fathoms per", "3 um", "um um um(", "__import__('os')", "[", "1/0"]
)
def test_an_unknown_unit_is_a_value_error(unit):
    with pytest.raises(UnknownUnitError):
        convert(1, unit, "um")
    assert issubclass(UnknownUnitError, ValueError)


def test_a_unit_of_something_else_is_a_value_error():
    with pytest.raises(OtherDimensionError):
        convert(1, "h", "um")
    assert issubclass(OtherDimensionError, ValueError)


@pytest.mark.parametrize(("typed", "meant"), [("UM", "um"), ("hr", "h"), ("mmhg", "mmHg"), ("dy", "day")])
def test_the_nearest_unit_is_suggested(typed, meant):
    assert nearest_unit(typed) == meant
