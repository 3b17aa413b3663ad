"""One run from plan to report: the loop, then what only its end can tell."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from perforin import kernel_cache
from perforin.face.prepare import refuse_too_large
from perforin.face.run import Run
from perforin.quantities import MINUTES_PER_DAY
from perforin.results.layout import REPORT, RUN
from perforin.results.run import RunData
from perforin.results.store import RunFolder

if TYPE_CHECKING:
    from perforin.face.progress import Display
    from perforin.scenario.plan import Plan
    from perforin.simulation.simulate import Outcome

COMPILING = "compiling kernels, the first time only: about half a minute"


def simulate_one(
    plan: Plan, out: Path, threads: int | None, fresh: bool, watch: Display, with_report: bool = True
) -> Run:
    """Simulate one plan into its folder under `out`, or take the stored answer."""
    from perforin.simulation.compiling import by_two
    from perforin.simulation.simulate import folder_name, simulate

    compiling = nullcontext()
    if not (out / folder_name(plan) / RUN).exists():
        refuse_too_large(plan, out)
        if announce_compiling(watch):
            compiling = by_two(plan, threads)
    with compiling:
        outcome = simulate(plan, out, threads=threads, fresh=fresh, progress=watch)
    return conclude(outcome, with_report)


def go_on(folder: Path, threads: int | None, watch: Display) -> Run:
    """Resume one run."""
    from perforin.simulation.simulate import resume

    announce_compiling(watch)
    return conclude(resume(folder, threads=threads, progress=watch))


def announce_compiling(watch: Display) -> bool:
    """Say, and return, whether kernels must be compiled: none is there of this state of the laws."""
    empty = kernel_cache.is_empty()
    if empty:
        watch.say(COMPILING)
    return empty


def conclude(outcome: Outcome, with_report: bool = True) -> Run:
    """Say why the survivors survived and leave the report, if one is wanted; once per final state."""
    from perforin.analysis.survivors import survivors

    whole = RunData.open(outcome.path)
    lacks_report = with_report and not (outcome.path / REPORT).exists()
    if whole.meta.get("concluded") != whole.meta["state_hash"] or lacks_report:
        store = RunFolder.open(outcome.path)
        with store.locked():
            store.update_meta(survivors_by_reason=survivors(whole))
            if with_report:
                store.update_meta(report=REPORT)
                Run(RunData.open(outcome.path)).write_report()
            store.update_meta(concluded=whole.meta["state_hash"])
    return Run(_as_asked(RunData.open(outcome.path), outcome.days), outcome.reused, outcome.note)


def _as_asked(run: RunData, days: float) -> RunData:
    """The run up to the day asked for, where an earlier request went on longer.

    Its state was not kept, so it has no hash; survivors are counted in its last snapshot.
    """
    from perforin.analysis.survivors import survivors

    step = run.meta["tick_minutes"] * run.meta["clock"]["phenotype"] / MINUTES_PER_DAY
    if run.meta["days"] - days < step:
        return run
    shown = RunData(run.path, run.meta, days)
    last = shown.series.iloc[-1]
    meta = {
        **run.meta,
        "days": days,
        "state_hash": None,
        "tumour_cells_end": int(last["tumour_cells"]),
        "t_cells_end": int(last["t_cells"]),
        "survivors_by_reason": survivors(shown),
    }
    return RunData(run.path, meta, days)
