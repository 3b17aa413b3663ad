"""Two processes fill an empty cache of kernels: the second compiles what the first step needs last.

The second process steps a tissue without cells, so each kernel is compiled and has nothing to do. Either finds in the
cache what the other has finished and compiles what is not there yet: nobody waits, and where there is no second
process everything is compiled all the same. It ends with its work, or with the block or the process that started it.

`python -m perforin.simulation.compiling` reads the plan from stdin.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numba

import perforin
from perforin import kernel_cache
from perforin.scenario.plan import Plan
from perforin.simulation import step
from perforin.simulation.provenance import cores_here
from perforin.simulation.state import State

SECONDS_BETWEEN_LOOKS = 0.2  # for the parent


@contextmanager
def by_two(plan: Plan, threads: int | None) -> Iterator[None]:
    """While this is entered a second process compiles for the plan too, where `threads` (None: all) allow for two."""
    kernel_cache.write_in_turn()
    second = None
    if min(threads or sys.maxsize, numba.config.NUMBA_NUM_THREADS, cores_here()) > 1:
        with suppress(OSError):  # no room for another process: this one compiles everything
            second = _start(plan)
    try:
        yield
    finally:
        if second is not None:
            second.kill()


def _start(plan: Plan) -> subprocess.Popen[bytes]:
    home = str(Path(perforin.__file__).resolve().parent.parent)
    path = os.pathsep.join(part for part in (home, os.environ.get("PYTHONPATH", "")) if part)
    second = subprocess.Popen(
        [sys.executable, "-m", "perforin.simulation.compiling"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "NUMBA_NUM_THREADS": "1", "PYTHONPATH": path},
        start_new_session=True,  # Ctrl-C is for the run, which ends this
    )
    threading.Thread(target=second.communicate, args=(pickle.dumps(plan),), daemon=True).start()
    return second


def compile_late(plan: Plan) -> None:
    """Compile the kernels of T cells and of what cells do by themselves, the dearest first."""
    state = State(plan)
    step.small_steps(state, plan, range(0))
    step.attack_tumour(state, plan, 0)
    step.age(state, plan)
    state.move(plan.clock.tick)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    os._exit(1)


def main() -> None:
    """Compile for the plan on stdin."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    kernel_cache.write_in_turn()
    compile_late(pickle.load(sys.stdin.buffer))  # noqa: S301, from the process that started this one


if __name__ == "__main__":
    main()
