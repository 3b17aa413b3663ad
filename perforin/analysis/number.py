"""One number of a summary, as it is shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Number:
    """A number with its label and what to know about it."""

    label: str
    text: str
    note: str = ""
