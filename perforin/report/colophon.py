"""The end of the page: numbers that were assumed, numerics, versions, and how to get this result again."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from perforin.analysis import wording as say
from perforin.report.html import Html, folded, join, pairs, paragraph, section, table, tag, text, with_links

if TYPE_CHECKING:
    from perforin.results.run import RunData

GRADES = (
    ("assumed", "assumed", "nobody measured them for this purpose; each says why it was chosen"),
    ("fitted", "fitted", "set so that a model met data"),
    ("yours", "yours", "written or overridden by you"),
)
HEAD = ("Number", "Value", "Unit", "Source", "Note")


def numbers_used(run: RunData) -> Html:
    """The numbers that rest on least: assumed, fitted, the user's own; each list folded."""
    rows = sorted(run.sources, key=lambda row: str(row.get("path", "")))
    blocks = [_graded(rows, grade, title, meaning) for grade, title, meaning in GRADES]
    if not any(blocks):
        return Html("")
    measured = len(rows) - sum(row.get("grade") in {grade for grade, _, _ in GRADES} for row in rows)
    rest = f"{say.count(measured)} other numbers were measured; " if measured else ""
    where = tag("code", f"perforin sources {shlex.quote(run.path.name)}")
    lead = "Assumed and used does not mean that it mattered: that is known only after varying it."
    last = join([rest, "all of them, with what to cite, are listed by ", where, "."])
    return section(
        "Numbers that were used", paragraph(lead), *blocks, paragraph(last, class_="fine"), id="numbers"
    )


def _graded(rows: list[dict[str, Any]], grade: str, title: str, meaning: str) -> Html:
    chosen = [row for row in rows if row.get("grade") == grade]
    if not chosen:
        return Html("")
    body = table(HEAD, (_number(row) for row in chosen), numeric=(1,))
    return folded(f"{len(chosen)} {title}: {meaning}", body)


def _number(row: dict[str, Any]) -> tuple[object, ...]:
    value = row.get("value")
    shown = f"{value:g}" if isinstance(value, int | float) else value
    unit = "" if row.get("unit") == "1" else row.get("unit", "")
    return (
        tag("code", row.get("path", "")),
        shown,
        unit,
        with_links(str(row.get("source", ""))),
        row.get("note", ""),
    )


def provenance(run: RunData) -> Html:
    """How this was computed: seed, key, versions, time, numerics, stops; and the command that repeats it."""
    return section(
        "How this was computed",
        tag("div", tag("div", _run(run)), tag("div", _numerics(run)), class_="pair"),
        tag("h3", "To get this again"),
        tag("pre", tag("code", command(run))),
        _history(run),
        id="provenance",
    )


def command(run: RunData) -> str:
    """The command that repeats this run from its own resolved scenario."""
    scenario = shlex.quote(f"{run.path.name}/scenario.toml")
    days = float(run.meta.get("days_asked") or run.meta.get("days") or 0.0)
    return f"perforin run {scenario} --seed {run.meta.get('seed')} --days {days:g} --fresh"


def _run(run: RunData) -> Html:
    meta = run.meta
    versions = meta.get("versions") or {}
    machine = meta.get("machine") or {}
    wall, cpu = float(meta.get("wall_seconds") or 0.0), float(meta.get("cpu_seconds") or 0.0)
    threads = meta.get("threads")
    taken = f"{say.seconds(wall)} on {threads} thread{'s' if threads != 1 else ''}"
    kind = [str(machine[key]) for key in ("system", "architecture", "processor") if machine.get(key)]
    rows = [
        ("Seed", meta.get("seed")),
        ("Run key", tag("code", str(meta.get("run_key", ""))[:16])),
        ("Plan", tag("code", str(meta.get("plan_hash", ""))[:16])),
        ("Final state", tag("code", str(meta.get("state_hash") or "not final")[:16])),
        ("Time taken", f"{taken} ({say.seconds(cpu)} of processor)"),
        ("Versions", ", ".join(f"{name} {version}" for name, version in versions.items())),
        ("Machine", ", ".join(kind) or "not noted"),
        ("Format", f"run folder version {meta.get('format_version')}"),
    ]
    return join([tag("h3", "Run"), pairs(rows)])


def _numerics(run: RunData) -> Html:
    clock, geometry = run.meta.get("clock") or {}, run.meta.get("geometry") or {}
    tick = float(clock.get("tick") or run.meta.get("tick_minutes") or 0.1)
    rows: list[tuple[object, object]] = []
    for name, key in (
        ("Mechanics step", "mechanics"),
        ("with T cells", "crowded"),
        ("Phenotype step", "phenotype"),
    ):
        if key in clock:
            rows.append((name, f"{clock[key] * tick:g} min"))
    if "voxel" in geometry:
        rows.append(("Field voxel", f"{geometry['voxel']:g} \u00b5m"))
    for name, entry in (run.meta.get("fields") or {}).items():
        kind = "quasi-steady" if entry.get("steady") else "followed in time"
        reason = str(entry.get("reason", "")).partition(": ")
        said = name if name != name.lower() else name.replace("-", " ").capitalize()  # TGF-beta is a name
        rows.append((said, join([kind, tag("small", reason[2] or reason[0])])))
    return join([tag("h3", "Numerics"), pairs(rows)]) if rows else Html("")


def _history(run: RunData) -> Html:
    stops, resumes = run.meta.get("stops") or [], run.meta.get("resumes") or []
    if not stops and not resumes:
        return Html("")
    told = [f"stopped on {_when(stop)}{_why(stop)}" for stop in stops]
    told += [f"resumed from {_when(resume)}" for resume in resumes]
    return paragraph(text("; ".join(told).capitalize() + "."), class_="fine")


def _when(entry: Any) -> str:
    return say.moment(float(entry.get("day", 0.0))) if isinstance(entry, dict) else str(entry)


def _why(entry: Any) -> str:
    reason = entry.get("reason") if isinstance(entry, dict) else None
    return f" ({reason})" if reason else ""
