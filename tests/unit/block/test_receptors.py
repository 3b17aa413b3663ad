"""Receptors of a product against the chemokines of a block: which act, which are idle, what a slip says."""

import warnings

import numpy as np
import pytest
from nodule import TREATED, document, plan, written

from perforin.errors import InputError, ScenarioError
from perforin.mechanisms.tissue.extravasation import share_of_vessels
from perforin.scenario.check import check
from perforin.scenario.compile import compile as compile_scenario
from perforin.scenario.scenario import Scenario
from perforin.simulation import start, step
from perforin.simulation.state import State

CHEMOKINES = '["oxygen", "CXCL12", "CXCL10", "CCL2", "CCL5", "IL-8"]'
WITH = f"library.tumours.nodule.fields={CHEMOKINES}"
ONE_RECEPTOR = 'car.receptors=["CCR2"]'


def fields_of(asked):
    return [receptor.field for receptor in asked.receptors]


def call(asked, **levels):
    """How many times as many T cells the vessels let in at these levels, against none."""
    state = start.begin(asked)
    shares = []
    for share in (0.0, 1.0):
        for name, level in levels.items():
            state.fields[name].values[:] = share * level
        shares.append(share_of_vessels(state.block.lines, state.block._doors(state, 1)))
    return shares[1] / shares[0]


def test_by_nature_a_car_t_cell_has_three_receptors_and_those_without_their_chemokine_are_left_out():
    assert fields_of(plan(WITH, base=TREATED)) == ["CXCL10", "CCL5", "CXCL12"]
    assert fields_of(plan('library.tumours.nodule.fields=["oxygen", "CCL5"]', base=TREATED)) == ["CCL5"]
    assert plan(base=TREATED).receptors == ()


def test_a_product_adds_receptors_to_those_of_its_cells():
    assert fields_of(plan(WITH, ONE_RECEPTOR, base=TREATED)) == ["CXCL10", "CCL5", "CXCL12", "CCL2"]


def test_a_product_with_ccr2_enters_tissue_full_of_ccl2_twelve_and_a_half_times_as_much_at_most():
    asked = plan(WITH, ONE_RECEPTOR, base=TREATED)
    assert call(asked, CCL2=1e6) == pytest.approx(12.5, rel=1e-4)
    assert call(asked, CCL2=0.23) == pytest.approx(6.75, rel=1e-4)


def test_a_receptor_of_another_chemokine_calls_nobody():
    assert call(plan(WITH, base=TREATED), CCL2=1e6) == 1.0
    assert call(plan(WITH, 'car.receptors=["CXCR2"]', base=TREATED), CCL2=1e6) == 1.0
    assert call(plan(WITH, 'car.receptors=["CXCR2"]', base=TREATED), **{"IL-8": 1e6}) == pytest.approx(
        5.0, rel=1e-4
    )


def test_of_a_mixed_product_every_kind_of_cell_has_them():
    asked = plan(WITH, ONE_RECEPTOR, 'car.cell={"car-t-cd8" = 0.5, "car-t-cd4" = 0.5}', base=TREATED)
    assert [r.kind for r in asked.receptors if r.field == "CCL2"] == [1, 2]


def test_without_exclusion_nobody_turns_away_from_cxcl12():
    whole, without = (plan(WITH, *c, base=TREATED) for c in ((), ("without=exclusion",)))
    assert fields_of(without) == ["CXCL10", "CCL5"]
    assert [r.bias for r in whole.receptors if r.field == "CXCL12"] == [-0.18]
    assert whole.plan_hash != without.plan_hash


def test_every_number_of_a_receptor_is_among_the_sources():
    rows = {row.path: row.value.value for row in plan(WITH, base=TREATED).sources}
    assert rows["receptors.CXCR4.bias"] == -0.18
    assert {"receptors.CCR5.half", "receptors.CCR5.most", "receptors.CCR5.steepness"} <= rows.keys()


def test_what_a_run_keeps_has_the_same_receptors():
    scenario = Scenario.of(document(WITH, ONE_RECEPTOR, base=TREATED), "nodule.toml")
    again = Scenario.of(scenario.document(), "kept")
    assert compile_scenario(again).plan_hash == compile_scenario(scenario).plan_hash
    assert set(scenario.document()["library"]["receptors"]) == {"CXCR3", "CCR5", "CXCR4", "CCR2"}


def test_a_receptor_that_a_product_adds_for_a_chemokine_the_tumour_has_not_is_said_to_be_idle(tmp_path):
    with pytest.warns(UserWarning, match="CCR2 of CAR-T does nothing here: nodule has no CCL2"):
        assert check(written(tmp_path, ONE_RECEPTOR, base=TREATED)) == []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        route = "library.tumours.nodule.usual_routes=[]"
        assert check(written(tmp_path, ONE_RECEPTOR, WITH, route, base=TREATED)) == []


SLIPS = {
    "a receptor nobody knows": (['car.receptors=["CCR2b"]'], "car[0].receptors[0]", "'CCR2b'", "CCR2"),
    "one that its cells have": (
        ['car.receptors=["CCR2", "CCR5"]'], "car[0].receptors[1]", "which car-t-cd8 has by nature", "",
    ),
    "one said twice": (['car.receptors=["CCR2", "CCR2"]'], "car[0].receptors[1]", "a second time", ""),
    "a half level in another unit": (
        ['library.receptors.R={ name = "R", summary = "One.", field = "CCL2", half = "1 mmHg", most = 2, bias = 0.1, '
         'steepness = "1e-3 1/um" }', 'car.receptors=["R"]'],
        "car[0].receptors[0]", "half full at 1 mmHg", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_named_with_its_place_and_the_nearest_word(slip):
    changes, key, found, hint = SLIPS[slip]
    with pytest.raises(ScenarioError) as caught:
        Scenario.of(document(WITH, *changes, base=TREATED), "nodule.toml")
    (problem,) = caught.value.problems
    assert problem.key == key
    assert found in problem.found
    assert problem.suggestion == hint


def test_a_chemokine_nobody_has_and_a_bias_beyond_one_are_refused():
    one = 'name = "R", summary = "One.", half = "1 nM", most = 2, steepness = "1e-3 1/um"'
    for said, words in (
        (f'{{ {one}, field = "CCL3", bias = 0.1 }}', ("field", "'CCL3'")),
        (f'{{ {one}, field = "CCL2", bias = -1.5 }}', ("bias", "-1.5")),
    ):
        asked = document(f"library.receptors.R={said}", 'car.receptors=["R"]', base=TREATED)
        with pytest.raises(InputError) as caught:
            Scenario.of(asked, "nodule.toml")
        assert all(word in str(caught.value) for word in words)


def test_a_block_with_receptors_goes_on_from_a_checkpoint_as_if_nothing_had_been():
    many = ("patient.blood.extravasation='100 1/(day*cm^3)'", "patient.lesion_volume='0.01 cm^3'")
    asked = plan(*many, WITH, base=TREATED)
    assert asked.receptors
    state = start.begin(asked)
    for _ in range(10):
        step.advance(state, asked)
    assert np.linalg.norm(state.toward, axis=-1).max() > 0.0
    copy = State.restore(asked, *state.arrays())
    for each in (state, copy):
        step.advance(each, asked)
    assert copy.hash() == state.hash()


def test_receptors_keep_the_bits_where_no_chemokine_is():
    """A block whose chemokines are never made: T cells walk as in one without them, bit for bit."""
    many = ("patient.blood.extravasation='100 1/(day*cm^3)'", "patient.lesion_volume='0.01 cm^3'")
    hashes = []
    for changes in ((), ('library.tumours.nodule.fields=["oxygen", "IL-8"]', 'car.receptors=["CXCR2"]')):
        asked = plan(*many, *changes, base=TREATED)
        state = start.begin(asked)
        for _ in range(10):
            step.advance(state, asked)
        assert state.t_cells.size > 5
        hashes.append(state.cells.place[: state.cells.count].tobytes())
    assert hashes[0] == hashes[1]
