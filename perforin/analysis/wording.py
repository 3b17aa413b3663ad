"""How numbers are said to a reader: counts, changes, moments and spans."""

from __future__ import annotations

import math
from collections.abc import Sequence

MINUS, TIMES, NONE = "\u2212", "\u00d7", "\u2013"
GAP = "\u00a0"  # between number and per cent sign: no line breaks there


def count(number: float) -> str:
    """A whole number with separators: 36718 becomes 36,718."""
    return f"{round(number):,}".replace("-", MINUS) if math.isfinite(number) else NONE


def cells(number: float, kind: str) -> str:
    """A count of cells of a kind: `1 tumour cell`, `991 T cells`."""
    return f"{count(number)} {kind} cell" + ("" if round(number) == 1 else "s")


def listed(parts: Sequence[str]) -> str:
    """Parts in a sentence: `a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def figure(number: float, digits: int = 3) -> str:
    """A measured number to so many significant digits, never in powers of ten between 1e-3 and 1e6."""
    if not math.isfinite(number):
        return NONE
    if number != 0 and not 1e-3 <= abs(number) < 1e6:
        return f"{number:.{digits - 1}e}".replace("-", MINUS)
    places = 0 if number == 0 else max(0, digits - 1 - math.floor(math.log10(abs(number))))
    return f"{number:,.{places}f}".replace("-", MINUS)


def percent(number: float, digits: int = 1) -> str:
    """A percentage with its sign where it falls: -12.34 becomes \u221212.3 %."""
    return f"{number:.{digits}f}{GAP}%".replace("-", MINUS) if math.isfinite(number) else NONE


def share(part: float, whole: float, digits: int = 1) -> str:
    """A part of a whole in percent; what is there but would read 0 is `<0.1 %`."""
    if not whole > 0:
        return NONE
    least = 10.0**-digits
    if 0 < 100 * part / whole < least / 2:
        return f"<{least:.{digits}f}{GAP}%"
    return percent(100 * part / whole, digits)


def fold(number: float) -> str:
    """A ratio: 9.27 becomes 9.3\u00d7."""
    if math.isinf(number):
        return "from zero"
    return f"{number:.1f}{TIMES}" if math.isfinite(number) else NONE


def moment(day: float) -> str:
    """A point in time: `day 10.5`, `day 8`, `hour 6` on the first day."""
    if 0 < day < 1:
        return f"hour {day * 24:.1f}".removesuffix(".0")
    return f"day {day:.1f}".removesuffix(".0")


def span(days: float) -> str:
    """A length of time: `30 days`, `1 day`, `6 hours`, `12 minutes`."""
    if days >= 1.0:
        return _plural(days, "day")
    if days * 24 >= 1.0:
        return _plural(days * 24, "hour")
    return _plural(days * 1440, "minute")


def seconds(wall: float) -> str:
    """How long something took: `8.4 s`, `3 min 12 s`, `1 h 05 min`."""
    if not math.isfinite(wall):
        return NONE
    if wall < 60:
        return f"{wall:.1f} s"
    minutes, rest = divmod(round(wall), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def _plural(number: float, unit: str) -> str:
    text = f"{number:.1f}".removesuffix(".0")
    return f"{text} {unit}" if text == "1" else f"{text} {unit}s"
