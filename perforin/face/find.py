"""Finding the run folder that a person means."""

from __future__ import annotations

import difflib
from pathlib import Path

from perforin.errors import FolderError, Problem
from perforin.results.layout import RUN

HERE = Path("runs")


def find_run(text: str | Path, runs: Path = HERE) -> Path:
    """The run folder named by a folder, by its run.json, or by the beginning of a name inside ./runs.

    Raises FolderError when nothing, or more than one folder, answers to the name.
    """
    path = Path(text)
    if path.name == RUN and path.is_file():
        return path.parent
    if (path / RUN).is_file():
        return path
    if path.is_dir():
        raise _refusal(text, f"a folder without {RUN}", "a run folder")
    if path.exists():
        raise _refusal(text, "a file", f"a run folder or its {RUN}")
    names = sorted(entry.parent.name for entry in runs.glob(f"*/{RUN}")) if runs.is_dir() else []
    fits = [name for name in names if name.startswith(str(text))]
    if len(fits) == 1:
        return runs / fits[0]
    if fits:
        raise _refusal(
            text, f"{len(fits)} runs of that beginning ({', '.join(fits[:4])})", "a longer beginning"
        )
    nearest = difflib.get_close_matches(str(text), names, n=1, cutoff=0.3)
    raise _refusal(text, "no such run", "a run folder", str(runs / nearest[0]) if nearest else "")


def _refusal(text: str | Path, found: str, expected: str, suggestion: str = "") -> FolderError:
    return FolderError([Problem(str(text), "", found, expected, suggestion)])
