"""PerMedCoE use case 1: one cell becomes a colony in the plane, beside the colonies of Bru 1998.

A colony whose cells cycle wherever they are grows exponentially. The measured one widens by the same length every hour,
as one does whose pressed cells stand still: only a rim cycles, and its width is set by how hard a cell may be pressed.
That limit is the one number chosen here, on the measured slope. The lag is not chosen: a colony of cells that cycle in
18 h from the first hour on is ahead of the measured one by a few days, and the slope does not see it.

The diameter is that of the disc with the same mean square distance of its cells from their centre.
"""

from pathlib import Path

import numpy as np

from perforin.evidence.community import culture as laws
from perforin.evidence.community.culture import Culture
from perforin.evidence.figures import read_figures
from perforin.evidence.probes import Probe
from perforin.evidence.rows import Row

FOLDER = Path(__file__).parent
SEEDS = {"colony": range(1, 2)}
LIMIT = 0.08  # sum over neighbours of (1 - d / (r_i + r_j))^2; at rest in the plane 0.013
EVERY = 0.5  # h, as the benchmark asks


def probe() -> Probe:
    """Five days: a hundred cells, the inner ones of which are pressed."""
    colony = Culture(FOLDER / "culture.toml", 1)
    grow(colony, 120.0)
    return laws.probe_of(colony)


def run_seed(arm: str, seed: int, folder: Path) -> dict:
    """One colony of 35,000 cells to the last measurement: its diameter each half hour, and its cells."""
    colony = Culture(FOLDER / "culture.toml", seed)
    return {"diameter": grow(colony, measured()[-1][0]), "cells": colony.cells.count}


def judge(results: dict[str, dict[int, dict]]) -> list[Row]:
    """The slope over the measured span, and where the line stands."""
    figures = read_figures(__file__)
    points = np.array(measured())
    slopes, leads = [], []
    for numbers in results["colony"].values():
        hours = EVERY * np.arange(len(numbers["diameter"]))
        found = np.interp(points[:, 0], hours, numbers["diameter"])
        slope = np.polyfit(points[:, 0], found, 1)[0]
        slopes.append(slope)
        leads.append(float(np.mean(found - points[:, 1])) / slope)
    mean = float(np.mean(slopes)) if slopes else np.nan
    rows = [figures.row("slope of the diameter", mean)]
    rows.append(figures.row("slope of the measured points", np.polyfit(points[:, 0], points[:, 1], 1)[0]))
    lead = float(np.mean(leads)) if leads else np.nan
    rows.append(Row("how far ours is ahead", lead, 0.0, 0.0, "no lag was chosen", "h", "shown"))
    return rows


def measured() -> list[tuple[float, float]]:
    """Hours and diameter [um]."""
    rows = (FOLDER / "measured.csv").read_text(encoding="utf-8").splitlines()[1:]
    return [(float(h), float(d)) for h, d in (row.split(",") for row in rows)]


def grow(colony: Culture, end: float, limit: float = LIMIT) -> list[float]:
    """Step to `end` [h]; the diameter [um] each half hour."""
    laws.draw_cycles_anew(colony)
    diameters, due = [diameter(colony)], EVERY
    while colony.hours < end - 1e-9:
        colony.step()
        laws.draw_cycles_anew(colony)
        laws.hold_back(colony, limit)
        if colony.hours >= due - 1e-9:
            diameters.append(round(diameter(colony), 2))
            due += EVERY
    return diameters


def diameter(colony: Culture) -> float:
    """Of the disc with the same mean square distance of its cells from their centre [um]; of a single cell its own."""
    cells = colony.cells
    place = cells.place[: cells.count, :2].astype(np.float64)
    if cells.count == 1:
        return 2 * float(cells.place[0, 3])
    return 2 * float(np.sqrt(2 * ((place - place.mean(axis=0)) ** 2).sum(axis=1).mean()))
