"""The report of a comparison: its arms side by side."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perforin.analysis import wording as say
from perforin.analysis.burden import burden
from perforin.analysis.killing import killing
from perforin.analysis.summary import summary
from perforin.analysis.survivors import MEANING, REASONS, label, survivors
from perforin.plots.arms import arms as draw_arms
from perforin.report import pictures
from perforin.report.asked import asked
from perforin.report.html import Html, join, pairs, paragraph, picture, section, table, tag
from perforin.report.page import document, save

if TYPE_CHECKING:
    from perforin.results.run import RunData

LUCK = (
    "Each arm is one run, one draw of luck: a difference between arms is shown here, not proven. Arms that start from "
    "the same scenario with the same seed share their luck as far as they stay alike."
)


def write_comparison(meta: dict[str, Any], runs: Mapping[str, RunData], path: Path) -> Path:
    """Write the report of the arms `runs`, by name, to `path`. Raises StorageError."""
    return save(page(meta, runs, path.parent), path)


def page(meta: dict[str, Any], runs: Mapping[str, RunData], beside: Path) -> str:
    """The report of a comparison as one HTML text; links to the single reports are relative to `beside`."""
    title, about = meta["name"], meta.get("summary")
    header = tag(
        "header",
        paragraph("Perforin report of a comparison", class_="eyebrow"),
        tag("h1", title),
        paragraph(about, class_="about") if about else "",
        paragraph(f"{len(runs)} arms, each run once.", class_="lede"),
    )
    body: list[str] = [header, _answer(runs), _why(runs), _arms(runs, beside)]
    return document(f"{title}: Perforin report", body)


def _answer(runs: Mapping[str, RunData]) -> Html:
    says = pairs((name, summary(run).headline) for name, run in runs.items())
    words = "Living tumour cells of each arm over time, in percent of its own start."
    drawn = picture(pictures.of(draw_arms(runs)), words, words, "wide")
    return tag("section", says, drawn, _numbers(runs), paragraph(LUCK, class_="fine"), id="answer")


def _numbers(runs: Mapping[str, RunData]) -> Html:
    rows = [
        ("Days", *(f"{run.meta['days']:g}" for run in runs.values())),
        ("Tumour cells, start", *(say.count(burden(run).start) for run in runs.values())),
        ("Tumour cells, end", *(say.count(burden(run).end) for run in runs.values())),
        ("Change", *(say.percent(burden(run).change) for run in runs.values())),
        ("Lowest", *(say.percent(burden(run).best_change) for run in runs.values())),
        ("Day of the lowest", *(f"{burden(run).nadir_day:.1f}" for run in runs.values())),
        ("T cells that came in", *(say.count(run.meta.get("founders") or 0) for run in runs.values())),
        ("Most T cells alive", *(say.count(killing(run).most_t_cells) for run in runs.values())),
        ("Kills", *(say.count(killing(run).kills) for run in runs.values())),
    ]
    return table(("", *runs), rows, numeric=range(1, len(runs) + 1), caption="The arms side by side")


def _why(runs: Mapping[str, RunData]) -> Html:
    found = [survivors(run) for run in runs.values()]
    present = [reason for reason in REASONS if any(counts[reason] for counts in found)]
    if not present:
        return Html("")

    def shown(counts: dict[str, int], reason: str) -> str:
        return f"{say.count(counts[reason])} ({say.share(counts[reason], sum(counts.values()))})"

    rows = [
        (label(reason).capitalize(), *(shown(counts, reason) for counts in found), MEANING[reason])
        for reason in present
    ]
    return section(
        "Why the survivors survived",
        table(("Reason", *runs, "Meaning"), rows, numeric=range(1, len(runs) + 1)),
        id="survivors",
    )


def _arms(runs: Mapping[str, RunData], beside: Path) -> Html:
    rows = []
    for name, run in runs.items():
        where = Path(os.path.relpath(run.path / "report.html", beside)).as_posix()
        rows.append((name, tag("a", "its report", href=where), run.status, run.meta.get("seed"), asked(run)))
    return section(
        "The arms", join([table(("Arm", "Report", "State", "Seed", "What was done"), rows)]), id="arms"
    )
