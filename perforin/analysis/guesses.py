"""The numbers that nobody measured and that decide the answer of a slab or block, said in one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from perforin.analysis import wording as say

if TYPE_CHECKING:
    from perforin.results.run import RunData

FEW_FOUNDERS = 30  # below this an answer rests on a handful of cells and holds only over replicates
ENOUGH_REPLICATES = 8
GUESSED = ("assumed", "yours")  # grades of a number that nobody measured for this
DECIDING = {  # the path of a number, where it is not one of a kind of cell: what it is
    "csf.entry": "the share of the dose that enters the lesion",
    "blood.extravasation": "how readily T cells leave the blood for the tumour",
    "activation.limit": "how often a T cell divides without help",
    "matrix.density": "how dense the stroma is",
    "depletion.upheld": "how many of the vessels need fibroblasts",
    "suppression.product": "how much of its killing and division a T cell keeps under the brakes of the tissue",
}


def guesses(run: RunData) -> list[dict[str, Any]]:
    """The numbers among those that decide the answer of a slab which are guesses, as the run keeps them."""
    rows = [row for row in run.sources if row.get("grade") in GUESSED and not _is_off(row)]
    return [row for path in DECIDING for row in rows if _is(row, path)]


def caveat(run: RunData) -> str:
    """On which guesses the answer of a slab rests, and from how many founders on one run may give it.

    Nothing for a dish, or where no T cells were given.
    """
    if not _is_sample(run) or not run.meta.get("doses"):
        return ""
    rule = f"below {FEW_FOUNDERS} founders it is given only over replicates (at least {ENOUGH_REPLICATES})"
    found = _rests_on(run)
    return f"{found}; {rule}." if found else f"How far to trust the answer: {rule}."


def caveat_over(runs: Sequence[RunData], founders: Sequence[float]) -> str:
    """The same for replicates, each with its founders: whether there are enough of them for an answer.

    Nothing for dishes, or where no T cells were given.
    """
    first, many = runs[0], len(runs)
    if not _is_sample(first) or not first.meta.get("doses"):
        return ""
    found, few = _rests_on(first), [number for number in founders if number < FEW_FOUNDERS]
    rests = f"{found}." if found else ""
    if not few:
        return rests
    where = "each replicate" if len(few) == many else f"{len(few)} of {many} replicates"
    rule = f"With fewer than {FEW_FOUNDERS} founders in {where}, no single one is an answer"
    enough = (
        f": only what holds over all {many} is."
        if many >= ENOUGH_REPLICATES
        else f", and {many} together are not yet one either: it takes at least {ENOUGH_REPLICATES}."
    )
    return " ".join(filter(None, (rests, rule + enough)))


def _is_sample(run: RunData) -> bool:
    return bool(run.meta.get("slab") or run.meta.get("block"))


def _rests_on(run: RunData) -> str:
    """The guesses that decide, as a sentence without its end; nothing where all were measured."""
    found = [_said(row) for row in guesses(run)]
    if not found:
        return ""
    many = "a guess that decides" if len(found) == 1 else f"{len(found)} guesses that decide"
    return f"The answer rests on {many} it: {say.listed(found)}"


def too_few(founders: float) -> bool:
    """Whether so many founders are too few for one run to give an answer."""
    return 0 < founders < FEW_FOUNDERS


def _said(row: dict[str, Any]) -> str:
    """A guess in words: what it is, its value, and the range that is thought possible."""
    path, note = next(path for path in DECIDING if _is(row, path)), str(row.get("note") or "")
    low_high = row.get("spread") or ()
    words = [f"{path} {_shown([row['value']], row)}"]
    words += [f"prior {_shown(low_high, row)}"] if len(low_high) == 2 else [note] if note else []
    words += (
        ["never measured in man"] if "not measured in man" in note or "never measured in man" in note else []
    )
    return f"{DECIDING[path]} ({', '.join(dict.fromkeys(words))})"


def _shown(numbers: Iterable[float], row: dict[str, Any]) -> str:
    """Shares of a dose in percent, other numbers as they are: `0.1 to 5 %`."""
    if _is(row, "csf.entry") and row.get("unit") == "1":
        return " to ".join(f"{100 * number:g}" for number in numbers) + f"{say.GAP}%"
    unit = "" if row.get("unit") == "1" else f"{say.GAP}{row.get('unit')}"
    return " to ".join(f"{number:g}" for number in numbers) + unit


def _is_off(row: dict[str, Any]) -> bool:
    """A static brake of 1, where the fields of the tissue brake instead."""
    return _is(row, "suppression.product") and row.get("value") == 1


def _is(row: dict[str, Any], path: str) -> bool:
    return row.get("path") in (path, f"tumour.{path}")
