"""Perfusion: capillaries too many to draw, as an exchange that is the same throughout the tissue.

    dp/dt = ... + k (p_blood - p)    in tissue,        k = G L,   L = density * perfused_fraction
    1/G   = 1 / (2 pi R_c P) + (ln(R_t / R_c) - 3/4) / (2 pi D),   R_t = 1 / sqrt(pi L)

L is the length of perfused capillary per volume (capillaries that cross a section at right angles), G what a length of
one gives per difference between blood and the MEAN of the tissue around it: the wall, then the way through the cylinder
of tissue that it feeds (Krogh and Erlang, zero-order uptake, R_c << R_t). The voxels carry that mean: the fall from a
capillary to the cells farthest from it, about as much again, is not seen.

Above the tissue lies fluid that is stirred: it is at its own level but for a layer next to the tissue,

    dp/dt = ... + D / layer^2 (p_fluid - p)    in fluid.

Where the tissue has matrix it squeezes capillaries voxel by voxel as it squeezes those that are drawn (vessels).

What of other fields passes the wall of a capillary does so by the same law with a permeability of its own, and each has
its own level in the fluid.

A column of voxels is tissue up to the highest layer in which it and its eight neighbours hold at least `SKIN_SHARE` of
the cells of full tissue; a few cells afloat are no tissue, and a hole inside it is.

Reads   type, place
Writes  nothing on cells: loss and gain of a field
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from perforin.mechanisms.declare import Mechanism
from perforin.quantities import Value, given

SKIN_SHARE = 0.25  # of the cells that as much full tissue holds: half of it at a plane surface, none in fluid


@dataclass(frozen=True)
class Perfusion:
    """The capillaries of a tumour, and the fluid it faces."""

    density: Value = given(
        100.0,
        "1/mm^2",
        "Perforin",
        "assumed",
        "capillaries in a section: glioblastoma 60 to 150",
        (60.0, 150.0),
    )
    perfused_fraction: Value = given(
        0.5,
        "1",
        "McKeown 2014, PMC4064601",
        "fitted",
        "share of them with flow: set so that glioblastoma has 13 mmHg, the median measured in brain tumours",
    )
    blood: Value = given(
        40.0, "mmHg", "Perforin", "assumed", "oxygen in tumour capillaries, 40 to 60 at most", (30.0, 60.0)
    )
    radius: Value = given(4.0, "um", "Perforin", "assumed", "of a capillary: 3 to 5", (3.0, 5.0))
    permeability: Value = given(
        500.0,
        "um/s",
        "CARCADE, Prybutok 2022, 10.3389/fmolb.2022.849363",
        "assumed",
        "of the capillary wall to oxygen: value of the published model",
    )
    fluid: Value = given(
        40.0,
        "mmHg",
        "Perforin",
        "assumed",
        "oxygen in cerebrospinal fluid: as venous blood of the brain",
        (30.0, 60.0),
    )
    layer: Value = given(
        50.0, "um", "Perforin", "assumed", "fluid at rest on the surface; beyond it moves", (20.0, 100.0)
    )


DECLARATION = Mechanism(
    "perfusion",
    Perfusion,
    acts_on=("tumour",),
    attack="car",
    geometries=("slab", "block", "suspension"),
)


def conductance(length_density: float, radius: float, permeability: float, diffusion: float) -> float:
    """What a length of capillary gives per difference between blood and mean tissue, G [um^2/min].

    length_density  perfused capillary per volume [1/um^2]; radius [um]; permeability [um/min]; diffusion [um^2/min]
    Raises ValueError where capillaries would fill the tissue: the law needs room around them.
    """
    reach = 1.0 / math.sqrt(math.pi * length_density)
    way = math.log(reach / radius) - 0.75
    if not way > 0.0:
        raise ValueError(f"capillaries of {radius:g} um, {reach:g} um apart, leave no tissue between them")
    return 1.0 / (1.0 / (2.0 * math.pi * radius * permeability) + way / (2.0 * math.pi * diffusion))


def exchange_rate(numbers, diffusion: float, permeability: float) -> float:
    """How fast the mean of the tissue follows the blood, k [1/min]; 0 without perfused capillaries.

    permeability  of the wall [um/min]
    """
    length_density = float(numbers.density[0] * numbers.perfused_fraction[0])
    if length_density <= 0.0 or permeability <= 0.0:
        return 0.0
    return length_density * conductance(length_density, float(numbers.radius[0]), permeability, diffusion)


def stirring_rate(numbers, diffusion: float) -> float:
    """How fast the fluid above the tissue returns to its own level [1/min]."""
    return diffusion / float(numbers.layer[0]) ** 2


def tissue_of(place: np.ndarray, grid, full: float) -> np.ndarray:
    """(nz, ny, nx) bool: which voxels are tissue, from the places of the tumour cells, living and dead.

    place  (n, 3) [um]; full: cells per volume of full tissue [cell/um^3]. Periodic sideways, from the floor up.
    """
    nz = grid.shape[0]
    flat = np.ravel_multi_index(grid.holding(place), grid.shape)
    cells = np.bincount(flat, minlength=grid.voxels).reshape(grid.shape)
    around = sum(np.roll(cells, (j, i), axis=(1, 2)) for j in (-1, 0, 1) for i in (-1, 0, 1))
    layers = np.arange(1, nz + 1)[:, None, None] * (around >= SKIN_SHARE * 9 * full * grid.voxel_volume)
    return np.arange(nz)[:, None, None] < layers.max(axis=0)


def surface_of(tissue: np.ndarray, grid) -> np.ndarray:
    """(ny, nx) height of the surface of each column [um], the floor where there is no tissue."""
    return grid.corner[2] + grid.spacing * tissue.sum(axis=0)


def supply(
    field, tissue: np.ndarray, vessels: float | np.ndarray, blood: float, stirring: float, fluid: float
) -> None:
    """Add the exchange with blood in tissue and with stirred fluid above it to the loss and gain of a field.

    vessels, stirring  rates [1/min], vessels' one number or (nz, ny, nx); blood, fluid  levels [the field's unit]
    """
    rate = np.where(tissue, np.asarray(vessels, dtype=np.float32), np.float32(stirring))
    field.loss += rate
    field.gain += rate * np.where(tissue, np.float32(blood), np.float32(fluid))
