"""`perforin validate`: run the evidence book and print measured against expected."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perforin.cli import options
from perforin.cli.voice import answer, tell

if TYPE_CHECKING:
    from perforin.evidence.seeds import Progress

PAGE = Path("docs/evidence.md")
MISSED = 1
SECONDS_BETWEEN_LINES = 10.0


def validate(
    cases: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CASE or GROUP]...",
            help="Cases, or the groups analytic, convergence and published; all if not given.",
            show_default=False,
        ),
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option(
            "--page",
            metavar="FILE",
            help="Write the book as Markdown; the whole book goes to docs/evidence.md where there is a docs folder.",
            show_default=False,
        ),
    ] = None,
    threads: options.ThreadsOption = None,
    as_json: options.JsonOption = False,
    quiet: options.QuietOption = False,
) -> None:
    """Run the evidence book: is it true? Exit code 1 when something is missed.

    \b
    Examples:
      perforin validate analytic
      perforin validate published --threads 2 --json

    Seeds that are made already are kept; published cases take hours the first time.
    """
    from perforin.evidence.seeds import AT_ONCE
    from perforin.evidence.validate import validate as run_book

    book = run_book(cases or [], None if quiet else _speaker(), threads or AT_ONCE)
    if as_json:
        answer(book.to_json())
    else:
        answer(book.text())
    place = page or (PAGE if not cases and PAGE.parent.is_dir() else None)
    if place is not None:
        book.write_page(place)
        tell(f"wrote {place}")
    if not book.ok:
        tell(f"{len(book.missed)} missed")
        raise typer.Exit(MISSED)
    tell(
        "next: perforin validate --page evidence.md keeps the book"
        if place is None
        else f"next: read {place}"
    )


def _speaker() -> Callable[[Progress], None]:
    """Says each case as it begins, and every ten seconds or so how far its seeds are."""
    from perforin.analysis import wording

    said = {"case": "", "at": 0.0}

    def speak(now: Progress) -> None:
        moment = time.monotonic()
        if now.case == said["case"] and moment - said["at"] < SECONDS_BETWEEN_LINES:
            return
        said.update(case=now.case, at=moment)
        left = f", {wording.seconds(now.seconds_left)} left" if now.seconds_left is not None else ""
        tell(f"{now.case}: {now.done} of {now.total}, {now.doing}{left}")

    return speak
