"""`perforin bench`: what a tissue costs on this machine."""

from __future__ import annotations

import os
from datetime import UTC, datetime
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
    memory: Annotated[
        bool,
        typer.Option("--memory", help="Measure bytes per cell: spheroids of 100,000 and 1,000,000 cells."),
    ] = False,
    reference: Annotated[
        bool,
        typer.Option(
            "--reference", help="Make the reference of a case: steps divided by four, half the voxel."
        ),
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Add what was measured to benchmarks/history.")
    ] = False,
    page: Annotated[
        Path | None,
        typer.Option(
            "--page",
            metavar="FILE",
            help="Write the page on speed from benchmarks/history, with its picture.",
            show_default=False,
        ),
    ] = None,
    quiet: options.QuietOption = False,
) -> None:
    """Measure what a tissue costs: CPU time per cell and simulated hour, memory, and where the time goes.

    \b
    Examples:
      perforin bench spheroid --cells 10000
      perforin bench contact --threads 2 --json contact.json
      perforin bench --keep --page docs/speed.md

    Each case and size is a process of its own. docs/speed.md says what the cases are.
    """
    from perforin.evidence.bench import bench as benches
    from perforin.evidence.bench import history, references, table
    from perforin.evidence.bench import page as speed_page
    from perforin.evidence.bench.measurement import refuse_unwritable, write_list
    from perforin.evidence.bench.shelf import jobs, memory_jobs, reference_jobs, refuse_together
    from perforin.evidence.commits import commit

    if file is not None:
        refuse_unwritable(file)
    names = cases or []
    refuse_together(
        {
            "--reference": reference,
            "--memory": memory,
            "--cells": bool(cells),
            "--minutes": minutes is not None,
            "--keep": keep,
        }
    )
    if reference:
        wanted = reference_jobs(names, threads)
    elif memory:
        wanted = memory_jobs(names, minutes, threads)
    else:
        wanted = jobs(names, cells or [], minutes, threads)
    _warn_of_threads(wanted)
    measured = []
    for job, entry in benches.run(wanted, None if quiet else _tell):
        measured.append(entry)
        if reference:
            tell(f"wrote {references.write(job, entry, commit())}")
    measured = benches.with_slope(measured)
    answer(table.text(measured))
    if file is not None:
        write_list(file, measured, commit())
        tell(f"wrote {file}")
    if keep:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H%M")
        tell(f"wrote {history.keep(measured, commit(), now)}")
    if page is not None:
        speed_page.write(page)
        tell(f"wrote {page}")


def _warn_of_threads(wanted: list[Job]) -> None:
    """Say when more threads are asked for than there are cores: they share them, and the result is the same."""
    threads, cores = max(job.threads for job in wanted), os.cpu_count() or 1
    if threads > cores:
        tell(
            f"Warning: {threads} threads on {cores} cores take turns; the figures are not those of {threads} cores"
        )


def _tell(job: Job, done: int, many: int) -> None:
    """Say which job begins."""
    size = f", {job.cells:,} cells" if job.cells else ""
    tell(f"{done + 1} of {many}: {job.case}{size}, {job.threads} threads")
