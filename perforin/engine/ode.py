"""The body stepper: ordinary differential equations, dy/dt = f(t, y, p), with error control.

Two methods, each one compiled kernel for every model, because f arrives as a function pointer:

    advance_stiff    RODAS, a Rosenbrock method of order 4(3), six stages, L-stable, stiffly accurate
                     (Hairer and Wanner, Solving Ordinary Differential Equations II, 1996, section IV.7)
    advance_smooth   Dormand-Prince 5(4) (10.1016/0771-050X(80)90013-3), explicit, for what is not stiff

The state is one float64 array: y, then the step size the controller proposes next (0: not started). Time is the
caller's integer clock, passed as start and span, so a checkpoint holds everything and a resumed body takes the
same bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numba
import numpy as np
from numba import types

from perforin.errors import EngineError

_VECTOR = types.float64[::1]
_SIGNATURE = types.void(types.float64, _VECTOR, _VECTOR, _VECTOR)

_DONE, _COLLAPSED, _NOT_FINITE, _TOO_MANY = 0, 1, 2, 3
_MEANING = {
    _COLLAPSED: "the step size collapsed: the equations jump or blow up there",
    _NOT_FINITE: "a rate of change is not a finite number",
    _TOO_MANY: "a million steps did not reach the end of the interval",
}
_MOST_STEPS = 1_000_000
_SAFETY, _SHRINK, _GROW = 0.9, 0.2, 5.0  # usual controller bounds: caution against rejected steps

_SMALLEST = 1e-15  # of the interval: below it time no longer moves
_REACH = 1.000001  # the last step stretches this far, so that no crumb is left over

_GAMMA = 0.25
_STAGE_TIME = (0.0, 0.386, 0.21, 0.63, 1.0, 1.0)
_TIME_WEIGHT = (0.25, -0.1043, 0.1035, -0.03620000000000023, 0.0, 0.0)
_A = (
    (0.0, 0.0, 0.0, 0.0, 0.0),
    (1.544, 0.0, 0.0, 0.0, 0.0),
    (0.9466785280815826, 0.2557011698983284, 0.0, 0.0, 0.0),
    (3.314825187068521, 2.896124015972201, 0.9986419139977817, 0.0, 0.0),
    (1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895, 0.0),
    (1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895, 1.0),
)
_C = (
    (0.0, 0.0, 0.0, 0.0, 0.0),
    (-5.6688, 0.0, 0.0, 0.0, 0.0),
    (-2.430093356833875, -0.2063599157091915, 0.0, 0.0, 0.0),
    (-0.1073529058151375, -9.594562251023355, -20.47028614809616, 0.0, 0.0),
    (7.496443313967647, -10.24680431464352, -33.99990352819905, 11.7089089320616, 0.0),
    (8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054),
)

_DP_TIME = (0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0)
_DP = (
    (0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    (1 / 5, 0.0, 0.0, 0.0, 0.0, 0.0),
    (3 / 40, 9 / 40, 0.0, 0.0, 0.0, 0.0),
    (44 / 45, -56 / 15, 32 / 9, 0.0, 0.0, 0.0),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729, 0.0, 0.0),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656, 0.0),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
_DP_ERROR = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)


@dataclass(frozen=True)
class RightHandSide:
    """f(t, y, p, out) writes dy/dt into out. A decorator for module level; compiled when first used."""

    function: Callable

    @cached_property
    def pointer(self) -> object:
        """The compiled function, as the steppers call it."""
        return numba.cfunc(_SIGNATURE, cache=True)(self.function)


def new_state(y: np.ndarray) -> np.ndarray:
    """The stepper's state for starting values y: (n + 1,) float64, the last entry 0 for `not started`."""
    return np.append(np.asarray(y, dtype=np.float64), 0.0)


def advance_stiff(
    rhs: RightHandSide,
    state: np.ndarray,
    parameters: np.ndarray,
    start: float,
    span: float,
    relative: float,
    absolute: np.ndarray,
) -> None:
    """Carry a stiff body from start to start + span, in place.

    rhs         f, its rates per minute
    state       (n + 1,) float64, changed
    parameters  (m,) float64, handed to f
    start, span [min]
    relative    error allowed per step, relative to y; absolute (n,) float64, in the unit of each y
    Raises EngineError when the step collapses; `state` then holds the last good values.
    """
    _check(state, absolute, relative, span)
    _answer(
        _rosenbrock(rhs.pointer, state, parameters, start, span, relative, absolute),
        state,
        "advance_stiff",
        start,
    )


def advance_smooth(
    rhs: RightHandSide,
    state: np.ndarray,
    parameters: np.ndarray,
    start: float,
    span: float,
    relative: float,
    absolute: np.ndarray,
) -> None:
    """Carry a body that is not stiff from start to start + span, in place: see `advance_stiff`."""
    _check(state, absolute, relative, span)
    _answer(
        _dormand_prince(rhs.pointer, state, parameters, start, span, relative, absolute),
        state,
        "advance_smooth",
        start,
    )


def _check(state: np.ndarray, absolute: np.ndarray, relative: float, span: float) -> None:
    if absolute.size != state.size - 1:
        raise ValueError(
            f"absolute tolerances: found {absolute.size}, expected one for each of {state.size - 1} values"
        )
    if not (relative > 0.0 and (absolute > 0.0).all()):
        raise ValueError("tolerances must be positive")
    if not span >= 0.0:
        raise ValueError(f"a span of {span} min: expected zero or more")


def _answer(status: int, state: np.ndarray, method: str, start: float) -> None:
    if status != _DONE:
        raise EngineError(
            f"{method}, interval from {start:g} min: {_MEANING[status]} (y = {state[:-1].tolist()})"
        )


@numba.njit(cache=True)
def _error_norm(error, y, y_new, relative, absolute):
    """Root mean square of the error in units of the tolerance."""
    total = 0.0
    for i in range(error.size):
        scale = absolute[i] + relative * max(abs(y[i]), abs(y_new[i]))
        total += (error[i] / scale) ** 2
    return math.sqrt(total / error.size)


@numba.njit(cache=True)
def _first_step(slope, y, span, relative, absolute):
    """A step that changes y by about a hundredth of itself."""
    size, speed = 0.0, 0.0
    for i in range(slope.size):
        scale = absolute[i] + relative * abs(y[i])
        size += (y[i] / scale) ** 2
        speed += (slope[i] / scale) ** 2
    if size < 1e-10 or speed < 1e-10:
        return min(1e-6, span)
    return min(0.01 * math.sqrt(size / speed), span)


@numba.njit(cache=True)
def _resize(step, norm, power):
    """The controller's next step for an error norm (1 = just allowed)."""
    if not norm > 0.0:
        return step * _GROW
    return step * min(_GROW, max(_SHRINK, _SAFETY * norm**power))


@numba.njit(cache=True)
def _factor(a, pivot):
    """LU with partial pivoting, in place; False when singular."""
    n = a.shape[0]
    for k in range(n):
        best = k
        for i in range(k + 1, n):
            if abs(a[i, k]) > abs(a[best, k]):
                best = i
        pivot[k] = best
        if not abs(a[best, k]) > 0.0:
            return False
        if best != k:
            for j in range(n):
                a[k, j], a[best, j] = a[best, j], a[k, j]
        for i in range(k + 1, n):
            a[i, k] /= a[k, k]
            for j in range(k + 1, n):
                a[i, j] -= a[i, k] * a[k, j]
    return True


@numba.njit(cache=True)
def _substitute(a, pivot, b):
    """Solve LU x = b, in place of b."""
    n = a.shape[0]
    for k in range(n):
        b[k], b[pivot[k]] = b[pivot[k]], b[k]
    for i in range(n):
        for j in range(i):
            b[i] -= a[i, j] * b[j]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            b[i] -= a[i, j] * b[j]
        b[i] /= a[i, i]


@numba.njit(cache=True)
def _rosenbrock_stages(rhs, lu, pivot, y, slope, slope_time, p, t, step, k, trial):
    """The six stages of RODAS: k (6, n) the increments, trial (n,) the argument of the last one."""
    n = y.size
    for s in range(6):
        for i in range(n):
            value = y[i]
            for j in range(s):
                value += _A[s][j] * k[j, i]
            trial[i] = value
        if s == 0:
            k[0] = slope
        else:
            rhs(t + _STAGE_TIME[s] * step, trial, p, k[s])
        for i in range(n):
            value = k[s, i] + step * _TIME_WEIGHT[s] * slope_time[i]
            for j in range(s):
                value += _C[s][j] * k[j, i] / step
            k[s, i] = value
        _substitute(lu, pivot, k[s])


@numba.njit(cache=True)
def _linearise(rhs, t, y, p, slope, relative, absolute, trial, jacobian, slope_time):
    """Jacobian df/dy and df/dt by forward differences of half the digits."""
    n = y.size
    root = math.sqrt(2.220446049250313e-16)
    for j in range(n):
        trial[:] = y
        nudge = root * max(abs(y[j]), absolute[j] / relative)
        trial[j] = y[j] + nudge
        nudge = trial[j] - y[j]
        rhs(t, trial, p, slope_time)
        for i in range(n):
            jacobian[i, j] = (slope_time[i] - slope[i]) / nudge
    nudge = root * max(abs(t), 1.0)
    trial[:] = y
    rhs(t + nudge, trial, p, slope_time)
    for i in range(n):
        slope_time[i] = (slope_time[i] - slope[i]) / nudge


@numba.njit(cache=True)
def _rosenbrock(rhs, state, p, start, span, relative, absolute):
    """RODAS over one interval; returns a status."""
    n = state.size - 1
    y = state[:n]
    slope, slope_time, trial, y_new = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    k, jacobian, lu = np.empty((6, n)), np.empty((n, n)), np.empty((n, n))
    pivot = np.empty(n, dtype=np.int64)
    done, fresh = 0.0, True
    for _ in range(_MOST_STEPS):
        left = span - done
        if not left > 0.0:
            return _DONE
        if fresh:
            rhs(start + done, y, p, slope)
            if not np.isfinite(slope).all():
                return _NOT_FINITE
            _linearise(rhs, start + done, y, p, slope, relative, absolute, trial, jacobian, slope_time)
            fresh = False
        if not state[n] > 0.0:
            state[n] = _first_step(slope, y, span, relative, absolute)
        if not state[n] > _SMALLEST * span:
            return _COLLAPSED
        step = left if left <= state[n] * _REACH else state[n]
        for i in range(n):
            for j in range(n):
                lu[i, j] = -jacobian[i, j]
            lu[i, i] += 1.0 / (step * _GAMMA)
        norm = math.inf
        if _factor(lu, pivot):
            _rosenbrock_stages(rhs, lu, pivot, y, slope, slope_time, p, start + done, step, k, trial)
            for i in range(n):
                y_new[i] = trial[i] + k[5, i]
            norm = _error_norm(k[5], y, y_new, relative, absolute)
        if norm <= 1.0:
            y[:] = y_new
            done = span if step == left else done + step
            fresh = True
            grown = _resize(step, norm, -0.25)
            state[n] = max(state[n], grown) if step == left else grown
        else:
            state[n] = step * _SHRINK if not math.isfinite(norm) else _resize(step, norm, -0.25)
    return _TOO_MANY


@numba.njit(cache=True)
def _dormand_prince(rhs, state, p, start, span, relative, absolute):
    """Dormand-Prince 5(4) over one interval; returns a status."""
    n = state.size - 1
    y = state[:n]
    trial, error, k = np.empty(n), np.empty(n), np.empty((7, n))
    done = 0.0
    rhs(start, y, p, k[0])
    for _ in range(_MOST_STEPS):
        left = span - done
        if not left > 0.0:
            return _DONE
        if not np.isfinite(k[0]).all():
            return _NOT_FINITE
        if not state[n] > 0.0:
            state[n] = _first_step(k[0], y, span, relative, absolute)
        if not state[n] > _SMALLEST * span:
            return _COLLAPSED
        step = left if left <= state[n] * _REACH else state[n]
        for s in range(1, 7):
            for i in range(n):
                value = 0.0
                for j in range(s):
                    value += _DP[s][j] * k[j, i]
                trial[i] = y[i] + step * value
            rhs(start + done + _DP_TIME[s] * step, trial, p, k[s])
        for i in range(n):
            error[i] = 0.0
            for j in range(7):
                error[i] += step * _DP_ERROR[j] * k[j, i]
        norm = _error_norm(error, y, trial, relative, absolute)
        if norm <= 1.0:
            y[:] = trial
            k[0] = k[6]
            done = span if step == left else done + step
            grown = _resize(step, norm, -0.2)
            state[n] = max(state[n], grown) if step == left else grown
        else:
            state[n] = step * _SHRINK if not math.isfinite(norm) else _resize(step, norm, -0.2)
    return _TOO_MANY
