"""A mean over replicates and how sure it is, in words and as JSON holds it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from perforin.analysis import replicates


@dataclass(frozen=True)
class Interval:
    """A mean over n replicates and where it lies with 95 % confidence (Student's t); nan where nothing can be said."""

    mean: float
    low: float
    high: float
    n: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Interval:
        """The interval of the finite values."""
        return cls(*replicates.interval(values), sum(map(math.isfinite, values)))

    @classmethod
    def read(cls, data: dict[str, Any]) -> Interval:
        """The reverse of `as_data`."""
        mean, low, high = (math.nan if data[key] is None else data[key] for key in ("mean", "low", "high"))
        return cls(mean, low, high, data["n"])

    def as_data(self) -> dict[str, float | None]:
        """As JSON holds it: null where nothing can be said."""
        return {key: value if math.isfinite(value) else None for key, value in asdict(self).items()}

    def __str__(self) -> str:
        if self.n < 2:
            return f"{self.mean:,.4g}"
        return f"{self.mean:,.4g}  (95 % {self.low:,.4g} to {self.high:,.4g})"
