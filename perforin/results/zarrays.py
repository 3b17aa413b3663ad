"""Zarr version 3, the part of it a run folder uses: arrays of numbers or words in one chunk, zstd-compressed.

Written and read here rather than by the zarr library so that a snapshot costs milliseconds, every byte goes through
`disk`, and reading is safe: only version 3, only plain numbers and UTF-8 words, the size known before anything
is allocated, nothing looked up by name that could run code.
https://zarr-specs.readthedocs.io/en/latest/v3/core/
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from perforin.results.layout import LARGEST_ARRAY, LARGEST_TEXT, read_bytes, unfit

METADATA = "zarr.json"
NUMBERS = {
    "bool": "|b1", "int8": "|i1", "int16": "<i2", "int32": "<i4", "int64": "<i8",
    "uint8": "|u1", "uint16": "<u2", "uint32": "<u4", "uint64": "<u8", "float32": "<f4", "float64": "<f8",
}  # fmt: skip
ZSTD = {"name": "zstd", "configuration": {"level": 1, "checksum": False}}
LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}
WORDS = {"name": "vlen-utf8"}
WORD = "string"

Files = dict[str, bytes]


def group(attributes: dict[str, Any]) -> bytes:
    """The metadata of a group."""
    return as_json({"zarr_format": 3, "node_type": "group", "attributes": attributes})


def array_metadata(
    shape: tuple[int, ...],
    chunk: tuple[int, ...],
    data_type: str,
    attributes: dict[str, Any],
    dimensions: tuple[str, ...] = (),
) -> dict[str, Any]:
    """The metadata of an array of numbers (or of words)."""
    metadata: dict[str, Any] = {
        "zarr_format": 3,
        "node_type": "array",
        "shape": list(shape),
        "data_type": data_type,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [max(1, edge) for edge in chunk]}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": {WORD: "", "bool": False}.get(data_type, 0),
        "codecs": [WORDS if data_type == WORD else LITTLE, ZSTD],
        "attributes": attributes,
    }
    if dimensions:
        metadata["dimension_names"] = list(dimensions)
    return metadata


def add_numbers(
    files: Files, name: str, values: np.ndarray, attributes: dict[str, Any] | None = None
) -> None:
    """Add one array of numbers, in one chunk, to the files of a folder."""
    metadata = array_metadata(values.shape, values.shape, values.dtype.name, attributes or _encoded("array"))
    files[f"{name}/{METADATA}"] = as_json(metadata)
    if values.size:
        files[f"{name}/{_first_chunk(values.ndim)}"] = chunk_of(values)


def add_words(files: Files, name: str, words: list[str]) -> None:
    """Add one list of words to the files of a folder."""
    encoded = [word.encode() for word in words]
    body = len(words).to_bytes(4, "little")
    body += b"".join(len(word).to_bytes(4, "little") + word for word in encoded)
    _add_encoded_words(files, name, len(words), body)


def add_names_of(files: Files, name: str, ids: np.ndarray) -> None:
    """Add each cell's id as a word of 16 hexadecimal digits, without a loop over cells."""
    digits = np.frombuffer(b"0123456789abcdef", np.uint8)
    octets = ids.astype(">u8").view(np.uint8).reshape(-1, 8)
    rows = np.empty((ids.size, 20), np.uint8)
    rows[:, :4] = (16, 0, 0, 0)
    rows[:, 4::2], rows[:, 5::2] = digits[octets >> 4], digits[octets & 15]
    _add_encoded_words(files, name, ids.size, ids.size.to_bytes(4, "little") + rows.tobytes())


def _add_encoded_words(files: Files, name: str, count: int, body: bytes) -> None:
    files[f"{name}/{METADATA}"] = as_json(array_metadata((count,), (count,), WORD, _encoded("string-array")))
    if count:
        files[f"{name}/c/0"] = _compress(body)


def chunk_of(values: np.ndarray) -> bytes:
    """The bytes of one chunk."""
    return _compress(np.ascontiguousarray(values, values.dtype.newbyteorder("<")).tobytes())


def read_numbers(folder: Path, index: tuple[int, ...] | None = None) -> np.ndarray:
    """One chunk of an array of numbers (the first, or the one at `index`). Raises FolderError."""
    metadata = read_metadata(folder, "array")
    dtype = np.dtype(_number_type(folder, metadata))
    _check_codecs(folder, metadata, "bytes")
    shape, chunk = _whole(folder, metadata, "shape"), _chunk_shape(folder, metadata)
    if index is None and any(edge > size for edge, size in zip(shape, chunk, strict=True)):
        raise unfit(folder / METADATA, "chunk_grid", chunk, f"one chunk of {shape}")
    size = math.prod(chunk) * dtype.itemsize
    if size > LARGEST_ARRAY:
        raise unfit(folder / METADATA, "shape", f"{size} bytes", f"at most {LARGEST_ARRAY}")
    if 0 in shape:
        return np.zeros(shape, dtype)
    key = "/".join(str(i) for i in index) if index is not None else _first_chunk(len(shape))[2:]
    content = _decompress(folder / "c" / key if key else folder / "c", size)
    values = np.frombuffer(content, dtype).reshape(chunk)
    return values if index is not None else values[tuple(slice(0, edge) for edge in shape)]


def read_words(folder: Path) -> list[str]:
    """A list of words. Raises FolderError."""
    metadata = read_metadata(folder, "array")
    if metadata.get("data_type") != WORD:
        raise unfit(folder / METADATA, "data_type", metadata.get("data_type"), WORD)
    _check_codecs(folder, metadata, WORDS["name"])
    (count,) = _whole(folder, metadata, "shape")
    if count == 0:
        return []
    path = folder / "c" / "0"
    body = _decompress(path, None)
    words, at = [], 4
    for _ in range(count):
        length = int.from_bytes(body[at : at + 4], "little")
        if at + 4 + length > len(body):
            raise unfit(path, "", "a truncated list of words", f"{count} words")
        words.append(body[at + 4 : at + 4 + length].decode())
        at += 4 + length
    return words


def read_metadata(folder: Path, node: str) -> dict[str, Any]:
    """The zarr.json of an array or a group, version checked. Raises FolderError."""
    for old in (".zarray", ".zgroup", ".zattrs", ".zmetadata"):
        if (folder / old).exists():
            raise unfit(folder / old, "", "Zarr version 2", "Zarr version 3")
    path = folder / METADATA
    try:
        metadata = json.loads(read_bytes(path, LARGEST_TEXT))
    except ValueError as error:
        raise unfit(path, "", f"a damaged file ({error})", "JSON") from error
    if not isinstance(metadata, dict) or metadata.get("zarr_format") != 3:
        found = metadata.get("zarr_format") if isinstance(metadata, dict) else metadata
        raise unfit(path, "zarr_format", found, "3")
    if metadata.get("node_type") != node:
        raise unfit(path, "node_type", metadata.get("node_type"), node)
    return metadata


def as_json(content: Any) -> bytes:
    """JSON that a person can read too."""
    return json.dumps(content, indent=1, allow_nan=False).encode()


def _encoded(kind: str) -> dict[str, str]:
    """How anndata is told what an array is."""
    return {"encoding-type": kind, "encoding-version": "0.2.0"}


def _first_chunk(dimensions: int) -> str:
    return "/".join(["c"] + ["0"] * dimensions)


def _number_type(folder: Path, metadata: dict[str, Any]) -> str:
    found = metadata.get("data_type")
    if not isinstance(found, str) or found not in NUMBERS:
        raise unfit(folder / METADATA, "data_type", found, f"one of {', '.join(NUMBERS)}")
    return NUMBERS[found]


def _check_codecs(folder: Path, metadata: dict[str, Any], first: str) -> None:
    codecs = metadata.get("codecs") or []
    names = [codec.get("name") if isinstance(codec, dict) else codec for codec in codecs]
    big = (
        first == "bytes"
        and names[:1] == ["bytes"]
        and codecs[0].get("configuration", {}).get("endian") == "big"
    )
    if names != [first, "zstd"] or big:
        raise unfit(folder / METADATA, "codecs", names, f"{first} (little-endian), zstd")


def _whole(folder: Path, metadata: dict[str, Any], key: str) -> tuple[int, ...]:
    found = metadata.get(key)
    if not isinstance(found, list) or not all(isinstance(edge, int) and 0 <= edge < 2**40 for edge in found):
        raise unfit(folder / METADATA, key, found, "a list of whole numbers")
    return tuple(found)


def _chunk_shape(folder: Path, metadata: dict[str, Any]) -> tuple[int, ...]:
    grid = metadata.get("chunk_grid")
    configuration = grid.get("configuration") if isinstance(grid, dict) else None
    if not isinstance(configuration, dict) or len(configuration.get("chunk_shape", ())) != len(
        metadata["shape"]
    ):
        raise unfit(folder / METADATA, "chunk_grid", grid, "a regular grid")
    return _whole(folder, configuration, "chunk_shape")


def _compress(content: bytes) -> bytes:
    return pa.Codec("zstd", compression_level=1).compress(content, asbytes=True)


def _decompress(path: Path, size: int | None) -> bytes:
    """A chunk's bytes: exactly `size`, or what its header announces when that is not known."""
    content = read_bytes(path)
    announced = _announced(content)
    if announced is None or announced > LARGEST_ARRAY or (size is not None and announced != size):
        expected = f"{size} bytes" if size is not None else f"at most {LARGEST_ARRAY} bytes"
        raise unfit(path, "", f"{'damaged' if announced is None else announced} content", expected)
    try:
        return pa.Codec("zstd").decompress(content, announced, asbytes=True)
    except (pa.ArrowException, OSError) as error:
        raise unfit(path, "", f"a damaged file ({error})", "zstd-compressed content") from error


def _announced(content: bytes) -> int | None:
    """The content size a zstd frame announces (RFC 8878, section 3.1.1.1), None where it does not."""
    if len(content) < 6 or content[:4] != b"\x28\xb5\x2f\xfd":
        return None
    descriptor = content[4]
    flag, single = descriptor >> 6, (descriptor >> 5) & 1
    at = 5 + (0 if single else 1) + (0, 1, 2, 4)[descriptor & 3]
    width = (1 if single else 0, 2, 4, 8)[flag]
    if width == 0 or len(content) < at + width:
        return None
    return int.from_bytes(content[at : at + width], "little") + (256 if width == 2 else 0)
