"""How a command speaks: the answer on stdout, everything else on stderr, and silence when nobody listens."""

from __future__ import annotations

import io
import json
import os
import sys
from typing import Any, TextIO


def answer(text: str) -> None:
    """Write the answer to stdout."""
    _write(sys.stdout, text)


def tell(text: str) -> None:
    """Write progress, advice or an error to stderr."""
    _write(sys.stderr, text)


def answer_json(value: Any) -> None:
    """Write the answer as JSON, for a program to read."""
    answer(json.dumps(value, indent=2, default=str))


def _write(stream: TextIO, text: str) -> None:
    """Write one block of text; once the reader has gone (`| head -1`), write into the void."""
    try:
        stream.write(text + "\n")
        stream.flush()
    except BrokenPipeError:
        void = os.open(os.devnull, os.O_WRONLY)
        os.dup2(void, stream.fileno())
        os.close(void)


def forgive_encoding() -> None:
    """Replace what a terminal cannot show (µ in an ASCII locale) instead of failing on it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
