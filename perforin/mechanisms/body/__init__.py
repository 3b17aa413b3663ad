"""The mechanisms of the body: one file each, and the list of what they declare."""

from perforin.mechanisms.body import blood, csf
from perforin.mechanisms.declare import Mechanism

MECHANISMS: tuple[Mechanism, ...] = (csf.DECLARATION, blood.DECLARATION)
