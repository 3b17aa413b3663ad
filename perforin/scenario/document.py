"""Files as a person writes them: reading TOML, `from`, merging, and the path syntax of `--set`.

A document is what a TOML file says, as plain dicts and lists; nothing here knows what a scenario means.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from perforin.errors import LibraryError, Problem, ScenarioError
from perforin.scenario.problems import nearest, one_of, shown

MOST_BYTES = 10_000_000
# Of two keys that say the same thing, the later one wins when documents merge.
_EITHER_OR = (("radius", "cells"), ("day", "at"), ("culture", "patient"))
_STEP = re.compile(r"""\s*(?:"([^"]*)"|([\w%+-]+))((?:\[(?:\d+|"[^"]*"|'[^']*')\])*)\s*(?:\.|$)""")
_INDEX = re.compile(r"""\[(?:(\d+)|"([^"]*)"|'([^']*)')\]""")


def read_toml(path: Path, error: type[ScenarioError] | type[LibraryError] = ScenarioError) -> dict[str, Any]:
    """The document of a TOML file.

    Raises the given error for a missing file, a directory, another encoding than UTF-8, a byte-order mark, broken
    syntax (with its line) and an absurd size.
    """

    def refuse(found: str, expected: str) -> ScenarioError | LibraryError:
        return error([Problem(str(path), "", found, expected)])

    try:
        if path.is_dir():
            raise refuse("a directory", "a TOML file")
        if path.stat().st_size > MOST_BYTES:
            raise refuse(f"{path.stat().st_size:,} bytes", f"a TOML file of at most {MOST_BYTES:,} bytes")
        raw = path.read_bytes()
    except FileNotFoundError:
        raise refuse("no such file", "a TOML file") from None
    except (OSError, ValueError) as failure:
        reason = failure.strerror if isinstance(failure, OSError) and failure.strerror else str(failure)
        raise refuse(f"a file that cannot be read ({reason})", "a TOML file") from None
    if raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise refuse(
            "a byte-order mark at the start", "UTF-8 text without one (save as 'UTF-8', not 'UTF-8 with BOM')"
        )
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as failure:
        line = raw[: failure.start].count(b"\n") + 1
        raise refuse(f"a byte on line {line} that is not UTF-8", "UTF-8 text") from None
    if not text.strip():
        raise refuse("an empty file", "a scenario or a library entry in TOML")
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as failure:
        raise refuse(f"broken TOML: {failure}", "TOML as at https://toml.io") from None


WHOLE = ("targets", "cell")  # a gate, the make-up of a product: tables that mean something only whole


def merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """`over` laid on `base`: tables merge, everything else (numbers with their unit, arrays) replaces."""
    merged = dict(base)
    for first, second in _EITHER_OR:
        if first in over and second not in over:
            merged.pop(second, None)
        if second in over and first not in over:
            merged.pop(first, None)
    for key, value in over.items():
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(value, dict) and "value" not in value and key not in WHOLE:
            merged[key] = merge(old, value)
        else:
            merged[key] = value
    return merged


def overridden(document: dict[str, Any], assignment: str, expected_keys: Sequence[str]) -> dict[str, Any]:
    """The document with one `path=value` of the command line laid on it.

    Raises ScenarioError for a path that leads nowhere.
    """
    path, equals, text = assignment.partition("=")
    place = f"--set {assignment}"
    if not equals or not path.strip():
        raise _lost(place, "", shown(assignment), "path=value, like culture.radius='100 um'")
    return changed(document, path.strip(), _value(text.strip()), place, expected_keys)


def changed(
    document: dict[str, Any], path: str, value: Any, place: str, expected_keys: Sequence[str] = ()
) -> dict[str, Any]:
    """The document with one value laid on it at a path. Raises ScenarioError, in the file `place`, as `overridden`."""
    return _set(document, _steps(path, place), value, place, expected_keys)


def _lost(place: str, key: str, found: str, expected: str, suggestion: str = "") -> ScenarioError:
    return ScenarioError([Problem(place, key, found, expected, suggestion)])


def _value(text: str) -> Any:
    """A value parsed as TOML, else taken as a bare string."""
    try:
        parsed = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    return parsed["value"] if list(parsed) == ["value"] else text


def _steps(path: str, place: str) -> list[int | str | tuple[str]]:
    """The steps of a path: keys, positions (int) and names in an array of tables (a tuple of one name)."""
    steps: list[int | str | tuple[str]] = []
    position = 0
    while position < len(path):
        found = _STEP.match(path, position)
        if not found:
            raise _lost(
                place, path, "a path that cannot be read", 'keys joined by dots, like car["bivalent"].cell'
            )
        steps.append(found[1] if found[1] is not None else found[2])
        for index in _INDEX.finditer(found[3]):
            steps.append(int(index[1]) if index[1] else (index[2] or index[3] or "",))
        position = found.end()
    return steps


def _set(node: Any, steps: list[Any], value: Any, place: str, expected_keys: Sequence[str] = ()) -> Any:
    """A copy of `node` with the value at the end of the steps."""
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(node, list):
        if isinstance(step, str):  # the index may be left out when there is only one
            if len(node) != 1:
                raise _lost(place, "", f"{len(node)} tables", 'an index, like [0], or a name, like ["name"]')
            return [_set(node[0], steps, value, place)]
        index = _position(node, step, place)
        return [_set(item, rest, value, place) if i == index else item for i, item in enumerate(node)]
    if not isinstance(step, str):
        raise _lost(place, "", "an index", "an index only after an array of tables, like dose[0]")
    if not isinstance(node, dict):
        raise _lost(place, step, "a key inside " + shown(node), "a table")
    if expected_keys and step not in expected_keys and step not in node:
        raise _lost(place, step, "an unknown key", one_of(expected_keys), nearest(step, expected_keys))
    if rest:
        child = node.get(step, {})
        return {**node, step: _set(child, rest, value, place)}
    return _laid(node, step, value)


def _laid(node: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    is_number = "value" in node and not isinstance(node["value"], dict)
    if is_number and key in ("value", "unit"):  # a new number has left its source behind
        node = {k: v for k, v in node.items() if k in ("value", "unit")}
    return merge({k: v for k, v in node.items() if k != key}, {key: value}) | _order(node, key, value)


def _order(node: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    return {key: value} if key in node else {}


def _position(node: list[Any], step: int | tuple[str], place: str) -> int:
    if isinstance(step, int):
        if step < len(node):
            return step
        raise _lost(place, "", f"index {step}", f"an index below {len(node)}")
    names = [item.get("name", "") if isinstance(item, dict) else "" for item in node]
    if step[0] in names:
        return names.index(step[0])
    raise _lost(place, "", f"'{step[0]}'", one_of(n for n in names if n), nearest(step[0], names))
