"""Anti-VEGF: how normal vessels are over time, which open and shut, and what comes of it."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nodule import TREATED, document, numbers, plan, walked

from perforin.errors import ScenarioError
from perforin.mechanisms.tissue import oxygenation
from perforin.mechanisms.tissue.normalisation import NormalisationNumbers, advanced, level, times
from perforin.mechanisms.tissue.vessels import Lines
from perforin.scenario.plan import TUMOUR
from perforin.scenario.scenario import Scenario
from perforin.simulation import start, step
from perforin.simulation.medium import diffuse
from perforin.simulation.state import State

DAY = 1440.0
LAW = NormalisationNumbers(
    exposure=1.0, begin=2 * DAY, lasts=10 * DAY, onset=1.5 * DAY, relapse=7 * DAY, flow_most=1.4,
    extravasation_most=2.5,
)  # fmt: skip
EXPOSED = ("patient.normalisation.exposure=1", "patient.normalisation.onset='0.01 day'")


def test_vessels_become_normal_and_relapse_by_the_closed_form():
    """Up to (1/1.5) / (1/1.5 + 1/7) = 14/17 with 17/21 per day, down with 1/7 per day."""
    plateau, rate = 14 / 17, 17 / 21
    for day in (0.0, 1.0, 2.0):
        assert level(LAW, day * DAY) == 0.0
    for day in (2.5, 4.0, 12.0):
        assert level(LAW, day * DAY) == pytest.approx(plateau * -math.expm1(-rate * (day - 2)), rel=1e-12)
    top = level(LAW, 12 * DAY)
    for day in (13.0, 19.0, 40.0):
        assert level(LAW, day * DAY) == pytest.approx(top * math.exp(-(day - 12) / 7), rel=1e-12)


@settings(max_examples=60)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.1, 9), st.floats(0.1, 30), st.floats(0, 40))
def test_two_half_steps_are_one_whole_step_that_stays_within_bounds_and_obeys_the_equation(
    n, exposure, onset, relapse, dt
):
    whole = advanced(n, exposure, onset, relapse, dt)
    half = advanced(n, exposure, onset, relapse, dt / 2)
    assert advanced(half, exposure, onset, relapse, dt / 2) == pytest.approx(whole, abs=1e-12)
    assert 0.0 <= whole <= 1.0
    slope = exposure * (1 - n) / onset - n / relapse
    assert (advanced(n, exposure, onset, relapse, 1e-6) - n) / 1e-6 == pytest.approx(slope, abs=1e-3)


@settings(max_examples=40)
@given(st.integers(1, 60), st.floats(0.1, 1.0), st.floats(0.1, 1.0), st.integers(0, 2**32))
def test_vessels_that_had_flow_keep_it_while_more_open_and_the_last_to_open_shut_first(
    many, one, other, seed
):
    low, high = sorted((one, other))
    lines = Lines(numbers(many / 300.0**2, low), 300.0, seed)
    before = lines.flows.copy()
    lines.let_flow(high)
    assert (lines.flows | ~before).all()
    assert lines.flows.sum() == max(1, round(high * lines.flows.size))
    assert (lines.flows == Lines(numbers(many / 300.0**2, high), 300.0, seed).flows).all()
    assert lines.worth * lines.flows.sum() == pytest.approx(lines.length * high)
    lines.let_flow(low)
    assert (lines.flows == before).all()


def test_sprouts_and_pruning_keep_the_share_that_normal_vessels_have():
    lines, edge = Lines(numbers(1e-4, 0.5), 310.0, 1), 310.0
    lines.let_flow(0.7)
    for factor, days in ((1.3, 1.0), (1 / 1.4, 200.0)):
        edge *= factor
        lines.follow(edge, factor, days * DAY)
        assert lines.flows.sum() == round(0.7 * lines.flows.size)
        assert lines.chance.size == lines.flows.size == round(1e-4 * edge**2)


def median_oxygen(n, seed):
    compiled = plan("patient.edge='250 um'", f"seed={seed}")
    state = start.begin(compiled)
    state.block.lines.let_flow(min(1.0, 0.5 * times(1.4, n)))
    (oxygen,) = compiled.fields
    diffuse(state, compiled, oxygen)
    oxygenation.sense(state.cells, state.fields["oxygen"], state.reading_step)
    return np.median(state.cells.oxygen[: state.cells.count][state.is_role(TUMOUR)])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_oxygen_rises_with_n(seed):
    medians = [median_oxygen(n, seed) for n in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert (np.diff(medians) > 0.1).all()


def debits(*changes):
    """(10,) T cells that the body is debited in each step of an hour."""
    compiled = plan("patient.edge='200 um'", *changes, base=TREATED)
    state, held = start.begin(compiled), [0.0]
    for _ in range(10):
        step.advance(state, compiled)
        ledger = state.block.ledger
        held.append(float((ledger.weight * ledger.entered + ledger.balance).sum()))
    return np.diff(held)


@pytest.mark.parametrize("exposure", [0.3, 1.0])
def test_infiltration_rises_with_n_by_what_both_gains_make(exposure):
    """In each step 1 + 0.4 n times 1 + 1.5 n as many as without, n at its start; the blood hardly misses them."""
    exposed = (*EXPOSED, f"patient.normalisation.exposure={exposure}")
    law = plan(*exposed).block.normalisation
    n = np.array([level(law, 6.0 * k) for k in range(10)])
    assert (np.diff(n) > 0).all()
    assert n[-1] > 0.25
    assert debits(*exposed) / debits() == pytest.approx(times(1.4, n) * times(2.5, n), rel=1e-4)


@pytest.mark.parametrize(
    "changes",
    [
        ("patient.normalisation.flow_most=9",),  # no exposure
        (*EXPOSED, "patient.normalisation.begin='1 day'"),  # later
        (*EXPOSED, "patient.normalisation.flow_most=1", "patient.normalisation.extravasation_most=1"),
    ],
)
def test_nothing_changes_at_n_0_or_gains_of_1(changes):
    assert walked(plan(*changes, base=TREATED), 1).hash() == walked(plan(base=TREATED), 1).hash()


def test_a_block_under_anti_vegf_saved_and_restored_goes_on_as_if_nothing_had_been():
    compiled = plan(*EXPOSED, "patient.edge='250 um'", base=TREATED)
    state = walked(compiled, 1)
    assert state.block.lines.flows.sum() > start.begin(compiled).block.lines.flows.sum()
    restored = State.restore(compiled, *state.arrays())
    for one in (state, restored):
        step.advance(one, compiled)
    assert restored.hash() == state.hash()


@pytest.mark.parametrize("wrong", ["exposure=1.5", "onset='0 day'", "relapse='0 day'"])
def test_a_dose_above_the_normalising_one_and_times_of_zero_are_refused(wrong):
    key = wrong.partition("=")[0]
    with pytest.raises(ScenarioError, match=rf"patient\.normalisation\.{key}"):
        Scenario.of(document(f"patient.normalisation.{wrong}"), "nodule.toml")


def test_vessels_of_a_slab_are_not_normalised():
    said = document(
        "patient.normalisation.exposure=1", "patient.depth='100 um'", "patient.contact_area='1 cm^2'"
    )
    said["library"]["tumours"]["nodule"]["geometry"] = "slab"
    with pytest.raises(ScenarioError, match=r"patient\.normalisation.*act on a block"):
        Scenario.of(said, "nodule.toml")
