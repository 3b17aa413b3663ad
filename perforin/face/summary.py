"""The answer in words: what a person reads first after a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perforin.analysis import wording as say
from perforin.analysis.guesses import ENOUGH_REPLICATES, too_few
from perforin.analysis.summary import summary

if TYPE_CHECKING:
    from perforin.results.run import RunData


class Text(str):
    """A text that shows itself as it is, also where Python would show it quoted."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def summarise(run: RunData) -> Text:
    """The summary of one run: the answer first, then what it rests on and where the report is."""
    answer = str(summary(run)) if len(run.series) else "Nothing was simulated yet."
    rests_on = [
        ("Run", f"{run.meta.get('name', run.path.name)}, seed {run.meta.get('seed')}, {state(run.meta)}"),
        *([("Founders", founders(run.meta))] if founders(run.meta) else []),
        ("Assumed", _assumed(run.meta)),
        ("Report", str(run.path / "report.html")),
    ]
    return Text("\n".join([answer, *(f"  {label:<13}  {text}" for label, text in rests_on)]))


def state(meta: dict[str, Any]) -> str:
    """How far a run came and what it took: `done at day 30 in 3 min 12 s on 2 threads`."""
    words = str(meta.get("status", "unknown"))
    if isinstance(meta.get("days"), int | float):
        words += f" at {say.moment(meta['days'])}"
    if isinstance(meta.get("wall_seconds"), int | float):
        threads = meta.get("threads")
        words += f" in {say.seconds(meta['wall_seconds'])} on {threads} thread{'' if threads == 1 else 's'}"
    return words


def founders(meta: dict[str, Any]) -> str:
    """How many T cells the attack goes back to, as a mean over replicates; nothing for a tumour left alone."""
    entered, replicates = meta.get("founders"), meta.get("replicates")
    if entered is None:
        return "not known"
    if not entered:
        return "none came in yet" if meta.get("doses") else ""
    if not too_few(entered):
        few = ""
    elif replicates:
        few = ": so few that only the intervals count"
    else:
        few = f": so few that only replicates tell (--replicates {ENOUGH_REPLICATES})"
    return f"{say.cells(entered, 'T')}{few}"


def _assumed(meta: dict[str, Any]) -> str:
    assumed = meta.get("assumed") or 0
    count = assumed if isinstance(assumed, int) else len(assumed)
    return f"{count} of the numbers used are assumed, not measured" if count else "no number"


def tree_of_run(run: RunData) -> str:
    """A run as a short tree of itself."""
    meta = run.meta
    days = ", ".join(f"{day:g}" for day in run.snapshot_days[:6])
    more = ", ..." if len(run.snapshot_days) > 6 else ""
    return "\n".join(
        [
            f"Run {meta.get('name', '')!r}, seed {meta.get('seed')}: {state(meta)}",
            f"├── path: {run.path}",
            f"├── series: {len(run.series)} rows",
            f"├── cells on day: {days or 'none'}{more}",
            f"├── fields: {', '.join(run.field_names) or 'none'}",
            f"└── answer: {summary(run).headline if len(run.series) else 'none yet'}",
        ]
    )
