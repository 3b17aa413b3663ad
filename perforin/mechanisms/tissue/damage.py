"""Damage: hits accumulate on a tumour cell, are repaired, and kill together.

    hits    Poisson with rate  hit_rate * s^2 / (s^2 + half_kill^2) * prod_k b_k   per T cell that holds the cell
    repair  d damage / dt = -damage / decay
    death   hazard = kill_rate * damage^6 / (lethal^6 + damage^6)

One hit is repaired, three within an hour are lethal (Weigelin 2021): cooperation of several T cells and serial killing
follow from it. b_k are the brakes on the T cell (brakes.py). A cell that dies is apoptotic; the kill belongs to the
T cell of the last hit. Hits of all T cells add up on a cell, so `decay`, `lethal` and `kill_rate` are one number for
all kinds of T cells; only `hit_rate` may differ.

Reads   partner, signal, id
Writes  damage [1], hitter, kills, fate, dying_time, and the counters of exposure
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np

from perforin.engine.cells import Column
from perforin.errors import Problem, ScenarioError
from perforin.mechanisms.declare import Mechanism
from perforin.mechanisms.tissue import exposure
from perforin.mechanisms.tissue.apoptosis import ALIVE, APOPTOTIC
from perforin.mechanisms.tissue.recognition import response
from perforin.quantities import Value, given
from perforin.streams import HIT, LYSIS, draw

STEEPNESS = 6
NEGLIGIBLE = 1e-3  # damage whose hazard is below 1e-21 of kill_rate
_RANGE, _CELLS, _SUBSTEP = (
    10.0,
    400,
    0.25,
)  # of `death_probability`: hits, cells of the finer grid, largest step [min]


@dataclass(frozen=True)
class Damage:
    """How T cells kill."""

    hit_rate: Value = given(
        1.0 / 22.0,
        "1/min",
        "assumed",
        "assumed",
        "at full signal and without brakes; culture wells want 1/31 to 1/17",
        (1.0 / 45.0, 1.0 / 12.0),
    )
    decay: Value = given(
        50.0,
        "min",
        "Weigelin 2021",
        "assumed",
        "hits spaced by less add up: taken as the time constant of repair",
    )
    lethal: Value = given(3.0, "1", "Weigelin 2021", "assumed", "hits at which half the hazard is reached")
    kill_rate: Value = given(
        0.25, "1/min", "assumed", "assumed", "hazard far above the lethal damage: death within minutes"
    )


DECLARATION = Mechanism(
    "damage",
    Damage,
    (
        Column("damage", "float32", "1", on_division="halve", about="hits not yet repaired"),
        Column("hitter", "uint64", "1", about="id of the T cell of the last hit"),
        Column("kills", "uint16", "1", on_division="reset_both", about="by this T cell"),
    ),
    ("kill",),
    acts_on=("T cell",),
    attack="car",
)


@numba.njit(cache=True)
def hits_of(u, mean):
    """How many events a Poisson law of this mean gives for one uniform number."""
    chance = math.exp(-mean)
    total, number = chance, 0
    while u > total and number < 64:
        number += 1
        chance *= mean / number
        total += chance
    return number


@numba.njit(cache=True)
def hazard(damage, lethal, kill_rate):
    """The rate at which a damaged cell dies [1/min]."""
    power = (damage / lethal) ** STEEPNESS
    return kill_rate * power / (1.0 + power)


@numba.njit(cache=True)
def strike(
    rows,
    kind,
    fate,
    ids,
    partner,
    signals,
    brake,
    damage,
    hitter,
    first_contact,
    time,
    felt,
    opened,
    cost,
    own_time,
    own_felt,
    own_opened,
    own_cost,
    hit_rate,
    half_kill,
    dt,
    minute,
    seed,
    step,
):
    """Deliver the hits of the T cells in `rows`. Changes damage, hitter and the counters."""
    for m in range(rows.size):
        i = rows[m]
        j = partner[i]
        if j < 0 or fate[i] != ALIVE or fate[j] != ALIVE:
            continue
        t = kind[i]
        open_hits = dt * hit_rate[t] * response(signals[i], half_kill[t])
        passed = exposure.count(
            j, minute, dt, open_hits, brake[m], first_contact, time, felt, opened, cost,
            own_time, own_felt, own_opened, own_cost,
        )  # fmt: skip
        number = hits_of(draw(seed, step, ids[i], HIT), open_hits * passed)
        if number > 0:
            damage[j] += number
            hitter[j] = ids[i]


@numba.njit(cache=True)
def lyse(fate, ids, damage, dying_time, count, lethal, kill_rate, keep, dt, seed, step, dead):
    """Let damaged cells die at their hazard and repair what is left; returns how many died (rows in `dead`)."""
    many = 0
    for j in range(count):
        if damage[j] <= 0.0:
            continue
        if fate[j] == ALIVE and damage[j] > NEGLIGIBLE:
            risk = 1.0 - math.exp(-dt * hazard(damage[j], lethal, kill_rate))
            if draw(seed, step, ids[j], LYSIS) < risk:
                fate[j] = APOPTOTIC
                dying_time[j] = 0.0
                dead[many] = j
                many += 1
        damage[j] *= keep
    return many


def advance(
    cells,
    rows,
    numbers,
    recognition,
    brake: np.ndarray,
    seed: int,
    step: int,
    dt: float,
    events,
    minute: float,
) -> int:
    """One contact step of hits, repair and death; returns how many tumour cells were killed.

    brake  (m, brakes) float64 in (0, 1]: what is left of each T cell's hit rate
    """
    n, count = numbers, cells.count
    strike(
        rows,
        cells.type,
        cells.fate,
        cells.id,
        cells.partner,
        cells.signal,
        brake,
        cells.damage,
        cells.hitter,
        cells.first_contact,
        cells.contact_time,
        cells.hits_felt,
        cells.hits_open,
        cells.brake_cost,
        cells.own_contact_time,
        cells.own_hits_felt,
        cells.own_hits_open,
        cells.own_brake_cost,
        n.hit_rate,
        recognition.half_kill,
        dt,
        minute,
        seed,
        step,
    )
    dead = np.empty(count, dtype=np.int32)
    decay, lethal, kill_rate = of_targets(n)
    keep = math.exp(-dt / decay)
    many = lyse(
        cells.fate, cells.id, cells.damage, cells.dying_time, count, lethal, kill_rate, keep, dt, seed, step, dead
    )  # fmt: skip
    if many:
        killers = cells.hitter[dead[:many]]
        for killer in killers:
            cells.kills[rows[cells.id[rows] == killer]] += 1
        events.add(minute, "kill", cells, dead[:many], killers)
    return many


def of_targets(numbers) -> tuple[float, float, float]:
    """decay [min], lethal [1] and kill_rate [1/min], which the kinds of T cells (types 1, 2, ...) share.

    Raises ScenarioError where they do not.
    """
    shared = []
    for name in ("decay", "lethal", "kill_rate"):
        values = getattr(numbers, name)
        values = values[1:] if values.size > 1 else values
        if (values != values[0]).any():
            found = ", ".join(f"{value:g}" for value in values)
            expected = "one number for all kinds of T cells: their hits add up on the same tumour cell"
            raise ScenarioError([Problem("scenario", f"car.damage.{name}", found, expected)])
        shared.append(float(values[0]))
    decay, lethal, kill_rate = shared
    return decay, lethal, kill_rate


def lethal_rate(numbers, chance: float = 0.05, contact: float = 360.0) -> float:
    """The steady hit rate [1/min] at which an unbraked contact of so many minutes kills with this probability.

    Found by bisection on `death_probability`. Raises ScenarioError as `of_targets`.
    """
    law = of_targets(numbers)
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        reached = death_probability(middle, contact, *law) >= chance
        low, high = (low, middle) if reached else (middle, high)
    return high


def death_probability(rate: float, minutes: float, decay: float, lethal: float, kill_rate: float) -> float:
    """P(dead) of a cell that is hit at a steady rate [1/min] for so many minutes, from no damage.

    The error of the grid is proportional to its spacing; two grids take it away.
    """
    coarse, fine = (_died(rate, minutes, decay, lethal, kill_rate, cells) for cells in (_CELLS // 2, _CELLS))
    return 2.0 * fine - coarse


@numba.njit(cache=True)
def _died(rate, minutes, decay, lethal, kill_rate, cells):
    """P(dead) from the density of damage on a grid of hits.

    Decay is upwind transport to the left, a hit a jump of one, death a loss at the hazard; explicit steps that keep
    the density positive.
    """
    step = _RANGE / cells
    jump = int(round(1.0 / step))
    dt = min(_SUBSTEP, 0.5 * step * decay / _RANGE)
    steps = int(math.ceil(minutes / dt))
    dt = minutes / steps
    alive, after = np.zeros(cells + 1), np.zeros(cells + 1)
    alive[0] = 1.0
    kept = np.array([math.exp(-dt * hazard(k * step, lethal, kill_rate)) for k in range(cells + 1)])
    for _ in range(steps):
        for k in range(cells + 1):
            out = k * dt / decay  # share of this cell that moves one cell down
            after[k] += alive[k] * (1.0 - out)
            if k > 0:
                after[k - 1] += alive[k] * out
        hit = 1.0 - math.exp(-rate * dt)
        for k in range(cells, -1, -1):
            there = after[k] * hit
            alive[k] = after[k] - there
            after[k] = 0.0
            alive[min(k + jump, cells)] += there
        for k in range(cells + 1):
            alive[k] *= kept[k]
    return 1.0 - alive.sum()
