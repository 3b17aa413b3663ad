"""The tables and sheets of docs/convergence.md, from the book of the convergence cases."""

from __future__ import annotations

import math
from pathlib import Path

from perforin.errors import InputError, Problem
from perforin.evidence.book import Book
from perforin.evidence.convergence.figure import draw
from perforin.evidence.convergence.readings import QUANTITIES
from perforin.evidence.convergence.study import Study, read_study
from perforin.evidence.rows import Row
from perforin.evidence.shelf import Case

GROUP = "convergence"
PAGE = Path("docs/convergence.md")
SHEETS = Path("validation/convergence")
BEGIN, END = "<!-- written by python -m perforin.evidence.convergence draw -->\n", "<!-- end -->\n"
_WORDS = {"resolved": "", "DIFFERS": " **differs**"}


def write(book: Book, page: Path = PAGE, sheets: Path = SHEETS) -> list[Path]:
    """Draw a sheet for each case and write the tables into the page; returns what was written. Raises InputError."""
    text = page.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise InputError(
            [Problem(str(page), "", "no place for the tables", f"{BEGIN.strip()} ... {END.strip()}")]
        )
    written = [page]
    sheets.mkdir(parents=True, exist_ok=True)
    for case in book.cases:
        study, target = read_study(case.folder), sheets / f"{case.name}.png"
        draw(f"{case.name}: {study.scenario}, {study.days:g} days", study, of(book, case)).savefig(
            target, dpi=100
        )
        written.append(target)
    before, _, rest = text.partition(BEGIN)
    page.write_text(before + BEGIN + tables(book) + END + rest.partition(END)[2], encoding="utf-8")
    return written


def of(book: Book, case: Case) -> list[Row]:
    """The rows of one case."""
    return [row for row in book.rows if row.case == case.name]


def tables(book: Book) -> str:
    """A section for each case: what it is, its sheet, and a line for each arm."""
    return "\n".join(_section(case, read_study(case.folder), of(book, case)) for case in book.cases)


def _section(case: Case, study: Study, rows: list[Row]) -> str:
    made = next((row.commit for row in rows if row.commit), "")
    head = f"`{study.scenario}`" + "".join(f", `{change}`" for change in study.changes)
    lines = [
        f"\n### {case.name}\n",
        f"{head}; {study.days:g} days, levels over the last {study.tail:g} h.",
        f"Seeds made at commit {made}.\n" if made else "No seed is in yet.\n",
        f"![Differences with their intervals](../{SHEETS.as_posix()}/{case.name}.png)\n",
        "| arm | what it changes | pairs | "
        + " | ".join(QUANTITIES[name] for name in study.quantities)
        + " |",
        "|---|---|---|" + "---|" * len(study.quantities),
    ]
    for arm in study.arms:
        if arm.against:
            mine = [row for row in rows if row.arm == arm.name]
            pairs = str(len(mine[0].seeds))
            told = f"{arm.what} (against {arm.against})"
            lines.append("| " + " | ".join([arm.name, told, pairs, *map(_cell, mine)]) + " |")
    return "\n".join(lines) + "\n"


def _cell(row: Row) -> str:
    if row.measured != row.measured:
        return row.verdict
    interval = f" ± {row.half:.1f}" if math.isfinite(row.half) else ""  # one pair has none
    return f"{row.measured:+.1f}{interval} %{_WORDS.get(row.verdict, f' *{row.verdict}*')}"
