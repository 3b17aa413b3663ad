"""One phenotype step of the tissue: every clock, in the order in which things happen."""

from __future__ import annotations

from perforin.errors import EngineError
from perforin.mechanisms.tissue import (
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
    volume,
)
from perforin.scenario.plan import Plan
from perforin.simulation.medium import diffuse
from perforin.simulation.state import State


def advance(state: State, plan: Plan) -> None:
    """Advance the tissue by one phenotype step.

    Clocks: doses and phenotype once, each field at its own interval, mechanics every `clock.mechanics` ticks, or
    every `clock.crowded` ticks while there are T cells.
    """
    cells, seed, numbers, clock, log = state.cells, state.seed, plan.numbers, plan.clock, state.events
    start, span = state.tick, clock.phenotype * clock.tick
    count = state.counters

    for dose in plan.doses:  # arrive, in the first step that is not too early
        if start - clock.phenotype < dose.tick <= start:
            clear = state.tumour_radius() + dose.clearance
            many, kind, before = dose.cells, dose.type, count["arrivals"]
            infusion.arrive(
                cells, many, kind, before, state.box, clear, numbers["volume"], seed, log, start * clock.tick
            )
            count["arrivals"] += many

    for field in plan.fields:  # diffuse
        if start % field.interval == 0:
            diffuse(state, plan, field)
    oxygenation.sense(cells, state.fields["oxygen"], state.reading_step)  # sense

    state.tidy(clock.phenotype)
    t_cells, attractant = state.t_cells, state.fields[plan.attractant]
    stride = clock.crowded if t_cells.size else clock.mechanics
    dt = stride * clock.tick
    for tick in range(start, start + clock.phenotype, stride):
        minute = tick * clock.tick
        mechanics.advance(cells, state.contact_table, state.neighbours)  # push and adhere
        if t_cells.size:
            motility.advance(
                cells, t_cells, numbers["motility"], attractant, plan.law, state.box.flat, seed, tick, dt
            )
            count["kills"] += killing.advance(  # kill
                cells, t_cells, numbers["killing"], numbers["antigen"], seed, tick, dt, log, minute
            )
            count["attachments"] += engagement.advance(  # recognise, engage, let go
                cells, t_cells, numbers["engagement"], numbers["antigen"], state.role, plan.law, plan.geometry.bin,
                state.neighbours, seed, tick, dt,
            )  # fmt: skip
        state.move(dt, state.stride_before * clock.tick)  # move
        state.stride_before = stride

    now = (start + clock.phenotype) * clock.tick
    count["ageings"] += lifetime.advance(
        cells, numbers["lifetime"], seed, start, log, now, span
    )  # tire and die
    dividing = growth.advance(cells, numbers["growth"], span)  # grow
    volume.advance(cells, numbers["volume"], span)
    isotropic = plan.law.directions == "isotropic"
    count["divisions"] += division.advance(  # divide
        cells,
        dividing,
        numbers["division"],
        numbers["growth"],
        seed,
        start,
        isotropic,
        state.box.flat,
        log,
        now,
    )
    count["necroses"] += necrosis.advance(cells, numbers["necrosis"], seed, start, log, now, span)  # die
    apoptosis.advance(cells, numbers["apoptosis"], log, now, span)  # be cleared
    state.tick = start + clock.phenotype
    stop_if_outgrown(state, plan)


def stop_if_outgrown(state: State, plan: Plan) -> None:
    """Raise EngineError when the tumour touches the walls, where its surroundings are no longer what was asked."""
    room = min(plan.geometry.box[:2]) / 2 - plan.geometry.voxel
    radius = state.tumour_radius()
    if radius > room:
        day = state.tick * plan.clock.tick / 1440
        raise EngineError(
            f"the tumour outgrew its domain on day {day:.2f}: it reaches {radius:.0f} um from the centre and the box "
            f"of {min(plan.geometry.box[:2]):.0f} um leaves room for {room:.0f} um; "
            "give [culture] a larger box or fewer days"
        )
