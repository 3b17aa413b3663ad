"""The fit as one call: growth from the untreated well, the design, the emulators, the walk; kept as posterior.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tomli_w

from perforin.evidence.coculture import design, posterior, untreated, wells
from perforin.evidence.commits import commit

DRAWS = 32  # kept: the case simulates the first ones, the figure shows the ridge they lie on
FILE = wells.CASE / "posterior.toml"


def fit(workers: int = 2, tell: Callable[[str], None] | None = None) -> Path:
    """Fit, write the posterior beside the declaration and return the file."""
    say = tell or (lambda text: None)
    growth, _ = untreated.fit_growth(design.LINE)
    say(f"untreated: doubling {growth.doubling:.1f} h, capacity {growth.capacity:.0f} cells per well")
    rows = design.run(workers, lambda done, every: say(f"{done} of {every} simulations"))
    emulated = posterior.emulators(rows)
    loss = posterior.Loss(emulated, growth)
    draws = posterior.walk(loss, wells.declaration()["design"]["seed"])
    FILE.write_text(_header() + tomli_w.dumps(_table(loss, draws, emulated)), encoding="utf-8")
    return FILE


def read() -> dict:
    """The posterior that was kept."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def _header() -> str:
    return (
        "# Written by `python -m perforin.evidence.coculture` from the declaration in fit.toml; not by hand.\n"
        "# Draws run along the ridge: the parameters are known together, not one by one.\n"
    )


def _table(loss: posterior.Loss, draws: np.ndarray, emulated: dict[int, posterior.Emulated]) -> dict:
    names = [p.name for p in loss.law]
    law = np.array([[float(p.at(x)) for p, x in zip(loss.law, z, strict=False)] for z in draws])
    seen = np.array([loss.observation(z) for z in draws])
    low, middle, high = np.quantile(law, [0.025, 0.5, 0.975], axis=0)
    few = np.linspace(0, len(draws) - 1, DRAWS).round().astype(int)
    shift = {n: float(draws[:, i].mean()) for i, n in enumerate(names)}
    return {
        "commit": commit(),
        "law": {n: _interval(low[i], middle[i], high[i]) for i, n in enumerate(names)},
        "shift_in_prior_sd": {n: round(shift[n], 2) for n in names},
        "correlation_of_logs": _pairs(names, np.corrcoef(np.log(law).T)),
        "observation": {
            n: _interval(*np.quantile(seen[:, i], [0.025, 0.5, 0.975]))
            for i, n in enumerate(posterior.Observation._fields)
        },
        "emulator": [
            {
                "effectors": effectors,
                "left_out_end": round(float(e.law.left_out[e.hours]), 3),
                "left_out_t_cells": round(float(e.law.left_out[2 * e.hours + 1]), 3),
                "left_out_mfi": round(float(e.law.left_out[-1]), 3),
            }
            for effectors, e in emulated.items()
        ],
        "draw": [
            {
                **{n: float(f"{x:.5g}") for n, x in zip(names, law[k], strict=True)},
                **{n: float(f"{x:.5g}") for n, x in zip(posterior.Observation._fields, seen[k], strict=True)},
            }
            for k in few
        ],
    }


def _interval(low: float, middle: float, high: float) -> dict[str, float]:
    return {"low": float(f"{low:.4g}"), "median": float(f"{middle:.4g}"), "high": float(f"{high:.4g}")}


def _pairs(names: list[str], matrix: np.ndarray) -> dict[str, float]:
    return {
        f"{a} and {b}": round(float(matrix[i, j]), 2)
        for i, a in enumerate(names)
        for j, b in enumerate(names)
        if i < j
    }
