"""Why survivors of the CAR law survived, from columns written so that the answer is known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perforin.analysis.survivors import (
    REASONS,
    reasons_of,
    regrown,
    regrown_share,
    since_birth,
    suppressed_by,
    survivors,
)
from perforin.face.run import Run

THRESHOLD = 0.1
BRAKES = ("suppression", "exhaustion", "car_loss")


def tissue(
    count, answer=1.0, held=60.0, due=2.0, felt=2.0, own=(0.0, 0.0, 0.0), cost=(0.0, 0.0, 0.0), first=1
):
    """So many living tumour cells: answer to them, minutes held, hits due and felt, of the line and since birth."""
    own_held, own_due, own_felt = own
    columns = {
        "id": np.arange(first, first + count, dtype=np.uint64),
        "type": "tumour",
        "fate": "alive",
        "answer": answer,
        "contact_time": held,
        "hits_open": due,
        "hits_felt": felt,
        "own_contact_time": own_held,
        "own_hits_open": own_due,
        "own_hits_felt": own_felt,
    }
    costs = {f"brake_cost__{name}": value for name, value in zip(BRAKES, cost, strict=True)}
    return pd.DataFrame(columns | costs, index=range(count))


CONSTRUCTED = {
    "antigen_negative": {"answer": 0.05},
    "never_reached": {"contact_time": 0.0, "hits_open": 0.0, "hits_felt": 0.0},
    "suppressed": {"hits_felt": 0.9},
    "spared_by_chance": {"hits_felt": 1.1},
}


@pytest.fixture
def of_car_law(make):
    """A run of the CAR law that ends with these cells; events (minute, kind, cell)."""

    def built(cells, events=(), t_cells=991):
        table = pd.DataFrame(events, columns=["minute", "kind", "cell"])
        stand_in = make(days=2.0, scale=0.02, t_cells=t_cells)
        kept = {"antigen": {"answer_threshold": THRESHOLD}}
        return stand_in.but(snapshots={2.0: cells}, events=table, meta=kept)

    return built


@pytest.mark.parametrize("reason", CONSTRUCTED)
def test_each_constructed_tissue_has_its_reason(reason, of_car_law):
    found = survivors(of_car_law(tissue(7).assign(**CONSTRUCTED[reason])))
    assert found == dict.fromkeys(REASONS, 0) | {reason: 7}


def test_the_first_rule_that_fits_decides():
    unseen_and_unmet = tissue(1, answer=0.05, held=0.0, due=0.0, felt=0.0)
    unseen_and_braked = tissue(1, answer=0.05, felt=0.0)
    for cells in (unseen_and_unmet, unseen_and_braked):
        assert list(reasons_of(cells, THRESHOLD, attacked=True)) == ["antigen_negative"]
        assert list(reasons_of(cells, THRESHOLD, attacked=False)) == ["no_attack"]


def test_at_the_threshold_and_at_half_of_the_hits_due_a_cell_is_spared_by_chance():
    assert list(reasons_of(tissue(1, answer=THRESHOLD, felt=1.0), THRESHOLD, attacked=True)) == [
        "spared_by_chance"
    ]


def test_a_line_that_was_held_may_end_in_a_cell_that_never_was(of_car_law):
    run = of_car_law(tissue(5, own=(0.0, 0.0, 0.0)))
    assert survivors(run)["spared_by_chance"] == 5
    assert since_birth(run)["never_reached"] == 5


def test_a_cell_braked_since_its_birth_may_stem_from_a_line_that_was_not(of_car_law):
    run = of_car_law(tissue(5, own=(60.0, 1.0, 0.1)))
    assert survivors(run)["spared_by_chance"] == since_birth(run)["suppressed"] == 5


def test_the_suppressed_are_counted_by_the_brake_that_took_most_and_nobody_else_is(of_car_law):
    cells = pd.concat(
        [
            tissue(2, felt=0.1, cost=(0.1, 0.3, 0.2)),
            tissue(5, felt=0.1, cost=(0.9, 0.3, 0.2), first=10),
            tissue(9, cost=(0.0, 0.0, 0.5), first=20),
        ]
    )
    assert list(suppressed_by(of_car_law(cells)).items()) == [("suppression", 5), ("exhaustion", 2)]


def test_without_t_cells_there_is_no_attack_and_nobody_is_suppressed(of_car_law):
    run = of_car_law(tissue(4, felt=0.0), t_cells=0)
    assert survivors(run)["no_attack"] == since_birth(run)["no_attack"] == 4
    assert suppressed_by(run) == {}


def test_the_regrown_of_each_reason_are_those_born_after_the_last_kill(of_car_law):
    cells = pd.concat([tissue(3, felt=0.1), tissue(2, first=4)])  # 1 to 3 suppressed, 4 and 5 spared
    events = [(10.0, "division", 1), (20.0, "kill", 99), (30.0, "division", 2), (30.0, "division", 5)]
    run = of_car_law(cells, events)
    assert regrown(run) == dict.fromkeys(REASONS, 0) | {"suppressed": 1, "spared_by_chance": 1}
    assert sum(regrown(run).values()) / len(cells) == regrown_share(run)
    assert sum(regrown(of_car_law(cells, events[:1])).values()) == 0  # nobody was killed


def test_why_survived_prints_reasons_brakes_and_regrowth(of_car_law):
    cells = pd.concat([tissue(3, felt=0.1, cost=(0.0, 0.4, 0.0)), tissue(2, first=4)])
    data = of_car_law(cells, [(20.0, "kill", 99), (30.0, "division", 2)])
    why = Run(data.but(meta={"survivors_by_reason": survivors(data)})).why_survived()
    assert why.loc["suppressed", "largest_brake"] == "exhaustion 3"
    assert (why["largest_brake"].drop("suppressed") == "").all()
    assert why["cells"].sum() == why["since_birth"].sum() == 5
    assert why.loc["suppressed", "regrown"] == why["regrown"].sum() == 1
    assert "exhaustion 3" in str(why)


def test_a_run_of_the_published_law_has_no_second_account(run):
    assert since_birth(run) == suppressed_by(run) == regrown(run) == {}


@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.sampled_from([0.0, 5.0]), st.floats(0, 9), st.floats(0, 1)), max_size=30
    ),
    st.booleans(),
)
def test_every_survivor_of_any_tissue_has_one_reason(cells, attacked):
    table = pd.DataFrame(cells, columns=["answer", "contact_time", "hits_open", "share"])
    table["hits_felt"] = table["hits_open"] * table["share"]
    found = reasons_of(table, THRESHOLD, attacked)
    assert len(found) == len(cells)
    assert set(found) <= set(REASONS)
