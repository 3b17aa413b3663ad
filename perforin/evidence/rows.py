"""One line of the evidence book: what was measured, what was expected, how close it must be and why."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Rule = Literal["within", "at least", "at most", "interval", "shown"]
State = Literal["stands", "open", "stale"]
COMPUTED = "computed"  # the arm of a row that needs no seeds


@dataclass(frozen=True)
class Row:
    """One quantity of one case. A case fills the first block, the book fills the rest.

    rule   within: |measured - expected| <= tolerance · at least, at most: beyond expected by no more than
           tolerance · shown: no verdict
           interval: measured ± half is a 95 % interval; *resolved* when it lies within expected ± tolerance,
           *DIFFERS* when it lies outside, which is a miss, and *not resolved*, which is neither, when it does both
    arm    which arm of a published case it comes from; "" for all of them, COMPUTED for none
    """

    quantity: str
    measured: float
    expected: float
    tolerance: float
    reason: str
    unit: str = "1"
    rule: Rule = "within"
    arm: str = ""
    half: float = math.nan

    case: str = ""
    kind: str = ""
    seeds: tuple[int, ...] = ()
    seeds_wanted: int = 0
    commit: str = ""
    probe: str = ""
    state: State = "stands"

    @property
    def ok(self) -> bool | None:
        """Whether the measurement meets the expectation; None where no verdict is due (shown, open or stale)."""
        if self.rule == "shown" or self.state != "stands":
            return None
        if self.rule == "interval" and not self.meets:
            return False if self._is_outside else None
        return self.meets

    @property
    def meets(self) -> bool:
        """The bare comparison. A number that is not finite never meets anything."""
        if not math.isfinite(self.measured):
            return False
        if self.rule == "at least":
            return bool(self.measured >= self.expected - self.tolerance)
        if self.rule == "at most":
            return bool(self.measured <= self.expected + self.tolerance)
        if self.rule == "interval":
            return bool(abs(self.measured - self.expected) + self.half <= self.tolerance)
        return bool(abs(self.measured - self.expected) <= self.tolerance)

    @property
    def _is_outside(self) -> bool:
        """Whether the whole interval lies beyond the tolerance."""
        return bool(abs(self.measured - self.expected) - self.half > self.tolerance)

    @property
    def verdict(self) -> str:
        """The word the book prints."""
        if self.rule == "shown":
            return "shown"
        if self.state == "open":
            return f"open ({len(self.seeds)} of {self.seeds_wanted} seeds)"
        if self.state == "stale":
            return f"stale (made at commit {self.commit})"
        if self.rule == "interval":
            return "resolved" if self.meets else "DIFFERS" if self._is_outside else "not resolved"
        return "met" if self.meets else "MISSED"

    @property
    def reading(self) -> str:
        """The measurement as one reads it, with its interval where it has one."""
        known = self.rule == "interval" and math.isfinite(self.half)  # one pair has no interval
        interval = f" ± {self.half:.3g}" if known else ""
        return f"{self.measured:.6g}{interval}"

    @property
    def bound(self) -> str:
        """Expected value and tolerance as one reads them."""
        tolerance = f"{self.tolerance:.3g}"
        if self.rule == "at least":
            return f">= {self.expected:.6g}" + (f" - {tolerance}" if self.tolerance else "")
        if self.rule == "at most":
            return f"<= {self.expected:.6g}" + (f" + {tolerance}" if self.tolerance else "")
        if self.rule == "shown":
            return f"{self.expected:.6g}"
        return f"{self.expected:.6g} ± {tolerance}"

    def as_json(self) -> dict[str, object]:
        """The row as `perforin validate --json` prints it."""
        return {
            "case": self.case,
            "kind": self.kind,
            "quantity": self.quantity,
            "measured": _number(self.measured),
            "expected": _number(self.expected),
            "tolerance": _number(self.tolerance),
            "ok": self.ok,
            "seeds": list(self.seeds),
            "commit": self.commit,
            "unit": self.unit,
            "rule": self.rule,
            "state": self.state,
            "reason": self.reason,
            "probe": self.probe,
            "half_width": _number(self.half),
        }


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
