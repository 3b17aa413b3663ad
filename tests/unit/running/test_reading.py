"""What a run folder gives back, to Perforin and to the tools that know its formats."""

import json
import os
import subprocess
import sys
from pathlib import Path

import anndata
import numpy as np
import pandas as pd
import pytest
import toy
import xarray
import zarr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import perforin
from perforin.errors import FolderError
from perforin.results import checkpoint, parts, zarrays
from perforin.results.run import RunData
from perforin.simulation import provenance
from perforin.simulation.loop import seconds_left
from perforin.simulation.simulate import simulate


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    return simulate(toy.plan(0.05), tmp_path_factory.mktemp("runs"), model=toy.MODEL).path


def test_anndata_opens_every_snapshot_as_it_is(path):
    run = RunData.open(path)
    groups = sorted((path / "cells.zarr").glob("0*"))
    assert len(groups) == len(run.snapshot_days) == 3
    for group, day in zip(groups, run.snapshot_days, strict=True):
        opened, read = anndata.read_zarr(group), run.cells(day)
        assert opened.uns["day"] == pytest.approx(day)
        assert list(opened.obs_names) == list(read.index) == [f"{i:016x}" for i in read["id"]]
        assert opened.obs["type"].cat.categories.tolist() == ["tumour"]
        assert opened.obs["id"].tolist() == read["id"].tolist()
        assert np.array_equal(opened.obsm["spatial"], read[["x", "y", "z"]])


def test_xarray_opens_the_fields_as_they_are(path):
    run = RunData.open(path)
    opened = xarray.open_zarr(path / "fields.zarr")
    assert opened["oxygen"].dims == ("time", "z", "y", "x")
    assert opened["oxygen"].attrs["units"] == "mmHg"
    assert opened["time"].values == pytest.approx(run.field_days)
    for moment, day in enumerate(run.field_days):
        values, spacing, origin = run.field("oxygen", day)
        assert np.array_equal(opened["oxygen"].values[moment], values)
        assert opened["x"].values == pytest.approx(origin[0] + spacing * np.arange(2))


NUMBERS = st.sampled_from(sorted(zarrays.NUMBERS)).flatmap(
    lambda kind: arrays.arrays(
        np.dtype(kind), arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
    )
)


def written(place: Path, files: zarrays.Files) -> None:
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)


@given(values=NUMBERS)
def test_zarr_and_perforin_read_back_the_numbers_that_were_written(tmp_path_factory, values):
    place = tmp_path_factory.mktemp("array")
    files: zarrays.Files = {}
    zarrays.add_numbers(files, "a", values)
    written(place, files)
    assert np.array_equal(zarrays.read_numbers(place / "a"), values, equal_nan=values.dtype.kind == "f")
    opened = np.asarray(zarr.open_array(place / "a", mode="r")[...])
    assert np.array_equal(opened, values, equal_nan=values.dtype.kind == "f")


@given(words=st.lists(st.text(st.characters(codec="utf-8"), max_size=300), max_size=20))
def test_zarr_and_perforin_read_back_the_words_that_were_written(tmp_path_factory, words):
    place = tmp_path_factory.mktemp("array")
    files: zarrays.Files = {}
    zarrays.add_words(files, "a", words)
    written(place, files)
    assert zarrays.read_words(place / "a") == words
    assert list(zarr.open_array(place / "a", mode="r")[...]) == words


STATES = st.dictionaries(
    st.text("abc.", min_size=1, max_size=5), NUMBERS.filter(lambda a: a.ndim > 0), max_size=4
)


@given(state=STATES, tick=st.integers(0, 2**40), scalar=st.integers(0, 2**64 - 1))
def test_a_checkpoint_gives_back_every_bit(tmp_path_factory, state, tick, scalar):
    path = checkpoint.write(tmp_path_factory.mktemp("c"), tick, state, {"n": scalar, "word": "é"})
    found, read, scalars = checkpoint.read(path)
    assert (found, scalars) == (tick, {"n": scalar, "word": "é"})
    assert {name: (a.dtype, a.shape, a.tobytes()) for name, a in read.items()} == {
        name: (a.dtype, a.shape, a.tobytes()) for name, a in state.items()
    }


def test_a_checkpoint_with_any_byte_changed_is_passed_over_for_the_older_one(tmp_path):
    for tick in (60, 120, 180):
        newest = checkpoint.write(tmp_path, tick, {"a": np.arange(5.0) + tick}, {"tick": tick})
    assert [p.stem for p in checkpoint.listed(tmp_path)] == ["000000000120", "000000000180"]
    whole = newest.read_bytes()
    for at in range(len(whole)):
        newest.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert checkpoint.newest(tmp_path)[0] == 120
    for length in range(len(whole)):
        newest.write_bytes(whole[:length])
        assert checkpoint.newest(tmp_path)[0] == 120
    newest.write_bytes(whole)
    assert checkpoint.newest(tmp_path)[0] == 180


def rows(*minutes: float) -> dict[str, np.ndarray]:
    return {"minute": np.array(minutes)}


def minutes(folder: Path) -> list[float]:
    return parts.read(folder)["minute"].to_pylist()


def test_merged_parts_are_cut_exactly_at_their_joints(tmp_path):
    parts.write(tmp_path, 0, 60, rows(1, 2))
    parts.write(tmp_path, 60, 120, rows())
    parts.write(tmp_path, 120, 180, rows(3))
    parts.merge(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["part-000000000000-000000000180.parquet"]
    assert minutes(tmp_path) == [1, 2, 3]
    parts.forget_after(tmp_path, 120)
    assert minutes(tmp_path) == [1, 2]
    parts.write(tmp_path, 120, 240, rows(4))
    parts.merge(tmp_path)
    parts.forget_after(tmp_path, 60)
    assert minutes(tmp_path) == [1, 2]
    parts.forget_after(tmp_path, 0)
    assert parts.read(tmp_path) is None


def test_parts_left_over_from_an_interrupted_merge_are_not_counted_twice(tmp_path):
    small = [parts.write(tmp_path, 0, 60, rows(1)), parts.write(tmp_path, 60, 120, rows(2))]
    kept = [path.read_bytes() for path in small]
    parts.merge(tmp_path)
    for path, content in zip(small, kept, strict=True):
        path.write_bytes(content)
    assert minutes(tmp_path) == [1, 2]
    parts.forget_after(tmp_path, 60)
    assert minutes(tmp_path) == [1]


def test_an_event_of_an_unknown_kind_is_never_written(tmp_path):
    with pytest.raises(ValueError, match="teleport"):
        parts.write(tmp_path, 0, 60, {"kind": np.array(["kill", "teleport"])})


def test_a_run_opens_without_the_engine(path):
    script = (
        "import sys; from perforin.results.run import RunData; run = RunData.open(sys.argv[1]);"
        "run.series, run.events, run.cells(0), run.field('oxygen', 0);"
        "print([m for m in ('numba', 'zarr', 'anndata', 'xarray', 'perforin.engine') if m in sys.modules])"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    said = subprocess.run(
        [sys.executable, "-c", script, path], capture_output=True, text=True, check=True, env=env
    )
    assert said.stdout == "[]\n"


def test_the_tables_of_a_run_without_events_have_their_columns(tmp_path):
    path = simulate(toy.plan(0.01), tmp_path, model=toy.MODEL).path
    for part in (path / "events").iterdir():
        part.unlink()
    events = RunData.open(path).events
    assert list(events) == ["minute", "kind", "cell", "other", "x", "y", "z"]
    assert len(events) == 0
    assert events["cell"].dtype == np.uint64


def test_run_json_names_versions_machine_and_sources_but_not_the_host(path):
    run = RunData.open(path)
    assert set(run.meta["versions"]) == {"python", "perforin", "numpy", "numba", "llvmlite"}
    assert run.meta["versions"]["perforin"] == perforin.__version__  # of a plain checkout too
    assert set(run.meta["machine"]) == {"system", "architecture", "processor", "cores"}
    assert os.uname().nodename not in json.dumps(run.meta["machine"])
    assert run.sources == [
        {"path": "toy.rate", "value": 0.5, "unit": "1/min", "source": "assumed", "grade": "assumed", "note": "a toy",
         "spread": []}
    ]  # fmt: skip
    assert run.meta["assumed"] == ["toy.rate"]


def test_more_threads_than_there_are_warn_and_do_not_fail():
    with pytest.warns(UserWarning, match="100000 threads"):
        assert provenance.use_threads(100_000) < 100_000


def test_time_left_is_the_median_speed_so_that_one_slow_step_does_not_frighten():
    steady = [(float(i), 10 * i) for i in range(20)]
    compiled = [*steady[:10], *((seconds + 60, tick) for seconds, tick in steady[10:])]
    assert seconds_left(steady, 290) == pytest.approx(10.0)
    assert seconds_left(compiled, 290) == pytest.approx(10.0)
    assert seconds_left(steady[:3], 290) is None


def test_a_folder_of_format_version_1_still_opens():
    run = RunData.open(Path(__file__).parents[2] / "reference" / "run-v1")
    assert run.meta["format_version"] == 1
    assert run.status == "done"
    assert (run.events["kind"] == "arrival").sum() == run.meta["founders"] == 20
    assert run.series["day"].iloc[-1] == pytest.approx(run.days)
    assert (
        len(run.cells(run.days))
        == run.series[["tumour_cells", "tumour_dead", "t_cells", "t_cells_dead"]].iloc[-1].sum()
    )
    assert run.cells(0)["type"].cat.categories.tolist() == [kind["name"] for kind in run.meta["types"]]
    values, spacing, origin = run.field("oxygen", run.days)
    assert 0 < values.min() < values.max() <= 38.5
    assert spacing * (values.shape[2] - 1) / 2 == pytest.approx(-origin[0])
    assert (
        pd.DataFrame(run.sources)["grade"]
        .isin(["human", "animal", "in_vitro", "fitted", "assumed", "yours"])
        .all()
    )
    assert "luque2024" in run.scenario_text


def test_a_day_outside_the_run_gets_the_nearest_moment(path):
    run = RunData.open(path)
    assert run.cells(99).equals(run.cells(run.snapshot_days[-1]))
    assert run.cells(-1).equals(run.cells(0))
    with pytest.raises(FolderError):
        run.field("nothing", 0)
