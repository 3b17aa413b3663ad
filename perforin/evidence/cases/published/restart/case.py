"""Twenty SIGKILLs at random moments of `luque2024-small`, each resumed by `perforin resume` and compared.

moment     ten, when the run has come to a random tick (and a random second more), a checkpoint every second
writing    six, the instant a half-written file is seen after a random tick, a checkpoint every fifth of a second
compiling  four of `perforin run` with an empty kernel cache, seconds after it began; resumed with that cache
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

import perforin
from perforin.errors import RunError
from perforin.evidence.figures import read_figures
from perforin.evidence.probes import Probe, simulation_probe
from perforin.evidence.rows import Row
from perforin.results.run import RunData
from perforin.streams import CASE, draw2

SCENARIO = "luque2024-small"
SEEDS = {
    "uninterrupted": range(1, 2),
    "moment": range(1, 11),
    "writing": range(11, 17),
    "compiling": range(17, 21),
}
KILLED = ("moment", "writing", "compiling")
CHECKPOINTS = {"moment": 1.0, "writing": 0.2}  # s between them
LONGEST_COMPILATION = 15.0  # s after the run folder appears
PATIENCE = 3600.0  # s: a machine that is busy with other things
HALF_WRITTEN = ".new-*"


def probe() -> Probe:
    """The first six hours of the small organoid."""
    return simulation_probe((SCENARIO,))


def run_seed(arm: str, seed: int, folder: Path) -> dict:
    """One uninterrupted run, or one that is killed and resumed: fingerprints of what it left."""
    out = folder / "runs"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    if arm == "uninterrupted":
        _perforin("run", SCENARIO, "--out", str(out), "--threads", "1", "--quiet")
        return _fingerprint(_run_folder(out))
    killed = _kill_while_compiling(seed, out) if arm == "compiling" else _kill_victim(arm, seed, out)
    cache = {"PERFORIN_CACHE": str(out / "cache")} if arm == "compiling" else {}
    _perforin("resume", str(_run_folder(out)), "--threads", "1", "--quiet", **cache)
    return {**killed, **_fingerprint(_run_folder(out))}


def judge(results: dict[str, dict[int, dict]]) -> list[Row]:
    """Count the kills whose run ended like the uninterrupted one."""
    figures = read_figures(__file__)
    reference = results["uninterrupted"].get(1, {})
    kills = [numbers for arm in KILLED for numbers in results[arm].values()]
    rows = [
        figures.row(
            f"kills that resume to the same {words}",
            sum(numbers[name] == reference.get(name) for numbers in kills),
        )
        for words, name in (("state hash", "state_hash"), ("series", "series"), ("events", "events"))
    ]
    met = sum(bool(numbers["half_written"]) for numbers in results["writing"].values())
    return [
        *rows,
        figures.row("events written twice, over all kills", sum(numbers["twice"] for numbers in kills)),
        figures.row("kills that met a half-written file", met),
    ]


def _kill_victim(arm: str, seed: int, out: Path) -> dict:
    """Start a run, wait for a random tick, and kill it then or at the next half-written file."""
    share, wait = draw2(SEEDS[arm].start, seed, 0, CASE)
    victim = Path(__file__).with_name("victim.py")
    process = _start(sys.executable, str(victim), SCENARIO, str(out), str(CHECKPOINTS[arm]))
    target = share * _last_tick()
    _wait_until(process, lambda: _tick(out) >= target)
    seen = ""
    if arm == "writing":
        _wait_until(process, lambda: any(out.rglob(HALF_WRITTEN)), pause=0.0)
    else:
        time.sleep(wait)
    process.kill()
    process.wait()
    if arm == "writing":
        seen = ", ".join(sorted(path.name for path in out.rglob(HALF_WRITTEN)))
    return {"killed_after_tick": _tick(out), "half_written": seen}


def _kill_while_compiling(seed: int, out: Path) -> dict:
    """Start `perforin run` with an empty kernel cache and kill it some seconds after its folder appeared."""
    share, _ = draw2(SEEDS["compiling"].start, seed, 0, CASE)
    command = (
        sys.executable,
        "-m",
        "perforin",
        "run",
        SCENARIO,
        "--out",
        str(out),
        "--threads",
        "1",
        "--quiet",
    )
    process = _start(*command, PERFORIN_CACHE=str(out / "cache"))
    _wait_until(process, lambda: any(out.glob("*/run.json")))
    time.sleep(share * LONGEST_COMPILATION)
    process.kill()
    process.wait()
    return {
        "killed_after_tick": _tick(out),
        "half_written": "",
        "kernels": len(list((out / "cache").rglob("*.nbc"))),
    }


def _wait_until(process: subprocess.Popen, holds, pause: float = 0.02) -> None:
    """Wait for a condition, or for the end of the process: a kill after the end is a kill too late to matter."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and not holds():
        if time.monotonic() > deadline:
            process.kill()
            raise RunError(f"the run to be killed did not come so far in {PATIENCE:g} s")
        time.sleep(pause)


def _last_tick() -> float:
    from perforin.scenario.compile import compile as compile_scenario
    from perforin.scenario.scenario import load

    plan = compile_scenario(load(SCENARIO))
    return plan.days * 1440 / plan.clock.tick


def _tick(out: Path) -> int:
    """How far the run says it has come."""
    for file in out.glob("*/run.json"):
        try:
            return int(json.loads(file.read_text(encoding="utf-8")).get("tick", 0))
        except (OSError, ValueError):
            return 0
    return 0


def _run_folder(out: Path) -> Path:
    return next(file.parent for file in sorted(out.glob("*/run.json")))


def _start(*command: str, listen: bool = False, **more: str) -> subprocess.Popen:
    root = str(Path(perforin.__file__).parents[1])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PYTHONPATH": path, **more}
    said = subprocess.PIPE if listen else subprocess.DEVNULL
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=said)


def _perforin(*words: str, **more: str) -> None:
    """Run the command line to its end. Raises RunError with what it said."""
    process = _start(sys.executable, "-m", "perforin", *words, listen=True, **more)
    _, said = process.communicate()
    if process.returncode != 0:
        raise RunError(f"perforin {words[0]}: {said.decode(errors='replace').strip()[-500:]}")


def _fingerprint(folder: Path) -> dict:
    run = RunData.open(folder)
    events = run.events
    return {
        "state_hash": run.meta["state_hash"],
        "series": _digest(run.series),
        "events": _digest(events),
        "twice": int(events.duplicated(["minute", "kind", "cell"]).sum()),
        "many": len(events),
    }


def _digest(table) -> str:
    """SHA-256 over the columns of a table, in order."""
    digest = hashlib.sha256()
    for name in table.columns:
        values = table[name].to_numpy()
        data = values.tobytes() if values.dtype != object else "\n".join(map(str, values)).encode()
        digest.update(name.encode() + b":" + np.dtype(values.dtype).str.encode() + b":" + data)
    return digest.hexdigest()[:32]
