"""Checkpoints: everything the next step reads, in one file with a checksum; two are kept.

The file is: a line `perforin checkpoint 1`, the length of the header (8 bytes, little-endian), the header (JSON:
tick, scalars, and name, dtype and shape of each array), the arrays one after the other, and the SHA-256 of all
that. A file that is torn or altered fails its checksum and the older one serves.
"""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from perforin.results import disk
from perforin.results.layout import LARGEST_TEXT, tick_name

MAGIC = b"perforin checkpoint 1\n"
SUFFIX = ".state"
KEPT = 2
DTYPES = frozenset(
    f"{order}{kind}" for order in "<|" for kind in "b1 i1 i2 i4 i8 u1 u2 u4 u8 f4 f8 c16".split()
)

Arrays = dict[str, np.ndarray]
Scalars = dict[str, Any]


def write(folder: Path, tick: int, arrays: Arrays, scalars: Scalars, name: str = "") -> Path:
    """Write the state at `tick`, then let go of all but the two newest."""
    path = folder / f"{name or tick_name(tick)}{SUFFIX}"
    solid = {key: np.ascontiguousarray(value) for key, value in arrays.items()}
    entries = [[key, value.dtype.str, list(value.shape)] for key, value in solid.items()]
    for key, dtype, _ in entries:
        if dtype not in DTYPES:
            raise ValueError(f"the state's array '{key}' has dtype {dtype}, which a checkpoint does not hold")
    header = json.dumps({"tick": int(tick), "scalars": scalars, "arrays": entries}).encode()
    parts: list[disk.Bytes] = [MAGIC, len(header).to_bytes(8, "little"), header]
    parts += [value.reshape(-1).view(np.uint8).data for value in solid.values()]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    disk.write_file(path, *parts, digest.digest())
    if not name:
        for old in listed(folder)[:-KEPT]:
            disk.remove(old)
    return path


def listed(folder: Path) -> list[Path]:
    """The checkpoints there are, oldest first, unread."""
    return sorted(p for p in folder.glob(f"*{SUFFIX}") if p.stem.isdigit()) if folder.is_dir() else []


def newest(folder: Path) -> tuple[int, Arrays, Scalars] | None:
    """The newest checkpoint that is whole, or None."""
    for path in reversed(listed(folder)):
        found = read(path)
        if found is not None:
            return found
    return None


def read(path: Path) -> tuple[int, Arrays, Scalars] | None:
    """One checkpoint: tick, arrays and scalars; None when it is not whole."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    start = len(MAGIC) + 8
    body = memoryview(content)[:-32]
    if content[: len(MAGIC)] != MAGIC or hashlib.sha256(body).digest() != content[-32:]:
        return None
    length = int.from_bytes(content[len(MAGIC) : start], "little")
    if length > min(LARGEST_TEXT, len(body) - start):
        return None
    header = json.loads(content[start : start + length])
    arrays, at = {}, start + length
    for key, dtype, shape in header["arrays"]:
        count = math.prod(shape)
        size = np.dtype(dtype).itemsize * count if dtype in DTYPES else -1
        if size < 0 or at + size > len(body):
            return None
        arrays[key] = np.frombuffer(body, dtype, count, at).reshape(shape).copy()
        at += size
    return int(header["tick"]), arrays, header["scalars"]
