"""The cases of the benchmark by name."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from perforin.errors import InputError, Problem
from perforin.evidence.bench import (
    block,
    body,
    cold,
    kernels,
    loop,
    organoid,
    recording,
    references,
    spheroid,
    turnover,
)
from perforin.evidence.bench.loop import Tissue
from perforin.evidence.bench.measurement import Job, Measurement
from perforin.scenario.problems import nearest, one_of, shown

COMMAND = "perforin bench"
SLOPE = (100_000, 1_000_000)  # cells between which memory per cell is measured


@dataclass(frozen=True)
class Case:
    """One benchmark: what it is, its sizes, how long, and what measures it."""

    name: str
    summary: str
    sizes: tuple[int, ...]  # tumour cells; empty where the case has one size of its own
    minutes: float  # simulated; 0 where nothing is
    measure: Callable[[Job], Measurement]
    reference: tuple[int, float] | None = None  # tumour cells and minutes of its reference


def _of_tissue(
    name: str, build: Callable[..., Tissue], fine: tuple[str, ...] = references.FINE
) -> Callable[[Job], Measurement]:
    """Measures a tissue, or runs it with the finer steps of its reference."""

    def measure(job: Job) -> Measurement:
        tissue = build(job.cells, fine if job.reference else ())
        return loop.measure(name, tissue, job)

    return measure


CASES = {
    case.name: case
    for case in (
        Case(
            "spheroid",
            "PhysiCell's spheroid, T cells around it: the matched benchmark",
            (10_000, 50_000, 100_000, 200_000, 1_000_000),
            60.0,
            _of_tissue("spheroid", spheroid.spheroid),
            (10_000, 60.0),
        ),
        Case(
            "contact",
            "the same with T cells across its rim, which attach and kill",
            (20_000,),
            60.0,
            _of_tissue("contact", spheroid.contact),
            (20_000, 60.0),
        ),
        Case(
            "turnover",
            "tissue at rest that renews itself: a constant count, a tenth T cells, three fields",
            (100_000, 10_000),
            1440.0,
            _of_tissue("turnover", turnover.turnover),
            (10_000, 1440.0),
        ),
        Case(
            "organoid",
            "the published organoid luque2024 for 30 days",
            (3963, 588),
            30 * 1440.0,
            _of_tissue("organoid", organoid.organoid, references.FINE_ORGANOID),
            (588, 4 * 1440.0),
        ),
        Case(
            "block",
            "pancreatic carcinoma with vessels, matrix, cells of the host and thirteen fields",
            (100_000,),
            120.0,
            _of_tissue("block", block.block),
        ),
        Case(
            "kernels",
            "what each kernel costs, and how far it is from the machine's limit",
            (50_000,),
            0.0,
            kernels.measure,
        ),
        Case(
            "cold",
            "from the command to the first step, with an empty and a full cache of kernels",
            (),
            0.0,
            cold.measure,
        ),
        Case(
            "recording",
            "what writing a run down adds to it: a row each hour, cells and fields each day",
            (10_000,),
            1440.0,
            recording.measure,
        ),
        Case("body", "virtual patients of 30 equations for 90 days", (), 0.0, body.measure),
    )
}


def jobs(names: Iterable[str], cells: Iterable[int], minutes: float | None, threads: int | None) -> list[Job]:
    """What to run: every case named (all for none) at every size asked, or at its own sizes.

    A size with a reference runs as long as that unless told otherwise.

    Raises InputError with every problem found.
    """
    chosen, problems = list(names) or list(CASES), []
    sizes = list(cells)
    for name in chosen:
        if name not in CASES:
            problems.append(Problem(COMMAND, "CASE", shown(name), one_of(CASES), nearest(name, CASES)))
    if any(size <= 0 for size in sizes):
        problems.append(Problem(COMMAND, "--cells", shown(min(sizes)), "a number of cells above zero"))
    if minutes is not None and not 0 < minutes < float("inf"):
        problems.append(Problem(COMMAND, "--minutes", shown(minutes), "a number of minutes above zero"))
    if threads is not None and threads <= 0:
        problems.append(Problem(COMMAND, "--threads", shown(threads), "a number of threads above zero"))
    if problems:
        raise InputError(problems)
    return [
        Job(name, size, minutes or _minutes(case, size), threads or _threads())
        for name in chosen
        for case in [CASES[name]]
        for size in (sizes or case.sizes if case.sizes else [None])
    ]


def _minutes(case: Case, cells: int | None) -> float | None:
    if case.reference is not None and case.reference[0] == cells:
        return case.reference[1]
    return case.minutes or None


def refuse_together(given: dict[str, bool]) -> None:
    """Raise InputError where two of the options given (name to whether it is) cannot both have their way."""
    problems = [
        Problem(COMMAND, other, f"{other} with {one}", f"one of the two: {why}")
        for one, others, why in (
            (
                "--reference",
                ("--cells", "--minutes", "--memory", "--keep"),
                "a reference has a size of its own",
            ),
            ("--memory", ("--cells",), "memory is measured between two sizes of its own"),
        )
        for other in others
        if given[one] and given[other]
    ]
    if problems:
        raise InputError(problems)


def memory_jobs(names: Iterable[str], minutes: float | None, threads: int | None) -> list[Job]:
    """The two spheroids between which memory per cell is measured, for one phenotype step unless told otherwise.

    Raises InputError for another case than the spheroid.
    """
    problems = [
        Problem(COMMAND, "--memory", shown(name), "spheroid: memory is measured between two of its sizes")
        for name in names
        if name != "spheroid"
    ]
    if problems:
        raise InputError(problems)
    return jobs(["spheroid"], SLOPE, minutes or 6.0, threads)


def reference_jobs(names: Iterable[str], threads: int | None) -> list[Job]:
    """The finer runs that make the references of the cases named (of all that have one, for none).

    Raises InputError with every problem found.
    """
    having = [name for name, case in CASES.items() if case.reference]
    chosen = list(names) or having
    problems = [
        Problem(COMMAND, "--reference", shown(name), "a case that has a reference: " + one_of(having))
        for name in chosen
        if name in CASES and name not in having
    ]
    made = jobs(chosen, (), None, threads)
    if problems:
        raise InputError(problems)
    sizes = {job.case: CASES[job.case].reference for job in made}
    return [
        Job(name, size[0], size[1], made[0].threads, reference=True) for name, size in sizes.items() if size
    ]


def _threads() -> int:
    """As many as numba would use: what the environment says, or the cores this process may use."""
    try:
        return int(os.environ["NUMBA_NUM_THREADS"])
    except (KeyError, ValueError):
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
