"""The report of replicates: the same scenario under several seeds, with intervals."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import binders, slabs_answer, tables
from perforin.analysis import wording as say
from perforin.analysis.burden import burden
from perforin.analysis.guesses import too_few
from perforin.analysis.killing import killing
from perforin.analysis.lesion import Lesion, lesion, piece
from perforin.analysis.replicates import interval
from perforin.analysis.slabs import slabs, spread
from perforin.analysis.survivors import MEANING, REASONS, label, survivors
from perforin.plots.published import label as label_of
from perforin.plots.replicates import classes, reasons, replicates
from perforin.report import colophon, pictures, sections
from perforin.report.answer import numbers
from perforin.report.asked import asked
from perforin.report.html import Html, join, paragraph, picture, section, table, tag
from perforin.report.page import document, save

if TYPE_CHECKING:
    from perforin.analysis.summary import Summary
    from perforin.results.run import RunData

# What it is, how it is read, decimal places.
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

UNSEEN = ("Seen by no CAR at the start (%)", "Seen by no CAR at the end (%)")  # shares, so never above all
OF_SLABS: tuple[tuple[str, Callable[[Lesion], float], int], ...] = (
    ("Founders (T cells that entered)", lambda one: one.founders, 0),
    ("Tumour cells at the start", lambda one: one.start, 0),
    ("Tumour cells at the end", lambda one: one.end, 0),
    ("End (% of the start)", lambda one: 100 * one.end_of_start, 0),
    ("Nadir (% of the start)", lambda one: 100 * one.nadir_of_start, 0),
    ("Day of the nadir", lambda one: one.nadir_day, 1),
    ("Regrowth (end over nadir)", lambda one: one.regrowth, 2),
    (UNSEEN[0], lambda one: 100 * one.unseen_start, 1),
    (UNSEEN[1], lambda one: 100 * one.unseen_end, 1),
    ("Volume of the lesion at the end (cm\u00b3)", lambda one: one.volume_end, 1),
    ("Dose on day 1 (% of it per cm\u00b3)", lambda one: one.dose_share, 4),
    ("Tissue depth at the end (\u00b5m)", lambda one: one.depth_end, 0),
    ("Cleared down to (\u00b5m below the surface of day 0)", lambda one: one.cleared_depth, 0),
)
OF_ATTACK = MEASURES[-3:]
SIZE = {
    "": "tumour_radius",
    "slab": "tissue_depth",
    "block": "block_edge",
    "suspension": "block_edge",
}  # by piece


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
    attacked = any(tables.was_attacked(run) for run in runs)
    found = slabs_answer.summary(runs)
    shown = ["tumour_cells", *(["t_cells", "kills"] if attacked else [])]
    shown += ["antigen_negative"] if found is not None else []
    shown.append(SIZE[piece(runs[0])])
    drawn = [picture(pictures.of(replicates(runs, name)), _of_time(name, len(runs))) for name in shown]
    over_seeds = table(
        ("", "Mean", "95 % low", "95 % high", "Median", "Least", "Most"),
        _measures(runs, attacked),
        numeric=(1, 2, 3, 4, 5, 6),
        caption="Over seeds; 95 % interval of the mean (Student\u2019s t)",
    )
    first = _headline(runs) if found is None else _slabs(found)
    return tag("section", *first, tag("div", *drawn, class_="pair"), over_seeds, id="answer")


def _headline(runs: Sequence[RunData]) -> list[Html]:
    mean, low, high = interval([burden(run).end / burden(run).start for run in runs if burden(run).start > 0])
    words = f"On average the tumour ended at {say.fold(mean)} its start"
    words += f" (95 % interval of the mean {low:.2f} to {high:.2f})." if low == low else "."
    return [paragraph(words, class_="headline")]


def _slabs(found: Summary) -> list[Html]:
    """The first screen of replicates of a slab."""
    return [
        paragraph(found.headline, class_="headline"),
        paragraph(found.caveat, class_="caveat") if found.caveat else Html(""),
        paragraph(" ".join(found.sentences)) if found.sentences else Html(""),
        numbers(found),
    ]


def _of_time(name: str, many: int) -> str:
    return (
        f"{label_of(name)} over time in {many} seeds: each thin, their mean thick, its 95 % interval shaded."
    )


def _measures(runs: Sequence[RunData], attacked: bool) -> list[tuple[str, ...]]:
    found = slabs(runs)
    if found is None:
        return [_measure(name, [read(run) for run in runs], places) for name, read, places in MEASURES]
    each = [(name, [read(one) for one in found.each], places) for name, read, places in OF_SLABS]
    rows = [_measure(name, values, places) for name, values, places in each if not np.isnan(values).all()]
    return rows + [
        _measure(name, [read(run) for run in runs], places) for name, read, places in OF_ATTACK if attacked
    ]


def _measure(name: str, values: list[float], places: int) -> tuple[str, ...]:
    found = spread(values, 100.0 if name in UNSEEN else np.inf)
    shown = [found.mean, found.low, found.high, found.median, found.least, found.most]
    written = (
        f"{number:,.{places}f}".replace("-", say.MINUS) if number == number else say.NONE for number in shown
    )
    return (name, *written)


def _survivors(runs: Sequence[RunData]) -> Html:
    found = [survivors(run) for run in runs]
    present = [reason for reason in REASONS if any(counts[reason] for counts in found)]
    if not present:
        return Html("")
    rows = [(*_measure(label(r).capitalize(), [float(c[r]) for c in found], 0), MEANING[r]) for r in present]
    head = ("Reason", "Mean", "95 % low", "95 % high", "Median", "Least", "Most", "Meaning")
    words = "Surviving tumour cells by reason: bars are means, whiskers their 95 % interval, dots the seeds."
    drawn = [picture(pictures.of(reasons(runs)), words, words)]
    if binders.pair(runs[0]) is not None:
        said = "Living tumour cells by the binders that see them: means, their 95 % interval shaded."
        drawn.append(picture(pictures.of(classes(runs)), said, said))
    return section(
        "Why the survivors survived",
        tag("div", *drawn, class_="pair"),
        table(head, rows, numeric=(1, 2, 3, 4, 5, 6)),
    )


def _seeds(runs: Sequence[RunData], beside: Path) -> Html:
    sampled = bool(piece(runs[0]))
    own = ("Founders", "Nadir", "Day of nadir", "Seen by no CAR", "Tissue") if sampled else ()
    head = ("Seed", "Run", "State", "Tumour start", "Tumour end", "Kills", "T cells end", *own)
    rows = [_seed(run, beside) for run in runs]
    few = min((int(run.meta.get("founders") or 0) for run in runs), default=0)
    note = ""
    if too_few(few) and not sampled:
        note = paragraph(
            join([f"Each run began with as few as {few} founders: only the intervals over seeds count."])
        )
    right = [place for place, name in enumerate(head) if name not in ("Run", "State", "Tissue")]
    return section("The seeds", table(head, rows, numeric=right), note, id="seeds")


def _seed(run: RunData, beside: Path) -> tuple[object, ...]:
    tumour, attack, slab = burden(run), killing(run), lesion(run)
    where = Path(os.path.relpath(run.path / "report.html", beside)).as_posix()
    name = tag("a", run.path.name, href=where)
    counts = (tumour.start, tumour.end, attack.kills, attack.t_cells_end)
    row = (run.meta.get("seed"), name, run.status, *(say.count(number) for number in counts))
    if slab is None:
        return row
    nadir = (
        (say.percent(100 * slab.nadir_of_start, 0), f"{slab.nadir_day:.1f}") if slab.fell else (say.NONE,) * 2
    )
    state = "cleared" if slab.is_cleared else "empty" if slab.is_empty else "tumour left"
    return (*row, say.count(slab.founders), *nadir, say.share(slab.negative_end, slab.end), state)
