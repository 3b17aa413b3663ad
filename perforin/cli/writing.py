"""`perforin check`, `new` and `schema`: write a scenario and have it read back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from perforin.cli import options
from perforin.cli.voice import answer, answer_json, tell

INPUT_IS_WRONG = 2


def check(
    scenario: options.ScenarioArgument,
    changes: options.SetOption = None,
    library: options.LibraryOption = None,
    as_json: options.JsonOption = False,
) -> None:
    """Read a scenario, or a comparison with its arms, and say every problem at once; nothing is run.

    \b
    Examples:
      perforin check mine.toml
      perforin check luque2024 --set days=10 --json
    """
    from perforin.errors import InputError
    from perforin.trial.comparison import check as problems_of

    problems = problems_of(scenario, changes or (), library)
    if as_json:
        answer_json({"ok": not problems, "problems": [asdict(problem) for problem in problems]})
    elif problems:
        tell(f"Error: {InputError(problems)}")
    else:
        answer(f"{scenario}: ok")
        tell(f"next: perforin run {scenario}")
    if problems:
        raise typer.Exit(INPUT_IS_WRONG)


def new(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The scenario file to write.", show_default=False)
    ],
    base: Annotated[
        str, typer.Option("--from", metavar="NAME", help="The scenario to start from.", show_default=False)
    ],
    library: options.LibraryOption = None,
) -> None:
    """Start a scenario of your own from one that exists.

    \b
    Example:
      perforin new mine.toml --from luque2024
    """
    from perforin.face.starting import start_scenario

    start_scenario(file, base, library)
    answer(str(file))
    tell(f"next: edit {file}, then perforin check {file} and perforin run {file}")


def schema() -> None:
    """Print the JSON Schema of a scenario, for editors that check while you type.

    \b
    Example:
      perforin schema > scenario.schema.json
    """
    from perforin.scenario.scenario import schema as scenario_schema

    answer_json(scenario_schema())
    tell("next: perforin new mine.toml --from luque2024")
