"""`python -m perforin.evidence.coculture`: fit the CAR law to the killing wells, resuming what is there."""

from __future__ import annotations

import os
import sys

from perforin.evidence.coculture.fit import fit


def main() -> int:
    """Fit on as many cores as there are and say where the posterior is."""

    def tell(text: str) -> None:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    for name in ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    place = fit(os.cpu_count() or 1, tell)
    sys.stdout.write(f"{place}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
