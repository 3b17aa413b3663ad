"""The published organoid of Luque 2024: untreated, with one CAR-T cell for four tumour cells, and one for one.

Their walk applies the velocity only in the step in which a new direction is drawn (0.05 um/min instead of 5), which
sets the day on which killing starts; their oxygen is not converged in time. The scenarios take the walk over as a law
of the replication (`law.motility = "impulse"`), solve oxygen properly with the published uptake, and let cells read it
after 0.01 min of uptake, as theirs do (`law.oxygen_reading = "after-uptake"`; the case luque2024-small explains it).
Nothing is fitted; but that law was chosen with these runs in view, so the case does not call itself a prediction.
Targets are sought in the same 30 um bin, as theirs are (`law.search = "own-bin"`).

The published 1:4 run is one seed; the untreated and 1:1 figures are means of five. 1:1 is shown without a verdict.
"""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy import stats

import perforin as pf
from perforin.evidence.figures import Figures, read_figures
from perforin.evidence.probes import Probe, simulation_probe
from perforin.evidence.rows import Row, Rule
from perforin.mechanisms.tissue.lifetime import survival
from perforin.results.run import RunData
from perforin.scenario.compile import compile as compile_scenario
from perforin.scenario.scenario import load

SCENARIOS = {"untreated": "luque2024-untreated", "1to4": "luque2024", "1to1": "luque2024-1to1"}
SEEDS = {"untreated": range(1, 11), "1to4": range(1, 11), "1to1": range(1, 4)}
KEPT = ("tumour_cells", "tumour_dead", "t_cells", "tumour_radius", "oxygen_mean", "antigen_mean", "kills")


def probe() -> Probe:
    """The first six hours of the two arms that are judged."""
    return simulation_probe((SCENARIOS["untreated"], SCENARIOS["1to4"]))


def run_seed(arm: str, seed: int, folder: Path) -> dict:
    """One seed of one arm, 30 days: a few numbers per half day, and how the CAR-T cells died."""
    made = pf.simulate(SCENARIOS[arm], out=folder, seed=seed, threads=1, progress=False)
    run = RunData.open(made.path)
    series = run.series
    half_days = series[np.isclose(series["day"] * 2, (series["day"] * 2).round(), atol=1e-6)]
    numbers: dict = {name: [round(float(x), 4) for x in half_days[name]] for name in ("day", *KEPT)}
    numbers["survival"] = _survival_test(run.events)
    return numbers


def judge(results: dict[str, dict[int, dict]]) -> list[Row]:
    """Untreated against the five-run means, 1:4 against the one published run, CAR-T survival; 1:1 shown."""
    figures = read_figures(__file__)
    return [
        *_untreated(results["untreated"], figures),
        *_one_to_four(results["1to4"], figures),
        *_one_to_one(results["1to1"]),
    ]


def _untreated(seeds: dict[int, dict], figures: Figures) -> list[Row]:
    figure = figures.table["untreated: relative distance of the mean"]
    near, why = (
        figure["tolerance"],
        f"{100 * figure['tolerance']:g} %: {figure['reason']} [{figure['source']}]",
    )
    return [
        _row("untreated", "untreated", day, seeds, value, near * value, why, "within")
        for day, value in _published("untreated")
        if day >= 5
    ]


def _one_to_four(seeds: dict[int, dict], figures: Figures) -> list[Row]:
    inside, widest, rows = 0, math.nan, []
    for day, value in _published("1to4"):
        if day == 0:
            continue
        mean, half = _interval(_at(seeds, day))
        inside += abs(value - mean) <= half
        widest = max(half / mean, widest) if math.isfinite(widest) else half / mean
        tolerance, why = (
            (half if math.isfinite(half) else 0.0),
            f"our 95 % prediction interval is ± {half:.0f}",
        )
        rows.append(_row("1:4", "1to4", day, seeds, value, tolerance, why, "shown"))
    smallest = min((numbers["survival"]["p"] for numbers in seeds.values()), default=math.nan)
    survived = figures.row("1:4: smallest Kolmogorov-Smirnov p of CAR-T survival over seeds", smallest)
    return [
        figures.row(
            "1:4: listed days on which the published run lies in our 95 % prediction interval", inside
        ),
        figures.row("1:4: largest half-width of that interval over the mean", widest),
        replace(survived, kind="verification"),
        *rows,
    ]


def _one_to_one(seeds: dict[int, dict]) -> list[Row]:
    why = "without a verdict: five runs read from a figure by eye, a tenth apart"
    return [_row("1:1", "1to1", day, seeds, value, 0.0, why, "shown") for day, value in _published("1to1")]


def _row(
    title: str,
    arm: str,
    day: float,
    seeds: dict[int, dict],
    expected: float,
    tolerance: float,
    reason: str,
    rule: Rule,
) -> Row:
    mean = float(np.mean(_at(seeds, day))) if seeds else math.nan
    quantity = f"{title}: tumour cells on day {day:g}, mean"
    return Row(quantity, mean, expected, tolerance, reason, "cells", rule, arm)


def _published(arm: str) -> list[tuple[float, float]]:
    """The measured curve that the scenario carries."""
    plan = compile_scenario(load(SCENARIOS[arm]))
    return sorted((point.day, point.value) for point in plan.published if point.quantity == "tumour_cells")


def _at(seeds: dict[int, dict], day: float) -> list[float]:
    return [
        numbers["tumour_cells"][int(np.argmin(np.abs(np.array(numbers["day"]) - day)))]
        for numbers in seeds.values()
    ]


def _interval(values: list[float]) -> tuple[float, float]:
    """Mean and half-width of the interval that holds the next single run with 95 %."""
    n = len(values)
    if n < 2:
        return math.nan, math.nan
    spread = float(np.std(values, ddof=1))
    return float(np.mean(values)), float(stats.t.ppf(0.975, n - 1)) * spread * math.sqrt(1 + 1 / n)


def _survival_test(events) -> dict[str, float]:
    """Ages at death against the closed form, at the ends of the steps in which deaths are counted."""
    arrived = events.loc[events["kind"] == "arrival", ["cell", "minute"]].set_index("cell")["minute"]
    died = events.loc[events["kind"] == "ageing", ["cell", "minute"]].set_index("cell")["minute"]
    if arrived.empty:
        return {"n": 0, "distance": 0.0, "p": 1.0}
    ages = np.sort((died - arrived.loc[died.index]).to_numpy())
    law = 1.0 - np.array([survival(age, 14400.0, 6.0) for age in ages])
    counted = np.searchsorted(ages, ages, side="right") / len(arrived)
    distance = float(np.abs(counted - law).max())
    return {"n": len(arrived), "distance": distance, "p": float(stats.kstwo.sf(distance, len(arrived)))}
