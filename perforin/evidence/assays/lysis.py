"""Lysis against antigen density in seven papers: one hit rate is fitted to three of them, the others are foretold.

Papers and rules stand in the case `lysis-density` (curves.toml, fit.toml). A curve is

    lysed = f + (1 - f) P,    f the lysed fraction without antigen where it was measured, P that of a pellet

`OWN` instead gives each target a Poisson number of T cells of its own. It was tried after the fit, to see whether the
rule for E:T decides the outcome, and decides no verdict.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.stats import poisson, spearmanr

from perforin.evidence.assays.encounters import Encounter, law_of
from perforin.evidence.shelf import PACKAGED
from perforin.streams import CASE as LOT
from perforin.streams import draw

CASE = PACKAGED / "published" / "lysis-density"
PER_M = 1e9  # nM
COARSE = 14  # rates tried before the best is refined: factors of 1.6
PELLET, OWN = "pellet", "own"  # how T cells and targets lie, see encounters
SAME = 0.02  # responses as near as this are one simulation: they move a lysed fraction by less than its luck


@dataclass(frozen=True)
class Curve:
    """One measured curve: a binder against lines of several densities, those with antigen only."""

    paper: str
    binder: str
    kd: float  # nM
    e_t: float
    copies: np.ndarray
    lysed: np.ndarray
    spontaneous: float


@functools.lru_cache(maxsize=1)
def papers() -> dict[str, dict]:
    """The papers as they stand in the data, by name."""
    table = tomllib.loads((CASE / "curves.toml").read_text(encoding="utf-8"))
    return {paper["name"]: paper for paper in table["paper"]}


@functools.lru_cache(maxsize=1)
def declaration() -> dict:
    """What was declared before the fit."""
    return tomllib.loads((CASE / "fit.toml").read_text(encoding="utf-8"))


def curves(names: Iterable[str]) -> list[Curve]:
    """The curves of some papers, their densities in copies."""
    found = []
    for name in names:
        paper = papers()[name]
        copies = paper["copies_per_unit"] * (np.array(paper["density"], dtype=float) - paper["background"])
        has_antigen = copies > 0
        for table in paper["curve"]:
            lysed = np.array(table["lysed"], dtype=float)
            free = float(lysed[~has_antigen].mean()) if not has_antigen.all() else 0.0
            found.append(
                Curve(
                    name,
                    table["binder"],
                    table["kd"] * PER_M,
                    paper["e_t"],
                    copies[has_antigen],
                    lysed[has_antigen],
                    free,
                )
            )
    return found


def foretold(
    curve: Curve, hit_rate: float, copies: np.ndarray | None = None, lie: str = PELLET
) -> np.ndarray:
    """The lysed fraction that the law gives for a curve, at its own densities or at others."""
    law = law_of(curve.kd)
    shares = [law.response(c) for c in (curve.copies if copies is None else copies)]
    dead = np.array([_lysed(round(w / SAME), curve.e_t, hit_rate, lie) for w in shares])
    return curve.spontaneous + (1.0 - curve.spontaneous) * dead


def misfit(chosen: list[Curve], hit_rate: float, lie: str = PELLET) -> float:
    """The loss: rmse of the lysed fraction over all points of some curves."""
    return rmse(np.concatenate([foretold(c, hit_rate, lie=lie) - c.lysed for c in chosen]))


def rates() -> np.ndarray:
    """Hit rates over the declared range [1/min], close enough to find the right one of the valleys of the loss."""
    asked = declaration()["parameter"]
    return np.geomspace(asked["low"], asked["high"], COARSE)


def fit() -> float:
    """The hit rate [1/min] that the fitted papers ask for: the best of `rates`, then refined between its neighbours."""
    chosen, tried = curves(declaration()["fitted"]), np.log(rates())
    best = int(np.argmin([misfit(chosen, float(np.exp(x))) for x in tried]))
    found = minimize_scalar(
        lambda x: misfit(chosen, float(np.exp(x))),
        bounds=(tried[max(best - 1, 0)], tried[min(best + 1, COARSE - 1)]),
        method="bounded",
        options={"xatol": 0.05},  # 5 % of the rate: less than the luck of 400 targets moves it
    )
    return float(np.exp(found.x))


def rank_correlation(chosen: list[Curve]) -> float:
    """Spearman's, of the law's killing response with lysis over the points of some curves.

    Whatever the hit rate, the rule for E:T or the scale of density, the law ranks the points of a paper like this.
    """
    guess = [law_of(c.kd).response(copies) for c in chosen for copies in c.copies]
    return float(spearmanr(guess, np.concatenate([c.lysed for c in chosen])).statistic)


def spread(chosen: list[Curve]) -> float:
    """The rmse of the constant that knows the mean of these curves."""
    lysed = np.concatenate([c.lysed for c in chosen])
    return rmse(lysed - lysed.mean())


def rmse(errors: np.ndarray) -> float:
    """Root of the mean square."""
    return float(np.sqrt(np.mean(np.square(errors))))


@functools.lru_cache(maxsize=4096)
def _lysed(response: int, e_t: float, hit_rate: float, lie: str) -> float:
    """The share of the targets that die, for a killing response in units of SAME.

    A response is all that density and affinity do to contact and hits, so points with the same one share a simulation.
    """
    asked = declaration()["assay"]
    targets, law = asked["targets"], law_of().changed(hit_rate=hit_rate)
    copies = copies_for(min(response * SAME, 1.0 - SAME / 10))
    met = Encounter(
        targets, _t_cells(targets, e_t, lie, asked["seed"]), law, copies=copies, seed=asked["seed"]
    )
    return met.run(60.0 * asked["hours"]).dead


def _t_cells(targets: int, e_t: float, lie: str, seed: int) -> int | np.ndarray:
    if lie == PELLET:
        return round(e_t * targets)
    lots = [draw(seed, 0, np.uint64(i), LOT) for i in range(targets)]
    return poisson.ppf(lots, e_t).astype(int)


@functools.lru_cache(maxsize=4096)
def copies_for(response: float) -> float:
    """The copies at which the usual binder draws this response."""
    law, low, high = law_of(), 0.0, 1e7
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if law.response(middle) < response else (low, middle)
    return high
