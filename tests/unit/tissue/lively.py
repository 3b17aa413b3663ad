"""A small tissue in which everything happens within hours, and the hash of its state as a command.

    python lively.py STEPS SEED   prints the hash of the state and of the events after that many phenotype steps,
                                  and the threading layer and number of threads that were used

600 tumour cells and 150 T cells by default: several parallel blocks, so that threads have something to disturb.
"""

import hashlib
import sys
from dataclasses import replace

import numba
import numpy as np

from perforin.quantities import Numbers
from perforin.scenario import scenario
from perforin.scenario.compile import compile
from perforin.scenario.plan import DosePlan, FounderPlan, LawPlan
from perforin.simulation import start, step

PERSISTENT = LawPlan("persistent", "within-reach", "isotropic", "reduced", attack="attach-and-die")
IMPULSE = LawPlan("impulse", "own-bin", "pole-biased", "as-alive", "after-uptake", attack="attach-and-die")
HASTE = {
    "growth": {"duration": 120.0, "duration_spread": 40.0},
    "necrosis": {"oxygen_threshold": 37.5, "oxygen_full": 33.0, "rate": [1 / 240, 0.0], "burst_ratio": 1.02},
    "apoptosis": {"clearance": 60.0},
    "engagement": {"attachment_rate": 2.0, "holding_time": 20.0},
    "killing": {"rate": 0.1},
    "lifetime": {"span": 400.0},
}


def with_numbers(plan, **changes):
    """The plan with some parameters of some mechanisms replaced, for both kinds of cells or one each."""
    numbers = dict(plan.numbers)
    for mechanism, values in changes.items():
        arrays = numbers[mechanism].as_dict()
        for name, value in values.items():
            arrays[name] = np.broadcast_to(np.asarray(value, dtype=np.float64), arrays[name].shape).copy()
        numbers[mechanism] = Numbers(arrays)
    return replace(plan, numbers=numbers)


def plan(cells=600, dose=150, seed=1, edge=360.0, law=PERSISTENT, at=60, name="luque2024-small", **changes):
    """A plan of the small organoid in haste: HASTE, and on top of it `changes` per mechanism."""
    compiled = compile(scenario.load(name))
    compiled = replace(compiled, seed=seed, law=law, founders=FounderPlan(float("inf"), cells))
    height = compiled.geometry.box[2] if compiled.geometry.flat else edge
    compiled = replace(compiled, geometry=replace(compiled.geometry, box=(edge, edge, height)))
    doses = (DosePlan(at, dose, 1, "CAR-T", "medium", 10.0),) if dose else ()
    compiled = with_numbers(replace(compiled, doses=doses), **HASTE)
    return with_numbers(compiled, **changes)


def walked(of_plan, steps, state=None):
    """The state after some phenotype steps from the start, or from a given state."""
    state = state or start.begin(of_plan)
    for _ in range(steps):
        step.advance(state, of_plan)
    return state


def hash_of(events):
    """SHA-256 over all columns of a drained log."""
    digest = hashlib.sha256()
    for name, column in sorted(events.items()):
        digest.update(name.encode() + np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()


if __name__ == "__main__":
    tissue = walked(plan(seed=int(sys.argv[2])), int(sys.argv[1]))
    print(tissue.hash(), hash_of(tissue.events.drain()), numba.threading_layer(), numba.get_num_threads())
