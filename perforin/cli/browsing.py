"""`perforin library`: what exists, with units and sources."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perforin.cli import options
from perforin.cli.voice import answer, answer_json, tell

if TYPE_CHECKING:
    from perforin.face.tumour_sheet import TumourSheet


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
    picture: Annotated[
        Path | None,
        typer.Option(
            "--picture",
            metavar="FILE",
            help="Of a tumour: where to draw its untreated tissue (PNG); in the cache if not given.",
            show_default=False,
        ),
    ] = None,
    library: options.LibraryOption = None,
    as_json: options.JsonOption = False,
) -> None:
    """Browse what exists to build a scenario from. A tumour is shown as a sheet and a picture of day 0.

    \b
    Examples:
      perforin library
      perforin library scenarios
      perforin library cells luque2024-car-t
      perforin library tumours glioblastoma --picture glioblastoma.png
    """
    from perforin.face.library import library as browse
    from perforin.face.tumour_sheet import TumourSheet

    _refuse_picture(kind, name, picture)
    found = browse(kind, name, library_path=library)
    if isinstance(found, TumourSheet):
        _show_tumour(found, picture, as_json)
    elif as_json:
        answer_json(found.as_data())
    else:
        answer(str(found))
    tell(f"next: {_next(kind, name)}")


def _show_tumour(sheet: TumourSheet, picture: Path | None, as_json: bool) -> None:
    """The sheet, then the picture: as JSON only where a file was named."""
    if as_json:
        drawn = sheet.picture(picture) if picture is not None else None
        answer_json({**sheet.as_data(), "picture": str(drawn) if drawn is not None else None})
        return
    from perforin.kernel_cache import is_empty

    answer(str(sheet))
    tell("drawing the tissue of day 0" + ("; compiling first, half a minute" if is_empty() else ""))
    answer(f"picture: {sheet.picture(picture)}")


def _refuse_picture(kind: str | None, name: str | None, picture: Path | None) -> None:
    """Raises InputError for a picture of anything but a tumour, or in another format."""
    from perforin.errors import InputError, Problem

    if picture is None:
        return
    if kind != "tumours" or name is None:
        raise InputError([Problem("library", "--picture", f"'{picture}'", "a tumour to draw: tumours NAME")])
    if picture.suffix.lower() != ".png":
        raise InputError([Problem("library", "--picture", f"'{picture}'", "a file that ends in .png")])


def _next(kind: str | None, name: str | None) -> str:
    if kind is None:
        return "perforin library scenarios"
    if name is None:
        return f"perforin library {kind} NAME"
    if kind == "scenarios":
        return f"perforin run {name}, or perforin new mine.toml --from {name}"
    return "perforin library scenarios"
