"""What is kept of a case made of seeds: one small JSON file per seed, in ./validation/results/CASE/ARM-SEED.json."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from perforin.errors import InputError, Problem
from perforin.evidence.probes import Probe
from perforin.evidence.shelf import own_folder


@dataclass(frozen=True)
class Seed:
    """The numbers one seed of one arm gave, and what made them."""

    arm: str
    seed: int
    commit: str
    probe: Probe
    seconds: float
    numbers: dict


def results_folder(case: str) -> Path:
    """Where a case's seeds are kept."""
    return own_folder() / "results" / case


def seed_file(case: str, arm: str, seed: int) -> Path:
    """Where one seed is kept."""
    return results_folder(case) / f"{arm}-{seed}.json"


def write_seed(file: Path, seed: Seed) -> None:
    """Write one seed so that the file is whole or absent."""
    table = {
        "arm": seed.arm,
        "seed": seed.seed,
        "commit": seed.commit,
        "probe": seed.probe.as_json(),
        "seconds": round(seed.seconds, 1),
        "numbers": seed.numbers,
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(f".{os.getpid()}.partial")
    partial.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    os.replace(partial, file)


def read_seed(file: Path) -> Seed:
    """Read one seed. Raises InputError when the file is not one."""
    try:
        table = json.loads(file.read_text(encoding="utf-8"))
        return Seed(
            table["arm"],
            int(table["seed"]),
            table["commit"],
            Probe.of_json(table["probe"]),
            float(table["seconds"]),
            table["numbers"],
        )
    except (ValueError, KeyError, TypeError) as error:
        problem = Problem(
            str(file),
            "",
            f"{type(error).__name__}: {error}",
            "a seed's result; delete it to have it made again",
        )
        raise InputError([problem]) from None


def read_seeds(case: str, wanted: dict[str, list[int]]) -> list[Seed]:
    """Those of the wanted seeds that are in, by arm and seed."""
    return [
        read_seed(seed_file(case, arm, seed))
        for arm, seeds in wanted.items()
        for seed in seeds
        if seed_file(case, arm, seed).is_file()
    ]
