"""What the CAR law skips to be fast: exactly the same where it can be, the same in distribution where it cannot."""

import numpy as np
from dish import plan, walked
from numpy.testing import assert_allclose
from scipy import stats

from perforin.mechanisms.tissue import contact
from perforin.simulation import start, state, step
from perforin.streams import CHOICE, READINESS, draw

CROWD = (
    "culture.cells=200",
    "dose.cells=200",
    "culture.box='320 um'",
    "numerics.crowded_mechanics='0.1 min'",
)
GOLDEN = 0x9E3779B97F4A7C15


def places_by_id(tissue):
    order = np.argsort(tissue.cells.id[: tissue.cells.count])
    return tissue.cells.place[: tissue.cells.count, :3][order]


def stepped(skin, monkeypatch, steps=2):
    """The places after some steps, with lists of T cells that reach so far beyond touch."""
    monkeypatch.setattr(state, "WALK", skin)
    asked = plan(*CROWD)
    tissue = start.begin(asked)
    for _ in range(steps):
        step.advance(tissue, asked)
    return places_by_id(tissue)


def test_lists_of_t_cells_that_last_move_them_as_lists_made_at_every_small_step(monkeypatch):
    """A skin of 1 um is gone after the first small step: lists are made anew. Rounding of float32 grows for 12 min."""
    often = stepped(1.0, monkeypatch)
    rarely = stepped(state.WALK + 4.0, monkeypatch)
    assert_allclose(often, rarely, atol=1e-3)


def test_who_draws_before_searching_touches_whom_a_search_before_the_draw_finds():
    """Bit for bit: every T cell searches by brute force, then the draw says whether it was ready."""
    asked = plan(*CROWD)
    tissue = walked(asked, 0.5)
    tissue.gather()
    cells, n = tissue.cells, asked.numbers["contact"]
    ids, place, kind = cells.id, cells.place, cells.type
    free = [int(i) for i in tissue.t_cells if cells.partner[i] < 0 and cells.fate[i] == 0]
    targets = [j for j in range(cells.count) if tissue.role[kind[j]] == 0 and cells.fate[j] == 0]
    dt, tick, expected = 40.0, 777, {}
    for i in free:
        touched = [
            j
            for j in targets
            if contact.touches(i, j, n.touch[kind[i]], place, tissue.box.lengths, tissue.box.wrap)
        ]
        lots = [
            draw(1, tick, np.uint64(int(ids[i]) ^ (int(ids[j]) * GOLDEN % 2**64)), CHOICE) for j in touched
        ]
        best = touched[int(np.argmin(lots))] if touched else -1
        ready = draw(1, tick, ids[i], READINESS) < 1.0 - np.exp(-dt / n.gap[kind[i]])
        expected[i] = best if ready else -1
    contact.advance(
        cells, tissue.t_cells, n, asked.numbers["recognition"], asked.attack.receptors, tissue.role, tissue.crowd.near,
        tissue.box, 1, tick, dt,
    )  # fmt: skip
    assert {i: int(cells.partner[i]) for i in free} == expected
    assert sum(j >= 0 for j in expected.values()) > 5
    assert sum(j < 0 for j in expected.values()) > 50


def test_t_cells_in_small_steps_of_their_own_go_and_kill_as_in_small_steps_of_all():
    """In distribution: Kolmogorov-Smirnov over 200 ways in an hour, seed 1; kills within four standard deviations."""
    ways, kills = zip(*(hour_of(mechanics) for mechanics in ("0.5 min", "0.1 min")), strict=True)
    assert min(map(np.mean, ways)) > 5.0
    assert stats.ks_2samp(*ways).pvalue > 1e-3
    assert sum(kills) > 20
    assert abs(kills[0] - kills[1]) < 4 * np.sqrt(sum(kills))


def hour_of(mechanics):
    """How far each T cell went in most of an hour [um], and the kills, with such a step of the tissue."""
    asked = plan(*CROWD, f"numerics.mechanics='{mechanics}'", "car.damage.hit_rate='2 1/min'")
    tissue = start.begin(asked)
    step.advance(tissue, asked)
    before = places_of_t_cells(tissue)
    for _ in range(9):
        step.advance(tissue, asked)
    after = places_of_t_cells(tissue)
    return [np.linalg.norm(after[name] - before[name]) for name in after], tissue.counters["kills"]


def places_of_t_cells(tissue):
    return {int(tissue.cells.id[i]): tissue.cells.place[i, :2].astype(float) for i in tissue.t_cells}
