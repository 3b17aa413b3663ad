"""The history: every list of measurements that was kept, one file for a day and commit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from perforin.evidence.bench.measurement import Measurement, read_list, write_entries
from perforin.results import disk

FOLDER = Path("benchmarks") / "history"
Key = tuple[str, int, float, int]  # case, cells at the start, minutes, threads


def key(entry: dict[str, Any]) -> Key:
    """What makes two entries the same measurement at two times."""
    cells = (
        entry["cells_start"] if entry["phases"] is not None else 0
    )  # where no tissue is timed it is no size
    return entry["case"], cells, entry["simulated_minutes"], entry["threads"]


def keep(measured: list[Measurement], commit: str, date: str) -> Path:
    """Add to the file of this commit, named by when it began; a case measured again replaces its entry.

    date  as it sorts: 2026-11-26T0417. Raises StorageError.
    """
    disk.make_directory(FOLDER)
    name = commit.removesuffix("+").replace(" ", "-")
    file = next(iter(sorted(FOLDER.glob(f"*-{name}.json"))), FOLDER / f"{date}-{name}.json")
    entries = {key(entry): entry for entry in (read_list(file) if file.is_file() else [])}
    for measurement in measured:
        entry = measurement.as_json() | {"commit": commit, "date": date}
        entries[key(entry)] = entry
    write_entries(file, list(entries.values()))
    return file


def lists() -> list[tuple[str, list[dict[str, Any]]]]:
    """Name and entries of every file that was kept, oldest first."""
    return [(file.stem, read_list(file)) for file in sorted(FOLDER.glob("*.json"))]


def latest() -> list[dict[str, Any]]:
    """The newest entry of every measurement, by case and size."""
    found: dict[Key, dict[str, Any]] = {}
    for _, entries in lists():
        found |= {key(entry): entry for entry in entries}
    return [found[each] for each in sorted(found)]
