"""A run folder that is damaged, foreign or hostile is refused with file, found and expected."""

import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
import toy

from perforin.errors import FolderError
from perforin.results import zarrays
from perforin.results.layout import FORMAT_VERSION
from perforin.results.run import RunData
from perforin.simulation.simulate import resume, simulate

DAY = 0.02


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    return simulate(toy.plan(DAY), tmp_path_factory.mktemp("runs"), model=toy.MODEL).path


@pytest.fixture
def folder(finished, tmp_path) -> Path:
    return shutil.copytree(finished, tmp_path / "run")


def edit(path: Path, **changes) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def read_all(path: Path) -> None:
    run = RunData.open(path)
    assert len(run.series)
    assert len(run.events)
    assert run.sources
    assert run.scenario_text
    for day in run.snapshot_days:
        run.cells(day)
    for day in run.field_days:
        run.field("oxygen", day)


def test_a_whole_folder_reads(folder):
    read_all(folder)


def test_a_newer_version_gets_a_clear_message(folder):
    edit(folder / "run.json", format_version=FORMAT_VERSION + 1)
    with pytest.raises(FolderError, match=f"found {FORMAT_VERSION + 1}.*newer Perforin") as caught:
        RunData.open(folder)
    assert "run.json" in str(caught.value)
    with pytest.raises(FolderError, match="newer Perforin"):
        resume(folder, toy.plan(), model=toy.MODEL)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"format_version": None}, "format_version"),
        ({"format_version": True}, "format_version"),
        ({"format_version": 0}, "format_version"),
        ({"status": "sleeping"}, "status"),
        ({"status": 3}, "status"),
        ({"days": "ten"}, "days"),
        ({"run_key": None}, "run_key"),
        ({"tick_minutes": []}, "tick_minutes"),
    ],
)
def test_a_run_json_that_says_nonsense_names_the_key(folder, changes, key):
    edit(folder / "run.json", **changes)
    with pytest.raises(FolderError) as caught:
        RunData.open(folder)
    assert caught.value.problems[0].key == key


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"3", b"\xff\xfe", b"[" * 100_000])
def test_a_run_json_that_is_no_object_is_refused(folder, content):
    (folder / "run.json").write_bytes(content)
    with pytest.raises(FolderError, match=r"run\.json"):
        RunData.open(folder)


def test_what_is_not_a_run_folder_is_refused(folder, tmp_path):
    (folder / "run.json").unlink()
    for place in (folder, tmp_path / "nowhere", folder / "scenario.toml"):
        with pytest.raises(FolderError, match="run folder"):
            RunData.open(place)


def files_of(folder: Path) -> list[Path]:
    return sorted(
        p for p in folder.rglob("*") if p.is_file() and p.name != "lock" and "checkpoint" not in p.parts
    )


def is_for_others(parts: tuple[str, ...]) -> bool:
    """Any text is a scenario's text; and some files only anndata, xarray and zarr read."""
    anndata = parts[0] == "cells.zarr" and (
        len(parts) == 2
        or parts[2] in ("var", "uns")
        or parts[2:] in (("obsm", "zarr.json"), ("obs", "type", "zarr.json"))
    )
    xarray = parts[0] == "fields.zarr" and parts[1] in ("x", "y", "z", "time")
    return parts == ("scenario.toml",) or anndata or xarray


@pytest.mark.parametrize("keep", [0.0, 0.5, 0.97])
def test_any_truncated_file_is_named(folder, keep):
    for path in files_of(folder):
        content = path.read_bytes()
        short = content[: int(len(content) * keep)]
        if short == content or is_for_others(path.relative_to(folder).parts):
            continue
        path.write_bytes(short)
        with pytest.raises(FolderError) as caught:
            read_all(folder)
        named = Path(caught.value.problems[0].file)
        assert named == path or path.is_relative_to(named), path
        path.write_bytes(content)
    read_all(folder)


def test_a_missing_part_between_two_others_is_noticed(tmp_path):
    path = simulate(toy.plan(DAY), tmp_path, model=toy.MODEL).path
    whole = next((path / "series").iterdir())
    for first, last in ((0, 60), (120, 300)):
        shutil.copy(whole, path / "series" / f"part-{first:012d}-{last:012d}.parquet")
    whole.unlink()
    with pytest.raises(FolderError, match="no part from tick 60 to 120"):
        _ = RunData.open(path).series


def test_a_table_of_anything_but_numbers_and_words_is_refused(folder):
    part = next((folder / "events").iterdir())
    parquet.write_table(pa.table({"minute": [1.0], "kind": [[b"list"]]}), part)
    with pytest.raises(FolderError, match="a number or a word"):
        _ = RunData.open(folder).events


def test_a_table_without_the_columns_of_the_format_is_refused(folder):
    parquet.write_table(pa.table({"other": [1.0]}), next((folder / "events").iterdir()))
    with pytest.raises(FolderError, match="no minute"):
        _ = RunData.open(folder).events


def an_array(folder: Path) -> Path:
    return sorted((folder / "cells.zarr").glob("0*"))[0] / "obs" / "id"


def test_zarr_version_2_is_refused(folder):
    array = an_array(folder)
    (array / ".zarray").write_text('{"zarr_format": 2, "dtype": "|O"}')
    with pytest.raises(FolderError, match="Zarr version 2"):
        RunData.open(folder).cells(0)
    (array / ".zarray").unlink()
    edit(array / "zarr.json", zarr_format=2)
    with pytest.raises(FolderError, match="zarr_format"):
        RunData.open(folder).cells(0)


class Trap:
    def __reduce__(self):
        return (pytest.fail, ("a run folder ran code",))


def test_object_arrays_and_pickles_are_refused_unread(folder):
    array = an_array(folder)
    (array / "c" / "0").write_bytes(pickle.dumps(Trap()))
    with pytest.raises(FolderError):
        RunData.open(folder).cells(0)
    for dtype in ("object", "|O", {"name": "numpy.object"}, "complex64", None):
        edit(array / "zarr.json", data_type=dtype)
        with pytest.raises(FolderError, match="data_type"):
            RunData.open(folder).cells(0)


def test_codecs_that_the_format_does_not_use_are_refused_unloaded(folder):
    array = an_array(folder)
    for codecs in ([{"name": "numcodecs.pickle"}], [], None, [{"name": "bytes"}, {"name": "gzip"}], ["zstd"]):
        edit(array / "zarr.json", codecs=codecs)
        with pytest.raises(FolderError, match="codecs"):
            RunData.open(folder).cells(0)


def test_sizes_are_checked_before_anything_is_allocated(folder):
    array = an_array(folder)
    grid = {"name": "regular", "configuration": {"chunk_shape": [10**12]}}
    edit(array / "zarr.json", shape=[10**12], chunk_grid=grid)
    with pytest.raises(FolderError, match="bytes"):
        RunData.open(folder).cells(0)
    for shape in ([-1], ["5"], 5, [10**15], None):
        edit(array / "zarr.json", shape=shape)
        with pytest.raises(FolderError):
            RunData.open(folder).cells(0)


def test_a_chunk_that_announces_more_than_its_array_is_refused(folder):
    chunk = an_array(folder) / "c" / "0"
    chunk.write_bytes(zarrays.chunk_of(np.zeros(10**6)))
    with pytest.raises(FolderError, match="8000000"):
        RunData.open(folder).cells(0)


def test_column_names_cannot_leave_the_folder(folder):
    obs = an_array(folder).parent
    for name in ("../../../secret", "/etc/passwd", "..", ".", ".zarr", "a/b", "a\\b", "", 3):
        metadata = json.loads((obs / "zarr.json").read_text())
        metadata["attributes"]["column-order"] = [name]
        edit(obs / "zarr.json", **metadata)
        with pytest.raises(FolderError, match="column-order"):
            RunData.open(folder).cells(0)


def test_codes_outside_their_categories_are_refused(folder):
    codes = an_array(folder).parent / "type" / "codes"
    size = json.loads((codes / "zarr.json").read_text())["shape"][0]
    (codes / "c" / "0").write_bytes(zarrays.chunk_of(np.full(size, 7, np.int8)))
    with pytest.raises(FolderError, match="categories"):
        RunData.open(folder).cells(0)


def test_a_field_that_was_not_recorded_is_named_with_those_that_were(folder):
    with pytest.raises(FolderError, match="recorded: oxygen"):
        RunData.open(folder).field("glucose", 0)
