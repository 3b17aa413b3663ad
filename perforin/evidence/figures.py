"""Expected numbers of a case, read from `expected.toml` beside it: data with a citation, never code.

[[figure]]
quantity = "width at t = 1"
expected = 9.0
tolerance = 0.005
unit = "cell diameters"
reason = "defines the time unit"
source = "OpenVT"
rule = "within"               optional: within | at least | at most | shown
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from perforin.errors import InputError, Problem
from perforin.evidence.rows import Row

_REQUIRED = ("quantity", "expected", "tolerance", "reason", "source")
_OPTIONAL = ("unit", "rule", "arm")


@dataclass(frozen=True)
class Figures:
    """The expected numbers of one case, by quantity."""

    file: Path
    table: dict[str, dict]

    def row(self, quantity: str, measured: float) -> Row:
        """Lay a measurement beside its expected number."""
        if quantity not in self.table:
            raise InputError([Problem(str(self.file), "quantity", "no such figure", f"'{quantity}'")])
        figure = self.table[quantity]
        return Row(
            quantity,
            float(measured),
            float(figure["expected"]),
            float(figure["tolerance"]),
            f"{figure['reason']} [{figure['source']}]",
            figure.get("unit", "1"),
            figure.get("rule", "within"),
            figure.get("arm", ""),
        )

    def expected(self, quantity: str) -> float:
        """The expected number itself, where a case needs it to compute with."""
        return float(self.table[quantity]["expected"])


def read_figures(case_file: str) -> Figures:
    """Read the `expected.toml` beside a case.py: `read_figures(__file__)`. Raises InputError."""
    file = Path(case_file).parent / "expected.toml"
    figures = tomllib.loads(file.read_text(encoding="utf-8")).get("figure", [])
    problems = [
        Problem(str(file), f"figure[{position}].{key}", "nothing", "required")
        for position, figure in enumerate(figures)
        for key in _REQUIRED
        if key not in figure
    ]
    problems += [
        Problem(
            str(file), f"figure[{position}].{key}", f"'{key}'", "one of " + ", ".join(_REQUIRED + _OPTIONAL)
        )
        for position, figure in enumerate(figures)
        for key in figure
        if key not in _REQUIRED + _OPTIONAL
    ]
    if problems:
        raise InputError(problems)
    return Figures(file, {figure["quantity"]: figure for figure in figures})
