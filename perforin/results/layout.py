"""The names and limits of the run folder's format, and how it refuses what it cannot read.

docs/file-format.md is the same in prose. The version changes when an older reader would misread a newer folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from perforin.errors import FolderError, Problem

FORMAT_VERSION = 1

RUN = "run.json"
SCENARIO = "scenario.toml"
SOURCES = "sources.json"
SERIES = "series"
EVENTS = "events"
CELLS = "cells.zarr"
FIELDS = "fields.zarr"
CHECKPOINTS = "checkpoint"
LOCK = "lock"
REPORT = "report.html"

EVENT_KINDS = (
    "arrival",
    "division",
    "kill",
    "necrosis",
    "lysis",
    "clearance",
    "ageing",
    "egress",
    "depletion",
)
FATES = ("alive", "apoptotic", "necrotic", "lysed")
STATUSES = ("running", "done", "stopped", "failed")

TICK_DIGITS = 12
LARGEST_TEXT = 64 * 2**20  # bytes: run.json, sources, zarr metadata; far above any honest file
LARGEST_ARRAY = 16 * 2**30  # bytes: one array or one table, before anything is allocated


def tick_name(tick: int) -> str:
    """A tick as a name that sorts in time."""
    return f"{tick:0{TICK_DIGITS}d}"


def unfit(path: Path | str, key: str, found: Any, expected: str) -> FolderError:
    """One reason why a folder cannot be read."""
    return FolderError([Problem(str(path), key, str(found), expected)])


def read_bytes(path: Path, largest: int = LARGEST_ARRAY) -> bytes:
    """A whole file, its size checked first. Raises FolderError."""
    try:
        size = path.stat().st_size
        if size > largest:
            raise unfit(path, "", f"{size} bytes", f"at most {largest}")
        return path.read_bytes()
    except FileNotFoundError:
        raise unfit(path, "", "no such file", "a part of a run folder") from None
    except OSError as error:
        raise unfit(path, "", error.strerror or error, "a readable file") from error
