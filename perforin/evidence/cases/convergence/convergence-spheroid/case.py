"""Convergence of a spheroid of 10,000 cells with 1,000 CAR-T cells around it, twelve hours."""

from pathlib import Path

from perforin.evidence.convergence import judging
from perforin.evidence.convergence.study import read_study
from perforin.evidence.probes import Probe
from perforin.evidence.rows import Row

STUDY = read_study(Path(__file__).parent)
SEEDS = STUDY.seeds()


def probe() -> Probe:
    """The first hours of the default arm."""
    return judging.probe(STUDY)


def run_seed(arm: str, seed: int, folder: Path) -> dict:
    """One run of one arm, in memory."""
    return judging.run_seed(STUDY, arm, seed)


def judge(results: dict[str, dict[int, dict]]) -> list[Row]:
    """Each arm against the one it is compared with."""
    return judging.rows(STUDY, results)
