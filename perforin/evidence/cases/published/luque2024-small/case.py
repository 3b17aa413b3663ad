"""The small untreated organoid of Luque 2024: 588 cells, five and a half days.

Two questions. What uptake would give our converged field the oxygen their cells read (a calibration, shown; no
scenario uses it, because it would not fit the large organoid: docs/decisions/005)? Does the scenario as it stands,
with the published uptake and oxygen read after uptake, follow their growth? (Where the difference comes from is shown
by the case luque-field-splitting.)
"""

import csv
import math
from dataclasses import replace
from pathlib import Path

import numpy as np

import perforin as pf
from perforin.evidence.figures import Figures, read_figures
from perforin.evidence.probes import Probe, simulation_probe
from perforin.evidence.rows import Row
from perforin.results.run import RunData

SEEDS = {"control": range(1, 6), "uptake": range(1, 2)}
DAYS = 5.5
UNTREATED = ("car=[]", "dose=[]", "published=[]")
JUDGED_HOURS = (48, 72, 96, 120, 132)
LOWEST, HIGHEST, HALVINGS = 10.0, 25.0, 9  # 1/min: brackets the uptake to 0.03


def probe() -> Probe:
    """The first six hours of the small organoid."""
    return simulation_probe(("luque2024-small",))


def run_seed(arm: str, seed: int, folder: Path) -> dict:
    """The control's growth and oxygen every twelve hours, or the calibrated uptake."""
    if arm == "uptake":
        return {
            "uptake": _calibrated(seed, folder, read_figures(__file__).expected("mean oxygen after 12 h"))
        }
    made = pf.simulate(
        "luque2024-small", out=folder, seed=seed, days=DAYS, threads=1, changes=UNTREATED, progress=False
    )
    series = RunData.open(made.path).series
    series = series.set_index(series["minute"].round().astype(int))
    hours = [row["hour"] for row in published()]
    return {
        "hour": hours,
        "tumour_cells": [int(series.loc[60 * hour, "tumour_cells"]) for hour in hours],
        "oxygen_mean": [round(float(series.loc[60 * hour, "oxygen_mean"]), 4) for hour in hours],
    }


def judge(results: dict[str, dict[int, dict]]) -> list[Row]:
    """The calibrated uptake, and growth and oxygen of the control."""
    figures = read_figures(__file__)
    found = [numbers["uptake"] for numbers in results["uptake"].values()]
    reason = "what one would use if oxygen were read from the supplied field; the published value beside it"
    calibrated = Row(
        "calibrated oxygen uptake", _mean(found), 10.0, 0.0, reason, "1/min", "shown", arm="uptake"
    )
    return [calibrated, *_control_rows(results["control"], figures)]


def published() -> list[dict[str, float]]:
    """Mean of the two published seeds."""
    with (Path(__file__).parent / "small_control.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    return [
        {
            "hour": int(row["hour"]),
            "cells": (float(row["cells_seed1"]) + float(row["cells_seed2"])) / 2,
            "oxygen": (float(row["oxygen_seed1"]) + float(row["oxygen_seed2"])) / 2,
        }
        for row in rows
    ]


def _control_rows(seeds: dict[int, dict], figures: Figures) -> list[Row]:
    figure = figures.table["relative distance of tumour cells"]
    near, why = (
        figure["tolerance"],
        f"{100 * figure['tolerance']:g} %: {figure['reason']} [{figure['source']}]",
    )
    oxygen = _mean([numbers["oxygen_mean"][0] for numbers in seeds.values()])
    rows = [figures.row("mean oxygen after 12 h", oxygen)]
    for position, theirs in enumerate(published()):
        if theirs["hour"] in JUDGED_HOURS:
            mean = _mean([numbers["tumour_cells"][position] for numbers in seeds.values()])
            quantity = f"tumour cells after {theirs['hour']} h, mean"
            rows.append(Row(quantity, mean, theirs["cells"], near * theirs["cells"], why, "cells"))
    return [replace(row, arm="control") for row in rows]


def _calibrated(seed: int, folder: Path, target: float) -> float:
    """Halve the bracket until the converged field, read as supplied, has the published mean after two hours."""
    low, high = LOWEST, HIGHEST
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        changes = (
            *UNTREATED,
            'law.oxygen_reading="supplied"',
            f"culture.numbers.oxygenation.uptake='{middle} 1/min'",
        )
        made = pf.simulate(
            "luque2024-small", out=folder, seed=seed, days=0.1, threads=1, changes=changes, progress=False
        )
        if float(RunData.open(made.path).series["oxygen_mean"].iloc[-1]) > target:
            low = middle
        else:
            high = middle
    return round((low + high) / 2, 3)


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else math.nan
