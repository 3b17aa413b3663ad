"""What the machine can do at best: memory bandwidth and single-precision arithmetic, in a few tenths of a second."""

from __future__ import annotations

import time
from typing import Any

import numba
import numpy as np

from perforin.simulation import provenance

TRIAD = 4_000_000  # numbers per array: 48 MB in all, beyond the caches of most processors
FLOAT = 4096  # numbers worked on at once by each block: they stay in the first cache
DEEP = 16  # multiply-adds per number and pass
TRIES = 5


@numba.njit(cache=True, parallel=True)
def triad(a, b, c, factor):
    """a = b + factor c: reads two numbers and writes one for each."""
    for i in numba.prange(a.size):
        a[i] = b[i] + factor * c[i]


@numba.njit(cache=True, parallel=True, fastmath={"contract"})
def multiply_add(x, factor, term, passes):
    """DEEP multiply-adds on every number of every row, passes times. x (blocks, FLOAT) float32, changed."""
    for block in numba.prange(x.shape[0]):
        row = x[block]
        for _ in range(passes):
            for i in range(row.size):
                v = row[i]
                for _ in range(DEEP):
                    v = v * factor + term
                row[i] = v


def bandwidth() -> float:
    """GB/s of the triad on the present threads: the best of a few tries, 12 bytes for each element."""
    a, b, c = (np.ones(TRIAD, dtype=np.float32) for _ in range(3))
    return 12.0 * TRIAD / _best(lambda: triad(a, b, c, np.float32(0.5))) / 1e9


def arithmetic() -> float:
    """GFLOP/s of float32 multiply-adds on the present threads: the best of a few tries, two operations each."""
    threads = numba.get_num_threads()
    x, passes = np.ones((threads, FLOAT), dtype=np.float32), 200
    seconds = _best(lambda: multiply_add(x, np.float32(0.5), np.float32(0.5), passes))
    return 2.0 * DEEP * x.size * passes / seconds / 1e9


def described() -> dict[str, Any]:
    """The kind of machine and what its present threads can do."""
    known = provenance.machine()
    return {
        "processor": known["processor"],
        "cores": known["cores"],
        "system": f"{known['system']} {known['architecture']}",
        "bandwidth_gb_s": round(bandwidth(), 2),
        "fp32_gflop_s": round(arithmetic(), 1),
    }


def _best(work) -> float:
    work()
    seconds = []
    for _ in range(TRIES):
        before = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - before)
    return min(seconds)
