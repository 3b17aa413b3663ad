"""Every command of `perforin` on one page, and what becomes of an error.

Exit codes: 0 done · 2 the input is wrong · 1 the run failed, its folder is busy, or `validate` has a miss ·
130 after Ctrl-C and 143 after SIGTERM, both with a checkpoint.
"""

from __future__ import annotations

import signal
import sys
import traceback
import warnings
from types import FrameType
from typing import Annotated, NoReturn, TextIO

import typer

from perforin import __version__
from perforin.cli import benching, browsing, explaining, reading, running, validating, writing
from perforin.cli.voice import answer, forgive_encoding, tell
from perforin.errors import Interrupted, PerforinError

INTERRUPTED = 128 + signal.SIGINT

app = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)

app.command("run")(running.run)
app.command("check")(writing.check)
app.command("show")(reading.show)
app.command("report")(reading.report)
app.command("resume")(running.resume)
app.command("explain")(explaining.explain)
app.command("library")(browsing.library)
app.command("new")(writing.new)
app.command("schema")(writing.schema)
app.command("sources")(reading.sources)
app.command("validate")(validating.validate)
app.command("bench")(benching.bench)


def _version(asked: bool) -> None:
    if asked:
        answer(f"perforin {__version__}")
        raise typer.Exit


@app.callback()
def perforin(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and stop.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error; allowed after any command.")
    ] = False,
) -> None:
    """An in-silico laboratory for CAR-T cell therapy of solid tumours.

    \b
    A first run:   perforin run luque2024-small
    What there is: perforin library
    Your own:      perforin new mine.toml --from luque2024, then perforin run mine.toml

    Research use only; not a medical device.
    """


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run one command and leave with its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    forgive_encoding()
    signal.signal(signal.SIGTERM, _leave)
    if not debug:
        warnings.showwarning = _warn
    try:
        app(words, prog_name="perforin")
    except (PerforinError, OSError, MemoryError) as error:
        _explain(error, debug)
        sys.exit(getattr(error, "exit_code", 1))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:  # noqa: BLE001, the last door: whatever comes here is ours to mend
        _explain_bug(error, debug)
        sys.exit(1)
    sys.exit(0)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    """Answer SIGTERM outside the step loop, where there is nothing to save."""
    sys.exit(128 + number)


def _warn(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Say a warning in one line, without the place in the code it came from."""
    tell(f"Warning: {message}")


def _explain(error: BaseException, debug: bool) -> None:
    """Say what is wrong, and for an interruption what to do next."""
    if debug:
        tell(traceback.format_exc())
    if isinstance(error, Interrupted):
        tell(f"{error}\nnext: perforin resume, or the same command again, goes on from there")
    elif isinstance(error, MemoryError):
        tell(f"Error: the machine has not enough memory. {error}".rstrip())
    else:
        tell(f"Error: {error}")


def _explain_bug(error: Exception, debug: bool) -> None:
    if debug:
        tell(traceback.format_exc())
        return
    first = str(error).partition("\n")[0]
    tell(
        f"Error: a bug in perforin, not in your input ({type(error).__name__}: {first}). --debug shows where."
    )
