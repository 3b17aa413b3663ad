"""From runs to verdicts: the difference of each arm from the one it is compared with, in pairs of the same seed.

With x the arm, y the other and r = mean x / mean y, the difference is 100 (r - 1) %. Its standard error is that of the
mean of x - r y over mean y (ratio of means, delta method), its interval t times that, n - 1 degrees of freedom. Pairs
share their founders, and later as much of their luck as the steps let them: draws are keyed by the step.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from perforin.analysis.replicates import half_width
from perforin.errors import RunError
from perforin.evidence.convergence.readings import QUANTITIES, read
from perforin.evidence.convergence.study import Arm, Study
from perforin.evidence.probes import Probe, probe_of
from perforin.evidence.rows import Row

WITHIN = 5.0  # %: what the study calls the same; the bound of ABM verification by time step (Curreli, arXiv 2103.00182)
Results = dict[str, dict[int, dict]]


class Difference(NamedTuple):
    """How far an arm is from the one it is compared with."""

    percent: float
    half: float  # of the 95 % interval [%]; nan below two pairs
    error: float  # standard error [%]
    pairs: int


def difference(arm: Sequence[float], against: Sequence[float]) -> Difference:
    """The relative difference of two means from paired readings, (n,) each."""
    x, y = np.asarray(arm, dtype=float), np.asarray(against, dtype=float)
    if not x.size or y.mean() == 0.0:
        return Difference(math.nan, math.nan, math.nan, x.size)
    ratio = x.mean() / y.mean()
    apart = 100.0 * (x - ratio * y) / y.mean()
    error = float(np.std(apart, ddof=1) / math.sqrt(x.size)) if x.size > 1 else math.nan
    return Difference(float(100.0 * (ratio - 1.0)), float(half_width(apart)), error, x.size)


def paired(results: Results, arm: str, against: str, quantity: str) -> tuple[list[float], list[float]]:
    """What both arms read at the same seeds, where both read something. Raises RunError for other founders."""
    mine, theirs = [], []
    for seed in sorted(results[arm].keys() & results[against].keys()):
        x, y = results[arm][seed], results[against][seed]
        if x["founders"] != y["founders"]:
            raise RunError(f"seed {seed}: {arm} and {against} did not start from the same founders")
        if x[quantity] is not None and y[quantity] is not None:
            mine.append(x[quantity])
            theirs.append(y[quantity])
    return mine, theirs


def rows(study: Study, results: Results) -> list[Row]:
    """One row for each arm but the default and each quantity of the study."""
    return [
        _row(study, arm, name, difference(*paired(results, arm.name, arm.against, name)))
        for arm in study.arms
        if arm.against
        for name in study.quantities
    ]


def probe(study: Study) -> Probe:
    """The first hours of the default arm."""
    return probe_of({study.scenario: study.plan(study.arms[0].name)}, round(60 * study.probe))


def run_seed(study: Study, arm: str, seed: int) -> dict:
    """One run of one arm, and the CPU seconds of its process up to here, imports and probe with it."""
    return read(study.plan(arm, seed), study.tail) | {"cpu_seconds": round(time.process_time(), 1)}


def _row(study: Study, arm: Arm, name: str, found: Difference) -> Row:
    reason = f"{arm.what}, against {arm.against}; {found.pairs} pairs, standard error {found.error:.2g} %"
    if found.error > study.target:
        reason += f", beyond the {study.target:g} % aimed at"
    quantity = f"{arm.name}: {QUANTITIES[name]}"
    return Row(quantity, found.percent, 0.0, WITHIN, reason, "%", "interval", arm.name, found.half)
