"""A small invented run in memory, with the columns a run folder has: no engine, no disk."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from block_stand_in import make_block
from slab_stand_in import make_slab
from stand_in import StandIn

PUBLISHED_DAYS = np.array([0, 1, 2, 4, 6, 8, 10, 12, 15, 20, 25, 30.0])
PUBLISHED_CELLS = np.array([3963, 3963, 3922, 5106, 5770, 5815, 5762, 7702, 11259, 18241, 26616, 36718.0])


def ball(count, rng, radius_of_cell=8.4):
    """(count, 3) loosely packed positions around the origin, the nearest ones of a jittered lattice."""
    step = 2 * radius_of_cell * 0.93
    n = int(np.ceil((count / 4.19) ** (1 / 3))) + 2
    axis = np.arange(-n, n + 1) * step
    grid = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)
    grid = grid + rng.normal(0, 1.2, grid.shape)
    return grid[np.argsort(np.linalg.norm(grid, axis=1), kind="stable")[:count]]


def snapshot(day, tumour, t_cells, dead, rng):
    """Cells of one day: a ball of tumour, T cells around and at its rim, some dying; contacts at the rim."""
    place = ball(tumour + dead, rng)
    distance = np.linalg.norm(place, axis=1)
    rim = distance.max() if place.size else 0.0
    direction = rng.normal(size=(t_cells, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    out = np.where(
        rng.random(t_cells) < min(0.9, day / 8),
        rng.normal(rim - 20, 15, t_cells),
        rng.uniform(rim + 50, 480, t_cells),
    )
    fate = np.full(tumour + dead, "alive", dtype=object)
    fate[rng.choice(tumour + dead, dead, replace=False)] = "apoptotic"
    touched = (distance > rim - 40) & (rng.random(tumour + dead) < 0.5) & (day > 1)
    oxygen = np.clip(38 - 30 * np.clip((rim + 20 - distance) / max(rim, 1), 0, 1) ** 0.7, 0.5, 38)
    total = tumour + dead + t_cells
    return pd.DataFrame(
        {
            "id": np.arange(1, total + 1, dtype=np.uint64),
            "type": pd.Categorical(
                ["tumour"] * (tumour + dead) + ["luque2024"] * t_cells, ["tumour", "luque2024"]
            ),
            "fate": pd.Categorical(
                list(fate) + ["alive"] * t_cells, ["alive", "apoptotic", "necrotic", "lysed"]
            ),
            "radius": np.full(total, 8.4127, np.float32),
            "antigen": np.r_[
                rng.normal(1 + day / 100, 0.25, tumour + dead).clip(0), np.zeros(t_cells)
            ].astype(np.float32),
            "oxygen": np.r_[oxygen, np.full(t_cells, 37.0)].astype(np.float32),
            "contact_time": np.r_[np.where(touched, 60.0, 0.0), np.zeros(t_cells)].astype(np.float32),
            "age": np.full(total, 1440.0 * day, np.float32),
            "x": np.r_[place[:, 0], direction[:, 0] * out],
            "y": np.r_[place[:, 1], direction[:, 1] * out],
            "z": np.r_[place[:, 2], direction[:, 2] * out],
        }
    )


def make_run(days=30.0, scale=1.0, t_cells=991, seed=7):
    """A run that follows the published table; scale shrinks every count."""
    rng = np.random.default_rng(seed)
    minute = np.arange(0, days * 1440 + 1, 60.0)
    day = minute / 1440
    tumour = np.round(np.interp(day, PUBLISHED_DAYS, PUBLISHED_CELLS) * scale * (1 + 0.02 * np.sin(day)))
    alive = np.round(t_cells * np.clip(1 - (day - 0.0125) / 10, 0, 1) ** (1 / 6)) * (day > 0.0125)
    kills = np.cumsum(np.r_[0, 0.02 * alive[1:] * np.clip(day[1:] - 1, 0, 1)]).round()
    radius = 150 * (tumour / max(tumour[0], 1)) ** (1 / 3)
    series = pd.DataFrame(
        {
            "minute": minute, "day": day, "tumour_cells": tumour, "tumour_dead": np.round(0.03 * alive),
            "t_cells": alive, "t_cells_dead": t_cells - alive, "attached_pairs": np.round(0.2 * alive * (day > 1)),
            "kills": kills, "divisions": np.maximum(0, tumour - tumour[0] + kills), "necroses": 0 * day,
            "tumour_radius": radius, "antigen_mean": 1 + day / 100, "antigen_negative": 0.02 * tumour,
            "oxygen_mean": 22 - day / 4, "oxygen_min": 10 - day / 10, "attractant_mean": 0.9 + 0 * day,
            "penetration_depth": np.clip(10 * day - 20, -50, 60), "guard_hits": 0 * day,
        }
    )  # fmt: skip
    moments = [d for d in (0.0, 2.0, 4.0, 8.0, 12.0, 20.0, 30.0) if d <= days] or [0.0]
    if days not in moments:
        moments.append(days)
    rows = {d: series.iloc[(series["day"] - d).abs().argmin()] for d in moments}
    snapshots = {
        d: snapshot(d, int(row["tumour_cells"]), int(row["t_cells"]), int(row["tumour_dead"]), rng)
        for d, row in rows.items()
    }
    axis = np.arange(-490, 491, 20.0)
    far = np.sqrt(axis[:, None, None] ** 2 + axis[None, :, None] ** 2 + axis[None, None, :] ** 2)
    grids = {
        d: (38 - 28 * np.exp(-((far / (1.4 * row["tumour_radius"] + 1)) ** 2))).astype(np.float32)
        for d, row in rows.items()
    }
    kill_minutes = np.repeat(minute[1:], np.diff(kills).astype(int))
    last = snapshots[max(snapshots)]
    born = last["id"].to_numpy()[: int(tumour[-1]) // 2]
    events = pd.DataFrame(
        {
            "minute": np.r_[kill_minutes, np.full(born.size, days * 1440.0)],
            "kind": pd.Categorical(
                ["kill"] * kill_minutes.size + ["division"] * born.size, ["kill", "division"]
            ),
            "cell": np.r_[np.zeros(kill_minutes.size, np.uint64), born],
        }
    )
    source = "Luque 2024, 10.1038/s41598-024-63125-5"
    meta = {
        "format_version": 1, "name": "luque2024", "seed": seed, "status": "done", "days": days, "days_asked": days,
        "run_key": "0123456789abcdef" * 4, "plan_hash": "fedcba9876543210" * 4, "state_hash": "00ff" * 16,
        "wall_seconds": 412.3, "cpu_seconds": 790.1, "threads": 2, "tumour_cells_start": int(tumour[0]),
        "tumour_cells_end": int(tumour[-1]), "t_cells_end": int(alive[-1]), "founders": int(tumour[0]),
        "versions": {"perforin": "0.1.0", "numpy": "2.2.0", "numba": "0.61.0", "python": "3.11.9"},
        "machine": {"cpu": "x86_64", "cores": 2}, "stops": [], "resumes": [],
        "geometry": {"kind": "organoid", "box": [1000.0] * 3, "voxel": 20.0},
        "types": [{"name": "tumour", "role": "tumour"}, {"name": "luque2024", "role": "t_cell"}],
        "antigen": {"name": "oncoprotein", "threshold": 0.5}, "tick_minutes": 0.1, "summary": "A tumour organoid and CAR-T cells.",
        "clock": {"tick": 0.1, "mechanics": 2, "crowded": 1, "phenotype": 60},
        "doses": [{"tick": 180, "cells": t_cells, "type": 1, "car": "CAR-T", "route": "medium", "clearance": 50.0}] if t_cells else [],
        "fields": {
            "oxygen": {"unit": "mmHg", "steady": True, "reason": "relaxes in 0.1 min, sources change every 6 min"},
            "immunostimulatory factor": {"unit": "1", "steady": False, "reason": "relaxes in 60 min"},
        },
        "published": [
            {"quantity": "tumour_cells", "day": float(d), "value": float(v), "source": source}
            for d, v in zip(PUBLISHED_DAYS, PUBLISHED_CELLS, strict=True)
        ],
        "law": {"motility": "impulse", "search": "own-bin", "directions": "pole-biased", "dead_exchange": "as-alive"},
        "assumed": ["tumour.growth.duration"],
    }  # fmt: skip
    sources = [
        {"path": "tumour.growth.duration", "value": 38.6, "unit": "h", "source": source, "grade": "in_vitro", "note": ""},
        {"path": "t.engagement.reach", "value": 18.0, "unit": "um", "source": source, "grade": "assumed", "note": "centre to centre"},
        {"path": "tumour.oxygenation.uptake", "value": 10.2, "unit": "1/min", "source": "calibrated", "grade": "fitted", "note": "small control"},
    ]  # fmt: skip
    return StandIn(meta, series, events, snapshots, grids, sources)


@pytest.fixture(scope="session")
def run():
    """A small complete run: 400 founders, 30 days."""
    return make_run(scale=0.1, t_cells=99)


@pytest.fixture(scope="session")
def make():
    """The maker itself, for other shapes of run."""
    return make_run


@pytest.fixture(scope="session")
def slab():
    """A small slab of glioblastoma under CAR-T cells with two binders."""
    return make_slab()


@pytest.fixture(scope="session")
def slab_of():
    """Its maker, for other courses."""
    return make_slab


@pytest.fixture(scope="session")
def block():
    """A small block of a tumour with vessels, host cells and two fields."""
    return make_block()


@pytest.fixture(scope="session")
def block_of():
    """Its maker, for others."""
    return make_block
