"""T cells among fields that hold them back: same bits whatever happens, the right brake named, the checkpoint a pair's."""

import math
import subprocess
import sys

import numpy as np
import pytest
import starved
from dish import plan, walked
from test_why_survived import reasons

from perforin.analysis import brakes as analysis
from perforin.mechanisms.tissue import checkpoint, responses
from perforin.mechanisms.tissue.exposure import BRAKES
from perforin.mechanisms.tissue.recognition import PER_NM, bound
from perforin.results.run import RunData
from perforin.scenario.entries import Tumour
from perforin.scenario.ledger import Ledger
from perforin.scenario.living import responses_of
from perforin.simulation import brake_record, recorder, step
from perforin.simulation.state import State

TOXIN = {
    "name": "toxin", "summary": "A poison.", "unit": "nM", "diffusion": "100 um^2/min", "decay": "0 1/min",
    "start": "100 nM", "boundary": "closed",
}  # fmt: skip


def kill(most=0.97):
    return {
        "function": "kill",
        "way": "brakes",
        "most": most,
        "half": "1 nM",
        "power": 3,
        "obstacle": "suppression",
    }


def poisoned(*changes, effect=None):
    """The dish with one field more: one entry of the library, and its name among the fields of the tumour."""
    entry = {**TOXIN, "effect": [effect or kill()]}
    inline = "{ " + ", ".join(f"{key} = {_toml(value)}" for key, value in entry.items()) + " }"
    return plan(
        f"library.fields.toxin={inline}", "library.tumours.patch.fields=['oxygen', 'toxin']", *changes
    )


def _toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return f"'{value}'" if isinstance(value, str) else repr(value)


def test_a_run_without_effects_has_the_brakes_and_columns_it_always_had():
    asked = plan()
    assert asked.brakes == BRAKES == ("suppression", "exhaustion", "car_loss")
    state = State(asked)
    assert state.cells.brake_cost.shape[1] == 3
    assert not {"felt", "pace"} & set(state.cells.columns)
    assert "exhausted_share" not in recorder.series_row(walked(asked, 0.1), asked)


def test_a_new_suppressor_needs_one_entry_and_is_named_as_what_suppressed():
    asked = poisoned()
    assert asked.brakes == (*BRAKES, "toxin")
    state = walked(asked, 24)
    named(asked, state, "toxin")


def test_pd_l1_is_named_as_what_suppressed():
    pd_l1 = (
        "library.cells.target.checkpoint.pd_l1='1e7 copy'",
        "library.cells.target.checkpoint.kill_fraction=0.97",
    )
    asked = plan(*pd_l1, "car.checkpoint.kill_fraction=0.97", "car.checkpoint.pd_1='1e6 copy'")
    assert asked.brakes == (*BRAKES, "PD-L1")
    named(asked, walked(asked, 24), "PD-L1")


def named(asked, state, brake):
    """Those who were held are suppressed, nearly all by one brake."""
    why = reasons(asked, state)
    cells, count = state.cells, state.cells.count
    alive = state.is_role(0) & (cells.fate[:count] == 0)
    reached = cells.hits_open[:count][alive] > 0
    assert reached.sum() > 30
    assert (why[reached] == "suppressed").mean() >= 0.95
    largest = cells.brake_cost[:count][alive][reached].argmax(axis=1)
    assert (largest == asked.brakes.index(brake)).mean() >= 0.95


def test_a_capped_poison_leaves_fewer_dead():
    free, held = walked(plan(), 24), walked(poisoned(), 24)
    assert held.counters["kills"] < 0.5 * free.counters["kills"]


@pytest.fixture(scope="module")
def uninterrupted():
    asked = starved.plan()
    return asked, walked(asked, 1.2).hash()


@pytest.mark.parametrize("stop", [1, 7])
def test_a_starved_dish_saved_and_restored_goes_on_as_if_nothing_had_been(uninterrupted, stop):
    asked, whole = uninterrupted
    restored = State.restore(asked, *walked(asked, 0.1 * stop).arrays())
    for _ in range(12 - stop):
        step.advance(restored, asked)
    assert restored.hash() == whole


def test_the_number_of_threads_does_not_change_a_bit_of_a_starved_dish(uninterrupted):
    import numba

    asked, whole = uninterrupted
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        assert walked(asked, 1.2).hash() == whole
    finally:
        numba.set_num_threads(before)


def test_the_series_gives_the_mean_of_what_is_left_and_the_run_a_table_of_kills():
    asked = starved.plan("culture.suppression.product=0.5")
    state = walked(asked, 0.2)
    state.cells.felt[:] = 0.0
    row = recorder.series_row(state, asked)
    assert row["brake_kill_mean"] == row["brake_proliferation_mean"] == pytest.approx(0.5)
    assert row["brake_cytokine_mean"] == row["brake_motility_mean"] == 1.0
    state.cells.felt[:] = 1.0
    row = recorder.series_row(state, asked)
    most = [e.most for e in asked.responses.effects if e.function == "cytokine"]
    assert row["brake_cytokine_mean"] == pytest.approx(math.prod(1 - m for m in most), rel=1e-5)
    assert row["exhausted_share"] == 0.0
    state.cells.worn[state.t_cells[:6]] = 0.6  # leaves 0.46
    alive = state.t_cells.size
    assert recorder.series_row(state, asked)["exhausted_share"] == pytest.approx(6 / alive)
    table = brake_record.kills_left(asked)
    assert table["kills"][0] == pytest.approx(0.0, abs=1e-6)
    assert table["kills"][-1] == 1.0
    assert (np.diff(table["kills"]) > 0).all()
    # the root keeps the share of kills near the product: the reason for it
    np.testing.assert_allclose(table["kills"], table["product"], atol=0.12)


def test_a_run_of_a_starved_dish_says_what_held_its_t_cells_back(tmp_path):
    (tmp_path / "starved.toml").write_text(starved.text().replace("days = 1", "days = 0.25"))
    asked = [sys.executable, "-m", "perforin", "run", "starved.toml", "--threads", "1", "--out", "runs"]
    answer = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    folder = next((tmp_path / "runs").glob("dish-*"))
    run = RunData.open(folder)
    found = analysis.braked(run)
    assert 0.0 < found.left["cytokine"] < found.left["kill"] < 1.0
    assert found.kills == pytest.approx(found.left["kill"], abs=0.12)
    assert "brake_cost__TGF-beta" in run.cells(run.snapshot_days[-1])
    page = (folder / "report.html").read_text()
    assert "What holds the T cells back" in page
    assert "Cytokine" in page


def test_obstacles_left_out_take_their_effects_along():
    asked = starved.scenario()
    tumour = asked.library.find("tumours", "patch").entry
    assert isinstance(tumour, Tumour)

    def found(*without):
        effects = responses_of(asked, tumour, Ledger(), without)
        return {e.obstacle for e in effects.effects} if effects is not None else set()

    assert found() == {"starvation", "suppression"}
    assert found("starvation") == {"suppression"}
    assert found("starvation", "suppression") == set()


def test_the_checkpoint_follows_its_closed_form_and_acts_on_the_cell_held_only():
    asked = starved.plan("dose.cells=2")
    state = walked(asked, 0.1)
    cells, n = state.cells, asked.numbers
    rows, tumour = state.t_cells, np.flatnonzero(state.is_role(0))[:1]
    cells.felt[:], cells.signal[rows] = 0.0, 1e6
    cells.growth_signal[rows] = cells.cytokine_signal[rows] = 1.0
    cells.partner[rows] = -1
    cells.partner[rows[0]] = tumour[0]
    left = checkpoint.advance(
        cells, rows, n["checkpoint"], n["volume"], n["recognition"], asked.responses, 1.0
    )
    surface = checkpoint.surface_of(n["volume"].target)
    x = bound(1e4 / surface[0], 3e4 / surface[1], 8200.0 * PER_NM * 0.025)
    share = x**2 / (x**2 + 36.0)
    assert left[0] ** 2 == pytest.approx(1.0 - 0.6 * share, rel=1e-6)
    assert cells.cytokine_signal[rows[0]] == pytest.approx(1.0 - 0.8 * share, rel=1e-4)
    assert left[1] == cells.cytokine_signal[rows[1]] == 1.0


def test_interferon_and_lack_of_oxygen_raise_pd_l1_up_to_their_caps():
    asked = starved.plan()
    r = asked.responses
    names = [(e.field, e.way) for e in r.effects if e.function == "PD-L1"]
    assert names == [("oxygen", "lowers"), ("IFN-gamma", "raises")]
    felt = np.zeros((2, len(r.effects)), dtype=np.float32)
    assert checkpoint.pd_l1_of(0, 1e4, felt, r.code, r.most) == 1e4
    felt[1, r.code == responses.PD_L1] = 1.0
    assert checkpoint.pd_l1_of(1, 1e4, felt, r.code, r.most) == pytest.approx(2 * 6 * 1e4)
    state = walked(asked, 12)  # interferon far above 2.96 pM for most of 12 h
    column = next(k for k, e in enumerate(r.effects) if e.field == "IFN-gamma")
    assert state.cells.felt[state.tumour, column].mean() > 0.3
