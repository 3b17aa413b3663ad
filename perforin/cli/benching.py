"""`perforin bench`: what a tissue costs on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perforin.cli import options
from perforin.cli.voice import answer, tell

if TYPE_CHECKING:
    from perforin.evidence.bench.measurement import Job


def bench(
    cases: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CASE]...", help="Cases by name; all if not given.", show_default=False),
    ] = None,
    cells: Annotated[
        list[int] | None,
        typer.Option("--cells", metavar="N", help="Tumour cells; may be repeated.", show_default=False),
    ] = None,
    minutes: Annotated[
        float | None, typer.Option("--minutes", metavar="M", help="Minutes to simulate.", show_default=False)
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option("--threads", metavar="N", help="Threads; all cores if not given.", show_default=False),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--json", metavar="FILE", help="Write what was measured as JSON.", show_default=False),
    ] = None,
    quiet: options.QuietOption = False,
) -> None:
    """Measure what a tissue costs: CPU time per cell and simulated hour, memory, and where the time goes.

    \b
    Examples:
      perforin bench spheroid --cells 10000
      perforin bench contact --threads 2 --json contact.json

    Each case and size is a process of its own. docs/speed.md says what the cases are.
    """
    from perforin.evidence.bench import bench as benches
    from perforin.evidence.bench import table
    from perforin.evidence.bench.measurement import write_list
    from perforin.evidence.bench.shelf import jobs
    from perforin.evidence.commits import commit

    wanted = jobs(cases or [], cells or [], minutes, threads)
    measured = benches.with_slope(list(benches.run(wanted, None if quiet else _tell)))
    answer(table.text(measured))
    if file is not None:
        write_list(file, measured, commit())
        tell(f"wrote {file}")


def _tell(job: Job, done: int, many: int) -> None:
    """Say which job begins."""
    size = f", {job.cells:,} cells" if job.cells else ""
    tell(f"{done + 1} of {many}: {job.case}{size}, {job.threads} threads")
