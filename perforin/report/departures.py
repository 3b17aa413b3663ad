"""Where a replication follows its original instead of the better law, and what that does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perforin.analysis.lesion import piece

if TYPE_CHECKING:
    from perforin.results.run import RunData

MEANING = {
    ("attack", "attach-and-die"): (
        "T cells attach and the target dies at a rate",
        "The tumour carries one antigen in relative levels, as the published model does, so a T cell attaches and "
        "kills at rates in proportion to it. Where a tumour states its antigens in copies per cell, recognition "
        "and hits that accumulate and are repaired take its place.",
    ),
    ("motility", "impulse"): (
        "T cells move only in the moment they choose a new direction",
        "The published program adds the velocity only in the time step in which a direction is drawn. The nominal "
        "5 \u00b5m/min becomes about 0.05 \u00b5m/min, a hundred times slower, and this sets the day on which "
        "killing starts. The default of Perforin is the persistent walk.",
    ),
    ("search", "own-bin"): (
        "T cells look for targets only in their own bin",
        "A T cell sees the tumour cells that share its search bin, not all within reach. Near the wall "
        "of a bin it misses neighbours it touches. The default is everything within reach.",
    ),
    ("directions", "pole-biased"): (
        "Random directions crowd at the poles",
        "The polar angle is drawn evenly, so that directions along z come up too often. The default draws "
        "evenly over the sphere.",
    ),
    ("dead_exchange", "as-alive"): (
        "Dying cells keep breathing",
        "Apoptotic cells take up oxygen and secrete at the full rate until they are cleared. The default is "
        "reduced exchange after death.",
    ),
    ("oxygen_reading", "after-uptake"): (
        "Cells read the oxygen that their own uptake has left",
        "The published program splits uptake from supply and lets cells read in between, so every cell sees its "
        "voxel as one diffusion step of uptake without supply leaves it. The field itself is solved to "
        "convergence, which the published one is not. The default reads the supplied field.",
    ),
    ("cycle", "memoryless"): (
        "Cells divide at a constant rate",
        "Whether a cell divides does not depend on how long it has cycled, so cycles last from minutes to days "
        "about the same mean. The default is a cycle of a fixed duration per cell.",
    ),
    ("walls", "periodic"): (
        "Cells that leave the box come in on the other side",
        "The box stands in a row of copies of itself for cells, not for fields. The default is closed walls.",
    ),
}

OXYGEN = (
    "Oxygen is solved to convergence",
    "The published splitting scheme is not converged in time: it overstates the oxygen deficit. Perforin solves "
    "the steady field properly and calibrates the uptake once, on the small untreated control.",
)


def departures(run: RunData) -> list[tuple[str, str, str]]:
    """Each departure as (key = value, title, what it does); none for a scenario that follows the defaults."""
    found = []
    law = dict(run.meta.get("law") or {})
    if any((run.meta.get("geometry") or {}).get("periodic") or ()) and not piece(run):
        law["walls"] = "periodic"
    for key, value in law.items():
        if (key, value) in MEANING:
            title, effect = MEANING[key, value]
            found.append((f'{key} = "{value}"', title, effect))
    return found


def calibrated_uptake(run: RunData) -> dict[str, Any] | None:
    """The oxygen uptake, where this run used a fitted one."""
    for row in run.sources:
        if "uptake" in str(row.get("path", "")) and row.get("grade") == "fitted":
            return row
    return None
