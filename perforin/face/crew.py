"""Runs side by side: one process of one thread each, never more at once than there are cores to use.

Processes are started anew, never forked (GNU OpenMP kills a forked child), and talk over pipes, so this works from
a script without a `__main__` guard and from a notebook. The first runs alone until its kernels are compiled; the
others find them in the cache.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import perforin
from perforin.errors import RunError

if TYPE_CHECKING:
    from perforin.face.progress import Display

SECONDS_TO_STOP = 300.0  # a run that is still compiling stops when that is done

Message = dict[str, Any]


@dataclass
class Outcome:
    """How one run ended."""

    label: str
    folder: Path | None = None
    reused: bool = False
    error: str = ""
    exit_code: int = 0


@dataclass
class Crew:
    """The runs that are going on and done. Each request has a label of its own, and is asked for when there is room."""

    requests: Iterable[Message]
    at_once: int
    watch: Callable[[str, Message], None]
    _outcomes: dict[str, Outcome] = field(default_factory=dict)
    _running: dict[str, subprocess.Popen[str]] = field(default_factory=dict)
    _complaints: dict[str, IO[str]] = field(default_factory=dict)
    _inbox: queue.Queue[tuple[str, Message | None]] = field(default_factory=queue.Queue)
    _warm: bool = False

    def run(self) -> Iterator[Outcome]:
        """Run every request and give each outcome when it ends.

        On Ctrl-C or SIGTERM all stop with a checkpoint and the interruption goes on.
        """
        waiting = iter(self.requests)
        try:
            while True:
                while len(self._running) < (self.at_once if self._warm else 1):
                    request = next(waiting, None)
                    if request is None:
                        break
                    self._start(request)
                if not self._running:
                    return
                ended = self._receive()
                if ended is not None:
                    yield ended
        except BaseException:
            self._stop_all()
            raise

    def _start(self, request: Message) -> None:
        label = request["label"]
        self._outcomes[label] = Outcome(label)
        complaints = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115, read at its end
        self._complaints[label] = complaints
        process = subprocess.Popen(
            [sys.executable, "-m", "perforin.face.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            encoding="utf-8",
            env=_environment(),
            start_new_session=True,
        )
        self._running[label] = process
        threading.Thread(target=_listen, args=(label, process, request, self._inbox), daemon=True).start()

    def _receive(self) -> Outcome | None:
        """Take in what one run says; its outcome if that was its end."""
        try:
            label, message = self._inbox.get(timeout=0.5)
        except queue.Empty:
            return None
        self._warm = True
        outcome = self._outcomes[label]
        if message is None:
            return self._ended(label)
        if "folder" in message:
            outcome.folder, outcome.reused = Path(message["folder"]), message["reused"]
        elif "error" in message:
            outcome.error, outcome.exit_code = message["error"], message["exit_code"]
        else:
            self.watch(label, message["progress"])
        return None

    def _ended(self, label: str) -> Outcome:
        process = self._running.pop(label)
        outcome = self._outcomes[label]
        code = process.wait()
        if outcome.folder is None and not outcome.error:
            complaints = self._complaints[label]
            complaints.seek(0)
            outcome.error = (
                complaints.read().strip().rpartition("\n")[2] or f"its process ended with code {code}"
            )
            outcome.exit_code = 1
        return outcome

    def _stop_all(self) -> None:
        """Let every run write its checkpoint."""
        for process in self._running.values():
            process.send_signal(signal.SIGTERM)
        for process in self._running.values():
            try:
                process.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.kill()


def run_every(requests: list[Message], at_once: int, watch: Display, what: str) -> list[Outcome]:
    """Run all requests, `what` they are in words; those that finished keep their folders when another fails."""
    from perforin.simulation.simulate import Progress

    crew = Crew(requests, at_once, lambda label, now: watch(Progress(**now), label))
    ended = {outcome.label: outcome for outcome in crew.run()}
    outcomes = [ended[request["label"]] for request in requests]
    failed = [f"{outcome.label}: {outcome.error}" for outcome in outcomes if outcome.error]
    if failed:
        said = f"{len(failed)} of {len(requests)} {what} failed; the others are kept"
        raise RunError("\n  ".join([said, *failed]))
    return outcomes


def _listen(
    label: str,
    process: subprocess.Popen[str],
    request: Message,
    inbox: queue.Queue[tuple[str, Message | None]],
) -> None:
    """Hand over the request and pass every message on; None when the process has nothing more to say."""
    try:
        if process.stdin is not None:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.close()
        for text in process.stdout or ():
            inbox.put((label, json.loads(text)))
    except (OSError, ValueError) as error:
        inbox.put((label, {"error": f"it could not be heard: {error}", "exit_code": 1}))
    finally:
        inbox.put((label, None))


def _environment() -> dict[str, str]:
    """The parent's environment, one thread, and the same perforin however the parent found it."""
    home = str(Path(perforin.__file__).resolve().parent.parent)
    path = os.pathsep.join(part for part in (home, os.environ.get("PYTHONPATH", "")) if part)
    return {**os.environ, "NUMBA_NUM_THREADS": "1", "PYTHONPATH": path, "PYTHONUTF8": "1"}
