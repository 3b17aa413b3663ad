"""A second process compiles too, where there is a core for it; it changes nothing but the time, and never stays behind."""

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import numba
import pytest

from perforin import kernel_cache
from perforin.face import single
from perforin.face.progress import Display
from perforin.scenario.compile import compile as compile_scenario
from perforin.scenario.scenario import load
from perforin.simulation import compiling

SMALL = {
    "luque2024-small": ("culture.radius=40 um", "dose.cells=20", "dose.at=0 min"),
    "lysis-assay": ("dose.at=0 min",),
}
COMMON = ("crawling.small_steps", "volume.grow", "motion.move", "necrosis.swell")
LATE = {
    "luque2024-small": (*COMMON, "engagement.search_own_bin", "killing.strike", "growth.cycle"),
    "lysis-assay": (*COMMON, "contact.hold_and_let_go", "damage.strike", "exhaustion.wear"),
}


def small(name="luque2024-small"):
    return compile_scenario(load(name, SMALL[name]))


@pytest.fixture
def two_cores(monkeypatch):
    monkeypatch.setattr(numba.config, "NUMBA_NUM_THREADS", 2)
    monkeypatch.setattr(compiling, "cores_here", lambda: 2)


@pytest.fixture
def started(monkeypatch):
    """What was started, as processes that wait instead of compiling."""
    processes = []

    def start(plan):
        processes.append(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))
        return processes[-1]

    monkeypatch.setattr(compiling, "_start", start)
    return processes


@pytest.mark.usefixtures("two_cores")
@pytest.mark.parametrize(("threads", "expected"), [(None, 1), (2, 1), (1, 0)])
def test_a_second_process_compiles_where_threads_leave_it_a_core(started, threads, expected):
    with compiling.by_two(small(), threads):
        assert len(started) == expected


@pytest.mark.usefixtures("two_cores")
@pytest.mark.parametrize(("owner", "name"), [(numba.config, "NUMBA_NUM_THREADS"), (compiling, "cores_here")])
def test_no_second_process_on_one_core(started, monkeypatch, owner, name):
    monkeypatch.setattr(owner, name, 1 if owner is numba.config else lambda: 1)
    with compiling.by_two(small(), None):
        assert not started


@pytest.mark.usefixtures("two_cores")
def test_it_ends_with_the_block(started):
    with compiling.by_two(small(), 2):
        pass
    assert started[0].wait(10) == -signal.SIGKILL


@pytest.mark.usefixtures("two_cores")
@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
def test_it_ends_with_a_block_that_is_left(started, end):
    with pytest.raises(end), compiling.by_two(small(), 2):
        raise end
    assert started[0].wait(10) == -signal.SIGKILL


@pytest.mark.usefixtures("two_cores")
def test_without_room_for_it_the_run_goes_on(monkeypatch):
    def refuse(*arguments, **named):
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    with compiling.by_two(small(), 2):
        pass


@pytest.mark.usefixtures("two_cores")
@pytest.mark.parametrize("empty", [True, False])
def test_it_is_started_for_an_empty_cache_only(started, monkeypatch, tmp_path, empty):
    monkeypatch.setattr(kernel_cache, "is_empty", lambda: empty)
    monkeypatch.setattr("perforin.simulation.simulate.simulate", lambda *_, **__: None)
    monkeypatch.setattr(single, "conclude", lambda outcome, *_: outcome)
    single.simulate_one(small(), tmp_path, 2, False, Display(quiet=True))
    assert len(started) == empty


def test_it_compiles_and_ends_with_a_parent_that_is_killed(tmp_path):
    code = (
        "import time, numba; numba.config.NUMBA_NUM_THREADS = 2\n"
        "from perforin.simulation import compiling\n"
        "from perforin.scenario.compile import compile; from perforin.scenario.scenario import load\n"
        "compiling.cores_here = lambda: 2; start = compiling._start\n"
        "def told(plan):\n"
        "    second = start(plan); print(second.pid, flush=True); return second\n"
        "compiling._start = told\n"
        "with compiling.by_two(compile(load('luque2024-small')), 2):\n"
        "    time.sleep(600)\n"
    )
    environment = {**os.environ, "PERFORIN_CACHE": str(tmp_path)}
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment, text=True
    )
    second = int(parent.stdout.readline())
    try:
        wait_until(lambda: any(tmp_path.rglob("*.nbi")), 60)
        assert is_running(second)
    finally:
        parent.kill()
        parent.communicate()
    wait_until(lambda: not is_running(second), 10)


def is_running(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


STEPPED = """
import importlib, json, pickle, sys
from perforin.simulation import compiling, start, step

def signatures():
    found = {}
    for name in sys.argv[1:]:
        file, function = name.split(".")
        room = "engine" if file == "motion" else "mechanisms.tissue"
        kernel = getattr(importlib.import_module(f"perforin.{room}.{file}"), function)
        found[name] = sorted(map(str, kernel.signatures))
    return found

plan = pickle.load(sys.stdin.buffer)
compiling.compile_late(plan)
late = signatures()
state = start.begin(plan)
step.advance(state, plan)
assert state.t_cells.size, "no T cells"
print(json.dumps([late, signatures()]))
"""


@pytest.mark.parametrize("name", LATE)
def test_what_is_compiled_late_is_what_a_step_runs(name):
    done = subprocess.run(
        [sys.executable, "-c", STEPPED, *LATE[name]],
        input=pickle.dumps(small(name)),
        stdout=subprocess.PIPE,
        check=True,
    )
    late, run = json.loads(done.stdout)
    assert [] not in late.values(), [kernel for kernel in late if not late[kernel]]
    assert run == late
