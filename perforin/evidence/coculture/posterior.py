"""The posterior: which parameters of the law, and which readings of the wells, go together with the data.

The loss is the declared one (fit.toml of the case). A Metropolis walk over the parameters in prior standard deviations,
its proposal shaped by what it has seen in a first part that is thrown away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from perforin.evidence.coculture import design, emulator, wells
from perforin.evidence.coculture.readings import PLATED, Observation, index, logistic, score_of
from perforin.evidence.coculture.untreated import Growth

STEPS, KEEP_EVERY = 60_000, 20  # of the walk; its first third is thrown away
READ = ("a", "b", "c", "d", "sigma", "floor")


class Course(Protocol):
    """What a well does at a point of the design."""

    def at(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """Tumour cells and T cells of the whole well, at each hour and at the end, and MFI at the end."""
        ...


@dataclass(frozen=True)
class Emulated:
    """The emulators of one well: its score and its ln T cells at each hour and at the end, and ln MFI."""

    law: emulator.Emulator
    hours: int

    def at(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """Tumour cells, T cells and MFI of the whole well at a point."""
        out, many = self.law.at(z), self.hours + 1
        tumour = np.maximum(np.exp(out[:many]) - 1000.0, 0.0)
        return tumour, np.exp(out[many : 2 * many]), float(np.exp(out[-1]))


def emulators(rows: dict[tuple[int, int], dict]) -> dict[int, Emulated]:
    """An emulator for each well of the design."""
    places = design.points()
    found = {}
    for effectors in wells.declaration()["design"]["wells"]:
        mine = [(point, row) for (point, many), row in sorted(rows.items()) if many == effectors]
        outputs = np.array([outputs_of(row) for _, row in mine])
        law = emulator.fit(places[[point for point, _ in mine]], outputs)
        found[effectors] = Emulated(law, (outputs.shape[1] - 3) // 2)
    return found


def outputs_of(row: dict) -> np.ndarray:
    """The numbers of a simulation as they are emulated."""
    t_cells = np.log(np.maximum(row["t_cells"], 1.0))
    return np.concatenate([score_of(row["tumour_cells"]), t_cells, [np.log(max(row["mfi"], 1.0))]])


class Loss:
    """Minus the log posterior, over the free parameters of the law and the readings."""

    def __init__(self, emulated: Mapping[int, Course], growth: Growth) -> None:
        said = wells.declaration()
        self.emulated, self.error, self.offset = emulated, said["error"], said["observation"]["d"]
        self.law = [free.prior for free in wells.biology()]
        self.read = [wells.prior("observation", name) for name in READ if name != "d"]
        self.data = wells.wells(design.LINE)
        bare = self.data[0]
        self.rising = bare.hours <= said["growth"]["saturated"][design.LINE]
        self.alone = logistic(bare.hours[self.rising], PLATED, *growth)

    def observation(self, z: np.ndarray) -> Observation:
        """The readings at a point of the walk."""
        rest = z[len(self.law) :]
        logs = {
            p.name: float(p.at(x)) for p, x in zip(self.read, np.delete(rest, READ.index("d")), strict=True)
        }
        return Observation(**logs, d=float(self.offset["mean"] + self.offset["sd"] * rest[READ.index("d")]))

    def __call__(self, z: np.ndarray) -> float:
        """At a point of the walk: z in prior standard deviations, first the law, then the readings."""
        seen, law = self.observation(z), z[: len(self.law)]
        total = 0.5 * float(z @ z)
        total += self._curve(index(self.alone, 0.0, seen) - self.data[0].index[self.rising], seen.sigma)
        for effectors, emulated in self.emulated.items():
            tumour, t_cells, _ = emulated.at(law)
            well = self.data[effectors]
            total += self._curve(index(tumour[:-1], t_cells[:-1], seen) - well.index, seen.sigma)
            last = score_of(tumour[-1], seen.floor)
            total += sum(0.5 * ((last - score_of(n)) / self.error["end"]) ** 2 for n in well.tumour_cells)
            many = np.log(t_cells[-1])
            total += sum(0.5 * ((many - np.log(n)) / self.error["t_cells"]) ** 2 for n in well.t_cells)
        return float(total)

    def _curve(self, apart: np.ndarray, sigma: float) -> float:
        return (
            float(0.5 * apart @ apart / sigma**2 + apart.size * np.log(sigma))
            / self.error["readings_per_day_apart"]
        )


def walk(loss: Loss, seed: int) -> np.ndarray:
    """(n, d) draws from the posterior. The spans of the design bound the law: nothing is simulated outside."""
    rng = np.random.Generator(np.random.PCG64(seed))
    spans = np.array([wells.declaration()["design"]["span"][p.name] for p in loss.law], dtype=float)
    size = len(loss.law) + len(READ)
    here = np.concatenate([spans.mean(axis=1), np.zeros(len(READ))])
    now, shape, kept = loss(here), 0.2 * np.eye(size), []
    for k in range(STEPS):
        if k in (STEPS // 12, STEPS // 6, STEPS // 3):
            seen = np.array(kept[len(kept) // 2 :])
            shape = np.linalg.cholesky(2.38**2 / size * (np.cov(seen.T) + 1e-4 * np.eye(size)))
        there = here + shape @ rng.standard_normal(size)
        law = there[: len(spans)]
        if np.all((law >= spans[:, 0]) & (law <= spans[:, 1])):
            then = loss(there)
            if np.log(rng.random()) < now - then:
                here, now = there, then
        kept.append(here)
    return np.array(kept[STEPS // 3 :: KEEP_EVERY])
