"""A comparison that was run: its arms, and what they say side by side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perforin.analysis import survivors
from perforin.analysis import wording as say
from perforin.face.citation import as_table
from perforin.face.run import Run
from perforin.face.summary import Text, founders
from perforin.results.layout import LARGEST_TEXT, REPORT, RUN, read_bytes, unfit

if TYPE_CHECKING:
    import pandas as pd


class Comparison:
    """Arms that were run side by side, in the order of their file."""

    def __init__(self, path: Path, meta: dict[str, Any]) -> None:
        self.path = path
        self.meta = meta
        self.reused = all(arm.get("reused", False) for arm in meta["arms"])
        self.note = ""

    @classmethod
    def open(cls, folder: Path) -> Comparison:
        """Open the parent folder of the arms."""
        try:
            return cls(folder, json.loads(read_bytes(folder / RUN, LARGEST_TEXT)))
        except (ValueError, KeyError, TypeError) as error:
            raise unfit(
                folder / RUN, "", f"a damaged file ({error!r})", "what a comparison leaves"
            ) from error

    @property
    def report(self) -> Path:
        """The page that shows all arms together."""
        return self.path / REPORT

    @property
    def arms(self) -> dict[str, Run]:
        """Every arm by its name, opened."""
        return {arm["name"]: Run.open(self.path / arm["folder"]) for arm in self.meta["arms"]}

    @property
    def numbers(self) -> list[dict[str, Any]]:
        """Every number that was used, one by one; where the arms differ, with the name of the arm before its path."""
        arms = {name: run.numbers for name, run in self.arms.items()}
        first, *others = arms.values()
        shared = [row for row in first if all(row in rows for rows in others)]
        own = [
            {**row, "path": f"{name}: {row['path']}"}
            for name, rows in arms.items()
            for row in rows
            if row not in shared
        ]
        return [*shared, *own]

    def summary(self) -> Text:
        """Each arm in a few lines, in the order of the file."""
        meta = self.meta
        lines = [f"{meta['name']}: {len(meta['arms'])} arms, {meta['status']}"]
        if meta["status"] == "done":
            width = max(len(arm["name"]) for arm in meta["arms"])
            lines += [f"  {arm['name']:<{width}}  {_end(arm)}" for arm in meta["arms"]]
        lines.append(f"  Report: {self.report}")
        return Text("\n".join(lines))

    def why_survived(self) -> pd.DataFrame:
        """Surviving tumour cells by reason, one row per arm."""
        import pandas as pd

        rows = {arm["name"]: arm["survivors_by_reason"] for arm in self.meta["arms"]}
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("arm")

    def sources(self) -> pd.DataFrame:
        """Every number that was used."""
        return as_table(self.numbers)

    def write_report(self) -> Path:
        """Write the page of all arms again."""
        from perforin import report

        arms = {name: run.data for name, run in self.arms.items()}
        return report.write_comparison(self.meta, arms, self.report)

    def __repr__(self) -> str:
        arms = [f"├── {arm['name']}: {arm.get('folder', 'not run yet')}" for arm in self.meta["arms"]]
        return "\n".join([f"Comparison {self.meta['name']!r}", *arms, f"└── {self.meta['status']}"])


def _end(arm: dict[str, Any]) -> str:
    """How one arm ended, in a line."""
    start, end = arm["tumour_cells_start"], arm["tumour_cells_end"]
    words = f"{say.count(start)} -> {say.cells(end, 'tumour')} in {say.span(arm['days'])}"
    words += f" ({say.fold(end / start)} the start)" if start else ""
    reasons = arm["survivors_by_reason"].items()
    why = "; ".join(f"{survivors.label(reason)} {say.count(n)}" for reason, n in reasons if n)
    few = founders(arm)
    return words + (f". Survivors: {why}" if why else "") + (f". Founders: {few}" if few else "")
