"""References: the same tissue with steps divided by four and half the voxel, run once and kept.

A reference fits a run when everything but the numerics is the same: box, founders, numbers, fields, doses, law, seed
and minutes. The error of a quantity is value / reference - 1. Draws are keyed by the step, so a reference has luck of
its own: counts of a few dozen kills differ by their square root for that reason alone.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from perforin.evidence.bench.measurement import Job, Measurement
from perforin.evidence.commits import PACKAGE
from perforin.results import disk
from perforin.scenario.key import plan_hash
from perforin.scenario.plan import LawPlan, Plan

FOLDER = Path("benchmarks") / "references"
FINE = (
    "numerics.tick='0.025 min'",
    "numerics.mechanics='0.125 min'",
    "numerics.crowded_mechanics='0.025 min'",
    "numerics.contact='0.25 min'",
    "numerics.phenotype='1.5 min'",
    "numerics.voxel='10 um'",
    "record.series='6 min'",
)
# The laws of the organoid contain the step of its T cells and its voxel: those two stay as published.
FINE_ORGANOID = ("numerics.mechanics='0.1 min'", "numerics.contact='0.5 min'", "numerics.phenotype='1.5 min'")


def configuration(plan: Plan, minutes: float) -> str:
    """A hash of what is simulated, whatever the steps and the voxel."""
    law = {
        f.name: getattr(plan.law, f.name)
        for f in dataclasses.fields(LawPlan)
        if f.default is dataclasses.MISSING or getattr(plan.law, f.name) != f.default
    }
    field_parts = ("name", "diffusion", "decay", "start", "boundary", "outside")
    parts: dict[str, Any] = {
        "box": plan.geometry.box,
        "periodic": plan.geometry.periodic,
        "types": plan.types,
        "numbers": plan.numbers,
        "founders": plan.founders,
        "doses": [(d.tick * plan.clock.tick, d.cells, d.type, d.clearance) for d in plan.doses],
        "fields": [[getattr(f, part) for part in field_parts] for f in plan.fields],
        "law": law,
        "seed": plan.seed,
        "minutes": round(minutes, 6),
    }
    return plan_hash(parts)


def error(case: str, plan: Plan, minutes: float, found: dict[str, float]) -> dict[str, float] | str:
    """How far each quantity is from its reference, or why there is nothing to compare with."""
    reference = read(case)
    if reference is None:
        return f"no reference is stored: perforin bench {case} --reference makes one"
    if reference["configuration"] != configuration(plan, minutes):
        what = f"{reference['cells']:,} tumour cells for {reference['minutes']:g} min"
        return f"the stored reference is of another configuration ({what})"
    expected = reference["quantities"]
    return {name: found[name] / value - 1.0 for name, value in expected.items() if value and name in found}


def read(case: str) -> dict[str, Any] | None:
    """The stored reference of a case: in ./benchmarks/references, or in the repository this package stands in."""
    for folder in (FOLDER, PACKAGE.parent / FOLDER):
        file = folder / f"{case}.json"
        if file.is_file():
            return json.loads(file.read_text(encoding="utf-8"))
    return None


def write(job: Job, made: Measurement, commit: str) -> Path:
    """Keep what a finer run found in ./benchmarks/references, whole or not at all. Raises StorageError."""
    reference = {
        "case": job.case,
        "cells": job.cells,
        "minutes": made.simulated_minutes,
        **made.rows[0],
        "state_hash": made.state_hash,
        "commit": commit,
    }
    disk.make_directory(FOLDER)
    disk.write_text(FOLDER / f"{job.case}.json", json.dumps(reference, indent=1, allow_nan=False) + "\n")
    return FOLDER / f"{job.case}.json"
