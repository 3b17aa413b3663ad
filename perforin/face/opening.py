"""Opening what is stored or written: a run, replicates, a comparison, or a scenario."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from perforin.face.comparison import Comparison
from perforin.face.find import find_run
from perforin.face.replicates import Replicates
from perforin.face.run import Run
from perforin.results.layout import LARGEST_TEXT, RUN, read_bytes, unfit

if TYPE_CHECKING:
    from perforin.scenario.scenario import Scenario


def load(
    what: str | Path, *, library_path: str | Path | None = None
) -> Run | Replicates | Comparison | Scenario:
    """Open a run folder or its run.json as a Run; read a scenario file, or a name in the library, as a Scenario.

    Raises FolderError, ScenarioError or LibraryError.
    """
    path = Path(what)
    if path.name == RUN or (path / RUN).is_file():
        return open_run(path)
    from perforin.scenario.scenario import load as load_scenario

    return load_scenario(what, [], library_path)


def open_run(text: str | Path) -> Run | Replicates | Comparison:
    """The run, or what several runs left, that a folder, a run.json or the beginning of a name in ./runs stands for."""
    folder = find_run(text)
    kinds = {"replicates": Replicates, "comparison": Comparison, "run": Run}
    return kinds[kind_of(folder)].open(folder)


def kind_of(folder: Path) -> str:
    """What the folder holds: a "run", "replicates" or a "comparison"."""
    path = folder / RUN
    try:
        meta = json.loads(read_bytes(path, LARGEST_TEXT))
    except (ValueError, RecursionError) as error:
        raise unfit(path, "", f"a damaged file ({error})", "JSON") from error
    if not isinstance(meta, dict):
        return "run"
    return "replicates" if "replicates" in meta else "comparison" if "arms" in meta else "run"
