"""The border of antigen-negative, and what a report says of brakes."""

import pytest
from dish import plan

from perforin.mechanisms.tissue import damage


def test_the_border_is_the_lethal_rate_over_the_hit_rate_and_never_above_one():
    asked = plan()
    assert asked.attack.answer_threshold == pytest.approx(
        damage.lethal_rate(asked.numbers["damage"]) * 22, rel=1e-6
    )
    doubled = plan("car.damage.hit_rate='0.0909090909 1/min'")
    assert doubled.attack.answer_threshold == pytest.approx(asked.attack.answer_threshold / 2, rel=1e-6)
    for weak in ("0 1/min", "0.0001 1/min"):
        assert plan(f"car.damage.hit_rate='{weak}'").attack.answer_threshold == 1.0


def test_without_a_car_there_is_no_border():
    assert plan("car=[]", "dose=[]").attack.answer_threshold == 0.0
