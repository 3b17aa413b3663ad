"""What the engine should reach on two cores, beside what was measured last: one row of the page each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

Entry = dict[str, Any]
Reading = tuple[float, str] | None  # what was measured and how it was read; None where it was not
MINUTES_OF_A_MONTH, MINUTES_OF_A_DAY = 43_200.0, 1440.0


def table(entries: list[Entry]) -> str:
    """Markdown: target, must, aim, measured, and whether that is enough."""
    rows = ["| what, on two cores | must | aim | measured | |", "| --- | --- | --- | --- | --- |"]
    rows += [_row(entries, *target) for target in TARGETS]
    return "\n".join(rows) + "\n"


def _row(
    entries: list[Entry],
    what: str,
    unit: str,
    must: float,
    aim: float,
    read: Callable[[list[Entry]], Reading],
) -> str:
    """A target is an upper bound unless must lies below aim, as it does for a speed-up."""
    found = read(entries)
    if found is None:
        return f"| {what} | {must:g} {unit} | {aim:g} {unit} | | not measured |"
    value, how = found
    sign = 1 if must >= aim else -1
    verdict = (
        "aim met" if sign * value <= sign * aim else "met" if sign * value <= sign * must else "**missed**"
    )
    return f"| {what} | {must:g} {unit} | {aim:g} {unit} | {value:.3g} {unit}{how} | {verdict} |"


def _of(entries: Iterable[Entry], case: str, tumour_cells: int, threads: int) -> Iterator[Entry]:
    """Entries of a case at about a size, T cells included, the longest first."""
    found = [
        entry
        for entry in entries
        if entry["case"] == case
        and entry["threads"] == threads
        and (not tumour_cells or 0.95 < entry["cells_start"] / tumour_cells < 1.15)
    ]
    return iter(sorted(found, key=lambda entry: -entry["simulated_minutes"]))


def _cost(case: str, cells: int) -> Callable[[list[Entry]], Reading]:
    def read(entries: list[Entry]) -> Reading:
        entry = next(_of(entries, case, cells, 1), None)
        return None if entry is None else (entry["cpu_ms_per_cell_hour"], "")

    return read


def _wall(case: str, cells: int, minutes: float, seconds: float) -> Callable[[list[Entry]], Reading]:
    """Wall time on two threads for so many simulated minutes, in units of `seconds`; shorter runs are scaled."""

    def read(entries: list[Entry]) -> Reading:
        entry = next(_of(entries, case, cells, 2), None)
        if entry is None:
            return None
        ran = entry["simulated_minutes"]
        how = "" if ran >= minutes else f", scaled from {ran / 60:g} h"
        return entry["wall_seconds"] * minutes / ran / seconds, how

    return read


def _ratio(entries: list[Entry]) -> Reading:
    small = next(_of(entries, "spheroid", 10_000, 1), None)
    large = next(_of(entries, "spheroid", 1_000_000, 1), None)
    if small is None or large is None:
        return None
    return large["cpu_ms_per_cell_hour"] / small["cpu_ms_per_cell_hour"], ""


def _over_spheroid(entries: list[Entry]) -> Reading:
    solid = next(_of(entries, "block", 100_000, 1), None)
    plain = next(_of(entries, "spheroid", 100_000, 1), None)
    if solid is None or plain is None:
        return None
    return solid["cpu_ms_per_cell_hour"] / plain["cpu_ms_per_cell_hour"], ""


def _speed_up(entries: list[Entry]) -> Reading:
    for one in _of(entries, "spheroid", 100_000, 1):
        for two in _of(entries, "spheroid", 100_000, 2):
            if one["simulated_minutes"] == two["simulated_minutes"]:
                return one["wall_seconds"] / two["wall_seconds"], ""
    return None


def _peak(entries: list[Entry]) -> Reading:
    longest = [next(_of(entries, "spheroid", 1_000_000, threads), None) for threads in (1, 2)]
    peaks = [entry["peak_rss_mb"] for entry in longest if entry is not None]
    return (max(peaks) / 1000.0, "") if peaks else None


def _slope(entries: list[Entry]) -> Reading:
    slopes = [e["bytes_per_cell"] for e in entries if e["case"] == "spheroid" and e["bytes_per_cell"]]
    return (slopes[-1], "") if slopes else None


def _cell_of(case: str, row: int, name: str, scale: float = 1.0) -> Callable[[list[Entry]], Reading]:
    def read(entries: list[Entry]) -> Reading:
        entry = max((e for e in entries if e["case"] == case), key=lambda e: e["threads"], default=None)
        return None if entry is None else (entry["rows"][row][name] * scale, "")

    return read


PER_CELL = "CPU ms per cell and hour"
TARGETS: tuple[tuple[str, str, float, float, Callable[[list[Entry]], Reading]], ...] = (
    ("`spheroid`, 10,000 cells", PER_CELL, 0.020, 0.007, _cost("spheroid", 10_000)),
    ("`spheroid`, 100,000 cells", PER_CELL, 0.020, 0.007, _cost("spheroid", 100_000)),
    ("`contact`", PER_CELL, 0.040, 0.014, _cost("contact", 20_000)),
    ("`block` over `spheroid`, 100,000 cells", "times", 2, 1, _over_spheroid),
    ("`turnover`, 30 days, wall", "min", 30, 8, _wall("turnover", 100_000, MINUTES_OF_A_MONTH, 60.0)),
    ("`organoid`, 30 days, wall", "min", 3, 1, _wall("organoid", 3963, MINUTES_OF_A_MONTH, 60.0)),
    ("1,000,000 cells, peak memory", "GB", 2, 2, _peak),
    ("1,000,000 cells, 1 day, wall", "min", 10, 10, _wall("spheroid", 1_000_000, MINUTES_OF_A_DAY, 60.0)),
    ("cost per cell, 1,000,000 over 10,000", "times", 1.5, 1.0, _ratio),
    ("speed-up on 2 threads, `spheroid` 100,000", "times", 1.7, 1.9, _speed_up),
    ("body, 90 days, per patient", "ms", 5, 1, _cell_of("body", 0, "ms_per_patient")),
    ("command to first step, cached", "s", 3, 1.5, _cell_of("cold", 1, "seconds")),
    ("command to first step, first ever", "s", 45, 20, _cell_of("cold", 0, "seconds")),
    ("memory per cell", "B", 400, 250, _slope),
    ("recording, share of the run", "%", 5, 2, _cell_of("recording", 0, "share_of_the_run", 100.0)),
)
