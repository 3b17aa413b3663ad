"""`perforin explain`: what each obstacle of a run costs."""

from __future__ import annotations

from typing import Annotated

import typer

from perforin.cli import options
from perforin.cli.voice import answer, answer_json, tell


def explain(
    run: options.RunArgument,
    budget: Annotated[
        float,
        typer.Option("--budget", metavar="MIN", min=0, help="Minutes after which no further run is begun."),
    ] = 30.0,
    seeds: Annotated[
        int, typer.Option("--seeds", metavar="N", min=3, help="Seeds, from that of the run on.")
    ] = 3,
    pairs: Annotated[
        bool, typer.Option("--pairs/--no-pairs", help="Remove the two dearest together, too.")
    ] = True,
    numbers: Annotated[
        bool, typer.Option("--numbers", help="Move each assumed number over its spread, too.")
    ] = False,
    threads: options.ThreadsOption = None,
    as_json: options.JsonOption = False,
    quiet: options.QuietOption = False,
) -> None:
    """Say what each obstacle of a finished run costs in tumour cells: rerun without one at a time, with the same luck.

    \b
    Examples:
      perforin explain runs/glioblastoma-bivalent-1f2e3d4c
      perforin explain glioblastoma-bivalent --budget 60 --numbers

    Stopped at any moment, the same command goes on where it was. The report of the run shows what was found.
    """
    from perforin.face.explain import explain as explain_run

    found = explain_run(
        run,
        budget=budget,
        seeds=seeds,
        pairs=pairs,
        numbers=numbers,
        threads=threads,
        progress=not quiet,
    )
    if as_json:
        answer_json(found.meta)
    else:
        answer(found.summary())
    tell(f"wrote {found.path}; next: open {found.run.report}")
