"""A run with a checkpoint every so many seconds: `python victim.py SCENARIO OUT SECONDS`. Made to be killed.

The command line saves once a minute, which the small organoid hardly lasts; how often it saves changes no result.
"""

import sys
from pathlib import Path

from perforin.scenario.compile import compile as compile_scenario
from perforin.scenario.scenario import load
from perforin.simulation.simulate import simulate

if __name__ == "__main__":
    name, out, seconds = sys.argv[1:]
    simulate(compile_scenario(load(name)), Path(out), threads=1, checkpoint_every=float(seconds))
