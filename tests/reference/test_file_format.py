"""The run folder is what docs/file-format.md says, and what other programs open."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = (REPOSITORY / "docs" / "file-format.md").read_text(encoding="utf-8")
TINY = """
from = "luque2024-small"
name = "tiny"
days = 0.05

[culture]
radius = "30 um"
box = "240 um"

[[dose]]
car = "CAR-T"
at = "6 min"
cells = 12
route = "medium"

[record]
series = "12 min"
cells = "36 min"
fields = ["oxygen"]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run of 32 tumour cells for 72 minutes, made by the command in a process of its own."""
    place = tmp_path_factory.mktemp("format")
    (place / "tiny.toml").write_text(TINY)
    command = [
        sys.executable,
        "-m",
        "perforin",
        "run",
        str(place / "tiny.toml"),
        "--out",
        str(place),
        "--quiet",
    ]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    (run,) = place.glob("tiny-*")
    return run


def section(title):
    return re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, flags=re.MULTILINE | re.DOTALL)[1]


def test_everything_in_the_folder_is_described(folder):
    for path in folder.iterdir():
        assert f"`{path.name}" in PAGE, path.name


def test_every_name_in_run_json_is_described(folder):
    described = set(re.findall(r"`(\w+)`", section("run.json")))
    assert set(json.loads((folder / "run.json").read_text())) <= described


def test_series_and_events_have_the_columns_described(folder):
    from perforin.results.run import RunData

    run = RunData.open(folder)
    for table, title in ((run.series, "series"), (run.events, "events")):
        described = set(re.findall(r"\w+", section(title)))
        assert set(table.columns) <= described, set(table.columns) - described


def test_anndata_opens_a_snapshot_as_it_is(folder):
    import anndata

    from perforin.results.run import RunData

    snapshots = sorted(p for p in (folder / "cells.zarr").iterdir() if p.is_dir())
    assert len(snapshots) == 3
    cells = anndata.read_zarr(snapshots[-1])
    described = set(re.findall(r"`(\w+)`", section("cells.zarr")))
    assert set(cells.obs.columns) <= described
    assert cells.obsm["spatial"].shape == (cells.n_obs, 3)
    ours = RunData.open(folder).cells(0.05)
    assert list(cells.obs["antigen"]) == list(ours["antigen"])


def test_xarray_opens_the_fields_as_they_are(folder):
    import numpy as np
    import xarray

    from perforin.results.run import RunData

    oxygen = xarray.open_zarr(folder / "fields.zarr")["oxygen"]
    assert oxygen.dims == ("time", "z", "y", "x")
    assert oxygen.attrs["units"] == "mmHg"
    values, spacing, origin = RunData.open(folder).field("oxygen", 0.05)
    assert np.array_equal(oxygen.values[-1], values)
    assert float(oxygen["x"][1] - oxygen["x"][0]) == spacing
    assert float(oxygen["x"][0]) == origin[0]
