"""Every byte a run leaves on disk goes through here, so that a kill or a full disk never leaves half a thing.

A file is written under a hidden temporary name, flushed to the disk, renamed, and the folder's list of names is
flushed too. A folder is filled under a temporary name and renamed as a whole. What is removed is renamed out of
sight first. So a name that is visible is always complete; hidden leftovers are swept by the next writer.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from perforin.errors import StorageError

TEMPORARY = ".new-"
REMOVED = ".gone-"
Bytes = bytes | bytearray | memoryview


def make_directory(path: Path) -> None:
    """Make a folder and the folders above it; one that exists is fine."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refused("make the folder", path, error) from error


def write_file(path: Path, *chunks: Bytes) -> None:
    """Write one file so that it is either there in full or not there. Raises StorageError."""
    temporary = path.with_name(TEMPORARY + path.name)
    try:
        _fill(temporary, chunks)
        os.replace(temporary, path)
        _sync_directory(path.parent)
    except OSError as error:
        _discard(temporary)
        raise refused("write", path, error) from error


def write_text(path: Path, text: str) -> None:
    """Write one text file, whole or not at all. Raises StorageError."""
    write_file(path, text.encode())


def write_folder(path: Path, files: Mapping[str, Bytes]) -> None:
    """Write a folder of files (relative name to bytes) so that it is either there in full or not there."""
    temporary = path.with_name(TEMPORARY + path.name)
    try:
        _discard(temporary)
        folders = {temporary, *((temporary / name).parent for name in files)}
        for folder in sorted(folders):
            folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            _fill(temporary / name, (content,))
        for folder in folders:
            _sync_directory(folder)
        remove(path)
        os.rename(temporary, path)
        _sync_directory(path.parent)
    except OSError as error:
        _discard(temporary)
        raise refused("write", path, error) from error


def rename(source: Path, target: Path) -> None:
    """Give a complete file or folder another name."""
    try:
        os.rename(source, target)
        _sync_directory(target.parent)
    except OSError as error:
        raise refused(f"rename {source.name} to", target, error) from error


def remove(path: Path) -> None:
    """Remove a file or folder, never leaving half of it under its name."""
    if not os.path.lexists(path):
        return
    hidden = path.with_name(REMOVED + path.name)
    _discard(hidden)
    rename(path, hidden)
    _discard(hidden)


def forget_removed(path: Path) -> None:
    """Finish a removal of `path` that was interrupted."""
    _discard(path.with_name(REMOVED + path.name))


def sweep(folder: Path) -> None:
    """Remove what interrupted writes left hidden in a folder."""
    for path in _children(folder):
        if path.name.startswith((TEMPORARY, REMOVED)):
            _discard(path)


def free_bytes(folder: Path) -> int:
    """What the disk under a folder (or the nearest folder above it that exists) still holds."""
    place = folder.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    state = os.statvfs(place)
    return state.f_bavail * state.f_frsize


def refused(action: str, path: Path, error: OSError) -> StorageError:
    """The operating system's refusal, as one sentence."""
    reason = error.strerror or str(error)
    return StorageError(f"cannot {action} {path}: {reason}. What was complete before is kept.")


def _fill(path: Path, chunks: Iterable[Bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0), 0o666)
    try:
        for chunk in chunks:
            rest = memoryview(chunk).cast("B") if len(chunk) else memoryview(b"")
            while rest:
                rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_directory(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _discard(path: Path) -> None:
    """Remove something hidden as far as the disk allows; what stays is swept later."""
    try:
        if path.is_dir() and not path.is_symlink():
            for child in _children(path):
                _discard(child)
            os.rmdir(path)
        elif os.path.lexists(path):
            os.unlink(path)
    except OSError:
        return


def _children(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
