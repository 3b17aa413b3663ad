"""Division: two daughters of half the volume around the mother's centre, who inherit what they should."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from perforin.mechanisms.tissue import division
from perforin.streams import daughter_id

MANY = 4000


@pytest.fixture
def divided(tissue, numbers, events):
    """Cells that all divided once, with what they were before."""
    cells = tissue(
        MANY, place=np.tile([[10.0, -20.0, 30.0]], (MANY, 1)), antigen=0.8, kills=3, contact_time=60.0
    )
    cells.antigen[:MANY] = np.linspace(0, 2, MANY)
    cells.cycle_duration[:MANY], cells.cycle_time[:MANY] = 2000.0, 2001.0
    before = {name: rows.copy() for name, rows in cells.items()}
    count = division.advance(
        cells, np.arange(MANY), numbers("division"), numbers("growth"), 1, 5, True, False, events, 6.0
    )
    assert count == MANY
    return cells, before


def test_volume_is_conserved(divided):
    cells, before = divided
    for name in ("fluid", "nuclear_solid", "cytoplasmic_solid"):
        after = getattr(cells, name)
        assert_allclose(after[:MANY] + after[MANY : 2 * MANY], before[name], rtol=1e-6)
    spheres = cells.place[: 2 * MANY, 3].astype(float) ** 3
    assert_allclose(spheres[:MANY] + spheres[MANY:], before["place"][:, 3].astype(float) ** 3, rtol=1e-5)


def test_the_daughters_lie_around_the_mothers_centre(divided):
    cells, before = divided
    one, two = cells.place[:MANY, :3].astype(float), cells.place[MANY : 2 * MANY, :3].astype(float)
    assert_allclose((one + two) / 2, before["place"][:, :3], atol=1e-4)  # float32 at 30 um
    distance = np.linalg.norm(one - two, axis=1)
    assert_allclose(distance, 2 * 0.206299474 * before["place"][:, 3], rtol=1e-4)


def test_they_part_in_every_direction_alike(divided):
    cells, _ = divided
    ways = cells.place[MANY : 2 * MANY, :3].astype(float) - cells.place[:MANY, :3]
    ways /= np.linalg.norm(ways, axis=1)[:, None]
    error = 1 / np.sqrt(3 * MANY)  # standard error of a component of a unit vector
    assert_allclose(ways.mean(axis=0), 0, atol=4 * error)
    assert_allclose((ways**2).mean(axis=0), 1 / 3, atol=4 * np.sqrt(4 / 45 / MANY))


def test_antigen_and_contacts_are_inherited_and_deeds_are_not(divided):
    cells, before = divided
    for rows in (slice(0, MANY), slice(MANY, 2 * MANY)):
        assert_allclose(cells.antigen[rows], before["antigen"], rtol=0)
        assert (cells.contact_time[rows] == 60.0).all()
        assert (cells.kills[rows] == 0).all()
        assert (cells.cycle_time[rows] == 0).all()
        assert (cells.divisions[rows] == 1).all()


def test_ids_are_new_and_follow_from_the_mothers(divided):
    cells, before = divided
    ids = cells.id[: 2 * MANY]
    assert np.unique(np.concatenate([ids, before["id"]])).size == 3 * MANY
    assert ids[0] == daughter_id(before["id"][0], 0, 1)
    assert ids[MANY] == daughter_id(before["id"][0], 1, 1)


def test_one_daughter_keeps_the_cycle_and_the_other_draws_hers(divided):
    cells, _ = divided
    assert (cells.cycle_duration[:MANY] == 2000.0).all()
    drawn = cells.cycle_duration[MANY : 2 * MANY].astype(float)
    assert_allclose(
        drawn.mean(), 38.6 * 60, atol=4 * 3.7 * 60 / np.sqrt(MANY)
    )  # seed 1, four standard errors
    assert_allclose(drawn.std(), 3.7 * 60, rtol=4 / np.sqrt(2 * MANY))


def test_both_daughters_are_events_and_name_their_mother(divided, events):
    _, before = divided
    noted = events.drain()
    assert (noted["kind"] == "division").all()
    assert noted["cell"].size == 2 * MANY
    assert set(noted["other"]) == set(before["id"])


def test_in_a_plane_daughters_stay_in_it(tissue, numbers, events):
    cells = tissue(50)
    division.advance(
        cells, np.arange(50), numbers("division"), numbers("growth"), 1, 5, True, True, events, 6.0
    )
    assert (cells.place[:100, 2] == 0).all()
