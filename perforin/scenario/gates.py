"""What a CAR-T cell answers to: one binder, or two joined by a gate.

    "IL13RA2"                                        one binder
    { either = ["EGFR-806", "IL13RA2"] }             two CARs in one cell: one antigen is enough
    { both = ["A", "B"] }                            full signal needs both
    { a_not_b = { a = "A", b = "B" } }               A, unless B is there too

A name is that of a binder in the library; where a tumour carries a relative antigen level (published models), it is
that of the antigen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from perforin.mechanisms.tissue.recognition import A_NOT_B, BOTH, EITHER, SINGLE
from perforin.scenario.problems import nearest, one_of, shown, wrong

LISTED = {"either": EITHER, "both": BOTH}
KINDS = (*LISTED, "a_not_b")


@dataclass(frozen=True)
class Gate:
    """A gate and the names it joins, in their order."""

    kind: str  # "single" | "either" | "both" | "a_not_b"
    names: tuple[str, ...]

    @property
    def code(self) -> int:
        """What the kernels call it."""
        return {"single": SINGLE, "a_not_b": A_NOT_B, **LISTED}[self.kind]

    def written(self) -> str | dict[str, Any]:
        """As a scenario file holds it."""
        if self.kind == "single":
            return self.names[0]
        if self.kind == "a_not_b":
            return {"a_not_b": {"a": self.names[0], "b": self.names[1]}}
        return {self.kind: list(self.names)}

    def __str__(self) -> str:
        if self.kind == "single":
            return self.names[0]
        word = {"either": " or ", "both": " and ", "a_not_b": ", not "}[self.kind]
        return word.join(self.names)


def either(a: str, b: str) -> Gate:
    """Two CARs in one cell: either antigen is enough, and their signals add."""
    return gate({"either": [a, b]})


def both(a: str, b: str) -> Gate:
    """Full signal needs both antigens: the geometric mean of the two signals."""
    return gate({"both": [a, b]})


def a_not_b(a: str, b: str) -> Gate:
    """Answers to `a`; `b` on the same cell blocks it."""
    return gate({"a_not_b": {"a": a, "b": b}})


def gate(written: Any) -> Gate:
    """The gate of what was written. Raises PydanticCustomError, which is a ValueError."""
    if isinstance(written, Gate):
        return written
    if isinstance(written, str):
        return Gate("single", (written,))
    expected = 'the name of a binder, or a gate like { either = ["A", "B"] }'
    if not isinstance(written, Mapping) or len(written) != 1:
        raise wrong(shown(written), expected)
    kind, names = next(iter(written.items()))
    if kind == "if_then":
        raise wrong("the gate 'if_then'", "one of " + ", ".join(KINDS) + ": this version primes no CAR yet")
    if kind not in KINDS:
        raise wrong(f"the gate {shown(kind)}", one_of(KINDS), nearest(str(kind), KINDS))
    if kind == "a_not_b":
        if not isinstance(names, Mapping) or set(names) != {"a", "b"}:
            raise wrong(shown(names), 'two names, like { a = "A", b = "B" }')
        names = [names["a"], names["b"]]
    return Gate(kind, _two(kind, names))


def _two(kind: str, names: Any) -> tuple[str, ...]:
    if not isinstance(names, Sequence) or isinstance(names, str) or len(names) != 2:
        raise wrong(f"{kind} = {shown(names)}", "two names: this version joins two binders")
    for name in names:
        if isinstance(name, Mapping):
            raise wrong(f"{kind} = {shown(names)}", "names of binders: this version does not nest gates")
        if not isinstance(name, str):
            raise wrong(shown(name), "the name of a binder")
    if names[0] == names[1]:
        raise wrong(f"{kind} = {shown(names)}", "two different binders")
    return tuple(names)
