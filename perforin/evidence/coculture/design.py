"""The design: where in the space of the free parameters the wells are simulated, and what came out.

A Sobol sequence over the span that the declaration states. Every simulation is one line of one file, kept as
soon as it is done; a line made by other laws is made again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import qmc

from perforin.evidence.coculture import simulate, wells
from perforin.evidence.probes import simulation_probe
from perforin.evidence.stored import results_folder

LINE = "PBT030"
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Task:
    """One simulation of the design."""

    point: int
    effectors: int
    values: dict[str, float]

    @property
    def key(self) -> tuple[int, int]:
        """Its place in the file."""
        return self.point, self.effectors


def points() -> np.ndarray:
    """(n, d) the points, in prior standard deviations from the medians."""
    asked = wells.declaration()["design"]
    spans = np.array([asked["span"][free.prior.name] for free in wells.biology()], dtype=float)
    power = math.ceil(math.log2(asked["points"]))
    unit = qmc.Sobol(len(spans), scramble=False).random_base2(power)[: asked["points"]] + 0.5 ** (power + 1)
    return spans[:, 0] + unit * (spans[:, 1] - spans[:, 0])


def values_at(z: np.ndarray) -> dict[str, float]:
    """The parameters at a point, by name."""
    return {free.prior.name: float(free.prior.at(x)) for free, x in zip(wells.biology(), z, strict=True)}


def tasks() -> Iterator[Task]:
    """All simulations of the design."""
    for point, z in enumerate(points()):
        for effectors in wells.declaration()["design"]["wells"]:
            yield Task(point, effectors, values_at(z))


def design_file() -> Path:
    """Where the results are kept."""
    return results_folder("pbt030-coculture") / "design.jsonl"


def read(probe: str) -> dict[tuple[int, int], dict]:
    """The results that are in and made by the laws with this probe, by point and effectors."""
    file = design_file()
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    rows = [json.loads(line) for line in lines if line.endswith("}")]
    return {(row["point"], row["effectors"]): row for row in rows if row["probe"] == probe}


def probe() -> str:
    """The fingerprint of the laws: of the first simulated 30 h, in which the T cells arrive."""
    return simulation_probe(("pbt030-coculture",), minutes=30 * 60).hash


def run(workers: int, tell: Tell) -> dict[tuple[int, int], dict]:
    """Simulate what is missing, in processes of one thread each; returns all results."""
    now = probe()
    done, every = read(now), list(tasks())
    missing = [task for task in every if task.key not in done]
    file = design_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    with (
        ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool,
        file.open("a", encoding="utf-8") as out,
    ):
        for future in as_completed([pool.submit(simulated, task) for task in missing]):
            row: dict[str, Any] = {**future.result(), "probe": now}
            out.write(json.dumps(row) + "\n")
            out.flush()
            done[row["point"], row["effectors"]] = row
            tell(len(done), len(every))
    return done


def simulated(task: Task) -> dict[str, Any]:
    """One simulation and what it gave."""
    found = simulate.well(LINE, task.effectors, task.values, seed=task.point + 1)
    return {"point": task.point, "effectors": task.effectors, "values": task.values, **found}
