"""Cells in cerebrospinal fluid: what is lost, what enters the lesion, and that nothing goes missing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from perforin.mechanisms.body.csf import Fluid, left_after, rates

DAY = 1440.0
loss_rates = st.floats(1e-6, 0.1)  # 1/min
shares = st.floats(0.0, 0.9)
spans = st.floats(0.1, 1e4)  # min
doses = st.floats(0.0, 1e9)


@given(doses, loss_rates, shares, spans)
def test_what_was_given_is_inside_lost_or_entered(cells, loss, entry, dt):
    fluid = Fluid(2)
    fluid.receive(1, cells)
    entered = fluid.pass_on(loss, entry, dt)
    assert entered[0] == 0.0
    assert np.isclose(fluid.inside[1] + fluid.lost[1] + entered[1], cells, rtol=1e-13)
    assert (fluid.inside >= 0).all()
    assert (fluid.lost >= 0).all()


@given(loss_rates, shares, spans)
def test_two_half_steps_equal_one_step(loss, entry, dt):
    one, two = Fluid(1), Fluid(1)
    for fluid in (one, two):
        fluid.receive(0, 1.0)
    whole = one.pass_on(loss, entry, dt)
    halves = two.pass_on(loss, entry, dt / 2) + two.pass_on(loss, entry, dt / 2)
    assert np.allclose(whole, halves, atol=1e-12)
    assert np.allclose(one.inside, two.inside, atol=1e-12)


@given(loss_rates, st.floats(0.001, 0.5))
def test_the_share_that_enters_is_the_one_that_was_stated(loss, entry):
    fluid = Fluid(1)
    fluid.receive(0, 1.0)
    entered = sum(fluid.pass_on(loss, entry, 20.0 / loss / 400) for _ in range(400))
    assert np.isclose(entered[0], entry, rtol=1e-8)  # exp(-20) are still inside


def test_the_fluid_empties_exponentially():
    loss, entry = 0.03 / 60, 0.01
    fluid = Fluid(1)
    fluid.receive(0, 1e7)
    for _ in range(240):
        fluid.pass_on(loss, entry, 6.0)
    k_loss, k_in = rates(loss, entry)
    assert np.isclose(k_in / (k_in + k_loss), entry)
    assert np.isclose(fluid.inside[0], 1e7 * np.exp(-DAY * loss / 0.99), rtol=1e-10)
    assert np.isclose(fluid.inside[0] / 1e7, left_after(DAY, loss, entry), rtol=1e-10)
