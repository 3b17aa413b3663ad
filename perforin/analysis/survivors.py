"""Why the surviving tumour cells survived, one reason for each, read from the last snapshot."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import tables

if TYPE_CHECKING:
    import pandas as pd

    from perforin.results.run import RunData

REASONS: tuple[str, ...] = (
    "antigen_negative",
    "never_reached",
    "shut_out_by_stroma",
    "suppressed",
    "spared_by_chance",
    "no_attack",
)

HITS = ("hits_felt", "hits_open")
COST = "brake_cost__"

MEANING = {
    "antigen_negative": "carry too little antigen for the CAR to see: more T cells would not help",
    "never_reached": "no T cell ever held this cell or one of its mothers",
    "shut_out_by_stroma": "no contact, and stroma stands in the way",
    "suppressed": "held by T cells whose killing was held back",
    "spared_by_chance": "the line was held by a T cell and let go alive, or a daughter of one that was",
    "no_attack": "no T cell was ever in the dish",
}


def label(reason: str) -> str:
    """The reason as words: never_reached becomes never reached."""
    return reason.replace("_", " ") if reason != "antigen_negative" else "antigen-negative"


def reasons(
    antigen: np.ndarray, contact_time: np.ndarray, threshold: float, attacked: bool
) -> dict[str, int]:
    """Count living tumour cells by why they live; the first rule that fits decides.

    antigen       (n_cells,) level
    contact_time  (n_cells,) time this line was held by T cells since day 0 [min]
    threshold     antigen at or below this is invisible to the CAR
    attacked      whether any T cell was there
    """
    counts = dict.fromkeys(REASONS, 0)
    if not attacked:
        counts["no_attack"] = int(antigen.size)
        return counts
    negative = antigen <= threshold
    untouched = ~negative & (contact_time == 0)
    counts["antigen_negative"] = int(negative.sum())
    counts["never_reached"] = int(untouched.sum())
    counts["spared_by_chance"] = int(antigen.size - negative.sum() - untouched.sum())
    return counts


def reasons_of(cells: pd.DataFrame, threshold: float, attacked: bool, own: bool = False) -> np.ndarray:
    """(n_cells,) the reason of each living tumour cell of a run of the CAR law; the first rule that fits decides.

    Too little antigen to be killed by an unbraked contact of 6 h (answer < threshold): antigen-negative. Never held:
    never reached, or shut out by stroma where that stands in the way of every T cell. Held, but less than half of the
    hits due without brakes were felt: suppressed. Else spared by chance.

    own  count the contacts of the cell since its birth, not those of its line since day 0
    """
    if not attacked:
        return np.full(len(cells), "no_attack", dtype=object)
    held, felt, due = (cells[_account(name, own)].to_numpy(float) for name in ("contact_time", *HITS))
    shut = cells["shut_out"].to_numpy(bool) if "shut_out" in cells else np.zeros(len(cells), dtype=bool)
    negative, untouched = cells["answer"].to_numpy(float) < threshold, held == 0.0
    rules = [negative, untouched & shut, untouched, felt < 0.5 * due]
    names = ["antigen_negative", "shut_out_by_stroma", "never_reached", "suppressed"]
    return np.select(rules, names, "spared_by_chance").astype(object)


def _account(name: str, own: bool) -> str:
    return f"own_{name}" if own else name


def suppressed_by(run: RunData) -> dict[str, int]:
    """Of the suppressed survivors, how many each brake held back most, most frequent first."""
    cells = last_survivors(run)
    if cells is None or "answer" not in cells:
        return {}
    costs = [name for name in cells if str(name).startswith(COST)]
    held = cells[reasons_of(cells, _answer_threshold(run), tables.was_attacked(run)) == "suppressed"]
    if not len(held) or not costs:
        return {}
    largest = held[costs].to_numpy(float).argmax(axis=1)
    counts = {str(name).removeprefix(COST): int((largest == k).sum()) for k, name in enumerate(costs)}
    return dict(sorted(((n, c) for n, c in counts.items() if c), key=lambda item: -item[1]))


def since_birth(run: RunData) -> dict[str, int]:
    """The reasons by what each cell itself has met since its birth; empty for a run of the published law."""
    cells = last_survivors(run)
    if cells is None or "answer" not in cells:
        return {}
    return _counted(reasons_of(cells, _answer_threshold(run), tables.was_attacked(run), own=True))


def _counted(reasons: np.ndarray) -> dict[str, int]:
    return {reason: int((reasons == reason).sum()) for reason in REASONS}


def _answer_threshold(run: RunData) -> float:
    return float(run.meta.get("antigen", {}).get("answer_threshold", 0.0))


def last_survivors(run: RunData) -> pd.DataFrame | None:
    """The living tumour cells of the last snapshot; None for a run without snapshots."""
    if not run.snapshot_days:
        return None
    return tables.living(run, run.cells(run.snapshot_days[-1]), tables.TUMOUR)


def survivors(run: RunData) -> dict[str, int]:
    """The six reasons with their counts at the last snapshot; they sum to the living tumour cells there.

    Reported for the line: a daughter inherits the contacts of her mothers.
    """
    cells = last_survivors(run)
    if cells is None:
        return dict.fromkeys(REASONS, 0)
    if "answer" in cells:
        return _counted(reasons_of(cells, _answer_threshold(run), tables.was_attacked(run)))
    return reasons(
        cells["antigen"].to_numpy(float),
        cells["contact_time"].to_numpy(float),
        float(run.meta.get("antigen", {}).get("threshold", 0.0)),
        tables.was_attacked(run),
    )


def regrown_share(run: RunData) -> float:
    """Share of the survivors born after the last kill; nan without kills, survivors or snapshots.

    Both daughters of a division are born with it.
    """
    cells = last_survivors(run)
    if cells is None or len(cells) == 0 or len(run.events) == 0:
        return math.nan
    born = _born_after_the_last_kill(run, cells)
    return math.nan if born is None else float(born.mean())


def regrown(run: RunData) -> dict[str, int]:
    """Of each reason, how many were born after the last kill; empty for a run of the published law."""
    cells = last_survivors(run)
    if cells is None or "answer" not in cells:
        return {}
    born = _born_after_the_last_kill(run, cells)
    found = reasons_of(cells, _answer_threshold(run), tables.was_attacked(run))
    return _counted(found[born] if born is not None else found[:0])


def _born_after_the_last_kill(run: RunData, cells: pd.DataFrame) -> np.ndarray | None:
    """(n_cells,) bool; None for a run without kills."""
    kind, minute = run.events["kind"].astype(str), run.events["minute"]
    kills = minute[kind == "kill"]
    if len(kills) == 0:
        return None
    born = run.events["cell"][(kind == "division") & (minute > kills.max())]
    return cells["id"].isin(born).to_numpy()
