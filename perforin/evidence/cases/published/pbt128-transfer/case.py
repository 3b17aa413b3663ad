"""Glioblastoma line PBT128 with the law fitted to PBT030: only growth and antigen density are its own.

PBT128 carries about 8 % of the IL13RA2 of PBT030, as a whole population mostly under the gate, and is killed all the
same. A miss is reported as one.
"""

from pathlib import Path

from perforin.evidence.coculture import judging
from perforin.evidence.probes import Probe, simulation_probe
from perforin.evidence.rows import Row

LINE = "PBT128"
SEEDS = {"0": range(1, 3), "500": range(1, 9), "1250": range(1, 9), "2500": range(1, 9)}
FOURFOLD = "a factor of four: twofold wells, and another line with the constants of the first"


def probe() -> Probe:
    """The first thirty hours: the T cells arrive after a day."""
    return simulation_probe(("pbt128-transfer",), minutes=30 * 60)


def run_seed(arm: str, seed: int, folder: Path) -> dict:
    """One well, a week."""
    return judging.run_seed(LINE, arm, seed)


def judge(results: dict[str, dict[int, dict]]) -> list[Row]:
    """Counts at the end against the wells; MFI, percent positive and curves shown."""
    rows = []
    for arm in ("500", "1250", "2500"):
        rows.append(judging.tumour_row(LINE, results, arm, 2.0, FOURFOLD, floor=False))
        rows.append(judging.t_cell_row(LINE, results, arm, 2.0, FOURFOLD))
    return rows + [row for arm in SEEDS for row in judging.shown_rows(LINE, results, arm)]
