"""The process that makes one seed: `python -m perforin.evidence.seed_worker CASE_FOLDER ARM SEED WORK_FOLDER FILE`.

One thread, started anew (never forked: GNU OpenMP kills a forked child). It takes the case's probe from the same
imported code before the run, so the file says what made it.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from perforin.errors import PerforinError
from perforin.evidence.commits import commit
from perforin.evidence.shelf import case_at
from perforin.evidence.stored import Seed, write_seed


def make_seed(case_folder: Path, arm: str, seed: int, work: Path, file: Path) -> None:
    """Run one seed of one arm in `work` and keep its numbers in `file`."""
    started = time.monotonic()
    made_by = commit()
    module = case_at(case_folder).load()
    probe = module.probe()
    numbers = module.run_seed(arm, seed, work)
    write_seed(file, Seed(arm, seed, made_by, probe, time.monotonic() - started, numbers))


def main(words: list[str]) -> int:
    """Read the command line, make the seed; 1 with one line on stderr when it failed."""
    case_folder, arm, seed, work, file = words
    try:
        make_seed(Path(case_folder), arm, int(seed), Path(work), Path(file))
    except PerforinError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
