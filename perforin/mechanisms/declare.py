"""What a mechanism declares about itself, so that no other file needs to know its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from perforin.engine.cells import Column
from perforin.quantities import Value


@dataclass(frozen=True)
class Mechanism:
    """One mechanism: its parameters, the per-cell columns it owns and the events it can write."""

    name: str
    parameters: type | None
    columns: tuple[Column, ...] = ()
    events: tuple[str, ...] = ()
    acts_on: tuple[str, ...] = ("tumour", "T cell")  # whose parameters the law reads
    needs: str = ""  # what of a tumour it needs to be at work: "stroma", or nothing
    attack: str = ""  # the law of attack it belongs to, "car" or "attach-and-die"; empty for both
    geometries: tuple[str, ...] = ()  # where it is at work; empty for everywhere
    obstacle: str = ""  # what it puts in the way of the attack, as a scenario's `without` calls it
    removed: Mapping[str, float] = field(
        default_factory=dict
    )  # the numbers at which that is gone, in their units
    wakes: str = ""  # a parameter: without a kind of cell in which it is above 0 the mechanism is not at work

    def defaults(self) -> dict[str, Value]:
        """Parameter name to its default Value, in declaration order."""
        if self.parameters is None:
            return {}
        return {f.name: getattr(self.parameters(), f.name) for f in fields(self.parameters)}
