"""What names a run: the hash of a plan, and of plan, seed and the sources that decide a result."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from perforin.quantities import Numbers
from perforin.scenario.plan import CellType, DosePlan, FieldPlan

PACKAGE = Path(__file__).parent.parent
# The files that decide a result. The simulation stands on a higher floor: its files are read, never imported.
DECIDING = ("streams.py", "quantities.py", "engine", "mechanisms", "scenario", "simulation")
_WORDS = {CellType: ("name",), DosePlan: ("car",), FieldPlan: ("reason",)}


def plan_hash(parts: dict[str, Any]) -> str:
    """SHA-256 of the parts of a plan that decide its result, in canonical units and sorted.

    Left out: texts, sources, names, days, seed, threads and what is recorded.
    """
    canonical = json.dumps(_canonical(parts), sort_keys=True, separators=(",", ":"), allow_nan=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def run_key(hash_of_plan: str, seed: int) -> str:
    """SHA-256 of the plan's hash, the seed and the sources: what names the run folder."""
    return hashlib.sha256(f"{hash_of_plan}\n{seed}\n{sources_hash()}".encode()).hexdigest()


@functools.cache
def sources_hash() -> str:
    """SHA-256 of every source file that decides a result. A library entry counts by its numbers, in the plan."""
    return hash_of_files(PACKAGE)


def hash_of_files(package: Path) -> str:
    """SHA-256 over the names and contents of the deciding files of a package."""
    digest = hashlib.sha256()
    for name in DECIDING:
        place = package / name
        files = sorted(place.rglob("*.py")) if place.is_dir() else [place]
        for file in files:
            digest.update(file.relative_to(package).as_posix().encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, Numbers):
        return {name: _canonical(array) for name, array in value.as_dict().items()}
    if isinstance(value, np.ndarray):
        return [float(item).hex() for item in value.ravel()]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        left_out = _WORDS.get(type(value), ())
        kept = [f.name for f in dataclasses.fields(value) if f.name not in left_out]
        return {name: _canonical(getattr(value, name)) for name in kept}
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_canonical(item) for item in value]
    return value.hex() if isinstance(value, float) else value
