"""Cases of the community: the laws they add, their measures and the tables they write, on arrangements that are known."""

import math

import numpy as np
import pytest

from perforin.evidence.community import culture as laws
from perforin.evidence.community import monolayer, openvt, sorting
from perforin.evidence.community.culture import Culture
from perforin.evidence.community.renewal import expected
from perforin.evidence.shelf import find_cases

C1, C2 = (
    find_cases([name])[0].folder / "culture.toml"
    for name in ("permedcoe-c1-monolayer", "permedcoe-c2-spheroid")
)


def hexagon(rings):
    """Lattice points within so many rings around the middle, nearest neighbours 1 apart."""
    i, j = np.meshgrid(np.arange(-rings, rings + 1), np.arange(-rings, rings + 1), indexing="ij")
    i, j = i[np.abs(i + j) <= rings], j[np.abs(i + j) <= rings]
    return np.stack([i + 0.5 * j, j * math.sqrt(3) / 2], axis=1)


def ring_of(places):
    return np.linalg.norm(places, axis=1).round(6)


@pytest.mark.parametrize("distance", [2.0, 9.0, 15.9, 16.0, 30.0])
def test_two_cells_press_each_other_as_repulsion_does(distance):
    place = np.array([[0, 0, 0, 8], [distance, 0, 0, 8]], dtype=np.float32)
    pressed = np.zeros(2, dtype=np.float32)
    laws.press(place, 2, np.array([0, 1]), np.array([1, 2]), np.array([1, 0], dtype=np.int32), pressed)
    # float32: 1e-6 of a force of order one
    assert pressed == pytest.approx(max(0.0, 1 - distance / 16) ** 2, abs=2e-6)


@pytest.mark.parametrize(("limit", "cells"), [(-1.0, 1), (math.inf, 2)])
def test_only_a_cell_that_is_pressed_less_than_the_limit_divides(limit, cells):
    colony = Culture(C1, 1)
    while colony.hours < 24.0:  # six standard deviations after the first division
        colony.step()
        laws.hold_back(colony, limit)
    assert colony.living == cells


def test_cells_die_at_the_rate_that_was_asked_for():
    n, hazard = 20_000, 0.1
    fate, dying = np.zeros(n, dtype=np.uint8), np.full(n, 7.0, dtype=np.float32)
    laws.strike_at_random(np.arange(n, dtype=np.uint64), fate, dying, n, hazard, 3, 60)
    share = 1 - math.exp(-hazard)
    assert (fate == 1).mean() == pytest.approx(share, abs=4 * math.sqrt(share / n))  # 4 standard errors
    assert (dying[fate == 1] == 0.0).all()
    assert (dying[fate == 0] == 7.0).all()


def test_shaken_cells_move_by_the_variance_that_was_asked_for():
    n, way = 20_000, 0.5
    place = np.zeros((n, 4), dtype=np.float32)
    laws.shift(place, np.arange(n, dtype=np.uint64), n, way, 3, 5, 60)
    # 4 standard errors of a variance, and of a correlation
    assert place[:, :3].var(axis=0) == pytest.approx(np.full(3, way**2), rel=4 * math.sqrt(2 / n))
    assert np.corrcoef(place[:, :3].T)[np.triu_indices(3, 1)] == pytest.approx(
        np.zeros(3), abs=4 / math.sqrt(n)
    )
    assert (place[:, 3] == 0.0).all()


def test_sharp_cycles_double_in_steps_less_those_who_died():
    hours, death = np.array([9.0, 27.0, 45.0, 63.0]), 0.003
    many = expected(hours, 18.0, 0.3, death)
    assert many == pytest.approx(2.0 ** np.arange(4) * np.exp(-death * hours), rel=1e-4)  # quadrature


def test_wide_cycles_grow_at_the_rate_of_euler_and_lotka():
    # 2 E exp(-r T) = 1 of normal cycles: r = (m - sqrt(m^2 - 2 s^2 ln 2)) / s^2
    mean, spread = 18.0, 4.0
    rate = (mean - math.sqrt(mean**2 - 2 * spread**2 * math.log(2))) / spread**2
    early, late = expected(np.array([150.0, 200.0]), mean, spread, 0.0, step=0.05)
    assert math.log(late / early) / 50 == pytest.approx(rate, rel=1e-3)


def test_a_culture_that_was_kept_goes_on_as_if_it_had_not_been(tmp_path):
    whole, half = Culture(C2, 4), Culture(C2, 4)
    for _ in range(6):
        half.step()
    half.save(tmp_path, {"heard": [1, 2]})
    other = Culture(C2, 9)
    assert other.resume(tmp_path) == {"heard": [1, 2]}
    for _ in range(6):
        other.step()
    for _ in range(12):
        whole.step()
    assert other.state.hash() == whole.state.hash()


def test_oxygen_falls_into_the_stirred_spheroid_as_the_closed_form_of_a_ball_says():
    case = find_cases(["permedcoe-c3-oxygen"])[0].load()
    spheroid = case.Spheroid(1)
    spheroid.breathe()
    n, radius, p0 = spheroid.culture.living, spheroid.radius, spheroid.outside
    volume = float(spheroid.culture.plan.numbers["volume"].target[0])
    share = n * volume / (4 / 3 * math.pi * radius**3)
    middle = spheroid.field.values[spheroid.distance < 20.0].mean()
    taken = (
        share * spheroid.peak[0] * middle / (middle + case.HALF) + 0.1 * (p0 + middle) / 2
    )  # decay beside it
    # the surface is half a voxel sharp: 10 um times the slope there
    slope = taken * radius / (3 * 2000.0)
    assert middle == pytest.approx(p0 - taken * radius**2 / (6 * 2000.0), abs=10 * slope)
    assert p0 - middle > 20 * slope  # twice that tolerance
    far = spheroid.field.values[spheroid.distance > radius + 40.0]
    assert far.min() > p0 - 0.01 * (p0 - middle)


def test_one_unlike_cell_in_a_lattice_has_six_sides_of_border():
    places = hexagon(2)
    kinds = (ring_of(places) == 0.0).astype(int)
    assert sorting.heterotypic_length(places, kinds) == pytest.approx(6 / math.sqrt(3), rel=1e-9)


def test_a_core_is_one_part_off_the_rim_and_a_mean_ring_farther_in():
    places = hexagon(3)
    kinds = (ring_of(places) > 1.1).astype(int)
    assert sorting.parts(places, kinds, 0) == sorting.parts(places, kinds, 1) == 1
    assert sorting.share_at_the_rim(places, kinds, 0) == 0.0
    away = ring_of(places)
    assert sorting.radial_gap(places, kinds) == pytest.approx(
        away[kinds == 1].mean() - away[kinds == 0].mean(), abs=1e-5
    )
    scattered = np.where(np.isin(ring_of(places), [1.0, 3.0]), 0, 1)
    assert sorting.parts(places, scattered, 0) > 1


@pytest.mark.parametrize("distance", [0.3, 0.6, 0.9])
def test_two_discs_cover_of_each_other_what_the_lens_does(distance):
    gamma, beta = monolayer.free_shares(np.array([[0.0, 0.0], [distance, 0.0]]), np.array([0.5, 0.5]))
    half = math.acos(distance)
    lens = 0.5 * (half - math.sin(2 * half) / 2)
    assert gamma == pytest.approx(1 - half / math.pi, abs=1.5 / monolayer.POINTS)  # a point at either end
    assert beta == pytest.approx(1 - lens / (math.pi / 4), abs=3 / monolayer.POINTS)


def test_a_lattice_has_the_hull_of_its_outline():
    area, perimeter, roughness = monolayer.hull(hexagon(2))
    assert (area, perimeter) == pytest.approx((24 * math.sqrt(3) / 4, 12.0))
    assert roughness == pytest.approx(12.0 / (2 * math.sqrt(math.pi * area)))


def test_a_chain_relaxes_in_inverse_proportion_to_repulsion():
    assert 10 * monolayer.relaxation(10.0, dt=0.1) == pytest.approx(20 * monolayer.relaxation(20.0, dt=0.05))


def test_an_aggregate_is_half_and_half_and_stays_who_it_is():
    made = sorting.Aggregate(40, np.full((2, 2), 2.0, dtype=np.float32), 1)
    before = made.kinds.copy(), made.cells.id[:40].copy()
    for _ in range(50):
        made.step()
    assert made.kinds.sum() == 20
    assert (made.kinds == before[0]).all()
    assert (made.cells.id[:40] == before[1]).all()


def frame(time):
    return openvt.Frame(
        time, np.array([2**63 + 7, 8], dtype=np.uint64), ["A", "B"], np.array([[0.0, 1.0], [2.0, 3.0]])
    )


def test_a_table_has_the_header_and_the_times_that_openvt_asks_for(tmp_path):
    file = tmp_path / "table.csv"
    openvt.write_table(file, "toy", [frame(2.0 * k) for k in range(101)])
    lines = file.read_text().splitlines()
    assert lines[0] == "simID,time,cellID,cellType,x,y"
    assert lines[1] == "toy,0,1,A,0.00000,1.00000"
    assert lines[-1] == "toy,200,2,B,2.00000,3.00000"
    assert len(lines) == 1 + 2 * 101


@pytest.mark.parametrize("times", [range(100), [*range(100), 200]])
def test_a_table_of_other_times_is_refused(tmp_path, times):
    with pytest.raises(ValueError, match="101 at equally spaced"):
        openvt.write_table(tmp_path / "table.csv", "toy", [frame(float(t)) for t in times])
