"""What was measured, for a person to read."""

from __future__ import annotations

from typing import Any

from perforin.evidence.bench.measurement import Measurement

HEAD = (
    f"{'case':<10} {'cells':>9} {'at end':>9} {'minutes':>8} {'threads':>7} {'wall s':>9} {'CPU s':>9} "
    f"{'ms/cell h':>10} {'peak MB':>8}"
)
# case, cells at the start, minutes: fields and cells at the end of the same spheroid, measured with its defaults
PHYSICELL = {
    ("spheroid", 10_924, 60.0): "oxygen 33.096 mmHg, factor 0.5635, 11,157 cells",
    ("spheroid", 55_232, 12.0): "oxygen 28.727 mmHg, factor 0.3731",
}


def text(measured: list[Measurement]) -> str:
    """One line per case and size, then what belongs to each."""
    lines = [HEAD]
    for entry in measured:
        lines.append(_line(entry))
        lines += [f"  {line}" for line in _details(entry)]
    return "\n".join(lines)


def _line(entry: Measurement) -> str:
    price = f"{entry.cpu_ms_per_cell_hour:.4f}" if entry.cpu_ms_per_cell_hour is not None else "-"
    return (
        f"{entry.case:<10} {entry.cells_start:>9,} {entry.cells_end:>9,} {entry.simulated_minutes:>8g} "
        f"{entry.threads:>7} {entry.wall_seconds:>9.3f} {entry.cpu_seconds:>9.3f} {price:>10} {entry.peak_rss_mb:>8.0f}"
    )


def _details(entry: Measurement) -> list[str]:
    lines = []
    if entry.phases:
        shown = sorted(entry.phases.items(), key=lambda item: -item[1])
        lines.append("seconds: " + ", ".join(f"{name} {seconds:.2f}" for name, seconds in shown))
    if entry.mean_fields:
        lines.append(
            "mean over the free voxels: " + ", ".join(f"{n} {v:.5g}" for n, v in entry.mean_fields.items())
        )
    theirs = PHYSICELL.get((entry.case, entry.cells_start, entry.simulated_minutes))
    if theirs is not None:
        lines.append(f"PhysiCell 1.14.2, its splitting not converged in time: {theirs}")
    if entry.bytes_per_cell is not None:
        lines.append(f"memory: {entry.bytes_per_cell:,.0f} bytes per cell")
    if entry.error_against_reference is not None:
        parts = (f"{name} {value:+.3g}" for name, value in entry.error_against_reference.items())
        lines.append("against the reference: " + ", ".join(parts))
    return [*lines, *(_row(row) for row in entry.rows if "configuration" not in row)]


def _row(row: dict[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in row.items())
