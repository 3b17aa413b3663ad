"""Replicates: the same scenario with other luck, and what they say together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perforin.analysis import wording as say
from perforin.analysis.intervals import Interval
from perforin.face.citation import as_table
from perforin.face.run import Run
from perforin.face.summary import Text, founders
from perforin.results.layout import LARGEST_TEXT, REPORT, RUN, read_bytes, unfit

if TYPE_CHECKING:
    import pandas as pd

    from perforin.analysis.summary import Summary

WORDS = {
    "tumour_cells_start": "Tumour cells, start",
    "tumour_cells_end": "Tumour cells, end",
    "t_cells_end": "T cells, end",
    "best_change": "Best change [%]",
    "best_day": "Best day",
    "kills": "Kills",
}


class Replicates:
    """One scenario run with several seeds: the runs, and every number with its 95 % interval."""

    def __init__(self, path: Path, meta: dict[str, Any]) -> None:
        self.path = path
        self.meta = meta
        self.reused = all(entry.get("reused", False) for entry in meta["replicates"])
        self.note = ""

    @classmethod
    def open(cls, folder: Path) -> Replicates:
        """Open the parent folder of replicates."""
        try:
            meta = json.loads(read_bytes(folder / RUN, LARGEST_TEXT))
            return cls(folder, meta)
        except (ValueError, KeyError, TypeError) as error:
            raise unfit(folder / RUN, "", f"a damaged file ({error!r})", "what replicates leave") from error

    @property
    def report(self) -> Path:
        """The page that shows all replicates together."""
        return self.path / REPORT

    @property
    def runs(self) -> list[Run]:
        """Every replicate, opened, in order of seed."""
        return [Run.open(self.path / entry["folder"]) for entry in self.meta["replicates"]]

    @property
    def numbers(self) -> list[dict[str, Any]]:
        """Every number that was used, one by one, the same for all replicates."""
        return self.runs[0].numbers

    @property
    def intervals(self) -> dict[str, Interval]:
        """Quantity to its mean and 95 % interval over the replicates."""
        return {name: Interval.read(data) for name, data in self.meta["intervals"].items()}

    def summary(self) -> Text:
        """The answer over all replicates."""
        slabs = self._slabs()
        if slabs is not None:
            rows = [
                ("Replicates", f"{self.meta['name']}, seeds {self._seeds()}"),
                ("Report", str(self.report)),
            ]
            return Text("\n".join([str(slabs), *(f"  {name:<14}  {text}" for name, text in rows)]))
        found = self.intervals
        lines = [
            headline(found),
            f"  {self.meta['name']}, {len(self.meta['replicates'])} seeds: {self._seeds()}",
        ]
        lines += [f"  {WORDS.get(name, name):<20} {value}" for name, value in found.items() if name in WORDS]
        if founders(self.meta):
            lines.append(f"  {'Founders':<20} {founders(self.meta)}")
        lines.append(f"  {'Report':<20} {self.report}")
        return Text("\n".join(lines))

    def why_survived(self) -> pd.DataFrame:
        """Surviving tumour cells by reason, one row per seed."""
        import pandas as pd

        rows = {entry["seed"]: entry["survivors_by_reason"] for entry in self.meta["replicates"]}
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("seed")

    def sources(self) -> pd.DataFrame:
        """Every number that was used, the same for all replicates."""
        return as_table(self.numbers)

    def write_report(self) -> Path:
        """Write the page of all replicates again."""
        from perforin import report

        return report.write_replicates([run.data for run in self.runs], self.report)

    def _slabs(self) -> Summary | None:
        """What replicates of a slab say together; None for dishes."""
        from perforin.analysis import slabs_answer

        return slabs_answer.summary([run.data for run in self.runs])

    def _seeds(self) -> str:
        seeds = [entry["seed"] for entry in self.meta["replicates"]]
        return f"{seeds[0]} to {seeds[-1]}" if len(seeds) > 1 else str(seeds[0])

    def __repr__(self) -> str:
        runs = [f"├── seed {entry['seed']}: {entry['folder']}" for entry in self.meta["replicates"]]
        slabs = self._slabs()
        answer = headline(self.intervals) if slabs is None else slabs.headline
        return "\n".join([f"Replicates of {self.meta['name']!r}", *runs, f"└── answer: {answer}"])


def headline(found: dict[str, Interval]) -> str:
    """One sentence over all replicates, with its uncertainty."""
    change = found["change"]
    if change.n == 0:
        return "There was no tumour to begin with."
    if change.low == change.high == 0:
        return f"Over {change.n} seeds the tumour kept its size."
    verb = "grew" if change.mean > 0 else "shrank"
    sure = "" if change.low * change.high > 0 else ", but seeds disagree on the direction"
    size = say.percent(abs(change.mean), 0)
    bounds = f"{say.percent(change.low, 0)} to {say.percent(change.high, 0)}"
    return f"Over {change.n} seeds the tumour {verb} by {size} on average (95 % of the mean: {bounds}){sure}."
