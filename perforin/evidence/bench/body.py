"""Virtual patients: 30 stiff equations over 90 days, by the body stepper.

Ten organs in a ring, three equations each: cells c that arrive from the organ before and multiply, a cytokine s that
they release with saturation, and a response r that lags behind it.

    dc_k/dt = in_k - (out + loss) c_k + growth c_k s_k / (1 + s_k)
    ds_k/dt = release c_k / (1 + c_k) - clearance s_k
    dr_k/dt = (s_k - r_k) / lag_k

The clearance is fast, the lags run from an hour to three weeks: stiff, as models of cytokine release are. Its numbers
are a benchmark's, of no patient; each patient has other ones, drawn by number. It is carried a day at a time.
"""

from __future__ import annotations

import time

import numpy as np

from perforin.engine.ode import RightHandSide, advance_stiff, new_state
from perforin.evidence.bench import machine
from perforin.evidence.bench.measurement import Job, Measurement, without_tissue
from perforin.quantities import MINUTES_PER_DAY
from perforin.streams import CASE, normal

ORGANS, STATES, DAYS, PATIENTS = 10, 30, 90, 50
RELATIVE, ABSOLUTE = 1e-4, 1e-8  # error allowed per step
FLOW, LOSS, GROWTH, RELEASE, CLEARANCE = 1e-2, 1e-4, 3e-4, 0.5, 1.0  # 1/min, middle of the patients
SHORTEST_LAG, LONGEST_LAG = 60.0, 3.0e4  # min
SPREAD = 0.3  # of the logarithm of each number between patients


@RightHandSide
def patient(t, y, p, out):
    """dy/dt of ten organs. y: cells, cytokines, responses; p: flow, loss, growth, release, clearance, ten lags."""
    for k in range(10):
        before = (k + 9) % 10
        c, s, r = y[k], y[10 + k], y[20 + k]
        out[k] = p[0] * y[before] - (p[0] + p[1]) * c + p[2] * c * s / (1.0 + s)
        out[10 + k] = p[3] * c / (1.0 + c) - p[4] * s
        out[20 + k] = (s - r) / p[5 + k]


def numbers_of(number: int) -> np.ndarray:
    """(15,) the numbers of one patient."""
    middle = np.concatenate(
        [[FLOW, LOSS, GROWTH, RELEASE, CLEARANCE], np.geomspace(SHORTEST_LAG, LONGEST_LAG, ORGANS)]
    )
    luck = [normal(1, 0, number * middle.size + k, CASE) for k in range(middle.size)]
    return middle * np.exp(SPREAD * np.array(luck))


def carried(parameters: np.ndarray, days: int) -> np.ndarray:
    """(30,) one patient's state after so many days, from cells in the first organ alone."""
    y = np.zeros(STATES)
    y[0] = 1.0
    state, absolute = new_state(y), np.full(STATES, ABSOLUTE)
    for day in range(days):
        start = float(day * MINUTES_PER_DAY)
        advance_stiff(patient, state, parameters, start, float(MINUTES_PER_DAY), RELATIVE, absolute)
    return state[:STATES]


def measure(job: Job) -> Measurement:
    """Carry patients one after the other on one thread."""
    carried(numbers_of(PATIENTS), 1)
    patients = [numbers_of(number) for number in range(PATIENTS)]
    wall, cpu = time.perf_counter(), time.process_time()
    for parameters in patients:
        carried(parameters, DAYS)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    alone = "patients are equations: no tissue is simulated"
    row = {
        "patients": PATIENTS, "states": STATES, "days": DAYS, "relative_tolerance": RELATIVE,
        "ms_per_patient": round(1e3 * cpu / PATIENTS, 3),
    }  # fmt: skip
    return without_tissue(
        case="body",
        cells_start=0,
        cells_end=0,
        simulated_minutes=float(DAYS * MINUTES_PER_DAY),
        threads=1,
        wall_seconds=wall,
        cpu_seconds=cpu,
        machine=machine.described(),
        why=alone,
        rows=[row],
    )
