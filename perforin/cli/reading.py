"""`perforin show`, `report` and `sources`: look at a run that is stored."""

from __future__ import annotations

from typing import Annotated

import typer

from perforin.cli import options
from perforin.cli.voice import answer, answer_json, tell


def show(run: options.RunArgument, as_json: options.JsonOption = False) -> None:
    """Print the summary of a stored run.

    \b
    Examples:
      perforin show runs/luque2024-small-1f2e3d4c
      perforin show luque2024-small --json
    """
    from perforin.face.opening import open_run

    stored = open_run(run)
    if as_json:
        answer_json(stored.meta)
        return
    answer(stored.summary())
    if stored.meta.get("status") != "done":
        tell(f"next: perforin resume {stored.path}")
    else:
        tell(f"next: open {stored.report}, or perforin sources {stored.path}")


def report(run: options.RunArgument) -> None:
    """Write the report of a stored run again.

    \b
    Example:
      perforin report runs/luque2024-small-1f2e3d4c
    """
    from perforin.face.opening import open_run

    stored = open_run(run)
    answer(str(stored.write_report()))
    tell(f"next: open {stored.report} in a browser")


def sources(
    run: options.RunArgument,
    as_json: options.JsonOption = False,
    assumed: Annotated[
        bool, typer.Option("--assumed", help="Only the numbers that nobody measured.")
    ] = False,
) -> None:
    """Say what to cite for a run, number by number.

    \b
    Examples:
      perforin sources runs/luque2024-small-1f2e3d4c
      perforin sources luque2024-small --assumed
    """
    from perforin.face.citation import as_text
    from perforin.face.opening import open_run

    stored = open_run(run)
    rows = [row for row in stored.numbers if not assumed or row["grade"] == "assumed"]
    if as_json:
        answer_json(rows)
        return
    answer(as_text(rows))
    tell(f"{len(rows)} numbers; next: perforin show {stored.path}")
