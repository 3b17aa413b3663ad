"""The mechanisms of the tissue: one file each, and the list of what they declare."""

from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue import (
    antigen,
    apoptosis,
    engagement,
    growth,
    killing,
    lifetime,
    mechanics,
    motility,
    necrosis,
    oxygenation,
    secretion,
    volume,
)

MECHANISMS: tuple[Mechanism, ...] = tuple(
    room.DECLARATION
    for room in (
        oxygenation,
        secretion,
        growth,
        volume,
        necrosis,
        apoptosis,
        antigen,
        mechanics,
        motility,
        engagement,
        killing,
        lifetime,
    )
)
