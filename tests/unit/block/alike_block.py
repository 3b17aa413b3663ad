"""A block with T cells that come and go, walked in a process of its own: `python alike_block.py` prints its hash."""

import sys

from nodule import TREATED, plan, walked

from perforin.simulation.provenance import threading_layer

BUSY = (
    "patient.edge='150 um'",
    "patient.lesion_volume='0.004 cm^3'",
    "patient.blood.extravasation='100 1/(day*cm^3)'",
    "patient.vessels.egress='50 1/day'",
    "patient.growth.duration='2 day'",
    "patient.growth.duration_spread='0.2 day'",
)
HOURS = 2


def main() -> None:
    """Walk and print the hash of the state and how it was threaded."""
    state = walked(plan(*BUSY, base=TREATED), HOURS)
    sys.stdout.write(f"{state.hash()} {threading_layer()}\n")


if __name__ == "__main__":
    main()
