"""What one benchmark run measured: one entry of the JSON list."""

from __future__ import annotations

import dataclasses
import json
import os
import resource
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from perforin.errors import InputError, Problem
from perforin.results import disk
from perforin.simulation import provenance

OF_TISSUE = (
    "cpu_ms_per_cell_hour",
    "bytes_per_cell",
    "phases",
    "mean_fields",
    "state_hash",
    "error_against_reference",
)


@dataclass(frozen=True)
class Job:
    """One thing to run in a process of its own."""

    case: str
    cells: int | None = None  # tumour cells at the start; None where the case has one size
    minutes: float | None = None  # simulated; None where the case says how many
    threads: int = 1
    reference: bool = False  # run the finer reference and keep what it says

    def text(self) -> str:
        """As the worker reads it."""
        return json.dumps(dataclasses.asdict(self))


@dataclass(frozen=True)
class Measurement:
    """One case at one size. What cannot be measured is None and `why_null` says why."""

    case: str
    cells_start: int
    cells_end: int
    simulated_minutes: float
    threads: int
    wall_seconds: float
    cpu_seconds: float
    cpu_ms_per_cell_hour: float | None
    bytes_per_cell: float | None
    peak_rss_mb: float
    phases: dict[str, float] | None
    mean_fields: dict[str, float] | None
    state_hash: str | None
    error_against_reference: dict[str, float] | None
    machine: dict[str, Any]
    versions: dict[str, str]
    why_null: dict[str, str] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)  # of kernels, cold and body

    def as_json(self) -> dict[str, Any]:
        """As a table of plain numbers and words."""
        return dataclasses.asdict(self)

    @staticmethod
    def of_json(table: dict[str, Any]) -> Measurement:
        """Back from JSON."""
        return Measurement(**table)


def cost(cpu_seconds: float, cells_start: int, cells_end: int, minutes: float) -> float:
    """CPU milliseconds per cell and simulated hour: over the mean of the cells at start and end."""
    return 1000.0 * cpu_seconds / (0.5 * (cells_start + cells_end)) / (minutes / 60.0)


def peak_rss_mb() -> float:
    """The most memory this process has held [MB]."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1e6 if sys.platform == "darwin" else 1e3)


def without_tissue(
    case: str,
    cells_start: int,
    cells_end: int,
    simulated_minutes: float,
    threads: int,
    wall_seconds: float,
    cpu_seconds: float,
    machine: dict[str, Any],
    why: str,
    rows: list[dict[str, Any]],
) -> Measurement:
    """The measurement of a case that runs no tissue: `why` says so for all that only a tissue has."""
    return Measurement(
        case=case,
        cells_start=cells_start,
        cells_end=cells_end,
        simulated_minutes=simulated_minutes,
        threads=threads,
        wall_seconds=round(wall_seconds, 4),
        cpu_seconds=round(cpu_seconds, 4),
        cpu_ms_per_cell_hour=None,
        bytes_per_cell=None,
        peak_rss_mb=round(peak_rss_mb(), 1),
        phases=None,
        mean_fields=None,
        state_hash=None,
        error_against_reference=None,
        machine=machine,
        versions=provenance.versions(),
        why_null=dict.fromkeys(OF_TISSUE, why),
        rows=rows,
    )


def refuse_unwritable(file: Path) -> None:
    """Raise InputError where the list could not be written, before anything is measured."""
    folder = file.parent
    if file.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        found = "a folder" if file.is_dir() else f"no folder '{folder}' that can be written"
        raise InputError(
            [Problem("perforin bench", "--json", found, "a file in a folder that can be written")]
        )


def write_list(file: Path, measured: list[Measurement], commit: str) -> None:
    """Write the list so that the file is whole or not there. Raises StorageError."""
    write_entries(file, [entry.as_json() | {"commit": commit} for entry in measured])


def write_entries(file: Path, entries: list[dict[str, Any]]) -> None:
    """Write entries so that the file is whole or not there. Raises StorageError."""
    disk.write_text(file, json.dumps(entries, indent=1, allow_nan=False) + "\n")


def read_list(file: Path) -> list[dict[str, Any]]:
    """Read a list. Raises InputError when the file is not one."""
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(entries, list) or not all("case" in entry for entry in entries):
            raise ValueError("no list of measurements")
    except (OSError, ValueError, TypeError) as error:
        raise InputError([Problem(str(file), "", str(error), "what perforin bench --json wrote")]) from None
    return entries
