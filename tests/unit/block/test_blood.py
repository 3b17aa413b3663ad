"""Blood as two pools: exact steps, no cell made or lost, and the share that reaches a lesion in a day."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from perforin.mechanisms.body.blood import BloodNumbers, Pools, advanced
from perforin.mechanisms.body.coupling import Ledger, volume_weight

DAY, CUBIC_CM = 1440.0, 1e12
SPQSP = BloodNumbers(leave=2.44, back=24 / DAY, loss=0.05 / DAY, extravasation=8e-3 / DAY / CUBIC_CM)

rate = st.one_of(st.just(0.0), st.floats(1e-6, 5.0))


@settings(max_examples=60)
@given(rate, rate, rate, rate, st.floats(0.1, 100.0))
def test_a_step_is_the_matrix_exponential(leave, back, loss, entering, dt):
    numbers = BloodNumbers(leave, back, loss, 0.0)
    matrix = np.zeros((4, 4))
    matrix[:2, :2] = [[-(leave + loss + entering), back], [leave, -(back + loss)]]
    matrix[2, 0] = matrix[3, 1] = 1.0  # integrals of the two
    exact = expm(matrix * dt) @ np.array([3.0, 5.0, 0.0, 0.0])
    after, spent = advanced(np.array([3.0, 5.0]), numbers, entering, dt)
    np.testing.assert_allclose(after, exact[:2], rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(spent, exact[2:], rtol=1e-6, atol=1e-7)
    assert (after >= -1e-12).all()


def test_cells_share_themselves_between_blood_and_body_as_their_rates_do():
    pools = Pools(1)
    pools.receive(0, 1e8)
    pools.pass_on(SPQSP, np.zeros(1), 600.0)
    circulating, rest = pools.inside[:, 0]
    assert circulating / rest == pytest.approx((24 / DAY) / 2.44, rel=0.01)


@settings(max_examples=40)
@given(
    st.integers(0, 2**32),
    st.lists(st.tuples(st.integers(0, 2), st.floats(0, 1e9)), min_size=1, max_size=4),
    st.floats(1e-3, 10.0),
    st.floats(1e-4, 1.0),
    st.floats(0.0, 1e-3),
    st.floats(0.0, 0.1),
    st.floats(100.0, 1e6),
)
def test_body_and_weighted_block_and_ledger_are_what_was_given(
    seed, doses, leave, back, loss, entering, weight
):
    numbers, pools, ledger = BloodNumbers(leave, back, loss, 0.0), Pools(3), Ledger(3, weight)
    for step in range(30):
        if step < len(doses):
            pools.receive(*doses[step])
        ledger.settle(pools.pass_on(numbers, np.full(3, entering), 6.0), seed, step)
        pools.take_back(ledger.give_back(np.minimum(ledger.entered - ledger.left, step % 3)))
        present = (
            pools.inside.sum(axis=0) + pools.lost + weight * (ledger.entered - ledger.left) + ledger.balance
        )
        np.testing.assert_allclose(present, pools.given, rtol=1e-10, atol=1e-5)


@pytest.mark.parametrize(
    ("extravasation", "low", "high"), [(8e-3, 1e-3, 1e-2), (8e-2, 3e-2, 1e-1), (8e-4, 3e-4, 1e-3)]
)
def test_the_share_of_the_dose_per_cm3_after_a_day_lies_in_its_prior_at_the_median(extravasation, low, high):
    """1e-3 to 1e-2 %ID/g; the upper end of the range is the transmigration of SPQSP_PDAC, 0.06 %ID per cm3 and day."""
    numbers = BloodNumbers(2.44, 24 / DAY, 0.05 / DAY, extravasation / DAY / CUBIC_CM)
    pools = Pools(1)
    pools.receive(0, 2.5e8)
    entered = sum(
        pools.pass_on(numbers, np.array([numbers.extravasation * CUBIC_CM]), 6.0)[0] for _ in range(240)
    )
    assert low < 100 * entered / 2.5e8 < high


def test_a_block_is_one_of_so_many_in_its_lesion():
    assert volume_weight(12 * CUBIC_CM, 310.0) == pytest.approx(402_806, rel=1e-4)
