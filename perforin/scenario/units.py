"""Units at the border: pint converts what a person wrote into the canonical units of `quantities`.

Counts are kept apart: a cell is not a copy of a receptor and not a molecule. `%ID` is percent of the injected dose.
"""

from __future__ import annotations

import difflib
import functools
import math
from typing import Any

CANONICAL = (
    "1",
    "um",
    "um^2",
    "um^3",
    "min",
    "1/min",
    "um/min",
    "um^2/min",
    "um^3/min",
    "1/um",
    "mmHg",
    "nM",
    "1/(nM*min)",
    "pg/mL",
    "pg",
    "cell",
    "copy",
    "molecule",
    "1/cell",
    "cell/um^2",
    "cell/um^3",
    "molecule/min",
    "molecule/cell/min",
    "pg/cell/min",
    "percent_injected_dose",
    "1/um^2",
    "1/(min*um^3)",
    "mmHg/min",
)
COMMON = (
    "um",
    "mm",
    "cm",
    "um^2",
    "um^3",
    "cm^3",
    "mL",
    "L",
    "s",
    "min",
    "h",
    "day",
    "week",
    "1/min",
    "1/h",
    "1/day",
)
COMMON += (
    "um/min",
    "um^2/min",
    "cm^2/s",
    "mmHg",
    "kPa",
    "nM",
    "uM",
    "pg/mL",
    "cell",
    "copy",
    "molecule",
    "%ID",
)
INJECTED = "%ID"
DIGITS = 14  # conversions are rounded to as many digits, so 1 mm and 1000 um are one number


class UnknownUnitError(ValueError):
    """No unit is called that."""


class OtherDimensionError(ValueError):
    """The unit measures something else."""


@functools.cache
def _registry() -> Any:
    import pint

    registry = pint.UnitRegistry()
    for name in ("cell", "copy", "molecule"):
        registry.define(f"{name} = [{name}_count]")
    registry.define("percent_injected_dose = [injected_dose]")
    return registry


@functools.cache
def _unit(text: str) -> Any:
    """The pint unit of a text, or UnknownUnitError."""
    if not text.strip():
        raise UnknownUnitError("no unit")
    if text.startswith("/") or INJECTED in text:
        return _unit(("1" if text.startswith("/") else "") + text.replace(INJECTED, "percent_injected_dose"))
    try:
        parsed = _registry().parse_expression(text)
        if not hasattr(parsed, "units"):
            parsed = _registry().Quantity(parsed)
        if parsed.magnitude != 1:
            raise UnknownUnitError(f"'{text}' is a number, not a unit")
        return parsed.units
    except UnknownUnitError:
        raise
    except Exception as error:  # pint and the tokenizer raise a dozen kinds, all meaning the same to a user
        raise UnknownUnitError(f"no unit is called '{text}'") from error


@functools.cache
def canonical_unit(unit: str) -> str:
    """The unit a quantity is held in below compile: h -> min, cm^3 -> um^3."""
    if unit in CANONICAL:
        return unit
    wanted = _unit(unit).dimensionality
    for candidate in CANONICAL:
        if _unit(candidate).dimensionality == wanted:
            return candidate
    raise UnknownUnitError(f"no canonical unit for '{unit}'")


def convert(value: float, unit: str, to: str) -> float:
    """A number of one unit in another.

    Raises UnknownUnitError, OtherDimensionError (both ValueErrors).
    """
    if unit == to:
        return float(value)
    factor = _factor(unit, to)
    product = float(value) * factor
    return float(f"{product:.{DIGITS}g}") if math.isfinite(product) else product


@functools.cache
def _factor(unit: str, to: str) -> float:
    source, target = _unit(unit), _unit(to)
    if source.dimensionality != target.dimensionality:
        raise OtherDimensionError(f"'{unit}' does not measure what '{to}' measures")
    try:
        return float(_registry().Quantity(1.0, source).to(target).magnitude)
    except Exception as error:  # an offset unit (degC) has no factor
        raise OtherDimensionError(f"'{unit}' cannot be converted to '{to}'") from error


def canonical(value: float, unit: str) -> float:
    """A number in the canonical unit of its kind."""
    return convert(value, unit, canonical_unit(unit))


def nearest_unit(text: str) -> str:
    """The unit someone may have meant, or nothing."""
    close = difflib.get_close_matches(text, COMMON, 1, 0.5)
    lower = {unit.lower(): unit for unit in reversed(COMMON)}
    return lower.get(text.lower(), close[0] if close else "")
