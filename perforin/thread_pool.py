"""How the threads of parallel kernels wait for each other: shortly awake, then asleep.

GNU OpenMP, which Numba uses where it can, lets a thread that is ready spin for about a millisecond. Where another
program holds a core, that is a millisecond in which the thread waited for does not run, thousands of times a second.
"""

from __future__ import annotations

import os

SPINS = "3000"  # some ten microseconds: parallel kernels follow each other faster than that


def settle() -> None:
    """Set how long to spin, unless the user said how to wait; heeded if no other package has loaded OpenMP before."""
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", SPINS)
