"""One run in its own process, a replicate or another of many: `python -m perforin.face.worker`.

Reads one line of JSON from stdin (scenario, seed, folder, changes, whether a report is wanted), simulates with one
thread, and writes one line of JSON to stdout for each progress and one at the end. When its parent disappears the pipe
breaks, and the run stops with a checkpoint like any interrupted run.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perforin.errors import PerforinError
from perforin.face.progress import Display

if TYPE_CHECKING:
    from perforin.simulation.simulate import Progress

SECONDS_BETWEEN_MESSAGES = 0.3


@dataclass
class Pipe:
    """The way to the parent."""

    last: float = 0.0

    def send(self, message: dict[str, Any]) -> None:
        """Write one message; a parent that is gone means stop."""
        try:
            sys.stdout.write(json.dumps(message) + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            os.kill(os.getpid(), signal.SIGTERM)

    def __call__(self, now: Progress) -> None:
        if time.monotonic() - self.last >= SECONDS_BETWEEN_MESSAGES:
            self.last = time.monotonic()
            self.send({"progress": vars(now)})


def main() -> int:
    """Run what stdin asks for; returns the exit code."""
    request = json.loads(sys.stdin.readline())
    pipe = Pipe()
    from perforin.face.prepare import prepare
    from perforin.face.single import simulate_one

    try:
        changes = request.get("changes", [])
        plan = prepare(Path(request["scenario"]), changes, request.get("seed"), request.get("days"))
        with_report = request.get("report", True)
        run = simulate_one(
            plan, Path(request["out"]), 1, request["fresh"], Display(watcher=pipe), with_report
        )
    except PerforinError as error:
        pipe.send({"error": str(error), "exit_code": error.exit_code})
        return error.exit_code
    pipe.send({"folder": str(run.path), "reused": run.reused})
    return 0


if __name__ == "__main__":
    sys.exit(main())
