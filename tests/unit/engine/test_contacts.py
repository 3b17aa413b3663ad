"""Engagement pairs: one partner each, the lowest draw wins, in whatever order they ask."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from perforin.engine.contacts import claim, part


@st.composite
def courtships(draw):
    """Holders with ids, what each wants, and draws that often tie; targets come after them."""
    holders, targets = draw(st.integers(1, 30)), draw(st.integers(1, 12))
    wants = draw(st.lists(st.integers(-1, targets - 1), min_size=holders, max_size=holders))
    lots = draw(st.lists(st.sampled_from([0.1, 0.2, 0.5, 0.9]), min_size=holders, max_size=holders))
    ids = draw(st.permutations(range(1, holders + targets + 1)))
    order = draw(st.permutations(range(holders)))
    return holders, targets, wants, lots, ids, order


def claimed(holders, targets, wants, lots, ids, order):
    """The partner of every cell, how many pairs were made, and what is left of the proposals."""
    rows = np.array(order, dtype=np.int32)
    proposal = np.array([wants[k] + holders if wants[k] >= 0 else -1 for k in order], dtype=np.int32)
    lot, names = np.array([lots[k] for k in order]), np.array(ids, dtype=np.uint64)
    partner = np.full(holders + targets, -1, dtype=np.int32)
    made = claim(rows, proposal, lot, names, partner)
    return partner, made, dict(zip(order, proposal.tolist(), strict=True))


@given(courtships())
def test_each_wanted_target_takes_the_holder_with_the_lowest_draw_and_then_the_lowest_id(case):
    holders, targets, wants, lots, ids, _ = case
    partner, made, left = claimed(*case)
    for target in range(targets):
        suitors = [k for k in range(holders) if wants[k] == target]
        best = min(suitors, key=lambda k: (lots[k], ids[k]), default=-1)
        assert partner[holders + target] == best
        for k in suitors:
            assert partner[k] == (holders + target if k == best else -1)
            assert left[k] == (holders + target if k == best else -1)
    assert made == len({w for w in wants if w >= 0})


@given(courtships())
def test_the_pairs_do_not_depend_on_who_asks_first(case):
    *rest, order = case
    assert (claimed(*rest, order)[0] == claimed(*rest, sorted(order))[0]).all()


@given(courtships())
def test_everybody_is_the_partner_of_their_partner(case):
    partner, made, _ = claimed(*case)
    held = np.flatnonzero(partner >= 0)
    assert (partner[partner[held]] == held).all()
    assert held.size == 2 * made


def test_who_was_paired_before_stays_paired():
    partner = np.array([3, -1, -1, 0, -1], dtype=np.int32)  # 0 holds 3 already
    proposal = np.array([-1, 4, -1], dtype=np.int32)
    made = claim(
        np.arange(3, dtype=np.int32), proposal, np.array([0.5] * 3), np.arange(5, dtype=np.uint64), partner
    )
    assert made == 1
    assert partner.tolist() == [3, 4, -1, 0, 1]


def test_parting_frees_both_and_nobody_else_from_either_side():
    for row in (0, 3):
        partner = np.array([3, 2, 1, 0], dtype=np.int32)
        part(row, partner)
        assert partner.tolist() == [-1, 2, 1, -1]


def test_parting_the_free_changes_nothing():
    partner = np.array([-1, 2, 1], dtype=np.int32)
    part(0, partner)
    assert partner.tolist() == [-1, 2, 1]
