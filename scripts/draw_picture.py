"""Draw docs/images/luque2024.png: the tissue, its oxygen, and the burden beside the published curve."""

import sys
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from perforin.plots import gallery
from perforin.results.run import RunData

IMAGE = Path(__file__).resolve().parents[1] / "docs" / "images" / "luque2024.png"
DAY = 6


def main(folder):
    run = RunData.open(folder)
    with mpl.rc_context({"font.size": 9}):
        figure = Figure(figsize=(11, 3.7), dpi=110, layout="constrained")
        tissue, oxygen, burden = figure.subplots(1, 3, width_ratios=(1, 1, 1.2))
        gallery.draw("tissue", run, tissue, DAY)
        gallery.draw("oxygen", run, oxygen, DAY)
        gallery.draw("burden", run, burden)
        figure.savefig(IMAGE)
    print(f"wrote {IMAGE} ({IMAGE.stat().st_size // 1024} kB)")


if __name__ == "__main__":
    main(sys.argv[1])
