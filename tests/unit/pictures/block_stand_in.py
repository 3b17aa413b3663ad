"""A small invented block of a vascularised tumour: an islet in stroma, vessels, two fields, T cells by the vessels."""

from __future__ import annotations

import numpy as np
import pandas as pd
from stand_in import StandIn

EDGE, STEP, HEIGHT = 240.0, 16.0, 160.0
VESSELS = [
    {"x": 100.0, "y": -90.0, "radius": 5.0, "open": True},
    {"x": -100.0, "y": 90.0, "radius": 5.0, "open": True},
    {"x": -95.0, "y": -90.0, "radius": 5.0, "open": False},
]
ISLET = 85.0  # um, radius of the islet around the axis


def tissue(t_cells, rng):
    """Cells of one day: tumour in the islet, fibroblasts and a few macrophages outside, T cells near open vessels."""
    axes = [np.arange(-length / 2 + STEP / 2, length / 2, STEP) for length in (EDGE, EDGE, HEIGHT)]
    place = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    place = place + rng.normal(0, 1.5, place.shape)
    inside = np.hypot(place[:, 0], place[:, 1]) < ISLET
    kept = inside | (rng.random(len(place)) < 0.35)
    place, inside = place[kept], inside[kept]
    kind = np.where(inside, "tumour", np.where(rng.random(len(place)) < 0.75, "fibroblast", "macrophage"))
    around = rng.uniform(0, 2 * np.pi, t_cells)
    off = 7.0 + rng.exponential(20.0, t_cells)
    at = np.array([[v["x"], v["y"]] for v in VESSELS[:2]])[rng.integers(0, 2, t_cells)]
    entered = np.stack(
        [
            at[:, 0] + off * np.cos(around),
            at[:, 1] + off * np.sin(around),
            rng.uniform(-HEIGHT / 2, HEIGHT / 2, t_cells),
        ],
        1,
    )
    place = np.r_[place, entered]
    place[:, :2] = (place[:, :2] + EDGE / 2) % EDGE - EDGE / 2
    total, of_tumour = len(place), np.r_[kind == "tumour", np.zeros(t_cells, bool)]
    return pd.DataFrame(
        {
            "id": np.arange(1, total + 1, dtype=np.uint64),
            "type": pd.Categorical(np.r_[kind, np.full(t_cells, "CAR-T")]),
            "fate": pd.Categorical(np.where(rng.random(total) < 0.02, "apoptotic", "alive")),
            "radius": np.where(of_tumour, 8.0, 5.5), "antigen": np.where(of_tumour, 1e4 * 10 ** rng.normal(0, 0.3, total), 0.0),
            "answer": np.where(of_tumour, 0.9, 0.0), "contact_time": 0.0,
            "hits_open": 0.0, "hits_felt": 0.0, "own_contact_time": 0.0, "own_hits_open": 0.0, "own_hits_felt": 0.0,
            "oxygen": np.clip(30 - 0.25 * np.hypot(place[:, 0] - 100, place[:, 1] + 90), 0.5, 40),
            "x": place[:, 0], "y": place[:, 1], "z": place[:, 2],
        }
    )  # fmt: skip


def make_block(t_cells=120, seed=5):
    """A block over four days; its T cells enter after the first snapshot."""
    rng = np.random.default_rng(seed)
    days = {0.0: 0, 2.0: t_cells // 2, 4.0: t_cells}
    snapshots = {day: tissue(many, rng) for day, many in days.items()}
    series = pd.DataFrame({"day": np.arange(0, 4.01, 0.25)}).assign(minute=lambda s: 1440 * s["day"])
    tumour = [float((cells["type"] == "tumour").sum()) for cells in snapshots.values()]
    for name, values in {
        "tumour_cells": tumour, "t_cells": list(days.values()), "kills": [0, 5, 12], "attached_pairs": [0, 9, 4],
        "tumour_radius": [ISLET] * 3, "antigen_mean": [1e4] * 3, "oxygen_mean": [8.0] * 3, "penetration_depth": [0, 10, 20],
    }.items():  # fmt: skip
        series[name] = np.interp(series["day"], list(days), values)
    x = np.arange(-EDGE / 2 + 10, EDGE / 2, 20.0)
    z = np.arange(-HEIGHT / 2 + 10, HEIGHT / 2, 20.0)
    far = np.minimum(*(np.hypot(x[None, :] - v["x"], x[:, None] - v["y"]) for v in VESSELS[:2]))
    oxygen = (30 * np.exp(-far / 60))[None] * np.ones((z.size, 1, 1))
    factor = (5 * np.exp(-((np.hypot(x[None, :], x[:, None]) / 80) ** 2)))[None] * np.ones((z.size, 1, 1))
    meta = {
        "format_version": 1, "name": "block", "summary": "A block.", "seed": seed, "status": "done", "days": 4.0,
        "days_asked": 4.0, "run_key": "0123456789abcdef" * 4, "plan_hash": "ab" * 32, "state_hash": "00ff" * 16,
        "wall_seconds": 1.0, "cpu_seconds": 1.0, "threads": 1, "founders": t_cells, "stops": [], "resumes": [],
        "versions": {"perforin": "0.1.0"}, "machine": {}, "tick_minutes": 0.1, "clock": {"tick": 0.1}, "law": {},
        "geometry": {"kind": "block", "box": [EDGE, EDGE, HEIGHT], "periodic": [True] * 3, "voxel": 20.0},
        "slab": None, "published": [], "assumed": [], "vessels": VESSELS,
        "types": [
            {"name": "tumour", "role": "tumour"}, {"name": "CAR-T", "role": "t_cell"},
            {"name": "fibroblast", "role": "host"}, {"name": "macrophage", "role": "host"},
        ],
        "antigen": {"name": "MSLN", "unit": "copy", "threshold": 100.0, "answer_threshold": 0.1, "panel": ["MSLN"]},
        "doses": [{"tick": 0, "cells": 1000, "type": 1, "car": "CAR-T", "route": "intravenous"}],
        "fields": {"oxygen": {"unit": "mmHg", "steady": True, "reason": ""}, "TGF-beta": {"unit": "nM", "steady": False, "reason": ""}},
    }  # fmt: skip
    events = pd.DataFrame(
        {"minute": pd.Series(dtype=float), "kind": pd.Series(dtype=str), "cell": pd.Series(dtype="uint64")}
    )
    grids = {day: {"oxygen": oxygen, "TGF-beta": factor} for day in days}
    return StandIn(meta, series, events, snapshots, grids, [], origin=(float(x[0]), float(x[0]), float(z[0])))
