"""Brakes by themselves: each has one cause, and none makes a T cell better than fresh."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from t_cells import numbers, t_cells

from perforin.mechanisms.tissue import brakes

level = st.floats(0, 1)


@given(level, level, st.floats(1e-3, 1), st.floats(0.01, 1))
def test_every_brake_leaves_a_share_and_the_root_of_the_product_squares_back(tired, worn, cars, product):
    cells, rows = t_cells()
    cells.tired[0], cells.worn[0], cells.car_level[0] = tired, worn, cars
    found = brakes.brake_of(cells, rows, numbers("exhaustion"), numbers("suppression", product=product))[0]
    assert (found > 0.0).all()
    assert (found <= 1.0).all()
    np.testing.assert_allclose(found[0] ** 2, product, rtol=1e-12)


def test_each_cause_moves_its_own_brake_only():
    fresh, tumour = {"tired": 0.0, "worn": 0.0, "car_level": 1.0}, {"suppression": 1.0}
    moved = {"suppression": [("suppression", 0.5)], "exhaustion": [("tired", 0.5), ("worn", 0.5)]}
    moved["car_loss"] = [("car_level", 0.5)]
    for brake, causes in moved.items():
        for cause, value in causes:
            cells, rows = t_cells()
            for name, start in (fresh | {cause: value}).items():
                if name in fresh:
                    getattr(cells, name)[0] = start
            product = (tumour | {cause: value})["suppression"]
            found = brakes.brake_of(
                cells, rows, numbers("exhaustion"), numbers("suppression", product=product)
            )
            is_moved = dict(zip(brakes.BRAKES, found[0] < 1.0, strict=True))
            assert is_moved == {name: name == brake for name in brakes.BRAKES}
