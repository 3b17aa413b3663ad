"""Ctrl-C and SIGTERM: the first saves, the second leaves at once, and neither loses anything."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import toy

from perforin.errors import Interrupted
from perforin.results.run import RunData
from perforin.results.store import RunFolder
from perforin.simulation.signals import StopRequest
from perforin.simulation.simulate import FRESH, folder_name, resume, simulate

HERE = Path(__file__).parent
TWICE = f"""
import os, signal, sys
from dataclasses import replace
from pathlib import Path
sys.path[:0] = [{str(HERE.parents[2])!r}, {str(HERE)!r}]
import toy
from perforin.simulation.simulate import simulate
def advance(state, plan):
    toy.advance(state, plan)
    if state.tick == 300:
        os.kill(os.getpid(), signal.SIGINT)
        sys.stdout.write("once ")
        sys.stdout.flush()
        os.kill(os.getpid(), signal.SIGINT)
        sys.stdout.write("twice")
simulate(toy.plan(), Path(sys.argv[1]), model=replace(toy.MODEL, advance=advance), checkpoint_every=0.0)
"""


def interrupted_by(number: int, at: int = 300):
    """The toy, which sends its own process a signal at one step."""

    def advance(state, plan):
        toy.advance(state, plan)
        if state.tick == at:
            os.kill(os.getpid(), number)

    return replace(toy.MODEL, advance=advance)


@pytest.fixture
def whole(tmp_path) -> RunData:
    return RunData.open(simulate(toy.plan(), tmp_path / "whole", model=toy.MODEL).path)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_at_the_next_step_with_a_checkpoint(tmp_path, whole, number, code):
    with pytest.raises(Interrupted, match=number.name) as caught:
        simulate(toy.plan(), tmp_path, model=interrupted_by(number))
    assert caught.value.exit_code == code
    path = tmp_path / folder_name(toy.plan())
    stopped = RunData.open(path)
    assert (stopped.status, stopped.meta["tick"]) == ("stopped", 300)
    assert stopped.meta["stops"] == [{"day": stopped.meta["days"], "reason": number.name}]
    resume(path, toy.plan(), model=toy.MODEL)
    again = RunData.open(path)
    assert again.meta["state_hash"] == whole.meta["state_hash"]
    assert again.events.equals(whole.events)
    assert again.series.equals(whole.series)
    assert again.meta["resumes"] == [{"day": stopped.meta["days"]}]


def test_a_signal_before_the_first_step_leaves_nothing_that_a_resume_could_lose(tmp_path, whole):
    def begin(plan):
        os.kill(os.getpid(), signal.SIGTERM)
        return toy.begin(plan)

    with pytest.raises(Interrupted):
        simulate(toy.plan(), tmp_path, model=replace(toy.MODEL, begin=begin))
    path = tmp_path / folder_name(toy.plan())
    resume(path, toy.plan(), model=toy.MODEL)
    assert RunData.open(path).series.equals(whole.series)
    assert RunData.open(path).events.equals(whole.events)


def test_a_second_signal_ends_the_process_at_once_and_nothing_is_lost(tmp_path, whole):
    done = subprocess.run(
        [sys.executable, "-c", TWICE, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGINT
    assert done.stdout == "once "
    path = tmp_path / folder_name(toy.plan())
    assert RunData.open(path).meta["tick"] == 240
    resume(path, toy.plan(), model=toy.MODEL)
    assert RunData.open(path).meta["state_hash"] == whole.meta["state_hash"]
    assert RunData.open(path).events.equals(whole.events)


def test_a_fresh_run_that_was_stopped_goes_on_and_then_takes_the_place(tmp_path):
    path = simulate(toy.plan(), tmp_path, model=toy.MODEL).path
    with pytest.raises(Interrupted, match=FRESH):
        simulate(toy.plan(), tmp_path, model=interrupted_by(signal.SIGTERM), fresh=True)
    assert RunData.open(path).status == "done"
    outcome = resume(path.with_name(path.name + FRESH), toy.plan(), model=toy.MODEL)
    assert outcome.path == path
    assert len(RunData.open(path).meta["resumes"]) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_between_the_first_word_of_a_run_and_its_first_step_is_not_lost(
    tmp_path, monkeypatch, number
):
    """The folder says `running` from the moment it is there: whoever sees that may send a signal at once."""
    create = RunFolder.create

    def create_and_be_told_to_stop(*parts):
        folder = create(*parts)
        os.kill(os.getpid(), number)
        return folder

    monkeypatch.setattr(RunFolder, "create", create_and_be_told_to_stop)
    with pytest.raises(Interrupted, match=number.name):
        simulate(toy.plan(), tmp_path, model=toy.MODEL)
    path = tmp_path / folder_name(toy.plan())
    assert RunData.open(path).status == "stopped"
    monkeypatch.undo()
    assert RunData.open(simulate(toy.plan(), tmp_path, model=toy.MODEL).path).status == "done"


def test_handlers_are_put_back_and_other_threads_watch_nothing():
    before = signal.getsignal(signal.SIGINT)
    with StopRequest():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before
    seen = []

    def elsewhere():
        with StopRequest() as stop:
            seen.append((signal.getsignal(signal.SIGINT), stop.received))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [(before, 0)]
