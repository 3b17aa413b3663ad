"""What a run says about where its numbers come from: versions, machine, threads, and the plan in words."""

from __future__ import annotations

import math
import os
import platform
import warnings
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numba

import perforin
from perforin.mechanisms.tissue import visibility
from perforin.mechanisms.tissue.antigen_panel import orthant_shares
from perforin.mechanisms.tissue.vessels import Lines
from perforin.scenario.key import sources_hash
from perforin.scenario.plan import HOST, T_CELL, TUMOUR, Plan
from perforin.simulation import brake_record

PACKAGES = ("numpy", "numba", "llvmlite")


def use_threads(threads: int | None) -> int:
    """Let the kernels use so many threads, as many as there are at most; returns how many it became."""
    most = numba.config.NUMBA_NUM_THREADS
    if threads is not None and threads > most:
        warnings.warn(
            f"{threads} threads were asked for and this process has {most} (NUMBA_NUM_THREADS or the number of "
            f"cores): {most} are used. The result is the same.",
            stacklevel=2,
        )
    wanted = most if threads is None else max(1, min(threads, most))
    cores = cores_here()
    if wanted > cores:
        warnings.warn(
            f"{wanted} threads share {cores} core{'s' if cores > 1 else ''} (NUMBA_NUM_THREADS asks for so many): "
            "slower than one each. The result is the same.",
            stacklevel=2,
        )
    numba.set_num_threads(wanted)
    return wanted


def cores_here() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threading_layer() -> str | None:
    """The library that runs Numba's threads, once a parallel kernel has run."""
    try:
        return numba.threading_layer()
    except ValueError:
        return None


def versions() -> dict[str, str]:
    """Python and the packages that decide a result's bits; Perforin's own is that of the code that runs."""
    found = {"python": platform.python_version(), "perforin": perforin.__version__}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def machine() -> dict[str, Any]:
    """The kind of machine, without its name."""
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "processor": _processor(),
        "cores": os.cpu_count(),
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor()


def sources(plan: Plan) -> list[dict[str, Any]]:
    """Every number the plan uses, with its unit, source and grade."""
    return [{"path": row.path, **asdict(row.value)} for row in plan.sources]


def described(plan: Plan) -> dict[str, Any]:
    """The parts of the plan that analysis needs later, so that it needs neither plan nor law."""
    roles = {TUMOUR: "tumour", T_CELL: "t_cell", HOST: "host"}
    return {
        "name": plan.name,
        "summary": plan.summary,
        "seed": plan.seed,
        "run_key": plan.run_key,
        "plan_hash": plan.plan_hash,
        "sources_hash": sources_hash(),
        "tick_minutes": plan.clock.tick,
        "clock": asdict(plan.clock),
        "geometry": asdict(plan.geometry),
        "types": [{"name": kind.name, "role": roles[kind.role]} for kind in plan.types],
        "antigen": _antigen(plan),
        "fields": {
            field.name: {"unit": field.unit, "steady": field.steady, "reason": field.reason}
            for field in plan.fields
        },
        "slab": asdict(plan.slab) if plan.slab is not None else None,
        "block": asdict(plan.block) if plan.block is not None else None,
        "vessels": _vessels(plan),
        **({"kills_left": table} if (table := brake_record.kills_left(plan)) is not None else {}),
        "attractant": plan.attractant,
        "doses": [asdict(dose) for dose in plan.doses],
        "law": asdict(plan.law),
        "record": asdict(plan.record),
        "published": [asdict(point) for point in plan.published],
        "assumed": [row.path for row in plan.sources if row.value.grade == "assumed"],
    }


def _vessels(plan: Plan) -> list[dict[str, Any]]:
    """The capillaries of a block on day 0, straight along z: where, how wide [um] and whether with flow."""
    if plan.block is None or plan.block.vessels is None:
        return []
    lines = Lines(plan.block.vessels, plan.geometry.box[0], plan.seed)
    return [
        {"x": float(x), "y": float(y), "radius": plan.block.vessels.radius, "open": bool(flows)}
        for (x, y), flows in zip(lines.place, lines.flows, strict=True)
    ]


def _antigen(plan: Plan) -> dict[str, Any]:
    """What the CAR sees and the level at or below which a tumour cell is invisible, in relative levels or copies."""
    if plan.attack is not None:
        attack, numbers = plan.attack, plan.numbers["recognition"]
        least = visibility.least_copies(
            attack.receptors, numbers, attack.answer_threshold, len(attack.antigens)
        )
        return {
            "name": plan.antigen,
            "unit": "copy",
            "threshold": least if math.isfinite(least) else 0.0,
            "answer_threshold": attack.answer_threshold,
            "panel": list(attack.antigens),
            "shares": orthant_shares(attack.panel),
        }
    numbers = plan.numbers.get("antigen")
    tumour = next((i for i, kind in enumerate(plan.types) if kind.role == TUMOUR), 0)
    threshold = float(numbers.threshold[tumour]) if numbers is not None else 0.0
    return {"name": plan.antigen, "unit": "1", "threshold": threshold}
