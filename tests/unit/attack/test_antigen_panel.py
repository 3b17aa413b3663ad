"""Several antigens per cell: their shares are what was stated, their levels log-normal, and daughters keep them."""

import numpy as np
import pytest
from scipy.stats import kstest, multivariate_normal, norm

from perforin.engine.cells import Cells
from perforin.mechanisms.tissue import antigen_panel, columns_of
from perforin.mechanisms.tissue.antigen_panel import Panel

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
