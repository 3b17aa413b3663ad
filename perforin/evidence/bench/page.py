"""docs/speed.md: the words stand in speed.md beside this file, the numbers come from the history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any

from perforin.evidence.bench import history, targets
from perforin.evidence.bench.kernels import ASSUMED
from perforin.results import disk

WORDS = Path(__file__).with_name("speed.md")
PICTURE = Path("images") / "speed.png"
DRAWN = ("spheroid", "contact", "turnover", "organoid", "block")
RESOLUTION = 150  # dots per inch
FULL_PRICE = 4.1  # CPU ms per cell and hour of PhysiCell, see the table of peers


def write(file: Path) -> None:
    """Write the page and its picture from the history. Raises StorageError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draw(file.parent / PICTURE)
    disk.write_text(file, text(history.latest()))


def text(entries: list[dict[str, Any]]) -> str:
    """The page for these entries, the newest of each measurement."""
    tissues = [entry for entry in entries if entry["phases"] is not None]
    return Template(WORDS.read_text(encoding="utf-8")).substitute(
        tissues=_tissues(tissues),
        phases=_phases(tissues),
        machines=_machines(entries),
        assumed=_assumed(),
        rows="\n".join(_apart(entries)),
        targets=targets.table(entries),
    )


def _apart(entries: list[dict[str, Any]]) -> Iterator[str]:
    """A section for each case that runs no tissue."""
    for case, title in (
        ("kernels", "Kernels"),
        ("cold", "Cold start"),
        ("recording", "Recording"),
        ("body", "Patients"),
    ):
        for entry in entries:
            if entry["case"] == case:
                many = "thread" if entry["threads"] == 1 else "threads"
                head = f"### {title}, {entry['threads']} {many}, commit {entry['commit']}"
                yield f"{head}\n\n{_rows(entry['rows'])}"


def _tissues(entries: list[dict[str, Any]]) -> str:
    head = (
        "case", "cells", "at end", "hours", "threads", "wall s", "CPU s", "CPU ms per cell and hour",
        "PhysiCell / this", "peak MB", "bytes per cell", "error", "kills", "commit",
    )  # fmt: skip
    return _table(head, [_tissue(entry) for entry in entries])


def _tissue(entry: dict[str, Any]) -> tuple[str, ...]:
    price, error = entry["cpu_ms_per_cell_hour"], dict(entry["error_against_reference"] or {})
    kills = error.pop("kills", None)
    return (
        f"`{entry['case']}`",
        f"{entry['cells_start']:,}",
        f"{entry['cells_end']:,}",
        f"{entry['simulated_minutes'] / 60:g}",
        str(entry["threads"]),
        f"{entry['wall_seconds']:.2f}",
        f"{entry['cpu_seconds']:.2f}",
        f"{price:.4f}",
        f"{FULL_PRICE / price:.0f}" if entry["case"] == "spheroid" else "",
        f"{entry['peak_rss_mb']:.0f}",
        f"{entry['bytes_per_cell']:.0f}" if entry["bytes_per_cell"] is not None else "",
        f"{max(abs(value) for value in error.values()):.2%}" if error else "",
        f"{kills:+.1%}" if kills is not None else "",
        entry["commit"],
    )


def _phases(entries: list[dict[str, Any]]) -> str:
    names = list(entries[0]["phases"]) if entries else []
    rows = [
        (
            f"`{entry['case']}`",
            f"{entry['cells_start']:,}",
            str(entry["threads"]),
            *(f"{entry['phases'][name] / max(entry['wall_seconds'], 1e-9):.0%}" for name in names),
        )
        for entry in entries
    ]
    return _table(("case", "cells", "threads", *names), rows)


def _machines(entries: list[dict[str, Any]]) -> str:
    said = sorted(
        {
            f"{m['processor']}, {m['cores']} cores, {entry['threads']} used: {m['bandwidth_gb_s']:g} GB/s, "
            f"{m['fp32_gflop_s']:g} GFLOP/s (`{entry['case']}`, {entry['cells_start']:,} cells)"
            for entry in entries
            for m in [entry["machine"]]
            if entry["case"] == "kernels"
        }
    )
    return "".join(f"Machine: {line}.\n" for line in said)


def _assumed() -> str:
    rows = [(f"`{name}`", item, memory, work) for name, (item, memory, work) in ASSUMED.items()]
    return _table(("kernel", "per", "bytes", "operations"), rows)


def _rows(rows: list[dict[str, Any]]) -> str:
    head = tuple(rows[0]) if rows else ()
    return _table([name.replace("_", " ") for name in head], [[f"{row[n]}" for n in head] for row in rows])


def _table(head: Any, rows: Any) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def draw(file: Path) -> None:
    """Draw the history of the cost of each case at its smallest size."""
    from perforin.plots.speed import speed

    kept = history.lists()
    costs: dict[str, list[tuple[int, float]]] = {}
    for position, (_, entries) in enumerate(kept):
        for case in DRAWN:
            mine = [e for e in entries if e["case"] == case and e["cpu_ms_per_cell_hour"] is not None]
            if mine:
                least = min(mine, key=lambda e: (e["cells_start"], e["threads"]))
                costs.setdefault(case, []).append((position, least["cpu_ms_per_cell_hour"]))
    file.parent.mkdir(parents=True, exist_ok=True)
    ax = speed([name.replace("-", " ", 3).replace(" ", "-", 2) for name, _ in kept], costs)
    ax.figure.savefig(file, dpi=RESOLUTION, metadata={"Software": None})
