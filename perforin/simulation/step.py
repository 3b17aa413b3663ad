"""One phenotype step of the tissue: every clock, in the order in which things happen."""

from __future__ import annotations

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
from perforin.scenario.plan import DosePlan, Plan
from perforin.simulation.medium import diffuse
from perforin.simulation.outgrown import stop_if_outgrown
from perforin.simulation.state import State


# fmt: off
def advance(state: State, plan: Plan) -> None:
    """Advance the tissue by one phenotype step.

    Clocks: doses and phenotype once, each field at its own interval, mechanics every `clock.mechanics` ticks, or
    every `clock.crowded` ticks while there are T cells.
    """
    cells, fields, log, count = state.cells, state.fields, state.events, state.counters
    n, law, clock, seed, flat = plan.numbers, plan.law, plan.clock, state.seed, state.box.flat
    start, span = state.tick, clock.phenotype * clock.tick

    for dose in plan.doses:                                                          # arrive
        if start - clock.phenotype < dose.tick <= start:  # in the first step that is not too early
            put_in(state, plan, dose)
    for field in plan.fields:                                                        # diffuse
        if start % field.interval == 0:
            diffuse(state, plan, field)
    oxygenation.sense(cells, fields["oxygen"], state.reading_step)                   # sense

    state.tidy(clock.phenotype)
    t_cells, near, attractant = state.t_cells, state.neighbours, fields[plan.attractant]
    stride = clock.crowded if t_cells.size else clock.mechanics
    dt = stride * clock.tick
    for tick in range(start, start + clock.phenotype, stride):
        mechanics.advance(cells, state.contact_table, near)                          # push and adhere
        if t_cells.size:
            minute, antigen = tick * clock.tick, n["antigen"]
            motility.advance(cells, t_cells, n["motility"], attractant, law, flat, seed, tick, dt)           # walk
            count["kills"] += killing.advance(
                cells, t_cells, n["killing"], antigen, seed, tick, dt, log, minute)                          # kill
            count["attachments"] += engagement.advance(
                cells, t_cells, n["engagement"], antigen, state.role, law, plan.geometry.bin, near,
                seed, tick, dt)                                                      # let go, recognise, engage
        state.move(dt, state.stride_before * clock.tick)                             # move
        state.stride_before = stride

    now, isotropic = (start + clock.phenotype) * clock.tick, law.directions == "isotropic"
    count["ageings"] += lifetime.advance(cells, n["lifetime"], seed, start, log, now, span)                  # age
    dividing = growth.advance(cells, n["growth"], span)                              # grow
    volume.advance(cells, n["volume"], span)
    count["divisions"] += division.advance(
        cells, dividing, n["division"], n["growth"], seed, start, isotropic, flat, log, now)                 # divide
    count["necroses"] += necrosis.advance(cells, n["necrosis"], seed, start, log, now, span)                 # die
    apoptosis.advance(cells, n["apoptosis"], log, now, span)                         # be cleared
    state.tick = start + clock.phenotype
    state.stop_if_lost()
    stop_if_outgrown(state, plan)
# fmt: on


def put_in(state: State, plan: Plan, dose: DosePlan) -> None:
    """Drop the T cells of one dose into the medium, clear of the tumour."""
    clear = state.tumour_radius() + dose.clearance
    before, minute = state.counters["arrivals"], state.tick * plan.clock.tick
    infusion.arrive(
        state.cells,
        dose.cells,
        dose.type,
        before,
        state.box,
        clear,
        plan.numbers["volume"],
        state.seed,
        state.events,
        minute,
    )
    state.counters["arrivals"] += dose.cells
