"""Neighbourhood composition: chance is 1, layers and mixtures are what they are."""

from __future__ import annotations

import numpy as np
import pytest
from built import block, cells, run
from hypothesis import given, settings
from hypothesis import strategies as st

from perforin.analysis import neighbourhood

KINDS = ("tumour", "killer", "fibroblast")


def dealt(share, seed, step=20.0):
    """Kinds dealt out at random over a lattice."""
    places = np.random.default_rng(seed).permutation(block(step=step))
    t, h = (int(len(places) * part) for part in share)
    return cells(places[t + h :], t_cells=places[:t], host=places[t : t + h])


def test_kinds_dealt_out_at_random_lie_beside_each_other_as_by_chance():
    ratios = []
    for seed in range(8):
        one = dealt((0.15, 0.1), seed)
        found = neighbourhood.neighbourhood(run(one), 1.0)
        assert found.kinds == KINDS
        ratios.append(found.ratio)
    # about 64,000 pairs a seed, 600 in the rarest square: over 8 seeds 2 % is three standard errors there
    assert np.mean(ratios, axis=0) == pytest.approx(np.ones((3, 3)), abs=0.045)


@settings(max_examples=15)
@given(st.floats(0.02, 0.4), st.floats(0.02, 0.4), st.integers(0, 1000))
def test_pairs_are_counted_from_both_sides_and_add_up(t, h, seed):
    one = dealt((t, h), seed, step=30.0)
    found = neighbourhood.neighbourhood(run(one), 1.0, reach=45.0)
    assert np.array_equal(found.pairs, found.pairs.T)
    assert found.expected.sum() == pytest.approx(found.pairs.sum())
    assert found.pairs.sum() == 18 * len(
        one
    )  # a cubic lattice: 6 at one step, 12 at sqrt(2) steps, and periodic
    assert found.share.sum(axis=1) == pytest.approx(np.ones(len(found.kinds)))


def test_two_halves_avoid_each_other():
    places = block(step=15.0)
    left = places[:, 0] < 0
    one = cells(places[left], host=places[~left])
    found = neighbourhood.neighbourhood(run(one), 1.0)
    assert found.kinds == ("tumour", "fibroblast")
    assert found.ratio[0, 1] < 0.35
    assert found.ratio[0, 0] == pytest.approx(found.ratio[1, 1], rel=1e-6)
    assert found.ratio[0, 0] > 1.6


def test_a_chequerboard_seeks_the_other_kind():
    edge = (320.0,) * 3  # an even number of steps, so that the pattern goes on across the faces
    places = block(edge, 20.0)
    even = np.rint((places + 150.0) / 20.0).sum(axis=1) % 2 < 0.5
    one = cells(places[even], t_cells=places[~even])
    found = neighbourhood.neighbourhood(run(one, edge=edge), 1.0, reach=21.0)
    assert found.pairs[0, 0] == 0
    assert found.ratio[0, 1] == pytest.approx(2.0, rel=0.01)


def test_what_is_expected_too_rarely_is_not_told_and_the_dead_are_nobody():
    places = block(step=20.0)
    one = cells(places[1:], t_cells=places[:1], dead=100)
    found = neighbourhood.neighbourhood(run(one), 1.0)
    assert found.cells.tolist() == [len(places) - 101, 1]
    assert np.isnan(found.ratio[1, 1])
    nobody = cells([])
    assert neighbourhood.neighbourhood(run(nobody), 1.0).kinds == ()
