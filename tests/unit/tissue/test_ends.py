"""The ends of a tissue: nobody there, the last one dying, a place lost, a domain outgrown; and the plane."""

import re
from dataclasses import replace

import numpy as np
import pytest
from lively import IMPULSE, PERSISTENT, plan, walked

from perforin.errors import EngineError
from perforin.scenario.plan import FounderPlan
from perforin.simulation import recorder, start
from perforin.simulation.outgrown import stop_if_outgrown

LAWS = pytest.mark.parametrize("law", [PERSISTENT, IMPULSE], ids=["persistent", "impulse"])


@LAWS
def test_t_cells_without_a_tumour_live_and_age(law):
    asked = replace(plan(dose=50, law=law), founders=FounderPlan(1.0, 0))
    state = walked(asked, 15)
    row = recorder.series_row(state, asked)
    assert row["tumour_cells"] == row["kills"] == row["tumour_radius"] == 0
    assert np.isnan(row["antigen_mean"])
    assert row["t_cells"] + row["t_cells_dead"] <= 50
    assert row["t_cells"] > 0


@LAWS
def test_a_tumour_without_t_cells_grows_and_is_not_killed(law):
    asked = plan(cells=80, dose=0, law=law, necrosis={"rate": 0.0})
    state = walked(asked, 40)
    assert state.counters["kills"] == state.counters["attachments"] == 0
    assert state.cells.count == 80 + state.counters["divisions"] > 100
    assert np.isnan(recorder.series_row(state, asked)["penetration_depth"])


def test_an_empty_dish_stays_empty():
    asked = replace(plan(dose=0), founders=FounderPlan(1.0, 0))
    state = walked(asked, 12)
    assert state.cells.count == 0
    assert state.tick == 12 * 60
    assert recorder.snapshot(state, asked)[1].shape == (0, 3)


@LAWS
def test_the_last_tumour_cell_dies_and_then_the_last_t_cell(law):
    asked = plan(
        cells=1, dose=60, edge=140.0, law=law,
        antigen={"mean": 2.0, "spread": 0.0}, engagement={"attachment_rate": 50.0, "pull": 0.1},
        killing={"rate": 1.0}, motility={"persistence": 0.2}, lifetime={"span": 240.0}, growth={"duration": 1e9},
    )  # fmt: skip
    state = walked(asked, 30)
    assert state.counters["kills"] == 1
    walked(asked, 50, state)
    assert state.counters["ageings"] == 60
    assert state.cells.count == 0
    row = recorder.series_row(state, asked)
    assert row["tumour_cells"] == row["t_cells"] == row["attached_pairs"] == 0
    walked(asked, 12, state)
    assert state.cells.count == 0


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_place_that_is_not_a_number_stops_the_run_and_names_the_cell(bad, axis):
    asked = plan(cells=300, dose=0)
    state = walked(asked, 2)
    state.cells.place[270, axis] = bad
    name = int(state.cells.id[270])
    with pytest.raises(EngineError, match=rf"cell {name} at tick 120: its place is not a number"):
        walked(asked, 1, state)


def test_a_velocity_that_is_not_a_number_stops_the_run_and_names_the_cell():
    asked = plan(cells=300, dose=0)
    state = walked(asked, 2)
    state.cells.velocity_before[123, 0] = np.nan
    name = int(state.cells.id[123])
    with pytest.raises(EngineError, match=rf"cell {name} at tick 120: its place is not a number"):
        walked(asked, 1, state)


@pytest.mark.parametrize("column", ["fluid", "nuclear_solid"])
def test_a_size_that_is_not_a_number_stops_the_run_in_the_same_step_and_names_the_cell(column):
    asked = plan(cells=300, dose=0)
    state = walked(asked, 2)
    getattr(state.cells, column)[17] = np.nan
    name = int(state.cells.id[17])
    with pytest.raises(EngineError, match=rf"cell {name} at tick 180: its radius is not a number"):
        walked(asked, 1, state)


def test_a_tumour_that_reaches_the_walls_stops_the_run_and_says_on_which_day():
    asked = plan(cells=150, dose=0, edge=170.0, growth={"duration": 60.0}, necrosis={"rate": 0.0})
    state = start.begin(asked)
    with pytest.raises(EngineError, match="outgrew its domain on day") as stopped:
        walked(asked, 400, state)
    assert state.tick > 600  # it had room to grow first
    said = re.search(
        r"day (\d+\.\d\d): (\d+) of its (\d+) cells are farther than 65 um .* box of 170 um",
        str(stopped.value),
    )
    assert float(said[1]) == pytest.approx(state.tick * 0.1 / 1440, abs=0.006)
    assert int(said[2]) > 10  # strays are let go
    assert int(said[3]) == state.cells.count
    assert state.tumour_radius() >= 65
    assert not np.isnan(state.cells.place[: state.cells.count]).any()


@pytest.mark.parametrize("name", ["luque2024-small", "monolayer"])
def test_ten_cells_carried_off_do_not_end_a_run_and_eleven_do(name):
    asked = plan(cells=40, dose=12, edge=240.0, name=name, growth={"duration": 1e9})
    state = walked(asked, 1)
    state.cells.place[:10, 0] = np.linspace(-110.0, 110.0, 10)
    state.cells.place[:10, 1] = 118.0
    assert state.tumour_radius() > 100
    stop_if_outgrown(state, asked)
    walked(asked, 1, state)
    state.cells.place[:11, 0] = np.linspace(-110.0, 110.0, 11)
    state.cells.place[:11, 1] = 118.0
    with pytest.raises(EngineError, match="11 of its 40 cells are farther than 100 um"):
        stop_if_outgrown(state, asked)


def test_a_large_tumour_may_have_one_cell_in_a_thousand_astray():
    asked = plan(cells=13_000, dose=0, edge=560.0)
    state = start.begin(asked)
    state.cells.place[:13, 0] = 279.0
    stop_if_outgrown(state, asked)
    state.cells.place[13, 0] = 279.0
    with pytest.raises(EngineError, match="14 of its 13000 cells"):
        stop_if_outgrown(state, asked)


def test_a_tumour_larger_than_the_box_is_refused_at_the_start():
    with pytest.raises(EngineError, match="does not fit a box 120 um wide"):
        start.begin(plan(cells=3000, edge=120.0))


def test_no_room_for_t_cells_is_said():
    asked = plan(cells=50, dose=20, edge=180.0)
    asked = replace(asked, doses=tuple(replace(dose, clearance=500.0) for dose in asked.doses))
    with pytest.raises(EngineError, match="no room for 20 of 20 T cells"):
        walked(asked, 3)


def test_newcomers_land_outside_the_tumour_all_over_the_box():
    asked = plan(cells=200, dose=400, edge=300.0, at=0)
    state = start.begin(asked)
    radius = state.tumour_radius()
    walked(asked, 1, state)
    arrived = state.events.drain()
    arrived = {axis: arrived[axis][arrived["kind"] == "arrival"].astype(float) for axis in "xyz"}
    place = np.stack(list(arrived.values()), axis=1)
    assert place.shape == (400, 3)
    assert np.linalg.norm(place, axis=1).min() > radius + 10.0
    octant = (place > 0) @ np.array([1, 2, 4])
    _, times = np.unique(octant, return_counts=True)
    assert abs(times - 50).max() < 4 * np.sqrt(50)  # seed 1, four standard deviations


def test_a_second_dose_brings_new_cells():
    asked = plan(cells=50, dose=30)
    asked = replace(asked, doses=(*asked.doses, replace(asked.doses[0], tick=120)))
    state = walked(asked, 3)
    arrived = state.events.drain()
    ids = arrived["cell"][arrived["kind"] == "arrival"]
    assert np.unique(ids).size == 60 == state.counters["arrivals"]


def test_a_monolayer_stays_in_its_plane():
    asked = plan(cells=250, dose=60, edge=500.0, name="monolayer", engagement={"attachment_rate": 5.0})
    state = start.begin(asked)
    plane = state.cells.place[0, 2]
    assert plane == pytest.approx(
        -asked.geometry.box[2] / 2 + state.cells.place[0, 3]
    )  # they lie on the floor
    for _ in range(40):
        walked(asked, 1, state)
        assert (state.cells.place[: state.cells.count, 2] == plane).all()
    assert min(state.counters[name] for name in ("divisions", "kills", "arrivals")) > 5
    assert (abs(state.cells.place[: state.cells.count, :2]) <= 250).all()


def test_founders_given_by_number_are_as_many_and_the_nearest_to_the_centre():
    for cells in (1, 7, 588):
        state = start.begin(plan(cells=cells))
        assert state.cells.count == cells
    assert np.unique(state.cells.id[:588]).size == 588


def test_the_published_packings_have_their_number_of_cells():
    """Luque 2024: 588 tumour cells within 80 um, 3963 within 150 um, none farther than the radius."""
    for radius, cells in ((80.0, 588), (150.0, 3963)):
        asked = replace(plan(edge=420.0), founders=FounderPlan(radius, 0))
        state = start.begin(asked)
        assert state.cells.count == cells
        assert state.tumour_radius() < radius


@pytest.mark.parametrize("tumour", [0, 40])
def test_newcomers_in_a_monolayer_lie_on_its_floor_even_when_nobody_else_is_there(tumour):
    asked = plan(cells=tumour, dose=5, name="monolayer")
    asked = replace(asked, founders=FounderPlan(float("inf") if tumour else 1.0, tumour))
    if not tumour:
        asked = replace(asked, geometry=replace(asked.geometry, box=(360.0, 360.0, 120.0)))
    state = walked(asked, 2)
    cells, count = state.cells, state.cells.count
    assert state.counters["arrivals"] == 5
    floor = -asked.geometry.box[2] / 2
    np.testing.assert_allclose(cells.place[:count, 2], floor + cells.place[0, 3], rtol=1e-5)
