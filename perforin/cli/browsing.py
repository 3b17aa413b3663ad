"""`perforin library`: what exists, with units and sources."""

from __future__ import annotations

from typing import Annotated

import typer

from perforin.cli import options
from perforin.cli.voice import answer, answer_json, tell


def library(
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="[KIND]", help="cells, tumours, scenarios, ...; all if not given.", show_default=False
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="One entry, in full.", show_default=False)
    ] = None,
    library: options.LibraryOption = None,
    as_json: options.JsonOption = False,
) -> None:
    """Browse what exists to build a scenario from.

    \b
    Examples:
      perforin library
      perforin library scenarios
      perforin library cells luque2024-car-t
    """
    from perforin.face.library import library as browse

    found = browse(kind, name, library_path=library)
    if as_json:
        answer_json(found.as_data())
    else:
        answer(str(found))
    tell(f"next: {_next(kind, name)}")


def _next(kind: str | None, name: str | None) -> str:
    if kind is None:
        return "perforin library scenarios"
    if name is None:
        return f"perforin library {kind} NAME"
    if kind == "scenarios":
        return f"perforin run {name}, or perforin new mine.toml --from {name}"
    return "perforin library scenarios"
