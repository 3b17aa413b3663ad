"""The evidence book: every claim with its measurement, its tolerance and the reason for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from perforin.evidence.rows import Row
from perforin.evidence.shelf import Case

VERDICTS = ("met", "MISSED", "resolved", "DIFFERS", "not resolved", "open", "stale", "shown")

_PREFACE = """# The evidence book

Made by `perforin validate`; do not edit. *Verification* asks whether the code solves its equations, *calibration* sets
a number, and *prediction* compares with an experiment that no number was set with. A case says which it is before it is
run. Verdicts: **met**, **MISSED**, *open* (not all seeds are in), *stale* (made by other laws than today's), *shown*
(no verdict is due). Where a difference is measured with its 95 % interval: **resolved** (it lies within the bound),
**DIFFERS** (it lies outside: a miss), *not resolved* (the seeds cannot tell).

Numbers that took hours to make are kept, with a *probe* beside them: the state after the first six simulated hours of
their scenarios. They count for as long as today's code computes the same probe. A probe sees setting up, oxygen, the
attractant, forces, walking, arrival, growth, volume and the first T cells dying of age. It does not see what has not
happened by then: in the published organoids no T cell has attached to a tumour cell or killed one, no tumour cell has
become necrotic, and none has divided. A change of those laws alone leaves the kept numbers standing: the tests hold the
laws, and `perforin validate CASE` makes the numbers again once their files in `validation/results` are deleted.
"""


@dataclass(frozen=True)
class Book:
    """The rows of the cases that were asked for."""

    rows: list[Row]
    cases: list[Case]

    @property
    def ok(self) -> bool:
        """Whether nothing was missed. Open and stale rows are not misses; they are named as what they are."""
        return not self.missed

    @property
    def missed(self) -> list[Row]:
        """The rows that are due a verdict and do not meet it."""
        return [row for row in self.rows if row.ok is False]

    @property
    def stale(self) -> list[Row]:
        """The rows made by other laws than today's."""
        return [row for row in self.rows if row.state == "stale"]

    def __repr__(self) -> str:
        return f"Book({len(self.cases)} cases: {self.count()})"

    def count(self) -> str:
        """How many rows were met, missed, open, stale and shown."""
        words = [row.verdict.split(" (")[0] for row in self.rows]
        return ", ".join(f"{words.count(word)} {word}" for word in VERDICTS if word in words)

    def text(self) -> str:
        """The book for a terminal."""
        lines = []
        for case, rows in self._by_case():
            declaration = case.declaration
            lines += [f"{case.name} ({declaration.kind}): {declaration.question}"]
            for row in rows:
                lines += [
                    f"  {row.verdict:8} {row.quantity}: {row.reading} against {row.bound} {_unit(row)}".rstrip()
                ]
                lines += [f"           {row.reason}"]
        return "\n".join([*lines, f"{len(self.rows)} rows: {self.count()}"])

    def to_json(self) -> str:
        """The rows as a JSON list."""
        return json.dumps([row.as_json() for row in self.rows], indent=1, allow_nan=False)

    def page(self) -> str:
        """The book as a page of the docs, in Markdown."""
        parts = [_PREFACE]
        for case, rows in self._by_case():
            declaration = case.declaration
            parts.append(f"\n## {case.name} · {declaration.kind}\n\n{declaration.question}\n")
            parts.append(
                "\n| verdict | quantity | measured | expected | why this tolerance |\n|---|---|---|---|---|\n"
            )
            parts += [_table_line(row) for row in rows]
            seeds = rows[0].commit if rows and rows[0].seeds else ""
            if seeds:
                parts.append(f"\nSeeds made at commit {seeds}; probe {rows[0].probe}.\n")
            parts.append("\nExercises " + ", ".join(f"`{name}`" for name in declaration.exercises) + ".\n")
            if declaration.parameters:
                parts.append("\nParameters that touch it:\n\n")
                parts += [f"- `{p.path}`: {p.source}{_seen(p.seen)}\n" for p in declaration.parameters]
        return "".join(parts)

    def write_page(self, path: Path) -> None:
        """Write the book as a page of the docs."""
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(self.page(), encoding="utf-8")

    def _by_case(self) -> Iterator[tuple[Case, list[Row]]]:
        by_name = {case.name: case for case in self.cases}
        for name, rows in groupby(self.rows, key=lambda row: row.case):
            yield by_name[name], list(rows)


def _table_line(row: Row) -> str:
    verdict = f"**{row.verdict}**" if row.ok is not None else f"*{row.verdict}*"
    cells = (verdict, row.quantity, row.reading, f"{row.bound} {_unit(row)}".strip(), row.reason)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _unit(row: Row) -> str:
    return "" if row.unit == "1" else row.unit


def _seen(seen: tuple[str, ...]) -> str:
    return f" (set with {', '.join(seen)} in view)" if seen else ""
