"""Which numbers a compilation has used, each once, with where they come from."""

from __future__ import annotations

from dataclasses import dataclass, field

from perforin.quantities import Value
from perforin.scenario.plan import SourceRow
from perforin.scenario.units import canonical


@dataclass
class Ledger:
    """The numbers a compilation has used, each once, with where they come from."""

    rows: dict[str, Value] = field(default_factory=dict)

    def use(self, path: str, value: Value) -> float:
        """A number in its canonical unit, entered in the ledger."""
        self.rows[path] = value
        return canonical(value.value, value.unit)

    def note(self, path: str, value: Value) -> None:
        """A number that keeps its own unit, entered in the ledger."""
        self.rows[path] = value

    def sources(self) -> tuple[SourceRow, ...]:
        """All rows, in order of use."""
        return tuple(SourceRow(path, value) for path, value in self.rows.items())
