"""Trajectories in the table of OpenVT: `simID,time,cellID,cellType,x,y`, lengths in cell diameters.

Cells are numbered from 1 as they appear: a lineage key of 64 bits does not survive a reader that takes it for a double.
A submission has 101 equally spaced times, the first at 0. One diameter is that of a disc with the area of a cell.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HEADER = ("simID", "time", "cellID", "cellType", "x", "y")
TIMES = 101


@dataclass(frozen=True)
class Frame:
    """The cells at one time: names (n,) uint64, kinds (n,) letters, places (n, 2) [cell diameters]."""

    time: float
    names: np.ndarray
    kinds: Sequence[str]
    places: np.ndarray


def write_table(file: Path, simulation: str, frames: Sequence[Frame]) -> None:
    """Write one simulation. Raises ValueError unless its frames are 101 at equal distances."""
    times = np.array([frame.time for frame in frames])
    if len(frames) != TIMES or not np.allclose(np.diff(times), times[-1] / (TIMES - 1), rtol=1e-6):
        raise ValueError(f"{len(frames)} frames; OpenVT asks for {TIMES} at equally spaced times")
    numbers: dict[int, int] = {}
    with file.open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(HEADER)
        for frame in frames:
            for name, kind, (x, y) in zip(frame.names, frame.kinds, frame.places, strict=True):
                number = numbers.setdefault(int(name), len(numbers) + 1)
                table.writerow((simulation, f"{frame.time:.6g}", number, kind, f"{x:.5f}", f"{y:.5f}"))
