"""Series and events: tables in parts, each closed together with a checkpoint.

Parquet cannot be appended to, so rows are collected and written as `part-<first tick>-<last tick>.parquet`, which
holds what happened after the first tick up to and including the last. Merging makes one part of all and keeps
where the joints were, so that a run that continues from an older checkpoint can cut exactly there.
"""

from __future__ import annotations

import io
import itertools
import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from perforin.results import disk
from perforin.results.layout import EVENT_KINDS, LARGEST_ARRAY, tick_name, unfit

JOINTS = b"perforin.joints"
_NAME = re.compile(r"part-(\d+)-(\d+)\.parquet")


@dataclass(frozen=True)
class Part:
    """One file of rows, by the ticks it spans."""

    path: Path
    first: int
    last: int


def write(folder: Path, first: int, last: int, columns: dict[str, np.ndarray]) -> Path:
    """Close one part: rows after `first` up to and including `last`."""
    table = pa.table({name: _column(name, values) for name, values in columns.items()})
    return _store(folder, table, [(first, last, table.num_rows)])


def listed(folder: Path) -> list[Part]:
    """The parts that count, in time; one that lies within another is a leftover of merging and does not."""
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        match = _NAME.fullmatch(path.name)
        if match:
            found.append(Part(path, int(match[1]), int(match[2])))
    found.sort(key=lambda part: (part.first, -part.last))
    kept: list[Part] = []
    for part in found:
        if not kept or part.last > kept[-1].last:
            kept.append(part)
    return kept


def read(folder: Path) -> pa.Table | None:
    """All rows in time, or None when there is no part. Raises FolderError."""
    counted = listed(folder)
    for before, after in itertools.pairwise(counted):
        if after.first != before.last:
            raise unfit(
                folder, "", f"no part from tick {before.last} to {after.first}", "parts without a gap"
            )
    tables = [_load(part)[0] for part in counted]
    return _joined(tables) if tables else None


def forget_after(folder: Path, tick: int) -> None:
    """Remove what was written after `tick`, which is a joint."""
    _remove_leftovers(folder)
    for part in listed(folder):
        if part.last <= tick:
            continue
        if part.first < tick:
            table, joints = _load(part)
            kept = [joint for joint in joints if joint[1] <= tick]
            if kept:
                _store(folder, table.slice(0, sum(rows for _, _, rows in kept)), kept)
        disk.remove(part.path)


def merge(folder: Path) -> None:
    """Make one part of all of them."""
    counted = listed(folder)
    if len(counted) > 1:
        loaded = [_load(part) for part in counted]
        joints = [joint for _, joints in loaded for joint in joints]
        _store(folder, _joined([table for table, _ in loaded]), joints)
    _remove_leftovers(folder)


def _remove_leftovers(folder: Path) -> None:
    kept = {part.path for part in listed(folder)}
    for path in folder.iterdir() if folder.is_dir() else ():
        if _NAME.fullmatch(path.name) and path not in kept:
            disk.remove(path)


def _joined(tables: list[pa.Table]) -> pa.Table:
    filled = [table for table in tables if table.num_rows] or tables[:1]
    return pa.concat_tables(filled).combine_chunks().replace_schema_metadata(None)


def _store(folder: Path, table: pa.Table, joints: list[tuple[int, int, int]]) -> Path:
    path = folder / f"part-{tick_name(joints[0][0])}-{tick_name(joints[-1][1])}.parquet"
    table = table.replace_schema_metadata({JOINTS: json.dumps(joints).encode()})
    buffer = io.BytesIO()
    parquet.write_table(table, buffer, compression="zstd")
    disk.write_file(path, buffer.getbuffer())
    return path


def _load(part: Part) -> tuple[pa.Table, list[tuple[int, int, int]]]:
    """One part's rows and joints, types and sizes checked before the rows are read."""
    try:
        with parquet.ParquetFile(part.path) as file:
            metadata, schema = file.metadata, file.schema_arrow
            for field in schema:
                if not _is_plain(field.type):
                    raise unfit(part.path, field.name, field.type, "a number or a word")
            if metadata.num_rows * 8 * max(1, metadata.num_columns) > LARGEST_ARRAY:
                raise unfit(part.path, "", f"{metadata.num_rows} rows", "a table that fits in memory")
            table = file.read()
            joints = json.loads((schema.metadata or {}).get(JOINTS, b"null"))
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        first_line = str(error).splitlines()[0]
        raise unfit(part.path, "", f"a damaged file ({first_line})", "a complete Parquet file") from error
    if not joints:
        joints = [(part.first, part.last, table.num_rows)]
    return table, [(first, last, rows) for first, last, rows in joints]


def _is_plain(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return any(test(kind) for test in (pa.types.is_integer, pa.types.is_floating, pa.types.is_string))


def _column(name: str, values: np.ndarray) -> pa.Array:
    """Numbers as they are; the kind of an event as a word."""
    array = np.asarray(values)
    if name != "kind":
        return pa.array(array)
    if array.dtype.kind in "ui":
        return pa.DictionaryArray.from_arrays(pa.array(array.astype(np.int8)), pa.array(EVENT_KINDS))
    codes = np.full(array.shape, -1, dtype=np.int8)
    for code, word in enumerate(EVENT_KINDS):
        codes[array == word] = code
    if (codes < 0).any():
        raise ValueError(
            f"the format knows no event kind '{array[codes < 0][0]}'; it knows {', '.join(EVENT_KINDS)}"
        )
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(EVENT_KINDS))
