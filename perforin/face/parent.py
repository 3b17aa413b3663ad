"""The folder above several runs: its run.json, and how it ended."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from perforin.errors import Interrupted, RunError
from perforin.results import disk
from perforin.results.layout import RUN


def save(folder: Path, meta: dict[str, Any]) -> None:
    """Write run.json, whole or not at all."""
    disk.write_file(folder / RUN, (json.dumps(meta, indent=1) + "\n").encode())


@contextmanager
def noting_the_end(folder: Path, meta: dict[str, Any], kept: str) -> Iterator[None]:
    """Say in run.json that the runs failed or were stopped.

    kept  what is saved of an interruption, in words: "every seed"

    Raises Interrupted on Ctrl-C and SIGTERM.
    """
    try:
        yield
    except RunError:
        save(folder, {**meta, "status": "failed"})
        raise
    except (KeyboardInterrupt, SystemExit) as stop:
        save(folder, {**meta, "status": "stopped"})
        number = signal.SIGINT if isinstance(stop, KeyboardInterrupt) else signal.SIGTERM
        raise Interrupted(f"stopped by {number.name}; {kept} is saved in {folder}", number) from None
