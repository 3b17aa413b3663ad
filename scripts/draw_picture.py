"""Draw docs/images/NAME.png from a stored run, or from stored replicates of a slab, of the scenario NAME.

A run: the tissue, its oxygen, and the burden beside the published curve. Replicates of a slab: upright cuts of one of
them, and tumour cells, antigen classes and reasons of survival over all.
"""

import sys
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

import perforin as pf
from perforin.plots import gallery
from perforin.plots.slab_sheet import slab_sheet

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
DAY = 6


def main(folder, image=None):
    stored = pf.load(folder)
    target = Path(image) if image else IMAGES / f"{stored.meta['name']}.png"
    with mpl.rc_context({"font.size": 9}):
        figure = _of_run(stored.data) if isinstance(stored, pf.Run) else _of_replicates(stored)
        figure.savefig(target, dpi=110, bbox_inches="tight", pad_inches=0.1)
    print(f"wrote {target} ({target.stat().st_size // 1024} kB)")


def _of_run(run):
    figure = Figure(figsize=(11, 3.7), layout="constrained")
    tissue, oxygen, burden = figure.subplots(1, 3, width_ratios=(1, 1, 1.2))
    gallery.draw("tissue", run, tissue, DAY)
    gallery.draw("oxygen", run, oxygen, DAY)
    gallery.draw("burden", run, burden)
    return figure


def _of_replicates(replicates):
    return slab_sheet([run.data for run in replicates.runs])


if __name__ == "__main__":
    main(*sys.argv[1:])
