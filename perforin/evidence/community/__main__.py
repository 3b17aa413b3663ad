"""The tables of OpenVT: `python -m perforin.evidence.community sorting|monolayer FOLDER [SEED]`.

One file for each regime of cell sorting, or one for the monolayer over ten cycles; 101 times, cell diameters.
"""

from __future__ import annotations

import sys
from pathlib import Path

from perforin.errors import InputError, Problem
from perforin.evidence.community.openvt import write_table
from perforin.evidence.shelf import find_cases

CYCLES = 10.0


def main(words: list[str]) -> int:
    """Write the tables of one case; returns 0, or 1 with a line on stderr."""
    try:
        if len(words) not in (2, 3) or words[0] not in ("sorting", "monolayer"):
            asked = " ".join(words)
            raise InputError(
                [Problem("perforin.evidence.community", "", f"'{asked}'", "sorting|monolayer FOLDER [SEED]")]
            )
        folder, seed = Path(words[1]), int(words[2]) if len(words) == 3 else 1
        folder.mkdir(parents=True, exist_ok=True)
        case = find_cases([f"openvt-{words[0]}"])[0].load()
        if words[0] == "sorting":
            made = {name: case.aggregate(name, seed).frames(case.REGIMES["end"]) for name in case.NAMES}
        else:
            made = {"monolayer": case.monolayer(seed, case.SPREAD).frames(CYCLES)}
        for name, frames in made.items():
            file = folder / f"perforin-{name}-{seed}.csv"
            write_table(file, f"perforin-{name}-{seed}", list(frames))
            sys.stdout.write(f"{file}\n")
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
