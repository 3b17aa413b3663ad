"""One writer per run folder."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import toy

from perforin.errors import RunError
from perforin.results import lock
from perforin.results.run import RunData
from perforin.simulation.simulate import folder_name, simulate

HOLD = """
import sys, time
from pathlib import Path
from perforin.results.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def held(tmp_path):
    """A folder that another process holds, and that process."""
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
    assert holder.stdout.readline() == "held\n"
    yield tmp_path, holder
    holder.kill()
    holder.communicate()


def test_a_busy_folder_is_refused_and_says_who_holds_it(held):
    folder, holder = held
    with (
        pytest.raises(RunError, match=f"process {holder.pid} on {socket.gethostname()}"),
        lock.locked(folder),
    ):
        pass
    assert lock.is_held(folder)


def test_the_lock_of_a_process_that_was_killed_is_taken_over(held):
    folder, holder = held
    holder.kill()
    holder.wait()
    assert not lock.is_held(folder)
    with lock.locked(folder):
        assert lock.is_held(folder)
    assert not lock.is_held(folder)


def test_a_process_id_that_was_given_to_another_process_does_not_hold_the_lock(tmp_path):
    other = {"pid": os.getppid(), "started": "1", "host": socket.gethostname()}
    (tmp_path / "lock").write_text(json.dumps(other))
    with lock.locked(tmp_path):
        pass


def test_a_holder_on_another_host_is_believed_and_the_way_out_is_said(tmp_path):
    (tmp_path / "lock").write_text(json.dumps({"pid": 1, "started": "1", "host": "elsewhere"}))
    with pytest.raises(RunError, match=r"process 1 on elsewhere.*remove"), lock.locked(tmp_path):
        pass


@pytest.mark.parametrize("content", ["", "{", "[]", '"x"', '{"pid": "x"}', "\x00"])
def test_a_lock_file_with_any_content_does_not_stand_in_the_way(tmp_path, content):
    (tmp_path / "lock").write_text(content)
    with lock.locked(tmp_path):
        pass


def test_two_processes_cannot_write_one_folder(tmp_path):
    path = tmp_path / folder_name(toy.plan())
    path.mkdir()
    with lock.locked(path), pytest.raises(RunError, match="is being written"):
        simulate(toy.plan(), tmp_path, model=toy.MODEL)
    simulate(toy.plan(), tmp_path, model=toy.MODEL)


def test_a_run_whose_process_is_gone_reads_as_stopped(tmp_path):
    path = simulate(toy.plan(0.02), tmp_path, model=toy.MODEL).path
    meta = json.loads((path / "run.json").read_text())
    (path / "run.json").write_text(json.dumps({**meta, "status": "running"}))
    assert RunData.open(path).status == "stopped"
    with lock.locked(path):
        assert RunData.open(path).status == "running"
