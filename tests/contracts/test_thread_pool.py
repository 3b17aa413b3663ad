"""How threads wait is set before OpenMP is loaded, and not where the user said how."""

import json
import os
import subprocess
import sys

import pytest

from perforin.thread_pool import SPINS

ASK = "import perforin, json, os; print(json.dumps([os.environ.get('GOMP_SPINCOUNT'), 'numba' in __import__('sys').modules]))"


@pytest.mark.parametrize(
    ("said", "spins"),
    [({}, SPINS), ({"GOMP_SPINCOUNT": "7"}, "7"), ({"OMP_WAIT_POLICY": "active"}, None)],
)
def test_a_waiting_thread_spins_shortly_unless_the_user_said_how_to_wait(said, spins):
    clean = {k: v for k, v in os.environ.items() if k not in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")}
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=clean | said, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [spins, False]
