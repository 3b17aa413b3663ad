"""What each obstacle of a run costs in tumour cells, as `explain` measured it: read from its folder, and judged.

    cost         = end with it - end without it, the same seed in both, mean over seeds with Student's 95 % interval
    interaction  = cost of both - cost of one - cost of the other, seed by seed

A positive cost is tumour cells that stand because of the obstacle. A positive interaction says that taking both away
gains more than the two gains together. Seeds pair a run with its own luck: where the measured correlation of the ends
is positive the interval is narrower for it, where it is not the interval is still right, only wider.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from perforin.analysis.intervals import Interval
from perforin.analysis.replicates import half_width
from perforin.results.layout import LARGEST_TEXT, read_bytes, unfit

if TYPE_CHECKING:
    from perforin.results.run import RunData

FOLDER, FILE, PICTURE = "explain", "explain.json", "explain.png"
BEYOND = "it would have gone beyond the budget"  # why most of what is left out is so

Ends = tuple[
    float | None, ...
]  # tumour cells at the end, one for each seed; None for a seed that was not run


@dataclass(frozen=True)
class Cost:
    """What one obstacle costs, or two together."""

    names: tuple[str, ...]
    ends: Ends  # without it
    cost: Interval
    correlation: float  # of the ends with and without it, over seeds; nan where it cannot be told
    interaction: Interval | None = None  # of two

    @property
    def name(self) -> str:
        """What it is called: `exhaustion`, or `exhaustion and oxygen`."""
        return " and ".join(self.names)


@dataclass(frozen=True)
class Guess:
    """What an assumed number decides: the change of the end at either side of its spread."""

    path: str
    unit: str
    value: float
    sides: tuple[float, ...]  # its lowest and highest value thought possible
    ends: tuple[Ends, ...]  # at either side
    effects: tuple[Interval, ...]
    mattered: bool


@dataclass(frozen=True)
class Explained:
    """What was found: costs from the dearest down, pairs, guesses, and what was left out."""

    seeds: tuple[int, ...]
    base: Ends
    obstacles: tuple[Cost, ...]
    pairs: tuple[Cost, ...] = ()
    guesses: tuple[Guess, ...] = ()
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def as_data(self) -> dict[str, Any]:
        """As explain.json holds it."""
        return {
            "seeds": list(self.seeds),
            "base": {"tumour_cells_end": list(self.base), "mean": Interval.of(_known(self.base)).as_data()},
            "obstacles": [_cost_data(cost) for cost in self.obstacles],
            "pairs": [_cost_data(cost) for cost in self.pairs],
            "numbers": [_guess_data(guess) for guess in self.guesses],
            "left_out": list(self.left_out),
            "notes": list(self.notes),
        }

    @classmethod
    def read(cls, data: dict[str, Any]) -> Explained:
        """The reverse of `as_data`."""
        return cls(
            tuple(data["seeds"]),
            tuple(data["base"]["tumour_cells_end"]),
            tuple(_read_cost(cost) for cost in data["obstacles"]),
            tuple(_read_cost(cost) for cost in data["pairs"]),
            tuple(_read_guess(guess) for guess in data["numbers"]),
            tuple(data["left_out"]),
            tuple(data["notes"]),
        )


def explained(run: RunData) -> Explained | None:
    """What was found about a run; None where nobody asked. Raises FolderError for a damaged file."""
    return read(run.path / FOLDER / FILE)


def read(file: Path) -> Explained | None:
    """What explain.json says; None where there is none."""
    if not file.exists():
        return None
    try:
        return Explained.read(json.loads(read_bytes(file, LARGEST_TEXT)))
    except (ValueError, KeyError, TypeError) as error:
        raise unfit(file, "", f"a damaged file ({error!r})", "what explain leaves") from error


def cost_of(names: Sequence[str], base: Ends, ends: Ends) -> Cost:
    """What obstacles cost together, from the ends with and without them, seed by seed."""
    return Cost(tuple(names), ends, Interval.of(_differences(base, ends)), correlation(base, ends))


def pair_of(one: Cost, other: Cost, base: Ends, ends: Ends) -> Cost:
    """What two obstacles cost together, and how far that is from the sum of what each costs."""
    together = cost_of((*one.names, *other.names), base, ends)
    whole = [(b, e, x, y) for b, e, x, y in zip(base, ends, one.ends, other.ends, strict=True)]
    apart = [
        (b - e) - (b - x) - (b - y)
        for b, e, x, y in whole
        if b is not None and e is not None and x is not None and y is not None
    ]
    return Cost(together.names, ends, together.cost, together.correlation, Interval.of(apart))


def guess_of(
    path: str, unit: str, value: float, sides: Sequence[float], base: Ends, ends: Sequence[Ends]
) -> Guess:
    """What an assumed number decides: over several seeds its interval, of one seed beside the scatter of the seeds."""
    effects = tuple(Interval.of([-d for d in _differences(base, side)]) for side in ends)
    scatter = _scatter(_known(base))
    mattered = any(
        excludes_zero(effect) if effect.n > 1 else effect.n == 1 and abs(effect.mean) > scatter
        for effect in effects
    )
    return Guess(path, unit, value, tuple(sides), tuple(ends), effects, mattered)


def excludes_zero(found: Interval) -> bool:
    """Whether an interval lies on one side of 0; not for a single seed, which has none."""
    return found.n > 1 and (found.low > 0.0 or found.high < 0.0)


def correlation(base: Ends, ends: Ends) -> float:
    """Of the ends with and without, over the seeds of both; nan for fewer than three or where one never changes."""
    both = [(b, e) for b, e in zip(base, ends, strict=True) if b is not None and e is not None]
    if len(both) < 3 or any(np.ptp(side) == 0 for side in zip(*both, strict=True)):
        return math.nan
    return float(np.corrcoef(np.array(both, float).T)[0, 1])


def _differences(base: Ends, ends: Ends) -> list[float]:
    """With less without, of the seeds that have both."""
    pairs = zip(base, ends, strict=True)
    return [float(b - e) for b, e in pairs if b is not None and e is not None]


def _known(ends: Ends) -> list[float]:
    return [float(end) for end in ends if end is not None]


def _scatter(ends: list[float]) -> float:
    """How far two runs of different luck lie apart at most, with 95 % confidence; inf for fewer than two."""
    if len(ends) < 2:
        return math.inf
    return float(half_width(np.array(ends))) * math.sqrt(2 * len(ends))


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _cost_data(cost: Cost) -> dict[str, Any]:
    data = {
        "names": list(cost.names),
        "tumour_cells_end": list(cost.ends),
        "cost": cost.cost.as_data(),
        "excludes_zero": excludes_zero(cost.cost),
        "correlation": _number(cost.correlation),
    }
    return data | ({"interaction": cost.interaction.as_data()} if cost.interaction is not None else {})


def _read_cost(data: dict[str, Any]) -> Cost:
    correlated = math.nan if data["correlation"] is None else data["correlation"]
    interaction = Interval.read(data["interaction"]) if "interaction" in data else None
    ends = tuple(data["tumour_cells_end"])
    return Cost(tuple(data["names"]), ends, Interval.read(data["cost"]), correlated, interaction)


def _guess_data(guess: Guess) -> dict[str, Any]:
    sides = zip(guess.sides, guess.ends, guess.effects, strict=True)
    return {
        "path": guess.path,
        "unit": guess.unit,
        "value": guess.value,
        "sides": [
            {"value": value, "tumour_cells_end": list(ends), "effect": effect.as_data()}
            for value, ends, effect in sides
        ],
        "mattered": guess.mattered,
    }


def _read_guess(data: dict[str, Any]) -> Guess:
    sides = data["sides"]
    return Guess(
        data["path"],
        data["unit"],
        data["value"],
        tuple(side["value"] for side in sides),
        tuple(tuple(side["tumour_cells_end"]) for side in sides),
        tuple(Interval.read(side["effect"]) for side in sides),
        data["mattered"],
    )
