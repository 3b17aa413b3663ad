"""A plane through the tissue as it is laid on paper: level through a tumour in a dish, upright through a slab.

A slab is cut from the fluid down, because depth below the surface is what its T cells have to overcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import depths, spatial, tables
from perforin.plots import canvas, palette, visible
from perforin.results.run import stretch

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from perforin.results.run import RunData

FLUID = 70.0  # um of fluid shown above the highest tissue
SECTION = 20.0  # um, of a section in which T cells are shown whole: as thick as one on a slide
UPPERMOST = 0.002  # share of the tumour cells that may stand out above the frame


@dataclass(frozen=True)
class Cut:
    """Which axes of (x, y, z) run across and up the paper, from where they are counted, and what is framed."""

    across: int
    up: int
    through: int  # the plane lies at origin[through]
    origin: np.ndarray  # (3,) [um]
    sense: float  # 1 where up on paper is up in the tissue, -1 where depth is counted
    window: tuple[
        float, float, float, float
    ]  # left, right, foot, top of the frame, in paper coordinates [um]
    labels: tuple[str, str]
    section: float = (
        0.0  # T cells nearer than half of this are shown whole; 0 to cut them like all cells [um]
    )
    fluid: str = ""  # what is above the tissue

    def lay(self, place: np.ndarray) -> np.ndarray:
        """(n, 3) paper coordinates of places (n, 3): across, up, and off the plane [um]."""
        moved = (place - self.origin)[:, [self.across, self.up, self.through]]
        return moved * (1.0, self.sense, 1.0)

    def plane(self, values: np.ndarray, spacing: float, origin: tuple[float, float, float]) -> Plane:
        """The plane of a field (nz, ny, nx), from side to side of its outermost voxels."""
        axis = 2 - self.through
        layer = round((float(self.origin[self.through]) - origin[self.through]) / spacing)
        chosen = np.take(values, int(np.clip(layer, 0, values.shape[axis] - 1)), axis=axis)
        v, u = (
            _sides(origin[k] + spacing * np.arange(many), spacing) - self.origin[k]
            for k, many in zip((self.up, self.across), chosen.shape, strict=True)
        )
        return u, self.sense * v, np.pad(np.asarray(chosen, float), 1, mode="edge")

    def frame(self, ax: Axes) -> None:
        """Set the limits of the axes; name the fluid and mark where the surface was on day 0."""
        left, right, foot, top = self.window
        ax.set_xlim(left, right)
        ax.set_ylim(foot, top)
        ax.set_aspect("equal")
        if not self.fluid:
            return
        ax.axhline(0.0, color=palette.INK, linewidth=0.9, linestyle=(0, (5, 3)), zorder=5)
        ax.text(
            left + 0.03 * (right - left),
            top + 0.03 * (foot - top),
            self.fluid,
            fontsize=canvas.SMALL,
            color=palette.INK,
            va="top",
            zorder=6,
        )


Plane = tuple[np.ndarray, np.ndarray, np.ndarray]  # across, up [um], values there


def of(run: RunData, day: float, days: list[float] | None = None, reach: float | None = None) -> Cut:
    """The cut of a run on a day, framed so that all of `days` fit; `reach` is half the frame of a dish [um]."""
    days = days or [day]
    if run.meta.get("slab"):
        return _upright(run, days)
    geometry = run.meta["geometry"]
    if all(geometry.get("periodic") or [False]):  # no middle, no edge: the box is what there is to see
        widest = max(stretch(run.series, moment) for moment in days)
        (half_x, half_y), labels = (
            0.5 * widest * np.array(geometry["box"][:2]),
            ("x (\u00b5m)", "y (\u00b5m)"),
        )
        return Cut(0, 1, 2, np.zeros(3), 1.0, (-half_x, half_x, -half_y, half_y), labels)
    middle = spatial.centre(run, run.cells(day))
    reach = visible.reach(run, days) if reach is None else reach
    return Cut(
        0, 1, 2, middle, 1.0, (-reach, reach, -reach, reach), labels=("x (\u00b5m)", "y (\u00b5m)")
    )  # fmt: skip


def _upright(run: RunData, days: list[float]) -> Cut:
    half = 0.5 * depths.edge(run)
    highest = max((_highest(run, run.cells(day)) for day in days), default=0.0)
    return Cut(
        across=0,
        up=2,
        through=1,
        origin=np.array([0.0, 0.0, depths.surface(run)]),
        sense=-1.0,
        window=(-half, half, depths.thickness(run), -max(highest, 0.0) - FLUID),
        labels=("x (\u00b5m)", "Depth below the surface of day 0 (\u00b5m)"),
        section=SECTION,
        fluid="CSF of the ventricle",
    )


def _highest(run: RunData, cells: pd.DataFrame) -> float:
    """How far the tumour stands above the surface of day 0 [um]."""
    tumour = tables.living(run, cells, tables.TUMOUR)
    return -float(np.quantile(depths.below(run, tumour), UPPERMOST)) if len(tumour) else 0.0


def _sides(middles: np.ndarray, spacing: float) -> np.ndarray:
    """The middles of voxels with the two outer faces added."""
    return np.concatenate([[middles[0] - spacing / 2], middles, [middles[-1] + spacing / 2]])
