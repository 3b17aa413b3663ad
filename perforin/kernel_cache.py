"""Where compiled kernels are kept: a folder of their own for each state of the laws, compiler and processor.

Numba notices a change in the file of a cached function, but not in a file whose functions it calls: a caller
cached yesterday would silently run yesterday's law. So the folder's name is a hash of every file that holds a
kernel, of numba and llvmlite, and of the processor; when any of them changes, everything is compiled anew.

`settle()` must run before numba is imported; `perforin/__init__.py` calls it, and nothing else sets the folder.
It reads a few dozen small files: 2 to 4 ms.
"""

from __future__ import annotations

import fcntl
import functools
import hashlib
import os
import shutil
import stat
import sys
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ROOMS = ("engine", "mechanisms", "simulation")  # where kernels may be
CONSTANTS = ("quantities.py",)  # a kernel may also be compiled with a constant of these
NAME_LENGTH = 20  # hexadecimal digits
KEPT_DAYS = 30  # a state's folder nobody started from for so long is removed: 5 to 20 MB each


def settle() -> Path:
    """Point numba's cache at this state's folder and return it."""
    folder = _private_folder(_base() / fingerprint())
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    numba = sys.modules.get("numba")
    if numba is not None:  # imported before us: it has read the environment already
        numba.config.CACHE_DIR = str(folder)
    _forget_old(folder)
    return folder


def is_empty() -> bool:
    """Whether no process has left a kernel of this state of the laws."""
    return not any(Path(os.environ.get("NUMBA_CACHE_DIR", "")).rglob("*.nbi"))


@functools.cache
def write_in_turn() -> None:
    """Let numba write no kernel while another process writes one.

    It reads the index of a function, adds a line and writes it back. Two processes that do so at once, with one
    function compiled for different arguments, could name the same file in it: one would run the other's code.
    """
    from numba.core.caching import IndexDataCacheFile

    write = IndexDataCacheFile.save

    def save(self: IndexDataCacheFile, key: object, data: object) -> None:
        with open(Path(self._cache_path) / "lock", "wb") as lock:
            with suppress(OSError):  # a disk that knows no locks
                fcntl.flock(lock, fcntl.LOCK_EX)
            write(self, key, data)

    IndexDataCacheFile.save = save


def fingerprint() -> str:
    """A short hash of the laws, the compiler and the processor."""
    digest = hashlib.sha256()
    for path, content in _laws():
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(content)
    for name in ("numba", "llvmlite"):
        digest.update(_version_text(name))
    digest.update(_processor())
    digest.update(sys.version.encode())
    return digest.hexdigest()[:NAME_LENGTH]


def _laws() -> list[tuple[Path, bytes]]:
    """Every file with a kernel, and those whose constants kernels may use, in order."""
    files = [PACKAGE / "streams.py", *(path for room in ROOMS for path in (PACKAGE / room).rglob("*.py"))]
    contents = [(path, path.read_bytes()) for path in files]
    kernels = [(path, content) for path, content in contents if b"njit" in content]
    return sorted([*kernels, *((PACKAGE / name, (PACKAGE / name).read_bytes()) for name in CONSTANTS)])


def _version_text(package: str) -> bytes:
    """The package's version file, without importing the package or the slow importlib.metadata."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return b""
    try:
        return (Path(spec.origin).parent / "_version.py").read_bytes()
    except OSError:
        return spec.origin.encode()


def _processor() -> bytes:
    """What the machine code is made for: model and instruction sets."""
    try:
        with open("/proc/cpuinfo", "rb") as lines:
            core = lines.read(16384).split(b"\n\n", 1)[0]
    except OSError:
        return " ".join(os.uname()).encode()
    names = (b"model name", b"flags", b"Features", b"CPU part")
    return b"\n".join(line for line in core.splitlines() if line.startswith(names))


def home() -> Path:
    """The folder for what can be made again: kernels, pictures of the library."""
    chosen = os.environ.get("PERFORIN_CACHE")
    if chosen:
        return Path(chosen)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "perforin"
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "perforin"


def _base() -> Path:
    return home() / "kernels"


def _private_folder(wanted: Path) -> Path:
    """The wanted folder, or one in the temporary folder where the wanted one cannot be written.

    Cached kernels are machine code, so a folder that others could have prepared is never used.
    """
    shared = Path(tempfile.gettempdir()) / f"perforin-{os.getuid()}" / wanted.name
    for folder in (wanted, shared):
        if _is_ours(folder):
            return folder
    return Path(tempfile.mkdtemp(prefix="perforin-"))


def _is_ours(folder: Path) -> bool:
    try:
        folder.parent.parent.mkdir(parents=True, exist_ok=True)
        folder.parent.mkdir(mode=0o700, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        for place in (folder, folder.parent):
            seen = place.lstat()
            if seen.st_uid != os.getuid() or seen.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                return False
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def _forget_old(folder: Path) -> None:
    """Mark this folder as used now, and remove its neighbours that nobody used for long."""
    now = time.time()
    try:
        os.utime(folder)
        for other in folder.parent.iterdir():
            if len(other.name) == NAME_LENGTH and now - other.stat().st_mtime > KEPT_DAYS * 86400:
                shutil.rmtree(other, ignore_errors=True)
    except OSError:
        return
