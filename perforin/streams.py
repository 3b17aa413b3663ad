"""Random draws as a function of (seed, step, cell, purpose): no state, so no order and no thread can change them.

Philox 4x32 with ten rounds (Salmon et al. 2011, 10.1145/2063384.2063405): the counter is (step, cell id), the
key is (seed, purpose). The same arguments always give the same number; any change gives an independent one.
"""

from __future__ import annotations

import math

import numba
import numpy as np

# Purposes: one number per random decision, never reused.
SEEDING_ANTIGEN = np.int64(1)
SEEDING_CYCLE = np.int64(2)
ARRIVAL = np.int64(3)
DIVISION_DIRECTION = np.int64(4)
DIVISION_CYCLE = np.int64(5)
NECROSIS = np.int64(6)
LIFETIME = np.int64(7)
TURNING = np.int64(8)
TURNING_DIRECTION = np.int64(9)
ATTACHMENT = np.int64(10)
KILLING = np.int64(11)
RELEASE = np.int64(12)
DIVISION_ANTIGEN = np.int64(13)
CYCLE_END = np.int64(14)
PANEL_ORDER = np.int64(20)
PANEL_PATCH = np.int64(21)
PANEL_LEVEL = np.int64(22)
PANEL_DRIFT = np.int64(23)
READINESS = np.int64(30)
CHOICE = np.int64(31)
HIT = np.int64(32)
LYSIS = np.int64(33)
T_CELL_DEATH = np.int64(40)
SEEDING_PLACE = np.int64(50)
SEEDING_PHASE = np.int64(51)
FACE_ARRIVALS = np.int64(52)
FACE_PLACE = np.int64(53)
VESSEL_PLACE = np.int64(60)
VESSEL_FLOW = np.int64(61)
VESSEL_WALL = np.int64(62)
EGRESS = np.int64(63)
HOST_PLACE = np.int64(70)
STROMA_DIRECTION = np.int64(71)
STROMA_ISLET = np.int64(72)
STROMA_TEXTURE = np.int64(73)
HOST_DEATH = np.int64(74)
MIXING = np.int64(80)
CASE = np.int64(99)  # free for evidence cases and tests

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_S32 = np.uint64(32)


@numba.njit(cache=True, inline="always")
def bits(seed, step, cell, purpose):
    """Four words of 32 random bits, each in a uint64."""
    c0, c1 = np.uint64(step) & _LOW, (np.uint64(step) >> _S32) & _LOW
    c2, c3 = np.uint64(cell) & _LOW, (np.uint64(cell) >> _S32) & _LOW
    k0 = np.uint64(seed) & _LOW
    k1 = (((np.uint64(seed) >> _S32) & _LOW) ^ (np.uint64(purpose) * _W1)) & _LOW
    for _ in range(10):
        p0, p1 = _M0 * c0, _M1 * c2
        c0, c1, c2, c3 = (p1 >> _S32) ^ c1 ^ k0, p1 & _LOW, (p0 >> _S32) ^ c3 ^ k1, p0 & _LOW
        k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@numba.njit(cache=True, inline="always")
def _unit(word):
    return (np.float64(word) + 0.5) * (1.0 / 4294967296.0)


@numba.njit(cache=True)
def draw(seed, step, cell, purpose):
    """One uniform number in (0, 1)."""
    c0, _, _, _ = bits(seed, step, cell, purpose)
    return _unit(c0)


@numba.njit(cache=True)
def draw2(seed, step, cell, purpose):
    """Two independent uniform numbers in (0, 1)."""
    c0, c1, _, _ = bits(seed, step, cell, purpose)
    return _unit(c0), _unit(c1)


@numba.njit(cache=True)
def draw4(seed, step, cell, purpose):
    """Four independent uniform numbers in (0, 1)."""
    c0, c1, c2, c3 = bits(seed, step, cell, purpose)
    return _unit(c0), _unit(c1), _unit(c2), _unit(c3)


@numba.njit(cache=True)
def normal(seed, step, cell, purpose):
    """One standard normal number (Box and Muller)."""
    u, v = draw2(seed, step, cell, purpose)
    return math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)


@numba.njit(cache=True)
def daughter_id(mother, index, divisions):
    """The id of a daughter: a 64-bit hash of mother id, daughter index (0, 1) and division count."""
    c0, c1, _, _ = bits(mother, divisions, np.uint64(index), np.uint64(0x1D))
    return (c0 << _S32) | c1


@numba.njit(cache=True)
def founder_id(lattice_index, kind):
    """The id of a cell without a mother: by its lattice or arrival index and its kind."""
    c0, c1, _, _ = bits(np.uint64(lattice_index), np.uint64(kind), np.uint64(0), np.uint64(0xF0))
    return (c0 << _S32) | c1
