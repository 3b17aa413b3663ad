"""The mechanisms of the tissue: one file each, and the list of what they declare."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from perforin.engine.cells import Column
from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue import (
    activation,
    antigen,
    antigen_panel,
    apoptosis,
    attrition,
    car_surface,
    checkpoint,
    chemotaxis,
    contact,
    crowding,
    damage,
    depletion,
    division,
    down_modulation,
    engagement,
    exhaustion,
    exposure,
    growth,
    il2,
    infusion,
    killing,
    lifetime,
    matrix,
    mechanics,
    mixing,
    motility,
    necrosis,
    normalisation,
    oxygenation,
    passage,
    perfusion,
    recognition,
    remodelling,
    respiration,
    responses,
    restraint,
    secretion,
    suppression,
    vessels,
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
        crowding,
        antigen_panel,
        recognition,
        contact,
        down_modulation,
        damage,
        exposure,
        suppression,
        exhaustion,
        car_surface,
        activation,
        attrition,
        il2,
        perfusion,
        respiration,
        mixing,
        matrix,
        remodelling,
        passage,
        restraint,
        responses,
        checkpoint,
        chemotaxis,
    )
)


# whose numbers a lesion has, not each kind of cell
OF_LESIONS: tuple[Mechanism, ...] = (
    vessels.DECLARATION,
    normalisation.DECLARATION,
    depletion.DECLARATION,
)


def mechanisms_of(attack: str, geometry: str = "") -> tuple[Mechanism, ...]:
    """The mechanisms at work under one law of attack, in one geometry or in any, in order."""
    return tuple(
        mechanism
        for mechanism in MECHANISMS
        if mechanism.attack in ("", attack)
        and (not geometry or not mechanism.geometries or geometry in mechanism.geometries)
    )


def columns_of(attack: str, antigens: int = 1, sizes: Mapping[str, int] | None = None) -> Iterator[Column]:
    """The columns of the mechanisms at work, sized for so many antigens.

    sizes  how many a run has of what only some runs have (effects, pace), or have more of (brakes)
    """
    many = {"antigen": antigens, "brake": len(exposure.BRAKES), **(sizes or {})}
    for mechanism in mechanisms_of(attack):
        for column in mechanism.columns:
            width = many.get(column.per, 0) if column.per else column.width
            if width and (not column.only or many.get(column.only)):
                yield replace(column, width=width)
