"""A small invented slab under CAR-T cells with two binders: cleared from above, with what no CAR sees growing."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
from stand_in import StandIn

EDGE, DEPTH, HEIGHT = 160.0, 200.0, 1000.0
SURFACE = DEPTH - HEIGHT / 2  # of day 0
COPIES = {"both": (1e5, 1e4), "first": (1e5, 20.0), "second": (20.0, 1e4), "neither": (20.0, 20.0)}
COUNTS = {0.0: (230, 130, 130, 110), 10.0: (40, 30, 20, 130), 20.0: (60, 40, 30, 220)}
CLASSES = tuple(COPIES)
SOURCES = [
    {
        "path": "csf.entry", "value": 0.01, "unit": "1", "source": "assumed", "grade": "assumed",
        "note": "not measured in man", "spread": [0.001, 0.05],
    },
    {
        "path": "tumour.suppression.product", "value": 0.5, "unit": "1", "source": "assumed", "grade": "assumed",
        "note": "the answer depends on it", "spread": [0.1, 0.5],
    },
]  # fmt: skip


@lru_cache(maxsize=1)
def scenario():
    """The resolved text of the library's scenario."""
    from perforin.scenario.scenario import load

    return load("glioblastoma-bivalent").text()


def tissue(day, counts, t_cells, depth, rng):
    """Cells of one day: so many of each class, those that a CAR sees in the lower half once it was attacked."""
    kinds = np.repeat(CLASSES, counts)
    place = rng.uniform((-EDGE / 2, -EDGE / 2, 0), (EDGE / 2, EDGE / 2, depth), (kinds.size + t_cells, 3))
    if day > 0:
        seen = np.flatnonzero(kinds != "neither")
        place[seen, 2] = rng.uniform(0, depth / 2, seen.size)
    copies = np.array([COPIES[kind] for kind in kinds] + [(0.0, 0.0)] * t_cells)
    copies *= np.where(copies > 20, 10.0 ** rng.normal(0, 0.2, copies.shape), 1.0)
    of_tumour = np.arange(kinds.size + t_cells) < kinds.size
    held = np.where(of_tumour & (place[:, 2] > depth / 3) & (day > 0), 60.0, 0.0)
    total = kinds.size + t_cells
    return pd.DataFrame(
        {
            "id": np.arange(1, total + 1, dtype=np.uint64),
            "type": pd.Categorical(np.where(of_tumour, "tumour", "bivalent"), ["tumour", "bivalent"]),
            "fate": pd.Categorical(["alive"] * total, ["alive", "apoptotic", "necrotic", "lysed"]),
            "radius": np.where(of_tumour, 10.0, 5.5), "antigen": copies.sum(axis=1), "copies__EGFR": copies[:, 0],
            "copies__IL13RA2": copies[:, 1], "answer": np.where(copies.max(axis=1) > 1000, 0.99, 0.005),
            "contact_time": held, "hits_open": held / 30, "hits_felt": held / 90, "own_contact_time": 0.0,
            "own_hits_open": 0.0, "own_hits_felt": 0.0, "brake_cost__suppression": held, "brake_cost__exhaustion": 0.5 * held,
            "oxygen": 13.0 + 0.05 * place[:, 2], "x": place[:, 0], "y": place[:, 1], "z": place[:, 2] - HEIGHT / 2,
        }
    )  # fmt: skip


def make_slab(counts=None, entered=41, seed=7):
    """A slab with so many cells of each class on each of three days; `entered` T cells by day 10."""
    counts, rng = counts or COUNTS, np.random.default_rng(seed)
    days = np.array(sorted(counts))
    depths = np.array([DEPTH, 0.7 * DEPTH, 0.9 * DEPTH])
    t_cells = {day: 0 if day == 0 else entered for day in days}
    table = np.array([counts[day] for day in days], float)
    series = pd.DataFrame({"day": np.arange(0, 20.01, 0.25)}).assign(minute=lambda s: 1440 * s["day"])
    columns = {
        "tumour_cells": table.sum(axis=1), "antigen_negative": table[:, 3], "tissue_depth": depths,
        "t_cells": [0, entered, entered], "entered": [0, entered, entered], "kills": [0, 380, 450],
        "attached_pairs": [0, entered // 2, entered // 3], "penetration_depth": [np.nan, 60.0, 80.0],
        "tumour_radius": [np.nan] * 3, "antigen_mean": [9e4] * 3, "oxygen_mean": [14.0] * 3,
    }  # fmt: skip
    for name, values in columns.items():
        series[name] = np.interp(series["day"], days, values)
    snapshots = {
        day: tissue(day, counts[day], t_cells[day], depth, rng)
        for day, depth in zip(days, depths, strict=True)
    }
    height = np.arange(-HEIGHT / 2 + 10, HEIGHT / 2, 20.0)[:, None, None]
    field = (13 + 27 / (1 + np.exp((SURFACE - height) / 40))) * np.ones((1, 8, 8))
    grids = {day: np.full(field.shape, 13.0) if day == 0 else field for day in days}
    meta = {
        "format_version": 1, "name": "glioblastoma-bivalent", "summary": "A slab.", "seed": seed, "status": "done",
        "days": 20.0, "days_asked": 20.0, "run_key": "0123456789abcdef" * 4, "plan_hash": "ab" * 32,
        "state_hash": "00ff" * 16, "wall_seconds": 412.3, "cpu_seconds": 411.0, "threads": 1, "founders": entered,
        "stops": [], "resumes": [], "versions": {"perforin": "0.1.0"}, "machine": {}, "tick_minutes": 0.1,
        "geometry": {"kind": "slab", "box": [EDGE, EDGE, HEIGHT], "periodic": [True, True, False], "voxel": 20.0},
        "slab": {"depth": DEPTH, "weight": 7812.5, "share": 0.0033}, "published": [],
        "types": [{"name": "tumour", "role": "tumour"}, {"name": "bivalent", "role": "t_cell"}],
        "antigen": {
            "name": "EGFR-806 or IL13RA2", "unit": "copy", "threshold": 108.0, "answer_threshold": 0.117,
            "panel": ["EGFR", "IL13RA2"],
        },
        "doses": [{"tick": 0, "cells": 10_000_000, "type": 1, "car": "bivalent", "route": "intraventricular"}]
        if entered
        else [],
        "clock": {"tick": 0.1}, "fields": {"oxygen": {"unit": "mmHg", "steady": True, "reason": "steady"}},
        "law": {}, "assumed": [],
    }  # fmt: skip
    kills = pd.DataFrame({"minute": [1e4] * 3, "kind": "kill", "cell": np.zeros(3, np.uint64)})
    return StandIn(
        meta, series, kills, snapshots, grids, list(SOURCES), scenario_text=scenario(),
        origin=(-70.0, -70.0, -HEIGHT / 2 + 10),
    )  # fmt: skip
