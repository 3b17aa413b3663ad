"""Draws: a function of seed, step, cell and purpose, as good as the published generator."""

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from perforin import streams

word = st.integers(0, 2**32 - 1)


@numba.njit
def lineage(founder, generations):
    """The ids of all descendants of one founder: 2, 4, 8 ... of them, generation after generation."""
    ids = np.empty(2 ** (generations + 1) - 1, dtype=np.uint64)
    ids[0] = founder
    for mother in range(2**generations - 1):
        divisions = int(np.log2(mother + 1.5)) + 1
        for index in range(2):
            ids[2 * mother + 1 + index] = streams.daughter_id(ids[mother], index, divisions)
    return ids


def draws(count, seed=1, step=2, purpose=streams.CASE):
    return np.array([streams.draw(seed, step, np.uint64(i), purpose) for i in range(count)])


@pytest.mark.parametrize(
    ("seed", "step", "cell", "words"),
    [
        (0, 0, 0, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        (2**64 - 1, 2**64 - 1, 2**64 - 1, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        (0x299F31D0A4093822, 0x85A308D3243F6A88, 0x0370734413198A2E, "d16cfe09 94fdcceb 5001e420 24126ea1"),
    ],
    ids=["zeros", "ones", "digits of pi"],
)
def test_the_bits_are_those_of_philox_4x32_10(seed, step, cell, words):
    """The three known answers of the authors' Random123; purpose 0 leaves the seed alone as the key."""
    bits = streams.bits(np.uint64(seed), np.uint64(step), np.uint64(cell), 0)
    assert [f"{int(word):08x}" for word in bits] == words.split()


def test_the_purpose_enters_the_upper_half_of_the_key():
    """A purpose is the same as a seed whose upper word is purpose x W1 modulo 2^32: keys of two purposes differ."""
    upper = [(purpose * 0xBB67AE85) % 2**32 for purpose in range(100)]
    assert len(set(upper)) == 100
    for purpose in (1, 7, 99):
        asked = streams.bits(5, 6, np.uint64(7), purpose)
        assert asked == streams.bits(np.uint64(upper[purpose] << 32 | 5), 6, np.uint64(7), 0)


def test_no_two_decisions_share_a_purpose():
    purposes = [number for name, number in vars(streams).items() if name.isupper() and name[0] != "_"]
    assert len(purposes) == len(set(purposes)) >= 14


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


def test_a_million_descendants_have_ids_of_their_own():
    # two of 1.05 million random 64-bit ids would agree with a chance of 3e-8
    ids = lineage(streams.founder_id(0, 0), 19)
    assert np.unique(ids).size == ids.size == 2**20 - 1
    assert ids[5] == streams.daughter_id(ids[2], 0, 2)


@pytest.mark.parametrize("word", range(4))
def test_each_of_the_four_numbers_of_a_draw_is_uniform_and_independent_of_the_first(word):
    sample = np.array([streams.draw4(3, 4, np.uint64(i), streams.CASE) for i in range(10000)])
    assert stats.kstest(sample[:, word], "uniform").pvalue > 1e-4  # seed 3
    if word:
        assert abs(np.corrcoef(sample[:, 0], sample[:, word])[0, 1]) < 4 / np.sqrt(10000)


def test_a_cell_draws_anew_at_every_step():
    sample = np.array([streams.draw(1, step, np.uint64(17), streams.CASE) for step in range(10000)])
    assert stats.kstest(sample, "uniform").pvalue > 1e-4  # seed 1
    assert abs(np.corrcoef(sample[1:], sample[:-1])[0, 1]) < 4 / np.sqrt(10000)
