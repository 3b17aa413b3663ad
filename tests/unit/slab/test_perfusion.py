"""Vessels without a drawing: against Krogh's cylinder, and a slab against its closed form."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perforin.engine.diffusion import Field, solve_steady
from perforin.engine.voxels import VoxelGrid
from perforin.mechanisms.tissue import perfusion
from perforin.simulation.packing import slab_packing

D = 1750.0 * 60  # um^2/min
PERMEABILITY, RADIUS, BLOOD = 500.0 * 60, 4.0, 40.0
FULL = 2e-4  # cell/um^3


def numbers(**changed):
    values = {
        "density": 1e-4, "perfused_fraction": 0.5, "blood": BLOOD, "radius": RADIUS,
        "permeability": PERMEABILITY, "fluid": 40.0, "layer": 50.0,
    } | changed  # fmt: skip
    return SimpleNamespace(**{name: np.array([value]) for name, value in values.items()})


def krogh_mean(a, reach, radius):
    """Mean of p_wall - p over a cylinder by quadrature of Krogh's profile: a [mmHg/min]."""
    r = np.linspace(radius, reach, 20001)
    fall = a / (4 * D) * (radius**2 - r**2) + a * reach**2 / (2 * D) * np.log(r / radius)
    return np.trapezoid(fall * r, r) * 2 / (reach**2 - radius**2)


@pytest.mark.parametrize(("per_mm2", "tolerance"), [(20.0, 0.01), (50.0, 0.015), (100.0, 0.03)])
def test_the_mean_of_krogh_s_cylinder_is_met(per_mm2, tolerance):
    """Tolerance: the law leaves out terms of order (R_c / R_t)^2."""
    length_density, a = per_mm2 * 1e-6, 5.0 * 60
    reach = 1 / math.sqrt(math.pi * length_density)
    given_off = a * math.pi * (reach**2 - RADIUS**2)  # per length of capillary
    fall = given_off / (2 * math.pi * RADIUS * PERMEABILITY) + krogh_mean(a, reach, RADIUS)
    conductance = perfusion.conductance(length_density, RADIUS, PERMEABILITY, D)
    assert given_off / conductance == pytest.approx(fall, rel=tolerance)


def test_without_flow_nothing_is_exchanged_and_more_capillaries_exchange_more():
    assert perfusion.exchange_rate(numbers(perfused_fraction=0.0), D, PERMEABILITY) == 0.0
    rates = [perfusion.exchange_rate(numbers(density=d * 1e-6), D, PERMEABILITY) for d in (20, 60, 100, 150)]
    assert np.all(np.diff(rates) > 0)


def test_capillaries_that_leave_no_tissue_are_refused():
    with pytest.raises(ValueError, match="leave no tissue"):
        perfusion.conductance(1e-2, 5.0, PERMEABILITY, D)


def column(cells_high, tissue_high, vessels, uptake, fluid, spacing=10.0):
    """The steady level of a wide slab under stirred fluid, one column of voxels."""
    grid = VoxelGrid((cells_high, 1, 1), spacing, (0.0, 0.0, 0.0))
    field = Field.build("oxygen", "mmHg", grid, D, 0.0, 20.0, "closed", 0.0)
    tissue = np.arange(cells_high)[:, None, None] < tissue_high
    field.loss[tissue] = uptake
    perfusion.supply(field, tissue, vessels, BLOOD, D / 50.0**2, fluid)
    solve_steady(field)
    return field.values[:, 0, 0].astype(float)


@pytest.mark.parametrize(("vessels", "uptake"), [(10.0, 20.0), (0.0, 20.0), (10.0, 0.0)])
def test_a_wide_slab_with_vessels_and_uptake_meets_its_closed_form(vessels, uptake):
    """Tolerance 0.1 mmHg: second order in h / L, L at least 59 um in tissue and 50 um in fluid, h 10 um."""
    fluid, deep = 40.0, 400.0
    level = column(90, 40, vessels, uptake, fluid)
    inside, outside = math.sqrt(D / (vessels + uptake)), 50.0
    base = vessels * BLOOD / (vessels + uptake)
    # p = base + A cosh(z / inside) in tissue, fluid + B exp(-(z - deep) / outside) above, flux equal at `deep`
    a = (fluid - base) / (math.cosh(deep / inside) + outside / inside * math.sinh(deep / inside))
    z = 10.0 * (np.arange(40) + 0.5)
    assert np.abs(level[:40] - (base + a * np.cosh(z / inside))).max() < 0.1
    assert abs(level[-1] - fluid) < 0.1


@given(st.floats(0, 30), st.floats(0, 60))
def test_no_voxel_leaves_the_range_between_none_and_the_richest_source(vessels, uptake):
    level = column(40, 20, vessels, uptake, 40.0)
    assert (level >= 0).all()
    assert (level <= 40.0 * (1 + 1e-4)).all()


def slab(depth=310.0, height=1550.0, edge=310.0):
    grid = VoxelGrid.of_box((edge, edge, height), edge / 15)
    return slab_packing(edge, depth, FULL, height), grid


def test_a_full_slab_is_tissue_up_to_its_surface_and_not_above():
    place, grid = slab()
    tissue = perfusion.tissue_of(place, grid, FULL)
    surface = perfusion.surface_of(tissue, grid)
    assert np.abs(surface - (-775 + 310)).max() <= grid.spacing / 2 + 1e-6
    assert not tissue[16:].any()
    assert tissue[:14].all()


def test_a_few_cells_afloat_are_no_tissue_and_a_hole_is():
    place, grid = slab()
    hole = np.linalg.norm(place - (0, 0, -620), axis=1) > 60
    afloat = np.array([[0.0, 0.0, 0.0], [5.0, 5.0, 5.0]])
    tissue = perfusion.tissue_of(np.concatenate([place[hole], afloat]), grid, FULL)
    assert (tissue == perfusion.tissue_of(place, grid, FULL)).all()


def test_where_all_cells_are_gone_fluid_stands_on_the_floor():
    place, grid = slab()
    tissue = perfusion.tissue_of(place[place[:, 0] > 0], grid, FULL)
    assert not tissue[:, :, 2:5].any()
    assert tissue[:10, :, 9:13].all()
    assert not perfusion.tissue_of(place[:0], grid, FULL).any()
