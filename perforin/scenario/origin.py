"""Where a scenario comes from: a file or the library, and the scenarios it starts `from`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from perforin.errors import Problem, ScenarioError
from perforin.scenario.catalog import Library
from perforin.scenario.document import merge, read_toml
from perforin.scenario.problems import nearest, one_of, shown


def resolved(wanted: str | Path, library: Library) -> tuple[dict[str, Any], str]:
    """The document of a name or path with every `from` merged in, and the file it came from.

    Raises ScenarioError for what cannot be found or read, and for a circle, naming its chain.
    """
    return _resolved(wanted, library, Path.cwd(), ())


def _resolved(
    wanted: str | Path, library: Library, folder: Path, chain: tuple[str, ...]
) -> tuple[dict[str, Any], str]:
    """The document of a name or path with its `from` merged in, and the file it came from."""
    path = _locate(wanted, library, folder, chain)
    place = str(path.resolve())
    if place in chain:
        names = " -> ".join(Path(step).name for step in [*chain[chain.index(place) :], place])
        raise ScenarioError(
            [Problem(str(path), "from", f"a circle: {names}", "a scenario that does not start from itself")]
        )
    document = read_toml(path)
    start = document.pop("from", None)
    if start is None:
        return document, str(path)
    if not isinstance(start, str):
        raise ScenarioError(
            [Problem(str(path), "from", shown(start), "the name or file of another scenario")]
        )
    base, _ = _resolved(start, library, path.parent, (*chain, place))
    return merge(base, document), str(path)


def _locate(wanted: str | Path, library: Library, folder: Path, chain: tuple[str, ...]) -> Path:
    text = str(wanted)
    asked_in = chain[-1] if chain else text
    key = "from" if chain else ""
    known = library.names("scenarios")
    looks_like_path = isinstance(wanted, Path) or text.endswith(".toml") or "/" in text or os.sep in text
    if not looks_like_path and text in known:
        return Path(library.find("scenarios", text).file)
    path = Path(text).expanduser()
    path = path if path.is_absolute() else folder / path
    try:
        exists = path.exists()
    except (OSError, ValueError):
        exists = False
    if exists:
        return path
    if looks_like_path:
        hint = nearest(path.name, _neighbours(path))
        raise ScenarioError([Problem(asked_in, key, f"no such file: {path}", "a scenario file", hint)])
    expected = f"a scenario file or {one_of(known)}"
    raise ScenarioError(
        [Problem(asked_in, key, f"no scenario {shown(text)}", expected, nearest(text, known))]
    )


def _neighbours(path: Path) -> list[str]:
    try:
        return [p.name for p in path.parent.glob("*.toml")]
    except (OSError, ValueError):
        return []
