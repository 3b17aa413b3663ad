"""Which commit of Perforin is computing."""

from __future__ import annotations

import subprocess
from pathlib import Path

from perforin import __version__

PACKAGE = Path(__file__).resolve().parents[1]
_LAWS = ("streams.py", "quantities.py", "engine", "mechanisms", "catalog", "scenario", "simulation")


def commit() -> str:
    """The short commit hash, with `+` when a law was changed since; the version where there is no repository."""
    head = _git("rev-parse", "--short=10", "HEAD")
    if not head:
        return f"version {__version__}"
    changed = _git("status", "--porcelain", "--", *(str(PACKAGE / name) for name in _LAWS))
    return head + ("+" if changed else "")


def _git(*words: str) -> str:
    try:
        answer = subprocess.run(
            ["git", "-C", str(PACKAGE), *words],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()
