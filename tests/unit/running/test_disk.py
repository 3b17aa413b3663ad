"""Places that cannot be written, disks that fill, files that are only whole or not there."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import toy

from perforin.errors import FolderError, StorageError
from perforin.results import disk
from perforin.results.run import RunData
from perforin.simulation.simulate import folder_name, simulate

LIMITED = """
import resource, sys
sys.path[:0] = [{root!r}, {here!r}]
import toy
from pathlib import Path
from perforin.errors import StorageError
from perforin.results import parts
from perforin.simulation.simulate import simulate
state = toy.begin(toy.plan())
def advance(state, plan):
    toy.advance(state, plan)
    if state.tick == 600:
        resource.setrlimit(resource.RLIMIT_FSIZE, (900, resource.RLIM_INFINITY))
model = toy.Model(toy.begin, toy.restore, advance, toy.series_row, toy.snapshot)
try:
    simulate(toy.plan(0.1), Path(sys.argv[1]), model=model, checkpoint_every=0.0)
except StorageError as error:
    print(error)
    sys.exit(7)
"""


def test_a_limit_on_file_size_in_mid_run_stops_it_with_what_was_complete(tmp_path):
    here = Path(__file__).parent
    script = LIMITED.format(root=str(here.parents[2]), here=str(here))
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 7, done.stderr
    assert "File too large" in done.stdout
    path = tmp_path / folder_name(toy.plan())
    stopped = RunData.open(path)
    assert stopped.status == "stopped"
    assert len(stopped.series) >= 5
    simulate(toy.plan(0.1), tmp_path, model=toy.MODEL)
    whole = RunData.open(simulate(toy.plan(0.1), tmp_path / "alone", model=toy.MODEL).path)
    again = RunData.open(path)
    assert again.meta["state_hash"] == whole.meta["state_hash"]
    assert again.series.equals(whole.series)
    assert again.events.equals(whole.events)


def test_a_place_below_a_file_is_refused_before_anything_runs(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="Not a directory"):
        simulate(toy.plan(), tmp_path / "file" / "runs", model=toy.MODEL)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_place_that_is_read_only_is_refused_before_anything_runs(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match="Permission denied"):
        simulate(toy.plan(), tmp_path / "runs", model=toy.MODEL)


def test_a_read_only_place_is_refused_even_for_the_superuser():
    read_only = Path("/proc/self/runs")  # no folder can be made here, by anybody
    if not Path("/proc/self").is_dir():
        pytest.skip("no /proc")
    with pytest.raises(StorageError, match="cannot make the folder"):
        simulate(toy.plan(), read_only, model=toy.MODEL)


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    path = tmp_path / folder_name(toy.plan())
    path.mkdir()
    (path / "thesis.docx").write_text("years of work")
    with pytest.raises(FolderError, match=r"thesis\.docx"):
        simulate(toy.plan(), tmp_path, model=toy.MODEL)
    assert (path / "thesis.docx").read_text() == "years of work"


def test_a_run_goes_into_a_path_with_spaces(tmp_path):
    path = simulate(toy.plan(0.01), tmp_path / "my runs" / "of today", model=toy.MODEL).path
    assert RunData.open(path).status == "done"


def test_a_write_that_fails_leaves_the_old_content_and_nothing_else(tmp_path):
    target = tmp_path / "file"
    disk.write_file(target, b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(StorageError, match="What was complete before is kept"):
            disk.write_file(target, b"new" * 100)
        with pytest.raises(StorageError):
            disk.write_folder(tmp_path / "folder", {"a/b": b"x" * 100})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_folder_replaces_the_one_before_it_as_a_whole(tmp_path):
    disk.write_folder(tmp_path / "folder", {"old": b"1", "same": b"1"})
    disk.write_folder(tmp_path / "folder", {"new/deep": b"2", "same": b"2"})
    assert {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()} == {
        "folder/new/deep",
        "folder/same",
    }
