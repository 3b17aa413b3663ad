"""One writer per run folder.

The lock is an advisory lock on the file `lock` in the folder, released by the system whenever its holder ends,
however it ends; the file says who holds it (process id, its start, host). Where the disk knows no advisory
locks, or the holder is on another host, what the file says decides. The file itself is never removed.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from perforin.errors import RunError
from perforin.results import disk
from perforin.results.layout import LOCK


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a run folder for writing. Raises RunError, naming the holder, when another process has it."""
    path = folder / LOCK
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
    except OSError as error:
        raise disk.refused("lock", path, error) from error
    try:
        obtained = _advisory(descriptor)
        holder = _read(descriptor)
        if not obtained or _is_alive(holder, lock_obtained=obtained):
            raise RunError(_busy(folder, holder))
        _write(descriptor, json.dumps(_myself()).encode())
        try:
            yield
        finally:
            _write(descriptor, b"")
    except OSError as error:
        raise disk.refused("lock", path, error) from error
    finally:
        os.close(descriptor)


def is_held(folder: Path) -> bool:
    """Whether some process is writing this folder now."""
    try:
        descriptor = os.open(folder / LOCK, os.O_RDONLY)
    except OSError:
        return False
    try:
        obtained = _advisory(descriptor, fcntl.LOCK_SH)
        return not obtained or _is_alive(_read(descriptor), lock_obtained=obtained)
    finally:
        os.close(descriptor)


def _advisory(descriptor: int, kind: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a disk without advisory locks: the words in the file decide
    return True


def _is_alive(holder: dict[str, Any], lock_obtained: bool) -> bool:
    """Whether the holder named in the file still runs; one on another host is believed."""
    process = holder.get("pid")
    if not isinstance(process, int) or process <= 0:
        return False
    if holder.get("host") != socket.gethostname():
        return True
    if lock_obtained and process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return holder.get("started") == _started(process)


def _started(process: int) -> str:
    """When a process started, in the system's own count, so that a reused id is not taken for the holder."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def _myself() -> dict[str, Any]:
    return {"pid": os.getpid(), "started": _started(os.getpid()), "host": socket.gethostname()}


def _read(descriptor: int) -> dict[str, Any]:
    try:
        holder = json.loads(os.pread(descriptor, 4096, 0) or b"{}")
    except ValueError:
        return {}
    return holder if isinstance(holder, dict) else {}


def _write(descriptor: int, content: bytes) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, content, 0)


def _busy(folder: Path, holder: dict[str, Any]) -> str:
    who = f"process {holder['pid']} on {holder.get('host', '?')}" if "pid" in holder else "another process"
    text = f"{folder} is being written by {who}"
    if holder.get("host") not in (None, socket.gethostname()):
        text += f"; if that process is gone, remove {folder / LOCK}"
    return text
