"""Draws: a function of seed, step, cell and purpose, as good as the published generator."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from perforin import streams

word = st.integers(0, 2**32 - 1)


def draws(count, seed=1, step=2, purpose=streams.CASE):
    return np.array([streams.draw(seed, step, np.uint64(i), purpose) for i in range(count)])


def test_the_bits_are_those_of_philox_4x32_10():
    """The first known answer of the authors' own test vectors: counter 0, key 0."""
    assert [int(w) for w in streams.bits(0, 0, 0, 0)] == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]


@given(word, word, word, st.integers(1, 99))
def test_the_same_arguments_give_the_same_number_inside_the_open_interval(seed, step, cell, purpose):
    first = streams.draw(seed, step, np.uint64(cell), purpose)
    assert first == streams.draw(seed, step, np.uint64(cell), purpose)
    assert 0.0 < first < 1.0


@pytest.mark.parametrize("change", ["seed", "step", "purpose"])
def test_another_seed_step_or_purpose_gives_independent_numbers(change):
    one, two = draws(4000), draws(4000, **{change: 7})
    # 4000 pairs, seed 1: a correlation beyond 4 / sqrt(4000) would be a 4-sigma event
    assert abs(np.corrcoef(one, two)[0, 1]) < 4 / np.sqrt(4000)


def test_draws_are_uniform():
    # 20000 cells, seed 1: Kolmogorov-Smirnov at a level of 1e-4
    assert stats.kstest(draws(20000), "uniform").pvalue > 1e-4


def test_normal_numbers_have_mean_0_and_deviation_1():
    sample = np.array([streams.normal(1, 0, np.uint64(i), streams.CASE) for i in range(20000)])
    assert stats.kstest(sample, "norm").pvalue > 1e-4


def test_daughters_and_founders_have_ids_of_their_own():
    ids = {int(streams.founder_id(i, kind)) for i in range(2000) for kind in (0, 1)}
    assert len(ids) == 4000
    mothers = list(ids)[:1000]
    born = {
        int(streams.daughter_id(np.uint64(m), index, n)) for m in mothers for index in (0, 1) for n in (1, 2)
    }
    assert len(born | ids) == 4000 + 4000
