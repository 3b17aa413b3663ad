"""Glioblastoma line PBT030 and IL13RA2 CAR-T cells in wells: 0, 500 and 1,250 effectors are fitted, 2,500 foretold.

Each seed takes its own draw from the posterior, so the spread over seeds is that of what is not known and of luck.
Nothing here measures antigen escape, bystander killing, exhaustion or a threshold: all of them could be moved without
these wells noticing.
"""

from pathlib import Path

from perforin.evidence.coculture import judging
from perforin.evidence.probes import Probe, simulation_probe
from perforin.evidence.rows import Row

LINE = "PBT030"
SEEDS = {"0": range(1, 3), "500": range(1, 9), "1250": range(1, 9), "2500": range(1, 9)}
TWOFOLD = "a factor of two: replicate wells differ as much (27,979 and 14,629)"


def probe() -> Probe:
    """The first thirty hours: the T cells arrive after a day."""
    return simulation_probe(("pbt030-coculture",), minutes=30 * 60)


def run_seed(arm: str, seed: int, folder: Path) -> dict:
    """One well, a week."""
    return judging.run_seed(LINE, arm, seed)


def judge(results: dict[str, dict[int, dict]]) -> list[Row]:
    """Counts at the end against the wells; MFI, percent positive and curves shown."""
    rows = [judging.tumour_row(LINE, results, "0", 1.0, TWOFOLD, floor=True)]
    for arm in ("500", "1250"):
        rows.append(judging.tumour_row(LINE, results, arm, 1.0, TWOFOLD, floor=True))
        rows.append(judging.t_cell_row(LINE, results, arm, 1.0, TWOFOLD))
    left = judging.typical(judging.ends(results, "2500", "tumour_cells"))
    why = "twelve wells hold 1,275 to 2,130 at any dexamethasone: a floor of the assay, so no more is claimed"
    rows.append(
        judging.limit(
            "2500 effectors: tumour cells at the end", left, 3000.0, why, "cells", "2500", "prediction"
        )
    )
    rows.append(judging.t_cell_row(LINE, results, "2500", 1.0, TWOFOLD, "prediction"))
    return rows + [row for arm in SEEDS for row in judging.shown_rows(LINE, results, arm)]
