"""The mechanisms of the tissue: one file each, and the list of what they declare."""

from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue import (
    antigen,
    apoptosis,
    division,
    engagement,
    growth,
    infusion,
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
        division,
        necrosis,
        apoptosis,
        antigen,
        mechanics,
        motility,
        engagement,
        killing,
        lifetime,
        infusion,
    )
)
