"""The run folder, write side: what a run leaves on disk while it goes on and when it ends.

<name>-<key>/
  scenario.toml  sources.json  run.json        what was asked, from which numbers, how it went
  series/part-*.parquet  events/part-*.parquet closed together with a checkpoint, merged at the end
  cells.zarr  fields.zarr                      the tissue at some moments
  checkpoint/                                  the two newest states
  lock                                         who is writing
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from perforin.results import checkpoint, disk, fields, lock, parts, snapshots
from perforin.results.layout import (
    CELLS,
    CHECKPOINTS,
    EVENTS,
    FIELDS,
    FORMAT_VERSION,
    LARGEST_TEXT,
    LOCK,
    RUN,
    SCENARIO,
    SERIES,
    SOURCES,
    STATUSES,
    read_bytes,
    unfit,
)

FAILED = "failed"  # the checkpoint-like file of an impossible state
OWN_NAMES = {RUN, SCENARIO, SOURCES, SERIES, EVENTS, CELLS, FIELDS, CHECKPOINTS, LOCK}


def read_meta(path: Path) -> dict[str, Any]:
    """run.json, checked: a run of this format, of a version this Perforin reads. Raises FolderError."""
    file = path / RUN
    if not path.is_dir():
        raise unfit(path, "", "a file" if path.exists() else "no such folder", "a run folder")
    if not file.is_file():
        raise unfit(path, "", f"no {RUN}", "a run folder")
    try:
        meta = json.loads(read_bytes(file, LARGEST_TEXT))
    except (ValueError, RecursionError) as error:
        raise unfit(file, "", f"a damaged file ({error})", "JSON") from error
    version = meta.get("format_version") if isinstance(meta, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise unfit(file, "format_version", version, f"a number up to {FORMAT_VERSION}")
    if version > FORMAT_VERSION:
        expected = f"at most {FORMAT_VERSION}: this folder was written by a newer Perforin; update to read it"
        raise unfit(file, "format_version", version, expected)
    for key, kind in (
        ("status", str),
        ("run_key", str),
        ("days", (int, float)),
        ("tick_minutes", (int, float)),
    ):
        if not isinstance(meta.get(key), kind):
            raise unfit(
                file, key, meta.get(key), "a number" if key not in ("status", "run_key") else "a word"
            )
    if meta["status"] not in STATUSES:
        raise unfit(file, "status", meta["status"], f"one of {', '.join(STATUSES)}")
    return meta


class RunFolder:
    """A run folder open for writing; hold `locked()` while you do."""

    def __init__(self, path: Path, meta: dict[str, Any]) -> None:
        self.path = path
        self.meta = meta

    def __repr__(self) -> str:
        return f"RunFolder({self.path}, {self.meta.get('status', 'new')})"

    @classmethod
    def create(
        cls, path: Path, meta: dict[str, Any], scenario_text: str, sources: list[dict[str, Any]] | None = None
    ) -> RunFolder:
        """Start a folder afresh; everything of an earlier start is removed."""
        disk.make_directory(path)
        foreign = sorted(
            p.name for p in path.iterdir() if p.name not in OWN_NAMES and not p.name.startswith(".")
        )
        if foreign and not (path / RUN).exists():
            raise unfit(
                path, "", f"a folder that holds {foreign[0]} and is not a run", "a run folder or none"
            )
        disk.write_file(path / SCENARIO, scenario_text.encode())
        disk.write_file(path / SOURCES, _as_json(sources or []))
        folder = cls(path, {})
        folder.update_meta(format_version=FORMAT_VERSION, **meta)
        for name in (SERIES, EVENTS, CELLS, FIELDS, CHECKPOINTS):
            disk.remove(path / name)
        disk.sweep(path)
        for name in (SERIES, EVENTS, CHECKPOINTS):
            disk.make_directory(path / name)
        snapshots.begin(path / CELLS)
        return folder

    @classmethod
    def open(cls, path: Path) -> RunFolder:
        """Open a run folder that exists. Raises FolderError."""
        return cls(path, read_meta(path))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the one writer. Raises RunError when another process is."""
        with lock.locked(self.path):
            yield

    def update_meta(self, **changes: Any) -> None:
        """Change entries of run.json, all at once."""
        meta = {**self.meta, **changes}
        disk.write_file(self.path / RUN, _as_json(meta))
        self.meta = meta

    def write_scenario(self, text: str, sources: list[dict[str, Any]]) -> None:
        """Replace the scenario's text and its numbers' sources."""
        disk.write_file(self.path / SCENARIO, text.encode())
        disk.write_file(self.path / SOURCES, _as_json(sources))

    def write_part(self, kind: str, first_tick: int, last_tick: int, table: dict[str, np.ndarray]) -> None:
        """Close one part of `series` or `events`: what happened after first_tick up to last_tick."""
        parts.write(self.path / kind, first_tick, last_tick, table)

    def write_snapshot(
        self, tick: int, obs: dict[str, np.ndarray], spatial: np.ndarray, categories: dict[str, list[str]]
    ) -> None:
        """Write the cells at `tick`."""
        snapshots.write(self.path / CELLS, tick, self.day(tick), obs, spatial, categories)

    def write_fields(
        self, tick: int, values: dict[str, np.ndarray], lattice: fields.Lattice, units: dict[str, str]
    ) -> None:
        """Write the fields at `tick`, (nz, ny, nx) each."""
        fields.write(self.path / FIELDS, tick, self.day(tick), values, lattice, units)

    def write_checkpoint(self, tick: int, arrays: dict[str, np.ndarray], scalars: dict[str, Any]) -> Path:
        """Write the state at `tick`; the two newest are kept."""
        return checkpoint.write(self.path / CHECKPOINTS, tick, arrays, scalars)

    def write_failed_state(self, tick: int, arrays: dict[str, np.ndarray], scalars: dict[str, Any]) -> Path:
        """Write an impossible state beside the checkpoints, for whoever looks for the cause."""
        return checkpoint.write(self.path / CHECKPOINTS, tick, arrays, scalars, name=FAILED)

    def read_checkpoint(self) -> tuple[int, dict[str, np.ndarray], dict[str, Any]] | None:
        """Tick, arrays and scalars of the newest checkpoint that is whole, or None."""
        return checkpoint.newest(self.path / CHECKPOINTS)

    def forget_after(self, tick: int) -> None:
        """Remove parts, snapshots, fields and checkpoints later than the checkpoint at `tick`."""
        for name in (SERIES, EVENTS, CELLS, CHECKPOINTS):
            disk.sweep(self.path / name)
        disk.sweep(self.path)
        for path in checkpoint.listed(self.path / CHECKPOINTS):
            if int(path.stem) > tick:
                disk.remove(path)
        disk.remove(self.path / CHECKPOINTS / f"{FAILED}{checkpoint.SUFFIX}")
        for kind in (SERIES, EVENTS):
            parts.forget_after(self.path / kind, tick)
        snapshots.forget_after(self.path / CELLS, tick)
        fields.forget_after(self.path / FIELDS, tick)

    def finish(self) -> None:
        """Merge the parts of series and events."""
        for kind in (SERIES, EVENTS):
            parts.merge(self.path / kind)

    def day(self, tick: int) -> float:
        """The day of a tick."""
        return tick * self.meta["tick_minutes"] / 1440


def _as_json(content: Any) -> bytes:
    return (json.dumps(content, indent=1, default=_plain) + "\n").encode()


def _plain(value: Any) -> Any:
    """NumPy numbers and paths as JSON knows them."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"run.json cannot hold {type(value).__name__}")
