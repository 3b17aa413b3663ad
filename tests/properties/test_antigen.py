"""Antigen: founders draw their level, and recognition is linear between threshold and saturation."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from perforin.mechanisms.tissue import antigen

MANY = 10000


def levels(tissue, numbers, seed=1, **changes):
    cells = tissue(MANY)
    antigen.start(cells, slice(0, MANY), numbers("antigen", **changes), seed)
    return cells.antigen[:MANY].copy()


def test_founders_are_normal_around_the_mean(tissue, numbers):
    drawn = levels(tissue, numbers, mean=5.0, spread=0.25)
    # seed 1; at five sigma from zero nothing is clipped; Kolmogorov-Smirnov at a level of 1e-4
    assert stats.kstest(drawn, "norm", args=(5.0, 0.25)).pvalue > 1e-4


def test_no_level_is_negative(tissue, numbers):
    drawn = levels(tissue, numbers, mean=0.1, spread=1.0)
    assert drawn.min() == 0.0
    assert_allclose((drawn == 0).mean(), stats.norm.cdf(-0.1), atol=4 * 0.5 / np.sqrt(MANY))


def test_another_seed_is_another_draw(tissue, numbers):
    one, two = levels(tissue, numbers, seed=1), levels(tissue, numbers, seed=2)
    assert_allclose(one, levels(tissue, numbers, seed=1), rtol=0)
    assert abs(np.corrcoef(one, two)[0, 1]) < 4 / np.sqrt(MANY)


@pytest.mark.parametrize(("level", "answer"), [(0, 0), (0.5, 0), (1.25, 0.5), (2, 1), (9, 1)])
def test_recognition_is_linear_between_threshold_and_saturation(level, answer):
    assert antigen.recognition(float(level), 0.5, 2.0) == pytest.approx(answer)
