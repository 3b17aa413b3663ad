"""A crowd of T cells on a patch, walked in a process of its own: `python alike.py STEPS` prints its hash."""

import sys

from dish import plan, walked

from perforin.simulation.provenance import threading_layer

CROWD = (
    "culture.cells=700",
    "dose.cells=600",
    "culture.box='640 um'",
    "numerics.crowded_mechanics='0.1 min'",
)
HOURS = 1.2  # twelve steps: two sortings of all columns, arrivals, hits and kills


def main() -> None:
    """Walk and print the hash of the state and how it was threaded."""
    state = walked(plan(*CROWD), HOURS)
    sys.stdout.write(f"{state.hash()} {threading_layer()}\n")


if __name__ == "__main__":
    main()
