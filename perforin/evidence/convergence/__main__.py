"""`python -m perforin.evidence.convergence plan [CASE ...]` makes one seed of each arm and says what all would cost.

`draw` writes the sheets and the tables of docs/convergence.md from the seeds that are stored. Making them is
`perforin validate convergence`, which continues where it was stopped.
"""

from __future__ import annotations

import argparse
import sys

from perforin.errors import PerforinError
from perforin.evidence.convergence import budget, page
from perforin.evidence.seeds import AT_ONCE, Progress
from perforin.evidence.validate import read_book


def main(words: list[str]) -> int:
    """Read the command line and do it; 2 with the problems on stderr when it is wrong."""
    parser = argparse.ArgumentParser(prog="python -m perforin.evidence.convergence", description=__doc__)
    parser.add_argument("verb", choices=("plan", "draw"))
    parser.add_argument("cases", nargs="*", help="cases to plan; all for none")
    parser.add_argument("--threads", type=int, default=AT_ONCE, help="seeds made side by side by plan")
    asked = parser.parse_args(words)
    try:
        if asked.verb == "plan":
            sys.stdout.write(budget.plan(asked.cases, _tell, max(1, asked.threads)) + "\n")
        else:
            sys.stdout.writelines(f"{place}\n" for place in page.write(read_book([page.GROUP])))
    except PerforinError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _tell(now: Progress) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{now.case}: {now.done} of {now.total}, {now.doing}   ")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
