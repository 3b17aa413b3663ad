"""One phenotype step of the tissue: every clock, in the order in which things happen."""

from __future__ import annotations

import numpy as np

from perforin.mechanisms.tissue import (
    activation,
    antigen_panel,
    apoptosis,
    attrition,
    brakes,
    car_surface,
    checkpoint,
    chemotaxis,
    contact,
    crawling,
    crowding,
    damage,
    division,
    down_modulation,
    engagement,
    exhaustion,
    growth,
    il2,
    infusion,
    killing,
    lifetime,
    mechanics,
    mixing,
    necrosis,
    oxygenation,
    recognition,
    responses,
    restraint,
    volume,
)
from perforin.scenario.plan import T_CELL, AttackPlan, DosePlan, Plan
from perforin.simulation import comoving
from perforin.simulation.medium import diffuse
from perforin.simulation.outgrown import stop_if_outgrown
from perforin.simulation.state import GUARD, State


# fmt: off
def until(state: State, plan: Plan, minutes: float) -> None:
    """Advance the tissue to the first phenotype step that ends at so many minutes of the run, or later."""
    while state.tick * plan.clock.tick < minutes - 1e-9:
        advance(state, plan)


def advance(state: State, plan: Plan) -> None:
    """Advance the tissue by one phenotype step.

    Clocks: doses and phenotype once, each field at its own interval, mechanics every `clock.mechanics` ticks, and
    within each step of mechanics T cells every `clock.crowded` ticks.
    """
    cells, fields, count = state.cells, state.fields, state.counters
    n, clock, start = plan.numbers, plan.clock, state.tick

    for dose in plan.doses:                                                          # arrive
        if start - clock.phenotype < dose.tick <= start:  # in the first step that is not too early
            put_in(state, plan, dose)
    state.look()
    if state.slab is not None:
        count["arrivals"] += state.slab.let_in(
            state, n["volume"], state.seed, start, clock.phenotype * clock.tick, start * clock.tick)
    if state.block is not None:
        state.block.normalise(start * clock.tick)
        state.block.deplete(state, plan.hosts, start, clock.phenotype * clock.tick, start * clock.tick)
        comoving.follow(state, state.block, plan, clock.phenotype * clock.tick)
        count["arrivals"] += state.block.exchange(
            state, n["volume"], start, clock.phenotype * clock.tick, start * clock.tick)
    for field in plan.fields:                                                        # diffuse
        if start % field.interval == 0:
            diffuse(state, plan, field)
    oxygenation.sense(cells, fields["oxygen"], state.reading_step)                   # sense

    if plan.geometry.kind == "suspension":
        free = np.flatnonzero(state.is_role(T_CELL)).astype(np.int32)
        mixing.advance(cells, free, n["mixing"], state.box, state.seed, start, clock.phenotype * clock.tick)     # mix
    state.tidy(clock.phenotype)
    t_cells, near = state.t_cells, state.neighbours
    if plan.attack is not None:
        recognition.forget(cells, t_cells)
    if plan.responses is not None:
        responses.sense(cells, t_cells, state.tumour, plan.responses, fields, clock.phenotype * clock.tick)  # starve
    if t_cells.size:
        state.toward = chemotaxis.feel(
            plan.receptors, fields, state.grid, len(plan.types), state.toward)       # feel chemokines
    for tick in range(start, start + clock.phenotype, clock.mechanics):
        if t_cells.size:
            state.gather()
            attack_tumour(state, plan, tick)                                         # engage, hit, kill
            crawl(state, plan, tick)                                                 # walk and squeeze through
        mechanics.advance(cells, state.contact_table, state.resting, near, state.box)            # push and adhere
        state.move(clock.mechanics * clock.tick)                                     # move

    if plan.responses is not None:
        responses.restrain(cells, t_cells, plan.responses)                           # hold back
    age(state, plan)
    state.tick = start + clock.phenotype
    state.stop_if_lost()
    stop_if_outgrown(state, plan)


def age(state: State, plan: Plan) -> None:
    """What each cell does by itself in a phenotype step: grow, divide, tire, die."""
    cells, log, count, attack = state.cells, state.events, state.counters, plan.attack
    n, law, clock, seed, flat = plan.numbers, plan.law, plan.clock, state.seed, state.box.flat
    start, span = state.tick, clock.phenotype * clock.tick
    now, isotropic = (start + clock.phenotype) * clock.tick, law.directions == "isotropic"
    chance = (seed, start) if law.cycle == "memoryless" else None
    if attack is None:
        count["ageings"] += lifetime.advance(cells, n["lifetime"], seed, start, log, now, span)              # age
        dividing = growth.advance(cells, n["growth"], span, None, chance)            # grow
    else:
        expanding = live(state, plan, start, span)                                   # tire, respond, age
        dividing = np.concatenate([growth.advance(cells, n["growth"], span, state.even, chance), expanding]) # grow
        crowding.advance(cells, n["crowding"], span, plan.geometry.floor)
        if state.stroma is not None and "restraint" in n:
            restraint.advance(cells, n["restraint"], state.stroma.density, state.stroma.grid, span)
    volume.advance(cells, n["volume"], span)
    before = cells.count
    count["divisions"] += division.advance(
        cells, dividing, n["division"], n["growth"], seed, start, isotropic, flat, log, now)                 # divide
    if attack is not None:
        born = np.arange(before, cells.count)
        antigen_panel.inherit(cells, dividing, born, attack.panel, seed, start)      # lose and regain antigen
        antigen_panel.recover(cells, cells.count, attack.panel, span)
    count["necroses"] += necrosis.advance(cells, n["necrosis"], seed, start, log, now, span)                 # die
    apoptosis.advance(cells, n["apoptosis"], log, now, span)                         # be cleared
    if state.stroma is not None:
        state.stroma.remodel(cells, state.fields, span)                              # lay down and cut matrix
# fmt: on


def attack_tumour(state: State, plan: Plan, tick: int) -> None:
    """The T cells, one step of the tissue, by the law of the plan."""
    if plan.attack is None:
        attach_and_die(state, plan, tick)
    elif tick % plan.clock.contact == 0:
        touch(state, plan, plan.attack, tick)


def attach_and_die(state: State, plan: Plan, tick: int) -> None:
    """The published attack: an attached T cell kills at a rate, lets go at a rate, or looks for a target."""
    cells, rows, n, count = state.cells, state.t_cells, plan.numbers, state.counters
    antigen, seed, minute = n["antigen"], state.seed, tick * plan.clock.tick
    dt = plan.clock.mechanics * plan.clock.tick
    count["kills"] += killing.advance(
        cells, rows, n["killing"], antigen, seed, tick, dt, state.events, minute
    )
    many, state.pull = engagement.advance(
        cells,
        rows,
        n["engagement"],
        antigen,
        state.role,
        plan.law,
        plan.geometry.bin,
        state.neighbours,
        state.crowd.near,
        seed,
        tick,
        dt,
    )
    count["attachments"] += many


def crawl(state: State, plan: Plan, start: int) -> None:
    """The T cells, one step of the tissue in small ones: pushed by all they touch, and pulled, they walk."""
    rows, crowd, clock = state.t_cells, state.crowd, plan.clock
    if state.slab is not None:
        state.slab.turn_back(state.cells, rows)
    tick, end, pushed = start, start + clock.mechanics, 0.0
    while tick < end:
        tick, way, met = small_steps(state, plan, range(tick, end, clock.crowded))
        state.note_crawl(way, met)
        pushed += (
            way + crowd.skin / 2
        )  # from where they stood when the lists were made, and there from where they began
        if tick < end:
            state.gather(pushed)
    state.cells.velocity[rows] = 0.0  # the step of the tissue does not move them again


def small_steps(state: State, plan: Plan, ticks: range) -> tuple[int, float, int]:
    """Steps of the T cells while their lists hold; the tick reached, the farthest way and how many met the guard."""
    return crawling.advance(
        state.cells,
        state.t_cells,
        state.pull,
        state.crowd,
        state.contact_table,
        plan.numbers["motility"],
        state.attractant,
        plan.law,
        state.seed,
        ticks,
        plan.clock.tick,
        GUARD,
        state.pace,
        state.ground,
        state.toward,
    )


def touch(state: State, plan: Plan, attack: AttackPlan, tick: int) -> None:
    """The CAR law, one contact step: touch and let go, recognise, take antigen, hit, and kill."""
    cells, rows, n, count, clock = state.cells, state.t_cells, plan.numbers, state.counters, plan.clock
    dt, minute, seed = clock.contact * clock.tick, tick * clock.tick, state.seed
    attached = contact.advance(
        cells,
        rows,
        n["contact"],
        n["recognition"],
        attack.receptors,
        state.role,
        state.crowd.near,
        state.box,
        seed,
        tick,
        dt,
    )
    count["attachments"] += attached.size
    down_modulation.advance(cells, attached, n["down_modulation"], attack.receptors)
    pair = None
    if "checkpoint" in n:
        pair = checkpoint.advance(
            cells, rows, n["checkpoint"], n["volume"], n["recognition"], plan.responses, dt
        )
    brake = brakes.brake_of(cells, rows, n["exhaustion"], n["suppression"], plan.responses, pair)
    count["kills"] += damage.advance(
        cells, rows, n["damage"], n["recognition"], brake, seed, tick, dt, state.events, minute
    )


def live(state: State, plan: Plan, start: int, span: float) -> np.ndarray:
    """The T cells of the CAR law, one phenotype step: tire, lose and regain CARs, respond, die; who divides."""
    cells, rows, n = state.cells, state.t_cells, plan.numbers
    now = (start + plan.clock.phenotype) * plan.clock.tick
    exhaustion.advance(cells, rows, n["exhaustion"], span)
    car_surface.advance(cells, rows, n["car_surface"], span)
    help_, left = state.level_at(rows, il2.FIELD), float(n["suppression"].product[0])
    expanding = activation.advance(cells, rows, n["activation"], help_, left, span)
    state.counters["ageings"] += attrition.advance(
        cells, rows, n["attrition"], state.seed, start, state.events, now, span
    )
    return expanding[cells.fate[expanding] == apoptosis.ALIVE]


def put_in(state: State, plan: Plan, dose: DosePlan) -> None:
    """Drop the T cells of one dose into the medium, clear of the tumour, or into the fluid that reaches a lesion."""
    if state.slab is not None:
        state.slab.fluid.receive(dose.type, dose.cells)
        return
    if state.block is not None:
        state.block.pools.receive(dose.type, dose.cells)
        return
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
