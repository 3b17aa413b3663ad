"""Laying simulated wells beside measured ones: the seeds of a case, each with a draw from the posterior."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from perforin.evidence.coculture import fit, simulate, wells
from perforin.evidence.coculture.readings import Observation, index, score_of, share_positive
from perforin.evidence.rows import Row, Rule

Results = dict[str, dict[int, dict]]


def run_seed(line: str, arm: str, seed: int) -> dict:
    """One well with the draw of this seed."""
    draws = fit.read()["draw"]
    draw = draws[(seed - 1) % len(draws)]
    return simulate.well(line, int(arm), draw, seed) | {"draw": draw}


def typical(values: list[float]) -> float:
    """The geometric mean, of counts that may be none: at least one cell."""
    return float(np.exp(np.mean(np.log(np.maximum(values, 1.0))))) if values else math.nan


def ends(results: Results, arm: str, quantity: str) -> list[float]:
    """A quantity of the whole well at the end of each seed of an arm."""
    return [numbers[quantity][-1] for numbers in results[arm].values()]


def tumour_row(
    line: str, results: Results, arm: str, within: float, why: str, *, floor: bool, kind: str = ""
) -> Row:
    """How many doublings simulated counts lie above the measured ones as they are scored, ln(N + 1000).

    floor  add the floor of each draw to the simulated count
    """
    well = wells.wells(line)[int(arm)]
    floors = [n["draw"]["floor"] if floor else 0.0 for n in results[arm].values()]
    scored = [
        float(score_of(n, low)) for n, low in zip(ends(results, arm, "tumour_cells"), floors, strict=True)
    ]
    apart = _mean(scored) - float(np.mean(score_of(well.tumour_cells)))
    name = (
        f"{arm} effectors: tumour cells at the end over the {typical(list(well.tumour_cells)):,.0f} measured"
    )
    return Row(name, apart / math.log(2), 0.0, within, why, "doublings", "within", arm, kind=kind)


def t_cell_row(line: str, results: Results, arm: str, within: float, why: str, kind: str = "") -> Row:
    """How many doublings simulated T cells lie above the measured ones."""
    measured = typical(list(wells.wells(line)[int(arm)].t_cells))
    apart = math.log2(typical(ends(results, arm, "t_cells")) / measured)
    name = f"{arm} effectors: T cells at the end over the {measured:,.0f} measured"
    return Row(name, apart, 0.0, within, why, "doublings", "within", arm, kind=kind)


def shown_rows(line: str, results: Results, arm: str) -> list[Row]:
    """What is reported without a verdict: MFI, percent positive at both ends of the gate, the curve, kills."""
    well, seeds = wells.wells(line)[int(arm)], list(results[arm].values())
    said = wells.declaration()["antigen"]
    mfi = _mean([numbers["mfi"] for numbers in seeds])
    low, high = (
        100 * _mean([float(share_positive(n["mfi"], gate, sigma)) for n in seeds])
        for gate, sigma in zip(reversed(said["gate"]), reversed(said["gate_sigma"]), strict=True)
    )
    why = "shown: growth of negatives, down-modulation and selection explain it alike, and it is no part of the fit"
    title, measured = f"{arm} effectors", float(np.mean(well.positive))
    rows = [
        _shown(
            f"{title}: MFI of all tumour cells at the end", mfi, float(np.mean(well.mfi)), "units", why, arm
        ),
        _shown(f"{title}: positive at the end, gate at 4,600", low, measured, "%", why, arm),
        _shown(f"{title}: positive at the end, gate at 3,000", high, measured, "%", why, arm),
    ]
    distance = _mean([curve_distance(line, arm, numbers) for numbers in seeds])
    reason = "shown: the index is not a count; its error is fitted"
    rows.append(_shown(f"{title}: rms distance of the index from 40 h", distance, 0.0, "index", reason, arm))
    if arm != "0":
        kills = _mean([numbers["kills_per_day"] for numbers in seeds])
        reason = "shown: 2 to 16 in tissue, Halle 2016; an output of the law"
        rows.append(_shown(f"{arm} effectors: kills per T cell and day", kills, 2.0, "1/day", reason, arm))
    return rows


def curve(numbers: dict) -> np.ndarray:
    """The index that a simulated well would have shown, at the hours of the measured curve."""
    seen = Observation(**{name: numbers["draw"][name] for name in Observation._fields})
    return index(numbers["tumour_cells"][:-1], numbers["t_cells"][:-1], seen)


def curve_distance(line: str, arm: str, numbers: dict) -> float:
    """Root mean square distance of a simulated index from the measured one."""
    return float(np.sqrt(np.mean((curve(numbers) - wells.wells(line)[int(arm)].index) ** 2)))


def limit(quantity: str, found: float, most: float, why: str, unit: str, arm: str, kind: str) -> Row:
    """A row that a number must not exceed."""
    return replace(_shown(quantity, found, most, unit, why, arm), rule="at most", kind=kind)


def _shown(quantity: str, measured: float, expected: float, unit: str, why: str, arm: str) -> Row:
    rule: Rule = "shown"
    return Row(quantity, measured, expected, 0.0, why, unit, rule, arm)


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else math.nan
