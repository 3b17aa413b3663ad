"""Four scenarios, stopped before any step and gone on with any number of threads: the answer of one that never stopped.

The stop is a kill: the loop is left by an error that nobody foresaw, with checkpoints after every step.
"""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[3]))

from perforin.results.run import RunData
from perforin.scenario.compile import compile as compile_scenario
from perforin.scenario.plan import RecordPlan
from perforin.scenario.scenario import load
from perforin.simulation.model import tissue
from perforin.simulation.simulate import simulate
from perforin.simulation.state import State

STEPS = 12  # with a sorting of all columns after ten
SCENARIOS = {
    "organoid": ("luque2024-small", "culture.radius=40 um", "culture.box=240 um", "dose.cells=20", "dose.at=6 min",
                 "culture.growth.duration=100 min", "car.engagement.attachment_rate=5 1/min"),
    "monolayer": ("monolayer", "culture.cells=60", "culture.box=300 um", "dose.cells=20", "dose.day=0",
                  "culture.growth.duration=100 min"),
    "well": ("lysis-assay", "culture.cells=60", "culture.box=200 um", "dose.cells=60", "car.contact.gap=5 min",
             "car.damage.hit_rate=2 1/min"),
    "slab": ("glioblastoma-bivalent", "patient.edge=130 um", "patient.depth=60 um", "dose.cells=3e5",
             "patient.contact_area=0.001 cm^2"),
    "block": ("pancreatic-cd19-mesothelin", "patient.edge=160 um", "patient.perfusion.density=60 1/mm^2",
              "patient.blood.extravasation=30 1/(day*cm^3)", "patient.depletion.rate=5 1/day", "patient.normalisation.exposure=1"),
}  # fmt: skip
NAMES = pytest.mark.parametrize("name", SCENARIOS)
OFTEN, RARELY = RecordPlan(60, 120, ("oxygen",)), RecordPlan(240, 720, ())
MADE_ANEW = {
    "neighbours", "crowd", "attractant", "toward", "t_cells", "resting", "_even", "_drift", "_leap", "_guarded", "pull",
    "events", "cells.capacity",
    "stroma._laid", "stroma._enzyme", "fields.*.gain", "fields.*.peak", "fields.*.half_saturation", "fields.*.levels",
    "block.entry", "block.lines.share", "block.standing",
}  # fmt: skip


class Killed(Exception):
    """Nobody foresaw this."""


def plan(name, record=OFTEN):
    scenario, *changes = SCENARIOS[name]
    made = compile_scenario(load(scenario, changes))
    return replace(made, days=STEPS * made.clock.phenotype * made.clock.tick / 1440, record=record)


def killed_before(step):
    """The model of the product, which breaks before its `step`-th step."""
    whole, done = tissue(), []

    def advance(state, plan):
        if len(done) == step:
            raise Killed
        done.append(state.tick)
        whole.advance(state, plan)

    return replace(whole, advance=advance)


def answer_of(folder):
    """The hash of the last state and every event, as bytes."""
    run = RunData.open(folder)
    assert run.status == "done"
    return run.meta["state_hash"], run.events.to_csv(index=False)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The answers of the runs that were never stopped, recorded rarely."""
    place = tmp_path_factory.mktemp("whole")
    found = {}
    for name in SCENARIOS:
        found[name] = answer_of(simulate(plan(name, RARELY), place, threads=1).path)
        events = RunData.open(next(place.glob(f"{plan(name).name}-*"))).events["kind"].value_counts()
        assert events.get("arrival", 0) > 5, name
    return found


@NAMES
@pytest.mark.parametrize("stop", [0, 1, STEPS // 2, STEPS - 1])
def test_a_run_stopped_anywhere_and_recorded_often_has_the_answer_of_one_that_was_not(
    tmp_path, whole, name, stop
):
    with pytest.raises(Killed):
        simulate(plan(name), tmp_path, threads=1, checkpoint_every=0.0, model=killed_before(stop))
    gone_on = simulate(plan(name), tmp_path, threads=1, checkpoint_every=0.0)
    assert not gone_on.reused
    assert answer_of(gone_on.path) == whole[name]


@pytest.mark.parametrize("threads", [2, 4])
def test_a_run_goes_on_with_another_number_of_threads(tmp_path, whole, threads):
    for name in SCENARIOS:
        with pytest.raises(Killed):
            simulate(
                plan(name), tmp_path / name, threads=1, checkpoint_every=0.0, model=killed_before(STEPS // 2)
            )
    code = (
        "import sys\nfrom pathlib import Path\nfrom perforin.simulation.simulate import resume\n"
        "for place in sys.argv[2:]:\n    resume(Path(place), threads=int(sys.argv[1]))\n"
    )
    folders = {name: str(next((tmp_path / name).iterdir())) for name in SCENARIOS}
    environment = {
        "PYTHONPATH": str(Path(__file__).parents[3]), "NUMBA_NUM_THREADS": str(threads), "PATH": "",
        "HOME": str(Path.home()),
    }  # fmt: skip
    subprocess.run([sys.executable, "-c", code, str(threads), *folders.values()], env=environment, check=True)
    for name, folder in folders.items():
        assert RunData.open(Path(folder)).meta["threads"] == threads
        assert answer_of(Path(folder)) == whole[name]


def same(one, other):
    """Whether two attributes hold the same, arrays bit for bit."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def differing(one, other, path=""):
    """The attributes of two states that hold different things, but for what is made anew before it is read."""
    for name, mine in vars(one).items():
        where = f"{path}{name}"
        general = ".".join(
            "*" if path.startswith("fields.") and i == 1 else p for i, p in enumerate(where.split("."))
        )
        if (
            general in MADE_ANEW or where in MADE_ANEW or name in vars(type(one))
        ):  # a cached property is made anew
            continue
        theirs = vars(other)[name]
        if isinstance(mine, dict) and any(hasattr(value, "__dict__") for value in mine.values()):
            for key in mine:
                yield from differing(mine[key], theirs[key], f"{where}.{key}.")
        elif name == "_arrays" and not hasattr(one, "count"):  # numbers of a mechanism
            yield from (f"{path}{key}" for key in mine if not same(mine[key], theirs[key]))
        elif name == "_arrays":
            rows = slice(one.count)
            yield from (
                f"{path}{column}" for column in mine if not same(mine[column][rows], theirs[column][rows])
            )
        elif (
            hasattr(mine, "__dict__")
            and not isinstance(mine, type)
            and type(mine).__module__.startswith("perforin")
        ):
            yield from differing(mine, theirs, f"{where}.")
        elif not same(mine, theirs):
            yield where


@NAMES
def test_whatever_a_state_holds_is_saved_or_made_anew(name):
    """A column or attribute that is added and not saved differs after a restore, and is named here."""
    asked, model = plan(name), tissue()
    state = model.begin(asked)
    for _ in range(STEPS):
        model.advance(state, asked)
    restored = State.restore(asked, *state.arrays())
    assert list(differing(state, restored)) == []
    state.memory, state.cells._arrays["place"][0, 0] = np.arange(3), 1e3
    restored.memory = np.zeros(3)
    assert set(differing(state, restored)) == {"memory", "cells.place"}


def test_every_column_of_every_law_is_saved():
    for name in SCENARIOS:
        asked = plan(name)
        state = State(asked)
        arrays, _ = state.arrays()
        assert {f"cells.{column}" for column in state.cells.columns} == {
            n for n in arrays if n.startswith("cells.")
        }
