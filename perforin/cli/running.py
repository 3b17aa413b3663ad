"""`perforin run` and `perforin resume`: simulate, and go on after an interruption."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perforin.cli import options
from perforin.cli.voice import answer, answer_json, tell

if TYPE_CHECKING:
    from perforin.face.comparison import Comparison
    from perforin.face.replicates import Replicates
    from perforin.face.run import Run


def run(
    scenario: options.ScenarioArgument,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the run folder goes.")] = Path(
        "runs"
    ),
    seed: Annotated[
        int | None,
        typer.Option("--seed", metavar="N", min=0, help="The luck of this run.", show_default=False),
    ] = None,
    days: Annotated[
        float | None, typer.Option("--days", metavar="D", help="Days to simulate.", show_default=False)
    ] = None,
    threads: options.ThreadsOption = None,
    replicates: Annotated[
        int, typer.Option("--replicates", metavar="N", min=1, help="Repeat with N seeds, one process each.")
    ] = 1,
    changes: options.SetOption = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Simulate again even if the answer is stored.")
    ] = False,
    library: options.LibraryOption = None,
    as_json: options.JsonOption = False,
    quiet: options.QuietOption = False,
) -> None:
    """Simulate a scenario, or the arms of a comparison; write run folder and report; print the summary.

    \b
    Examples:
      perforin run luque2024-small
      perforin run luque2024 --seed 3 --days 10 --out results
      perforin run luque2024 --replicates 10 --threads 2
      perforin run luque2024-small --set 'dose.cells=200'

    A second run of the same thing prints the stored answer; more days go on from where it ended.
    """
    from perforin.face.simulate import simulate

    result = simulate(
        scenario,
        out=out,
        seed=seed,
        days=days,
        threads=threads,
        replicates=replicates,
        changes=changes or (),
        fresh=fresh,
        library_path=library,
        progress=not quiet,
    )
    _conclude(result, as_json)


def resume(
    run: options.RunArgument,
    threads: options.ThreadsOption = None,
    as_json: options.JsonOption = False,
    quiet: options.QuietOption = False,
) -> None:
    """Go on with a run that was interrupted, from its last checkpoint.

    \b
    Example:
      perforin resume runs/luque2024-small-1f2e3d4c
    """
    from perforin.face.simulate import resume as go_on

    _conclude(go_on(run, threads=threads, progress=not quiet), as_json)


def _conclude(result: Run | Replicates | Comparison, as_json: bool) -> None:
    """Print the summary and say what was written and what to do next."""
    if as_json:
        answer_json(result.meta)
    else:
        answer(result.summary())
    if result.reused:
        tell(f"reused {result.path}: {result.note or 'the answer was stored; --fresh simulates it again'}")
    else:
        tell(f"wrote {result.path} and {result.report}")
    tell(f"next: open {result.report}, or perforin sources {result.path}")
