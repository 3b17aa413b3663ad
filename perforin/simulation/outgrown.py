"""Outgrown: the tumour touches the walls, or a slab its ceiling, where its surroundings are not what was asked.

A single cell that a T cell carried off does not make a tumour touch the walls: more than `STRAYS` tumour cells, and
more than `SHARE` of all, have to be farther from the centre than the box leaves room for. Cells that were scattered
over a whole floor stand for a patch of a well and have no edge, and a block has none either.
"""

from __future__ import annotations

import numpy as np

from perforin.errors import EngineError
from perforin.scenario.plan import TUMOUR, Plan
from perforin.simulation.state import State

STRAYS = 10  # tumour cells: a handful displaced in a small tumour is no growth
SHARE = 1e-3  # of the tumour cells: the rim of a large one


def stop_if_outgrown(state: State, plan: Plan) -> None:
    """Raise EngineError when more tumour cells than stray ones are near the walls."""
    if plan.founders.scattered or state.block is not None:
        return
    if state.slab is not None:
        _stop_at_the_ceiling(state, plan)
        return
    width = min(plan.geometry.box[:2])
    room = width / 2 - plan.geometry.voxel
    if state.tumour_radius() <= room:
        return
    cells, axes = state.cells, 2 if state.box.flat else 3
    tumour = cells.place[: cells.count, :axes][state.is_role(TUMOUR)]
    beyond = int(np.count_nonzero(np.linalg.norm(tumour, axis=1) > room))
    if _is_more_than_strays(beyond, len(tumour)):
        day = state.tick * plan.clock.tick / 1440
        raise EngineError(
            f"the tumour outgrew its domain on day {day:.2f}: {beyond} of its {len(tumour)} cells are farther than "
            f"{room:.0f} um from the centre, all the room that the box of {width:.0f} um leaves; "
            "give [culture] a larger box or fewer days"
        )


def _is_more_than_strays(beyond: int, cells: int) -> bool:
    return beyond > max(STRAYS, SHARE * cells)


def _stop_at_the_ceiling(state: State, plan: Plan) -> None:
    """Raise EngineError when a slab has filled the fluid above it."""
    cells, ceiling = state.cells, plan.geometry.box[2] / 2 - plan.geometry.voxel
    height = cells.place[: cells.count, 2][state.is_role(TUMOUR)]
    beyond = int(np.count_nonzero(height > ceiling))
    if _is_more_than_strays(beyond, len(height)):
        day = state.tick * plan.clock.tick / 1440
        raise EngineError(
            f"the tumour outgrew its domain on day {day:.2f}: {beyond} of its {len(height)} cells are at the ceiling, "
            f"{plan.geometry.box[2]:.0f} um above the floor of the slab; give [patient] a deeper slab or fewer days"
        )
