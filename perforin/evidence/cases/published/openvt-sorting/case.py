"""OpenVT's cell sorting, a hundred cells, half of them A: two clumps, a checkerboard, and A engulfed by B.

OpenVT states no threshold; programs are compared by what they submit. What is judged here: the border between unlike
cells against that of the random start, B around A where it engulfs, and OpenVT's own sign that a run is at its end: the
border is the same over two windows, one after the other. `python -m perforin.evidence.community sorting FOLDER` writes
the tables.
"""

import tomllib
from pathlib import Path

import numpy as np

from perforin.evidence.community import culture as laws
from perforin.evidence.community.sorting import (
    Aggregate,
    heterotypic_length,
    parts,
    radial_gap,
    share_at_the_rim,
)
from perforin.evidence.figures import Figures, read_figures
from perforin.evidence.probes import Probe
from perforin.evidence.rows import Row

REGIMES = tomllib.loads((Path(__file__).parent / "regimes.toml").read_text(encoding="utf-8"))
NAMES = ("sorting", "checkerboard", "engulfment")
SEEDS = {name: range(3, 8) for name in NAMES}
WINDOW = 20  # frames of 101


def probe() -> Probe:
    """Half a percent of the engulfment."""
    made = aggregate("engulfment", 3)
    for _ in range(200):
        made.step()
    return laws.probe_of_cells(made.cells, {"border": heterotypic_length(made.places, made.kinds)})


def run_seed(arm: str, seed: int, folder: Path) -> dict:
    """One aggregate: the border over time, parts and gap at the end."""
    made = aggregate(arm, seed)
    border = [round(heterotypic_length(f.places, made.kinds), 3) for f in made.frames(REGIMES["end"])]
    return {
        "border": border,
        "parts": [parts(made.places, made.kinds, kind) for kind in (0, 1)],
        "rim": round(share_at_the_rim(made.places, made.kinds, 0), 4),
        "gap": round(radial_gap(made.places, made.kinds), 4),
    }


def aggregate(arm: str, seed: int) -> Aggregate:
    """The cells of one regime at the start."""
    a, b, unlike = (REGIMES[arm][name] for name in ("A", "B", "unlike"))
    return Aggregate(REGIMES["cells"], np.array([[a, unlike], [unlike, b]], dtype=np.float32), seed)


def judge(results: dict[str, dict[int, dict]]) -> list[Row]:
    """Borders, parts and gaps, means over seeds."""
    figures = read_figures(__file__)
    rows = [row for arm in NAMES for row in _borders(arm, results[arm], figures)]
    rim = _mean([numbers["rim"] for numbers in results["engulfment"].values()])
    gap = _mean([numbers["gap"] for numbers in results["engulfment"].values()])
    shell = _mean([numbers["parts"][1] for numbers in results["engulfment"].values()])
    clumps = _mean([sum(numbers["parts"]) for numbers in results["sorting"].values()])
    return [
        *rows,
        figures.row("engulfment: share of A at the rim", rim),
        figures.row("engulfment: B farther from the middle than A", gap),
        figures.row("engulfment: parts that B falls into", shell),
        figures.row("sorting: clumps", clumps),
    ]


def _borders(arm: str, seeds: dict[int, dict], figures: Figures) -> list[Row]:
    borders = [np.array(numbers["border"]) for numbers in seeds.values()]
    share = _mean([border[-WINDOW:].mean() / border[0] for border in borders])
    ended = _mean([border[-WINDOW:].mean() / border[-2 * WINDOW : -WINDOW].mean() - 1 for border in borders])
    return [
        figures.row(f"{arm}: border of unlike cells over that of the start", share),
        figures.row(f"{arm}: change of the border between the last two windows", ended),
    ]


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
