"""Effects of fields for any level: capped, in order, exact in time, and the same however the time is cut."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perforin.engine.cells import Cells
from perforin.engine.diffusion import Field
from perforin.engine.voxels import VoxelGrid
from perforin.mechanisms.tissue import brakes, columns_of, responses
from perforin.mechanisms.tissue.responses import Effect, Responses, hill
from perforin.quantities import Numbers
from perforin.scenario.catalog import library
from perforin.scenario.entries import FieldEntry

share, level, half = st.floats(0, 1), st.floats(0, 1e6), st.floats(1e-3, 1e3)
power = st.integers(1, 3)
way = st.sampled_from(["brakes", "feeds"])


def effect(function="kill", way="brakes", most=0.6, half=2.0, power=1, memory=0.0, field="poison"):
    return Effect(field, function, way, most, half, power, memory, "suppression")


def t_cell(asked, signal=6.0):
    sizes = {"brake": 3 + len(asked.brakes), "effect": len(asked.effects), "pace": 1}
    cells = Cells(columns_of("car", 1, sizes), capacity=2)
    cells.append(1, id=1, type=1, growth_signal=signal, cytokine_signal=signal)
    return cells, np.zeros(1, dtype=np.int32)


def fields(**levels):
    grid = VoxelGrid((1, 1, 1), 20.0, (-10.0, -10.0, -10.0))
    return {n: Field.build(n, "1", grid, 1.0, 0.0, value, "closed", 0.0) for n, value in levels.items()}


def felt(asked, cells, rows, dt=6.0, **levels):
    responses.sense(cells, rows, rows[:0], asked, fields(**levels), dt)
    return float(cells.felt[0, 0])


@given(share, level, half, power, way)
def test_no_effect_takes_more_than_its_cap_nor_gives_anything(most, c, half, power, way):
    asked = Responses((effect("kill", way, most, half, power), effect("motility", way, most, half, power)))
    cells, rows = t_cell(asked)
    felt(asked, cells, rows, poison=c)
    for function in (responses.KILL, responses.MOTILITY):
        left = responses.left(cells, rows, asked, function)[0]
        assert 1.0 - most - 1e-6 <= left <= 1.0
    assert 1.0 - most - 1e-6 <= cells.pace[0] <= 1.0


@given(half, power)
def test_half_of_the_effect_is_felt_at_half_none_without_and_all_at_plenty(half, power):
    assert hill(half, half, power) == pytest.approx(0.5)
    assert hill(0.0, half, power) == 0.0
    assert hill(1e9 * half, half, power) == pytest.approx(1.0)


@given(half, power, st.floats(0, 1e3), st.floats(1.001, 10))
def test_more_of_a_brake_brakes_more_and_more_of_a_food_less(half, power, c, more):
    for way, sign in (("brakes", 1), ("feeds", -1)):
        asked = Responses((effect("kill", way, 0.6, half, power),))
        cells, rows = t_cell(asked)
        low, high = felt(asked, cells, rows, poison=c), felt(asked, cells, rows, poison=c * more)
        assert sign * (high - low) >= 0.0


@given(st.floats(10, 3000), st.floats(0, 100), st.floats(0, 100))
def test_what_is_felt_follows_its_field_exponentially_and_two_half_steps_equal_one(memory, before, after):
    asked = Responses((effect(memory=memory),))
    cells, rows = t_cell(asked)
    cells.felt[0] = start = hill(before, 2.0, 1)
    whole = felt(asked, cells, rows, dt=60.0, poison=after)
    now = hill(after, 2.0, 1)
    assert whole == pytest.approx(now + (start - now) * math.exp(-60.0 / memory), abs=1e-5)
    cells.felt[0] = start
    felt(asked, cells, rows, dt=30.0, poison=after)
    assert felt(asked, cells, rows, dt=30.0, poison=after) == pytest.approx(whole, abs=1e-5)


@given(st.lists(st.tuples(share, share), min_size=1, max_size=4))
def test_hits_take_the_root_of_the_product_and_signals_the_product(pairs):
    names = [f"poison-{k}" for k in range(len(pairs))]
    kill = [effect("kill", most=m, field=n) for n, (m, _) in zip(names, pairs, strict=True)]
    rest = [effect("cytokine", most=m, field=n) for n, (_, m) in zip(names, pairs, strict=True)]
    rest += [effect("proliferation", most=0.5 * e.most, field=e.field) for e in rest]
    asked = Responses((*kill, *rest))
    cells, rows = t_cell(asked)
    responses.sense(cells, rows, rows[:0], asked, fields(**dict.fromkeys(names, 2.0)), 6.0)
    fresh = {"loss_tired": np.full(2, 0.7), "loss_worn": np.full(2, 0.9)}
    static = Numbers({"product": np.ones(2)})
    found = brakes.brake_of(cells, rows, Numbers(fresh), static, asked)[0]
    assert asked.brakes == tuple(names)
    np.testing.assert_allclose(found[:3], 1.0)
    np.testing.assert_allclose(found[3:] ** 2, [1.0 - 0.5 * m for m, _ in pairs], rtol=1e-5, atol=1e-6)
    responses.restrain(cells, rows, asked)
    assert cells.cytokine_signal[0] == pytest.approx(6.0 * math.prod(1 - 0.5 * m for _, m in pairs), abs=1e-4)
    assert cells.growth_signal[0] == pytest.approx(6.0 * math.prod(1 - 0.25 * m for _, m in pairs), abs=1e-4)


def _entries():
    shelf = library()
    return {n: e for n in shelf.names("fields") if isinstance(e := shelf.find("fields", n).entry, FieldEntry)}


@pytest.mark.parametrize("name", [name for name, entry in _entries().items() if entry.effect])
def test_cytokine_and_proliferation_fail_before_killing_at_every_level(name):
    entry = _entries()[name]
    left = {}
    for said in entry.effect:
        if said.on == "T cell":
            c = np.geomspace(1e-3, 1e3, 61) * entry.level(entry.effect[0].half)
            x = (c / entry.level(said.half)) ** (said.power.value if said.power else 1)
            burden = x / (1 + x) if said.way == "brakes" else 1 / (1 + x)
            left[said.function] = 1.0 - said.most.value * burden
    for function in ("cytokine", "proliferation") if left else ():
        assert (left[function] <= left["kill"] + 1e-12).all()
        assert left[function].min() < left["kill"].min()
