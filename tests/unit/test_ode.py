"""The body stepper against closed forms, SciPy's Radau and itself."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp

from perforin.engine.ode import RightHandSide, advance_smooth, advance_stiff, new_state
from perforin.errors import EngineError


@RightHandSide
def chain(t, y, p, out):
    """Infused -> blood -> tissue -> gone: what leaves one compartment enters the next."""
    out[0] = -p[0] * y[0]
    out[1] = p[0] * y[0] - p[1] * y[1]
    out[2] = p[1] * y[1]


@RightHandSide
def robertson(t, y, p, out):
    """Three reactions with rates eleven orders apart (Robertson 1966)."""
    slow, fast, fastest = p[0] * y[0], p[1] * y[1] * y[2], p[2] * y[1] * y[1]
    out[0] = -slow + fast
    out[1] = slow - fast - fastest
    out[2] = fastest


@RightHandSide
def cascade(t, y, p, out):
    """T cells expand, release IFN-gamma, macrophages answer with IL-6 on a cytokine clock of minutes."""
    out[0] = p[0] * y[0] * (1.0 - y[0] / 1e9)
    out[1] = p[1] * y[0] - p[2] * y[1]
    out[2] = p[3] * y[1] ** 2 / (y[1] ** 2 + p[4] ** 2) - p[5] * y[2]


@RightHandSide
def forced(t, y, p, out):
    """A body under a daily rhythm: tests the time derivative of a stiff law."""
    out[0] = -p[0] * (y[0] - math.cos(t)) - math.sin(t)


@RightHandSide
def explosion(t, y, p, out):
    """y' = y^2 reaches infinity at t = 1 / y0."""
    out[0] = y[0] * y[0]


@RightHandSide
def broken(t, y, p, out):
    """A law that has no answer."""
    out[0] = math.nan


METHODS = pytest.mark.parametrize("advance", [advance_stiff, advance_smooth])


def _run(advance, rhs, y, p, span, tolerance, absolute=1e-10, pieces=1):
    state = new_state(np.array(y, dtype=float))
    for piece in range(pieces):
        advance(
            rhs, state, np.array(p, dtype=float), piece * span / pieces, span / pieces,
            tolerance, np.full(len(y), absolute),
        )  # fmt: skip
    return state


@METHODS
def test_a_decay_chain_follows_its_closed_form(advance):
    a, b, t = 0.3, 0.05, 20.0
    expected = [math.exp(-a * t), a / (b - a) * (math.exp(-a * t) - math.exp(-b * t))]
    found = _run(advance, chain, [1, 0, 0], [a, b], t, 1e-9)
    assert_allclose(found[:2], expected, rtol=2e-7)  # a hundred steps of 1e-9 each, relative to the largest


@METHODS
def test_what_leaves_one_compartment_enters_the_next(advance):
    found = _run(advance, chain, [1, 0.5, 0], [0.3, 0.05], 200.0, 1e-6)
    assert found[:3].sum() == pytest.approx(
        1.5, abs=1e-10
    )  # the differenced Jacobian closes to half the digits


def _measured_order(advance, rhs, y, p, span, exact, steps):
    """Order from fixed step sizes: tolerances so loose that the controller never rejects."""
    errors = []
    for count in steps:
        state = new_state(np.array(y, dtype=float))
        for i in range(count):
            state[-1] = 1e9
            advance(
                rhs,
                state,
                np.array(p, dtype=float),
                i * span / count,
                span / count,
                1e6,
                np.full(len(y), 1e6),
            )
        errors.append(abs(state[0] - exact))
    return math.log2(errors[0] / errors[1])


def test_the_stiff_method_is_of_order_four():
    exact = math.cos(2.0) + 0.5 * math.exp(-2.0 * 2.0)
    order = _measured_order(advance_stiff, forced, [1.5], [2.0], 2.0, exact, (20, 40))
    assert order == pytest.approx(4.0, abs=0.25)


def test_the_smooth_method_is_of_order_five():
    exact = math.cos(2.0) + 0.5 * math.exp(-2.0 * 2.0)
    order = _measured_order(advance_smooth, forced, [1.5], [2.0], 2.0, exact, (10, 20))
    assert order == pytest.approx(5.0, abs=0.3)


def test_robertson_agrees_with_radau():
    def reference(_, y):
        slow, fast, fastest = 0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] ** 2
        return [-slow + fast, slow - fast - fastest, fastest]

    radau = solve_ivp(reference, (0, 4e4), [1, 0, 0], method="Radau", rtol=1e-10, atol=[1e-12, 1e-16, 1e-12])
    state = new_state(np.array([1.0, 0.0, 0.0]))
    absolute = np.array([1e-10, 1e-14, 1e-10])
    advance_stiff(robertson, state, np.array([0.04, 1e4, 3e7]), 0.0, 4e4, 1e-8, absolute)
    assert_allclose(state[:3], radau.y[:, -1], rtol=1e-7)  # ten times the tolerance of one step


def test_a_cytokine_cascade_agrees_with_radau_over_ninety_days():
    p = [1e-4, 1e-6, 0.02, 50.0, 100.0, 0.3]

    def reference(_, y):
        return [
            p[0] * y[0] * (1 - y[0] / 1e9),
            p[1] * y[0] - p[2] * y[1],
            p[3] * y[1] ** 2 / (y[1] ** 2 + p[4] ** 2) - p[5] * y[2],
        ]

    radau = solve_ivp(reference, (0, 129_600), [1e5, 0, 0], method="Radau", rtol=1e-10, atol=1e-10)
    found = _run(advance_stiff, cascade, [1e5, 0, 0], p, 129_600.0, 1e-7, absolute=1e-6)
    assert_allclose(found[:3], radau.y[:, -1], rtol=1e-5)


@METHODS
def test_two_halves_equal_the_whole_to_tolerance(advance):
    one = _run(advance, chain, [1, 0, 0], [0.3, 0.05], 50.0, 1e-8)
    two = _run(advance, chain, [1, 0, 0], [0.3, 0.05], 50.0, 1e-8, pieces=2)
    assert_allclose(two[:3], one[:3], rtol=1e-6, atol=1e-9)  # ten times the absolute tolerance of one step


@METHODS
def test_a_restored_state_continues_with_the_same_bits(advance):
    p, absolute = np.array([0.3, 0.05]), np.full(3, 1e-10)
    straight = new_state(np.array([1.0, 0.0, 0.0]))
    for hour in range(4):
        if hour == 2:
            restored = np.frombuffer(straight.tobytes()).copy()
        advance(chain, straight, p, hour * 60.0, 60.0, 1e-6, absolute)
    for hour in (2, 3):
        advance(chain, restored, p, hour * 60.0, 60.0, 1e-6, absolute)
    assert restored.tobytes() == straight.tobytes()


@METHODS
def test_a_span_of_zero_changes_nothing(advance):
    state = new_state(np.array([1.0, 2.0, 3.0]))
    before = state.copy()
    advance(chain, state, np.array([0.3, 0.05]), 5.0, 0.0, 1e-6, np.full(3, 1e-9))
    assert_allclose(state, before, rtol=0)


@METHODS
def test_a_blow_up_is_an_error_that_says_so(advance):
    with pytest.raises(EngineError, match=r"collapsed|finite"):
        _run(advance, explosion, [1.0], [], 2.0, 1e-6)


@METHODS
def test_a_rate_that_is_not_a_number_is_an_error(advance):
    with pytest.raises(EngineError, match="not a finite number"):
        _run(advance, broken, [1.0], [], 1.0, 1e-6)


@METHODS
def test_a_missing_tolerance_is_refused(advance):
    with pytest.raises(ValueError, match="one for each of 3"):
        advance(chain, new_state(np.ones(3)), np.ones(2), 0.0, 1.0, 1e-6, np.full(2, 1e-9))
