"""The measured wells and the declaration of their fit, read from the case they belong to."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass

import numpy as np

from perforin.evidence.shelf import PACKAGED

CASE = PACKAGED / "published" / "pbt030-coculture"
NINETY_FIVE = 2 * 1.959964  # standard deviations between the ends of a 95 % interval


@dataclass(frozen=True)
class Well:
    """Two replicate wells of one line at one number of effectors."""

    line: str
    effectors: int
    tumour_cells: tuple[float, ...]
    t_cells: tuple[float, ...]
    positive: tuple[float, ...]
    mfi: tuple[float, ...]
    hours: np.ndarray
    index: np.ndarray
    index_sd: np.ndarray


@dataclass(frozen=True)
class LogNormal:
    """A prior by its median and 95 % interval."""

    name: str
    median: float
    low: float
    high: float

    @property
    def sd(self) -> float:
        """Of the logarithm."""
        return math.log(self.high / self.low) / NINETY_FIVE

    def cost(self, value: float) -> float:
        """Minus the log density, up to a constant."""
        return 0.5 * (math.log(value / self.median) / self.sd) ** 2

    def at(self, z):
        """The value so many standard deviations from the median."""
        return self.median * np.exp(self.sd * np.asarray(z))


@dataclass(frozen=True)
class Biology:
    """A free parameter of the law: its prior, and where it stands in a scenario."""

    prior: LogNormal
    path: str
    of: str
    unit: str


def experiment() -> dict:
    """The whole data file: times, areas and wells."""
    return tomllib.loads((CASE / "wells.toml").read_text(encoding="utf-8"))


def wells(line: str) -> dict[int, Well]:
    """The wells of a line, by effectors plated."""
    found = {}
    for table in experiment()["well"]:
        if table["line"] == line:
            found[table["effectors"]] = Well(
                line=line,
                effectors=table["effectors"],
                tumour_cells=tuple(table["tumour_cells"]),
                t_cells=tuple(table["t_cells"]),
                positive=tuple(table["positive"]),
                mfi=tuple(table["mfi"]),
                hours=np.array(table["hours"], dtype=float),
                index=np.array(table["index"], dtype=float),
                index_sd=np.array(table["index_sd"], dtype=float),
            )
    return found


def declaration() -> dict:
    """The declaration of the fit."""
    return tomllib.loads((CASE / "fit.toml").read_text(encoding="utf-8"))


def biology() -> tuple[Biology, ...]:
    """The free parameters of the law, in the order of the design."""
    return tuple(
        Biology(LogNormal(t["name"], t["median"], t["low"], t["high"]), t["path"], t["of"], t["unit"])
        for t in declaration()["parameter"]
    )


def prior(group: str, name: str) -> LogNormal:
    """A log-normal prior of the declaration, as in [growth] or [observation]."""
    table = declaration()[group][name]
    return LogNormal(name, table["median"], table["low"], table["high"])
