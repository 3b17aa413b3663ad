"""What stood in the way of an attack, in words and as a picture."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perforin.analysis import explained_words as words
from perforin.analysis.explained import FILE, FOLDER, Explained
from perforin.analysis.intervals import Interval
from perforin.face.summary import Text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from perforin.face.run import Run


class Explanation:
    """What each obstacle of a run costs."""

    def __init__(self, run: Run, found: Explained) -> None:
        self.run = run
        self.found = found

    @property
    def path(self) -> Path:
        """The file that holds it."""
        return self.run.path / FOLDER / FILE

    @property
    def meta(self) -> dict[str, Any]:
        """What explain.json says."""
        return self.found.as_data()

    @property
    def costs(self) -> pd.DataFrame:
        """One row per obstacle or pair: mean cost, its interval, and the correlation of the ends."""
        import pandas as pd

        rows = [
            {"without": cost.name, "cost": cost.cost.mean, "low": cost.cost.low, "high": cost.cost.high,
             "correlation": cost.correlation}
            for cost in (*self.found.obstacles, *self.found.pairs)
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=["without", "cost", "low", "high", "correlation"]).set_index(
            "without"
        )

    def summary(self) -> Text:
        """The answer in words, the dearest obstacle first."""
        found = self.found
        lines = [words.headline(found), f"  {words.BASIS.format(seeds=len(found.seeds))}"]
        width = max(len(name) for name in ("with all", *(c.name for c in (*found.obstacles, *found.pairs))))
        lines.append(f"  {'with all':<{width}}  {_end(found.base)}")
        for cost in (*found.obstacles, *found.pairs):
            lines.append(
                f"  {cost.name:<{width}}  costs {cost.cost}; {words.verdict(cost)}; {_end(cost.ends)} without"
            )
        lines += [f"  {words.interaction(cost)}" for cost in found.pairs]
        for guess in found.guesses:
            lines.append(f"  {words.guess(guess)}")
        lines += [f"  Note: {note}" for note in found.notes]
        lines += [f"  Left out: {what}" for what in words.left_out(found)]
        return Text("\n".join(lines))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw what each obstacle costs; returns the axes."""
        from perforin.plots.obstacles import obstacles

        return obstacles(self.found, ax)

    def __repr__(self) -> str:
        costs = [f"├── {cost.name}: {cost.cost}" for cost in self.found.obstacles]
        return "\n".join(
            [f"Explanation of {self.run.path.name}", *costs, f"└── {words.headline(self.found)}"]
        )


def _end(ends: tuple[float | None, ...]) -> str:
    mean = Interval.of([math.nan if end is None else end for end in ends]).mean
    return f"{mean:,.4g} tumour cells at the end"
