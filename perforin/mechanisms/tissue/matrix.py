"""Matrix: what lies between the cells, as a density on voxels that cells lay down and enzymes cut.

    d rho / dt = A - B rho,   A = d (1 + g c / (K + c)),   B = A / solid + turnover + cut E

rho is in mg of collagen or its equivalent per mL, d what the cells of a voxel lay down in it (remodelling), c the
level of the field that drives them (TGF-beta, where a tumour names it), E the level of enzyme: `bath` everywhere,
and what the cells of the voxel keep up around them. A and B are constant within a step, which is exact:

    rho(t + dt) = A / B + (rho - A / B) exp(-B dt)

What is laid down slows as the voxel fills up to `solid`, where no pore is left; the porosity is 1 - rho / solid.
Fibres keep the directions of day 0, and matrix stays where it was when cells move through it.

Reads   the density, what cells lay down and cut, the driving field
Writes  the density of the matrix [mg/mL]
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba

from perforin.mechanisms.declare import Mechanism
from perforin.quantities import PG_PER_MG, Numbers, Value, given

POPEL = "SPQSP_PDAC, Popel group"


@dataclass(frozen=True)
class Matrix:
    """How much matrix a tumour has, how it lies on day 0, and how fast it is cut and driven."""

    density: Value = given(
        2.0,
        "mg/mL",
        "assumed",
        "assumed",
        "collagen or its equivalent; tissues 2 to 30, pancreatic cancer 10 to 30. In septa where there are such",
        (2.0, 30.0),
    )
    islet_density: Value = given(
        3.0,
        "mg/mL",
        POPEL,
        "assumed",
        "among the cells of an islet: a tenth of solid, as in its tumour regions",
    )
    core_density: Value = given(
        1.5,
        "mg/mL",
        POPEL,
        "assumed",
        "in the loose middle of a septum: a twentieth of solid, as in its lobules",
    )
    core: Value = given(
        0.0, "1", "assumed", "assumed", "share of the width of a septum that is loose", (0.0, 0.5)
    )
    islet: Value = given(
        100.0, "um", "assumed", "assumed", "radius of an islet of tumour cells", (50.0, 200.0)
    )
    septum: Value = given(
        40.0, "um", "assumed", "assumed", "width of the septa between islets", (20.0, 100.0)
    )
    capsule: Value = given(
        0.0,
        "um",
        "assumed",
        "assumed",
        "how far the matrix reaches beyond the outermost cells, as dense as a septum",
    )
    texture: Value = given(
        0.0,
        "1",
        "assumed",
        "assumed",
        "SD of the natural logarithm of the density between voxels of one region",
    )
    alignment: Value = given(
        0.5, "1", "assumed", "assumed", "of the fibres: 0 in all directions, 1 all in one", (0.0, 1.0)
    )
    solid: Value = given(
        30.0,
        "mg/mL",
        POPEL,
        "assumed",
        "density that leaves no pore: the upper end of what tissues have, its maximum of 1,000 in other units",
        (20.0, 60.0),
    )
    turnover: Value = given(
        0.012,
        "1/day",
        "assumed",
        "assumed",
        "cut by the enzymes of the tissue: a mean life of 83 days",
        (0.005, 0.05),
    )
    cut: Value = given(
        1.0,
        "1/h",
        "assumed",
        "assumed",
        "by enzyme of level 1, which is what it means; injected ones clear in hours",
    )
    bath: Value = given(0.0, "1", "assumed", "assumed", "level of enzyme everywhere: none is given")
    drive_gain: Value = given(
        1.0,
        "1",
        "assumed",
        "assumed",
        "how much more cells lay down where the driving field is full",
        (0.5, 3.0),
    )
    drive_half: Value = given(
        0.14, "nM", POPEL, "assumed", "level of half that gain: that of TGF-beta on T cells"
    )


DECLARATION = Mechanism("matrix", Matrix, acts_on=("tumour",), needs="stroma", attack="car")


def per_ml(numbers: Numbers, name: str) -> float:
    """A density of the matrix [mg/mL]."""
    return float(getattr(numbers, name)[0]) / PG_PER_MG


@numba.njit(cache=True)
def after(density, laid, lost, solid, dt):
    """The density after dt [min] where `laid` [mg/mL/min] is laid down into the empty and `lost` [1/min] is cut."""
    rate = laid / solid + lost
    if rate <= 0.0:
        return density
    level = laid / rate
    return level + (density - level) * math.exp(-rate * dt)


@numba.njit(cache=True, parallel=True)
def remodel(density, laid, enzyme, driver, half, gain, solid, turnover, cut, dt):
    """Lay down and cut for dt [min]. Changes density (nz, ny, nx) float32 [mg/mL].

    laid    (nz, ny, nx) float32 [mg/mL/min] by the cells of each voxel, not driven
    enzyme  (nz, ny, nx) float32 level of enzyme
    driver  (nz, ny, nx) float32 level of the driving field, or (1, 1, 1) where nothing drives; half in its unit
    """
    nz, ny, nx = density.shape
    driven = driver.size == density.size
    for k in numba.prange(nz):
        for j in range(ny):
            for i in range(nx):
                put = float(laid[k, j, i])
                if driven:
                    c = max(driver[k, j, i], 0.0)
                    put *= 1.0 + gain * c / (half + c)
                density[k, j, i] = after(density[k, j, i], put, turnover + cut * enzyme[k, j, i], solid, dt)
