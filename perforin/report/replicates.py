"""The report of replicates: the same scenario under several seeds, with intervals."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from perforin.analysis import tables
from perforin.analysis import wording as say
from perforin.analysis.burden import burden
from perforin.analysis.guesses import too_few
from perforin.analysis.killing import killing
from perforin.analysis.replicates import interval
from perforin.analysis.survivors import MEANING, REASONS, label, survivors
from perforin.plots.replicates import replicates
from perforin.report import colophon, pictures, sections
from perforin.report.asked import asked
from perforin.report.html import Html, join, paragraph, picture, section, table, tag
from perforin.report.page import document, save

if TYPE_CHECKING:
    from perforin.results.run import RunData

MEASURES: tuple[tuple[str, Callable[[RunData], float], int], ...] = (
    ("Tumour cells at the start", lambda run: burden(run).start, 0),
    ("Tumour cells at the end", lambda run: burden(run).end, 0),
    ("Best response (%)", lambda run: burden(run).best_change, 1),
    ("Day of the lowest count", lambda run: burden(run).nadir_day, 1),
    ("Regrowth (end over lowest)", lambda run: burden(run).regrowth, 2),
    ("Doubling time at the end (day)", lambda run: burden(run).doubling_time, 1),
    ("Most T cells alive", lambda run: killing(run).most_t_cells, 0),
    ("T cells at the end", lambda run: killing(run).t_cells_end, 0),
    ("Kills", lambda run: killing(run).kills, 0),
)


def write_replicates(runs: Sequence[RunData], path: Path) -> Path:
    """Write the report of several runs of one scenario to `path`. Raises StorageError."""
    return save(page(runs, path.parent), path)


def page(runs: Sequence[RunData], beside: Path) -> str:
    """The report of replicates as one HTML text; links to the single reports are relative to `beside`."""
    first = runs[0]
    title = f"{first.meta.get('name') or first.path.name}, {len(runs)} seeds"
    header = tag(
        "header",
        paragraph("Perforin report of replicates", class_="eyebrow"),
        tag("h1", title),
        paragraph(first.meta.get("summary"), class_="about") if first.meta.get("summary") else "",
        paragraph(
            f"{asked(first)} The same was done {len(runs)} times, each with luck of its own.", class_="lede"
        ),
    )
    body = [header, _answer(runs), _survivors(runs), _seeds(runs, beside)]
    return document(
        f"{title}: Perforin report", [*body, sections.departed(first), colophon.numbers_used(first)]
    )


def _answer(runs: Sequence[RunData]) -> Html:
    shown = (
        ["tumour_cells", "t_cells", "kills"]
        if any(tables.was_attacked(run) for run in runs)
        else ["tumour_cells"]
    )
    drawn = [
        picture(
            pictures.of(replicates(runs, name)), f"{name.replace('_', ' ')} over time in {len(runs)} seeds."
        )
        for name in [*shown, "tumour_radius"]
    ]
    mean, low, high = interval([burden(run).end / burden(run).start for run in runs if burden(run).start > 0])
    words = f"On average the tumour ended at {say.fold(mean)} its start"
    words += f" (95 % interval of the mean {low:.2f} to {high:.2f})." if low == low else "."
    rows = [_measure(name, [read(run) for run in runs], places) for name, read, places in MEASURES]
    head = ("", "Mean", "95 % low", "95 % high", "Least", "Most")
    return tag(
        "section",
        paragraph(words, class_="headline"),
        tag("div", *drawn, class_="pair"),
        table(
            head,
            rows,
            numeric=(1, 2, 3, 4, 5),
            caption="Over seeds; 95 % interval of the mean (Student\u2019s t)",
        ),
        id="answer",
    )


def _measure(name: str, values: list[float], places: int) -> tuple[str, ...]:
    finite = [value for value in values if abs(value) < float("inf")]
    shown = [*interval(values), *((min(finite), max(finite)) if finite else (float("nan"),) * 2)]
    written = (
        f"{number:,.{places}f}".replace("-", say.MINUS) if number == number else say.NONE for number in shown
    )
    return (name, *written)


def _survivors(runs: Sequence[RunData]) -> Html:
    found = [survivors(run) for run in runs]
    present = [reason for reason in REASONS if any(counts[reason] for counts in found)]
    rows = [(*_measure(label(r).capitalize(), [float(c[r]) for c in found], 0), MEANING[r]) for r in present]
    head = ("Reason", "Mean", "95 % low", "95 % high", "Least", "Most", "Meaning")
    return section("Why the survivors survived", table(head, rows, numeric=(1, 2, 3, 4, 5)) if rows else "")


def _seeds(runs: Sequence[RunData], beside: Path) -> Html:
    rows = []
    for run in runs:
        tumour, attack = burden(run), killing(run)
        where = Path(os.path.relpath(run.path / "report.html", beside)).as_posix()
        counts = (tumour.start, tumour.end, attack.kills, attack.t_cells_end)
        name = tag("a", run.path.name, href=where)
        rows.append((run.meta.get("seed"), name, run.status, *(say.count(number) for number in counts)))
    head = ("Seed", "Run", "State", "Tumour start", "Tumour end", "Kills", "T cells end")
    few = min((int(run.meta.get("founders") or 0) for run in runs), default=0)
    note = ""
    if too_few(few):
        note = paragraph(
            join([f"Each run began with as few as {few} founders: only the intervals over seeds count."])
        )
    return section("The seeds", table(head, rows, numeric=(0, 3, 4, 5, 6)), note, id="seeds")
