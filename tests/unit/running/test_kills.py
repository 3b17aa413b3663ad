"""The real model, ended from outside: by SIGKILL at moments nobody chose, politely by SIGINT and SIGTERM."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import real

from perforin.results.run import RunData
from perforin.simulation.simulate import folder_name, resume, simulate

pytestmark = pytest.mark.kill
SCRIPT = Path(__file__).with_name("real.py")


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> RunData:
    """The run that was never interrupted."""
    return RunData.open(simulate(real.plan(), tmp_path_factory.mktemp("whole"), threads=1).path)


def start(parent: Path) -> subprocess.Popen:
    command = [sys.executable, str(SCRIPT), str(parent)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for_step(process: subprocess.Popen, tick: int) -> None:
    for line in process.stdout:
        if int(line.split()[1]) >= tick:
            return
    pytest.fail(f"the run ended before tick {tick}: {process.stderr.read()}")


def assert_same(path: Path, whole: RunData) -> None:
    again = RunData.open(path)
    assert again.status == "done"
    assert again.meta["state_hash"] == whole.meta["state_hash"]
    assert again.series.equals(whole.series)
    assert again.events.equals(whole.events)
    assert not again.events.duplicated().any()
    assert again.snapshot_days == whole.snapshot_days
    for day in whole.snapshot_days:
        assert again.cells(day).equals(whole.cells(day))


def test_the_short_run_has_arrivals_to_lose(whole):
    assert (whole.events["kind"] == "arrival").sum() == 20
    assert whole.meta["founders"] == 20
    assert whole.meta["tumour_cells_start"] > 20


# Ticks and delays in seconds: within a step, within the writing after one, and just after the start.
@pytest.mark.parametrize(("tick", "delay"), [(60, 0.0), (300, 0.013), (540, 0.004)])
def test_a_run_that_was_killed_resumes_to_the_answer_of_one_that_was_not(tmp_path, whole, tick, delay):
    process = start(tmp_path)
    wait_for_step(process, tick)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    path = tmp_path / folder_name(real.plan())
    assert RunData.open(path).status == "stopped"
    resume(path, real.plan(), threads=1)
    assert_same(path, whole)
    assert RunData.open(path).meta["stops"] == [] or RunData.open(path).meta["stops"][0]["reason"] == "killed"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_a_checkpoint_and_the_run_resumes(tmp_path, whole, number, code):
    process = start(tmp_path)
    wait_for_step(process, 240)
    process.send_signal(number)
    _, said = process.communicate()
    assert process.returncode == code
    assert number.name in said
    path = tmp_path / folder_name(real.plan())
    stopped = RunData.open(path)
    assert stopped.status == "stopped"
    assert stopped.meta["stops"][0]["reason"] == number.name
    assert stopped.meta["days"] == pytest.approx(stopped.meta["tick"] / 14400)
    assert 240 <= stopped.meta["tick"] < 720
    resume(path, threads=1)  # compiles the folder's own scenario
    again = RunData.open(path)
    assert again.meta["state_hash"] == whole.meta["state_hash"]
    assert again.events.equals(whole.events)


def test_a_resume_compiles_the_scenario_in_the_folder_to_the_same_key(tmp_path):
    plan = real.plan()
    (tmp_path / "scenario.toml").write_text(plan.resolved)
    again = real.compile_scenario(real.load(tmp_path / "scenario.toml"))
    assert again.run_key == plan.run_key
    assert again.days == plan.days
