"""From what validation found to sentences a person can act on: file, key, found, expected, nearest word."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from perforin.errors import Problem

Problem4 = tuple[str, str, str, str]  # key, found, expected, suggestion

_EXPECTED = {
    "string_type": "text in quotes",
    "list_type": "a list [ ... ]",
    "tuple_type": "a list [ ... ]",
    "dict_type": "a table",
    "dataclass_type": "a table",
    "model_type": "a table",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "finite_number": "a finite number",
    "string_too_short": "text that is not empty",
    "too_short": "a list of at least {min_length}",
    "too_long": "a list of at most {max_length}",
    "greater_than_equal": "a number of at least {ge}",
    "less_than_equal": "a number of at most {le}",
}
_OF_A_NAME = "[key]"  # how pydantic ends the location of a problem with a name in a table
_UNKNOWN_KEY = ("extra_forbidden", "unexpected_keyword_argument", "unexpected_positional_argument")
_MISSING = (
    "missing",
    "missing_argument",
    "missing_positional_only_argument",
    "missing_keyword_only_argument",
)


def wrong(found: str, expected: str, suggestion: str = "", key: str = "") -> PydanticCustomError:
    """The error a validator raises when it can say all three itself; `key` lies within what it validates."""
    said = {"found": found, "expected": expected, "suggestion": suggestion, "key": key}
    return PydanticCustomError("said", "found {found}, expected {expected}", said)


def nearest(word: str, words: Iterable[str]) -> str:
    """The known word someone may have meant, or nothing."""
    known = {known.lower(): known for known in words}
    close = difflib.get_close_matches(str(word).lower(), known, 1, 0.6)
    return known[close[0]] if close else ""


def shown(value: Any) -> str:
    """A value as it was written, shortened."""
    if isinstance(value, str):
        text = f"'{value}'"
    elif isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, dict) and "value" in value:
        text = f"{value['value']} {value.get('unit', '(no unit)')}"
    elif isinstance(value, dict):
        text = "a table (" + ", ".join(map(str, list(value)[:4])) + ")"
    elif isinstance(value, (list, tuple)):
        text = "[" + ", ".join(shown(item) for item in value[:4]) + (", ...]" if len(value) > 4 else "]")
    else:
        text = str(value)
    return text if len(text) <= 80 else text[:77] + "..."


def one_of(words: Iterable[str]) -> str:
    """A vocabulary as an expectation."""
    known = sorted(words)
    if not known:
        return "nothing: the library has none"
    if len(known) > 12:
        return f"one of {len(known)} names, among them {', '.join(known[:8])}"
    return f"'{known[0]}', the only one there is" if len(known) == 1 else "one of " + ", ".join(known)


def key_of(location: Sequence[int | str]) -> str:
    """A place in a document as a person writes it: dose[0].cells."""
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part != "numbers":
            text += ("." if text else "") + (part if _is_plain(part) else f'"{part}"')
    return text


def _is_plain(key: str) -> bool:
    return key.replace("-", "").replace("_", "").isalnum()


def problems_in(error: ValidationError, file: str, schema: dict[str, Any], prefix: str = "") -> list[Problem]:
    """Everything a validation found, in the words of the file."""
    return [_problem(detail, file, schema, prefix) for detail in error.errors(include_url=False)]


def _problem(detail: ErrorDetails, file: str, schema: dict[str, Any], prefix: str) -> Problem:
    location = _named(detail["loc"], schema)
    key = key_of(location)
    if prefix:
        key = f"{prefix}.{key}" if key else prefix
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "said":
        key = ".".join(part for part in (key, context["key"]) if part)
        return Problem(file, key, context["found"], context["expected"], context["suggestion"])
    if kind in _UNKNOWN_KEY:
        known = [k for k in _properties(schema, location[:-1]) if k != "numbers"]
        return Problem(file, key, "an unknown key", one_of(known), nearest(str(location[-1]), known))
    if kind in _MISSING:
        about = _node(schema, location).get("description", "")
        return Problem(file, key, "nothing", f"this key{': ' + about if about else ''}")
    if kind == "literal_error":
        words = [str(w) for w in _node(schema, location).get("enum", [])]
        expected = one_of(words) if words else str(context.get("expected", ""))
        return Problem(file, key, shown(detail["input"]), expected, nearest(str(detail["input"]), words))
    expected = _EXPECTED.get(kind) or detail["msg"][0].lower() + detail["msg"][1:]
    return Problem(
        file, key, shown(detail["input"]), expected.format(**context).removeprefix("input should be ")
    )


def _named(location: Sequence[int | str], schema: dict[str, Any]) -> list[int | str]:
    """A location in the words of the file.

    A first element that counts positional arguments of a Python call is the argument's name; a problem with a name in a
    table of names belongs to the table.
    """
    parts = list(location)
    if parts and parts[-1] == _OF_A_NAME:
        parts = parts[:-2]
    names = list(_properties(schema, []))
    if parts and isinstance(parts[0], int) and parts[0] < len(names):
        parts[0] = names[parts[0]]
    return parts


def _resolve(node: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    while True:
        if "$ref" in node:
            node = {**root.get("$defs", {}).get(node["$ref"].rsplit("/", 1)[-1], {}), **_texts(node)}
        elif "anyOf" in node:
            solid = [n for n in node["anyOf"] if n.get("type") != "null"]
            node = {**solid[0], **_texts(node)}
        else:
            return node


def _texts(node: dict[str, Any]) -> dict[str, Any]:
    return {"description": node["description"]} if "description" in node else {}


def _node(root: dict[str, Any], location: Sequence[int | str]) -> dict[str, Any]:
    """The part of a JSON Schema that describes a place in a document."""
    node = _resolve(root, root)
    for part in location:
        if isinstance(part, int):
            node = node.get("items", {})
        else:
            node = node.get("properties", {}).get(part) or node.get("additionalProperties") or {}
        node = _resolve(node, root) if isinstance(node, dict) else {}
    return node


def _properties(root: dict[str, Any], location: Sequence[int | str]) -> dict[str, Any]:
    found = dict(_node(root, location).get("properties", {}))
    if "numbers" in found:
        found |= _node(root, [*location, "numbers"]).get("properties", {})
    return found
