"""Several antigens per cell: their shares are what was stated, their levels log-normal, and daughters keep them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest, multivariate_normal, norm

from perforin.engine.cells import Cells
from perforin.mechanisms.tissue import antigen_panel, columns_of
from perforin.mechanisms.tissue.antigen_panel import Panel
from perforin.scenario.entries import Tumour

SEED = 11


def panel(fractions=(0.6, 0.75), correlation=0.4, spread=0.35, patch=0.0, drift=5.0, recovery=720.0):
    k = len(fractions)
    matrix = np.full((k, k), correlation) + (1 - correlation) * np.eye(k)
    return Panel(
        np.array(fractions), np.full(k, 2e4), np.full(k, spread), np.full(k, 50.0), np.full(k, drift),
        np.full(k, recovery), matrix, patch,
    )  # fmt: skip


def founders(count, asked, seed=SEED, order=None):
    cells = Cells(columns_of("car", asked.median.size), capacity=2 * count)
    ids = np.arange(1, count + 1, dtype=np.uint64)
    rows = cells.append(count, id=ids if order is None else ids[order])
    places = np.random.default_rng(5).uniform(-200, 200, (count, 3))
    cells.place[rows, :3] = places if order is None else places[order]
    antigen_panel.start(cells, rows, asked, seed)
    return cells


def test_every_positivity_class_has_exactly_its_expected_number_of_founders():
    asked = panel()
    cells = founders(4000, asked)
    border = norm.ppf([0.4, 0.25])
    neither = multivariate_normal.cdf(border, cov=[[1.0, 0.4], [0.4, 1.0]])
    expected = {0: neither, 1: 0.25 - neither, 2: 0.4 - neither}
    for bits, share in expected.items():
        assert abs((cells.positive[:4000] == bits).sum() - 4000 * share) <= 1.0  # rounding to whole cells
    assert sum(antigen_panel.orthant_shares(asked).values()) == pytest.approx(1.0)


def test_three_antigens_have_the_shares_of_the_closed_form():
    matrix = np.array([[1.0, 0.5, -0.2], [0.5, 1.0, 0.3], [-0.2, 0.3, 1.0]])
    shares = antigen_panel.orthant_shares(panel(fractions=(0.5, 0.5, 0.5))._replace(correlation=matrix))
    angles = np.arcsin(matrix[[0, 0, 1], [1, 2, 2]])  # orthants of three median-split normals, Sheppard
    for bits, share in shares.items():
        side = np.array([1 if bits >> a & 1 else -1 for a in range(3)])
        signs = side[[0, 0, 1]] * side[[1, 2, 2]]
        assert share == pytest.approx(0.125 + (signs * angles).sum() / (4 * np.pi), abs=1e-4)


@settings(max_examples=30)
@given(st.lists(st.floats(0.02, 0.98), min_size=1, max_size=4), st.floats(0.0, 0.95))
def test_shares_add_up_to_the_positive_fractions_and_are_the_same_each_time(fractions, correlation):
    asked = panel(fractions=tuple(fractions), correlation=correlation)
    shares = antigen_panel.orthant_shares(asked)
    assert antigen_panel.orthant_shares(asked) == shares
    for a, fraction in enumerate(fractions):
        assert sum(s for bits, s in shares.items() if bits >> a & 1) == pytest.approx(fraction, abs=2e-3)


def test_antigens_that_do_not_go_together_have_the_product_of_their_fractions():
    shares = antigen_panel.orthant_shares(panel(fractions=(0.6, 0.75, 0.3), correlation=0.0))
    assert shares[0] == pytest.approx(0.4 * 0.25 * 0.7)
    assert shares[7] == pytest.approx(0.6 * 0.75 * 0.3)


def test_more_antigens_than_a_cell_has_bits_for_are_refused():
    level = {"positive_fraction": 1, "median": "1e4 copy", "spread": 0.3, "negative": "0 copy", "drift": 5}
    tumour = {"name": "x", "summary": "x", "cell": "x", "fields": ["oxygen"]}
    for many in (8, 9):
        antigens = {f"A{a}": level | {"recovery": "12 h"} for a in range(many)}
        if many == 8:
            assert len(Tumour.model_validate(tumour | {"antigens": antigens}).antigens) == 8
        else:
            with pytest.raises(ValueError, match="9 antigens"):
                Tumour.model_validate(tumour | {"antigens": antigens})


def test_levels_of_positive_cells_are_log_normal_and_negative_cells_carry_a_few():
    cells = founders(4000, panel())
    for k in range(2):
        is_positive = (cells.positive[:4000] >> k) & 1 == 1
        x = np.log10(cells.copies[:4000, k][is_positive] / 2e4) / 0.35
        assert kstest(x, "norm").pvalue > 1e-3  # one seed, asked of two antigens
        assert (cells.copies[:4000, k][~is_positive] == 50.0).all()


def test_levels_of_two_antigens_go_together_as_stated():
    cells = founders(20_000, panel(fractions=(1.0, 1.0), correlation=0.5))
    x = np.log10(cells.copies[:20_000])
    assert np.corrcoef(x.T)[0, 1] == pytest.approx(0.5, abs=4 * 0.75 / np.sqrt(20_000))  # 4 standard errors


def test_a_cell_has_its_antigens_by_its_id_and_not_by_its_row():
    order = np.random.default_rng(3).permutation(500)
    plain, shuffled = founders(500, panel()), founders(500, panel(), order=order)
    np.testing.assert_array_equal(shuffled.copies[:500], plain.copies[:500][order])
    assert (founders(500, panel(), seed=12).copies[:500] != plain.copies[:500]).any()


def test_patches_put_like_cells_side_by_side_without_changing_their_number():
    salt, patches = founders(3000, panel()), founders(3000, panel(patch=60.0))

    def alike(cells):
        place, bits = cells.place[:3000, :3], cells.positive[:3000]
        distance = ((place[:, None] - place[None]) ** 2).sum(axis=2)
        np.fill_diagonal(distance, np.inf)
        return (bits == bits[distance.argmin(axis=1)]).mean()

    assert alike(patches) > alike(salt) + 0.15
    np.testing.assert_array_equal(np.bincount(salt.positive[:3000]), np.bincount(patches.positive[:3000]))


def test_patches_smaller_than_a_cell_are_salt_and_pepper():
    salt, specks = founders(500, panel()), founders(500, panel(patch=0.1))
    np.testing.assert_array_equal(salt.copies[:500], specks.copies[:500])


def test_drift_keeps_the_spread_and_forgets_with_its_generations():
    asked = panel(fractions=(1.0,), correlation=0.0, spread=0.4, drift=3.0)
    cells = founders(20_000, asked)
    rows, none = np.arange(20_000), np.empty(0, dtype=np.int64)
    first = np.log10(cells.copies_made[:20_000, 0] / 2e4)
    for generation in range(3):
        antigen_panel.inherit(cells, rows, none, asked, SEED, generation)
    later = np.log10(cells.copies_made[:20_000, 0] / 2e4)
    error = 4 / np.sqrt(20_000)
    assert later.std() == pytest.approx(0.4, rel=error)
    assert np.corrcoef(first, later)[0, 1] == pytest.approx(np.exp(-1.0), abs=error)


def test_negative_cells_stay_negative():
    asked = panel(fractions=(0.0,), correlation=0.0)
    cells = founders(100, asked)
    antigen_panel.inherit(cells, np.arange(100), np.empty(0, dtype=np.int64), asked, SEED, 1)
    assert (cells.copies[:100, 0] == 50.0).all()


def test_antigen_comes_back_with_its_half_life_however_the_time_is_cut():
    asked = panel(fractions=(1.0,), correlation=0.0, recovery=600.0)
    whole, parts = founders(10, asked), founders(10, asked)
    for cells in (whole, parts):
        cells.copies[:10] *= 0.2
    antigen_panel.recover(whole, 10, asked, 600.0)
    for _ in range(100):
        antigen_panel.recover(parts, 10, asked, 6.0)
    np.testing.assert_allclose(whole.copies[:10], 0.6 * whole.copies_made[:10], rtol=1e-5)
    np.testing.assert_allclose(parts.copies[:10], whole.copies[:10], rtol=1e-4)
