"""PerMedCoE use case 3: a spheroid under oxygen, beside the counts of Freyer and Sutherland 1986.

The benchmark says: 38 mmHg outside, D 2000 um^2/min, decay 0.1 per minute, an uptake of 20 uM/min, cycles in proportion
to oxygen, necrosis below a threshold. It leaves open where the outside begins and what an uptake per voxel means. Here
the medium is stirred up to the surface, since their flasks were, and living tissue takes up at a constant rate until
little is left: with a first-order uptake of 20 per minute oxygen would reach sqrt(2000 / 20) = 10 um deep, half a cell.
Medium is where the tissue is not, whatever its shape: held up to a ball around the origin, the side that happened to
reach beyond it was fed and grew, the other one starved, and after 440 h the rim was three times thicker on one side.

It starts from the first measured spheroid. Cells that have not burst and living cells are counted; the living are
judged, as their counts are of cells that a dissociated spheroid gives.
"""

import math
import time
from pathlib import Path

import numpy as np
from scipy.ndimage import binary_closing, binary_fill_holes

from perforin.engine.diffusion import Field, solve_steady
from perforin.engine.voxels import VoxelGrid
from perforin.evidence.community import culture as laws
from perforin.evidence.community.culture import Culture
from perforin.evidence.figures import read_figures
from perforin.evidence.probes import Probe
from perforin.evidence.rows import Row
from perforin.mechanisms.tissue import asynchrony, respiration
from perforin.mechanisms.tissue.apoptosis import LYSED

FOLDER = Path(__file__).parent
SEEDS = {"spheroid": range(1, 2)}
BEGIN = 101.69  # h: the clock of the measurements when ours starts
UPTAKE, SOLUBILITY = 20.0, 1.3  # uM/min of the benchmark; uM/mmHg in water at 37 C
HALF = 1.5  # mmHg of half uptake, as in the product's respiration
STIRRING = (
    1000.0  # 1/min at which the medium outside is renewed: 30 times faster than a voxel loses by diffusion
)
GAP = 2  # voxels: half of the widest gap between cells that is no medium
OXYGEN_EVERY = 60.0  # min: the spheroid grows by less than 1 % of its radius in between
SAVE_EVERY, NOTE_EVERY = 30.0, 1.0  # s, h


class Spheroid:
    """The culture and the oxygen in it."""

    def __init__(self, seed: int) -> None:
        self.culture = Culture(FOLDER / "culture.toml", seed)
        asynchrony.start(self.culture.cells, slice(0, self.culture.cells.count), seed)
        self.peak = np.array([UPTAKE / SOLUBILITY])
        self.field.peak = np.zeros(self.field.grid.shape, dtype=np.float32)
        self.field.half_saturation = HALF
        self.distance = distance_from_centre(self.field.grid)

    @property
    def field(self) -> Field:
        """Oxygen [mmHg]."""
        return self.culture.state.fields["oxygen"]

    @property
    def radius(self) -> float:
        """Of the ball of cells [um]: 95 % of the centres of a ball lie within 0.983 of its radius."""
        places = self.culture.cells.place[: self.culture.cells.count, :3]
        away = np.linalg.norm(places - places.mean(axis=0), axis=1)
        return float(np.quantile(away, 0.95)) / 0.95 ** (1 / 3)

    def medium(self) -> np.ndarray:
        """(nz, ny, nx) bool: voxels outside the tissue, gaps of up to four voxels between cells not among them."""
        cells, grid = self.culture.cells, self.field.grid
        held = np.zeros(grid.shape, dtype=bool)
        x, y, z = ((cells.place[: cells.count, :3] - grid.origin) / grid.spacing).astype(int).T
        held[z, y, x] = True
        tissue = binary_closing(held, ball(GAP), border_value=0)
        return ~binary_fill_holes(tissue)

    def breathe(self) -> None:
        """Oxygen in balance with what living cells take up and the stirred medium brings."""
        cells, field = self.culture.cells, self.field
        if field.peak is None:
            field.peak = np.zeros(field.grid.shape, dtype=np.float32)
            field.half_saturation = HALF
        field.clear()
        respiration.gather(
            cells.type,
            cells.fate,
            cells.place,
            cells.count,
            field.grid.corner,
            field.grid.spacing,
            self.peak,
            np.zeros(1),
            field.peak,
        )
        outside = self.medium().astype(np.float32)
        field.loss[:] = STIRRING * outside
        field.gain[:] = STIRRING * outside * self.outside
        solve_steady(field)

    @property
    def outside(self) -> float:
        """Oxygen of the medium [mmHg]: what the wall of the box is held at."""
        return float(self.field.values[0, 0, 0])

    def note(self) -> list[float]:
        """Hours, living, not burst, all, diameter [um], oxygen in the middle [mmHg]."""
        cells = self.culture.cells
        whole = int(np.count_nonzero(cells.fate[: cells.count] != LYSED))
        middle = float(self.field.values[self.distance < 40.0].mean())
        hours = BEGIN + self.culture.hours
        return [
            round(hours, 3),
            self.culture.living,
            whole,
            cells.count,
            round(2 * self.radius, 1),
            round(middle, 2),
        ]

    def grow(self, end: float, notes: list[list[float]], folder: Path | None = None) -> None:
        """Step to `end` [h], noting each hour; a long run is kept in the folder now and then."""
        culture, saved = self.culture, time.monotonic()
        every = round(OXYGEN_EVERY / culture.span)
        while BEGIN + culture.hours < end - 1e-9:
            if round(culture.hours * 60 / culture.span) % every == 0:
                self.breathe()
                notes.append(self.note())
            culture.step()
            if folder is not None and time.monotonic() - saved > SAVE_EVERY:
                culture.save(folder, {"notes": notes})
                saved = time.monotonic()
        notes.append(self.note())


def ball(radius: int) -> np.ndarray:
    """(2 radius + 1,) * 3 bool: the voxels within a radius of the middle one."""
    away = np.mgrid[tuple(slice(-radius, radius + 1) for _ in range(3))]
    return (away**2).sum(axis=0) <= radius**2


def distance_from_centre(grid: VoxelGrid) -> np.ndarray:
    """(nz, ny, nx) distance of the voxels from the middle of the box [um]."""
    x, y, z = grid.centres()
    return np.sqrt(x * x + y * y + z * z)


def probe() -> Probe:
    """The first four hours: three solves of oxygen and some divisions."""
    spheroid = Spheroid(1)
    spheroid.grow(BEGIN + 4.0, [])
    return laws.probe_of(spheroid.culture)


def run_seed(arm: str, seed: int, folder: Path) -> dict:
    """One spheroid to the last measurement, resumable."""
    spheroid = Spheroid(seed)
    notes = spheroid.culture.resume(folder).get("notes", [])
    spheroid.grow(measured()[-1][0], notes, folder)
    return {"notes": notes}


def judge(results: dict[str, dict[int, dict]]) -> list[Row]:
    """Counts at the measured hours, the first of which is given."""
    figures, points = read_figures(__file__), measured()[1:]
    runs = [np.array(numbers["notes"]) for numbers in results["spheroid"].values()]
    found = [[math.nan] * len(points)] * 3
    if runs:
        found = [
            [np.mean([np.interp(p[0], run[:, 0], run[:, k]) for run in runs]) for p in points]
            for k in (1, 2, 4)
        ]
    counts, diameters = [p[1] for p in points], [p[2] for p in points]
    rows = [
        figures.row("root-mean-square error of log10 of the living", _misfit(found[0], counts)),
        figures.row("the same of cells that have not burst", _misfit(found[1], counts)),
        figures.row("root-mean-square error of log10 of the diameter", _misfit(found[2], diameters)),
    ]
    why = "Freyer and Sutherland 1986, beside the living"
    for (hours, count, _), living in zip(points, found[0], strict=True):
        rows.append(Row(f"cells at {hours:g} h", living, count, 0.0, why, "cells", "shown"))
    return rows


def measured() -> list[tuple[float, float, float]]:
    """Hours, cells, diameter [um]."""
    rows = (FOLDER / "measured.csv").read_text(encoding="utf-8").splitlines()[1:]
    return [(float(h), float(n), float(d)) for h, n, d in (row.split(",") for row in rows)]


def _misfit(found: list[float], counts: list[float]) -> float:
    return float(np.sqrt(np.mean(np.log10(np.array(found) / np.array(counts)) ** 2)))
