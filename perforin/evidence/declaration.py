"""What a case says about itself before it is run: `source.toml`, read and held to its word.

    kind         verification (of the code) | calibration (a number is set here) | prediction (nothing was set with it)
    question     what the case asks, in a sentence
    experiments  the measurements it compares with, by name
    predicts     measurements that a calibration foretells besides, in rows that say so
    exercises    the engine, mechanism and simulation functions it calls
    tunes        the parameters a calibration sets
    [[parameter]] path, source, seen     a parameter that touches the case, where its value came from, and the
                                         experiments that were in view when it was set

A case may say `prediction` only if none of its parameters was set with one of its experiments in view, by its own
words or because a calibration case tunes that parameter on that experiment. The same holds for what it `predicts`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

from perforin.errors import InputError, Problem

KINDS = ("verification", "calibration", "prediction")
_KEYS = ("kind", "question", "experiments", "predicts", "exercises", "tunes", "parameter")
_PARAMETER_KEYS = ("path", "source", "seen")


@dataclass(frozen=True)
class Parameter:
    """A parameter that touches a case."""

    path: str
    source: str
    seen: tuple[str, ...]


@dataclass(frozen=True)
class Declaration:
    """The content of one `source.toml`."""

    file: Path
    kind: str
    question: str
    experiments: tuple[str, ...]
    predicts: tuple[str, ...]
    exercises: tuple[str, ...]
    tunes: tuple[str, ...]
    parameters: tuple[Parameter, ...]


def read_declaration(file: Path) -> Declaration:
    """Read and check one `source.toml`. Raises InputError with every problem."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError([Problem(str(file), "", "no file", "a source.toml beside case.py")]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError([Problem(str(file), "", str(error), "a TOML file")]) from None
    problems = _shape_problems(file, table)
    if problems:
        raise InputError(problems)
    return Declaration(
        file,
        table["kind"],
        table["question"],
        tuple(table.get("experiments", ())),
        tuple(table.get("predicts", ())),
        tuple(table["exercises"]),
        tuple(table.get("tunes", ())),
        tuple(
            Parameter(p["path"], p["source"], tuple(p.get("seen", ()))) for p in table.get("parameter", ())
        ),
    )


def check_declarations(declarations: list[Declaration]) -> None:
    """Refuse a prediction whose parameters were set with its experiment in view. Raises InputError."""
    tuned: dict[str, set[str]] = {}
    for declaration in declarations:
        for path in declaration.tunes:
            tuned.setdefault(path, set()).update(declaration.experiments)
    problems = [problem for declaration in declarations for problem in _broken_word(declaration, tuned)]
    if problems:
        raise InputError(problems)


def check_functions(declaration: Declaration) -> None:
    """Refuse a case that names a function the product does not have. Raises InputError."""
    problems = [
        Problem(
            str(declaration.file),
            "exercises",
            f"'{name}'",
            "a function of the product, as perforin.room.file.name",
        )
        for name in declaration.exercises
        if not _exists(name)
    ]
    if problems:
        raise InputError(problems)


def _broken_word(declaration: Declaration, tuned: dict[str, set[str]]) -> list[Problem]:
    problems = []
    is_whole = declaration.kind == "prediction"
    foretold = {*declaration.predicts, *(declaration.experiments if is_whole else ())}
    for parameter in declaration.parameters:
        in_view = set(parameter.seen) | tuned.get(parameter.path, set())
        for experiment in sorted(in_view & foretold):
            problems.append(
                Problem(
                    str(declaration.file),
                    "kind" if is_whole else "predicts",
                    f"'prediction', but {parameter.path} was set with {experiment} in view",
                    "'calibration', or an experiment that was not seen",
                )
            )
    return problems


def _shape_problems(file: Path, table: dict) -> list[Problem]:
    problems = [_unknown(file, key, _KEYS) for key in table if key not in _KEYS]
    if table.get("kind") not in KINDS:
        problems.append(_problem(file, "kind", table.get("kind"), " | ".join(KINDS), KINDS))
    if not isinstance(table.get("question"), str):
        problems.append(Problem(str(file), "question", repr(table.get("question")), "a sentence"))
    if not table.get("exercises"):
        problems.append(
            Problem(str(file), "exercises", "nothing", "the functions of the product the case calls")
        )
    if table.get("kind") in ("calibration", "prediction") and not table.get("experiments"):
        problems.append(
            Problem(str(file), "experiments", "nothing", "the measurements the case compares with")
        )
    for position, parameter in enumerate(table.get("parameter", ())):
        problems += [
            _unknown(file, f"parameter[{position}].{key}", _PARAMETER_KEYS)
            for key in parameter
            if key not in _PARAMETER_KEYS
        ]
        problems += [
            Problem(str(file), f"parameter[{position}].{key}", "nothing", "required")
            for key in ("path", "source")
            if not parameter.get(key)
        ]
    return problems


def _unknown(file: Path, key: str, known: tuple[str, ...]) -> Problem:
    return _problem(file, key, key, "one of " + ", ".join(known), known)


def _problem(file: Path, key: str, found: object, expected: str, known: tuple[str, ...]) -> Problem:
    near = get_close_matches(str(found).rsplit(".", 1)[-1], known, n=1)
    return Problem(str(file), key, f"'{found}'", expected, near[0] if near else "")


def _exists(name: str) -> bool:
    """Whether perforin.room.file.name, or a method perforin.room.file.Class.name, can be found."""
    words = name.split(".")
    if words[0] != "perforin":
        return False
    for length in range(len(words) - 1, 1, -1):
        try:
            thing: object = import_module(".".join(words[:length]))
        except ImportError:
            continue
        for word in words[length:]:
            thing = getattr(thing, word, None)
        return thing is not None
    return False
