"""A block of a lesion: packed all round, fed, run from the command line, kept and refused."""

import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nodule import TREATED, plan, walked, written
from scipy.spatial import cKDTree

from perforin.errors import EngineError
from perforin.scenario.plan import TUMOUR
from perforin.simulation import step
from perforin.simulation.packing import block_packing
from perforin.simulation.state import State


@pytest.fixture(scope="module")
def compiled():
    return plan()


@pytest.fixture(scope="module")
def hour(compiled):
    return walked(compiled, 1)


@settings(max_examples=40)
@given(st.floats(150, 500), st.floats(1e-4, 4e-4), st.floats(0.2, 1.0))
def test_a_block_has_the_stated_density_and_no_seam_on_any_side(edge, density, fraction):
    whole = block_packing(edge, density, 1.0, 1, 0)
    assert len(whole) == pytest.approx(density * edge**3, rel=0.13)
    assert len(block_packing(edge, density, fraction, 1, 0)) == round(fraction * len(whole))
    wrapped = (whole + edge / 2) % edge
    nearest = cKDTree(wrapped, boxsize=edge).query(wrapped, k=2)[0][:, 1]
    spacing = (np.sqrt(2) / density) ** (1 / 3)
    assert nearest.min() > 0.8 * spacing
    assert nearest.max() < 1.2 * spacing


def test_a_block_too_small_for_cells_side_by_side_is_refused():
    with pytest.raises(EngineError, match="from side to side"):
        block_packing(50, 2e-4, 1.0, 1, 0)


def test_other_seeds_leave_other_places_free():
    one, other = (block_packing(160, 2e-4, 0.5, seed, 0) for seed in (1, 2))
    assert len(one) == len(other)
    assert not (one == other).all()


def test_a_block_stands_for_its_lesion_by_volume(compiled):
    assert compiled.block.weight == pytest.approx(1e12 / 160**3)
    assert compiled.geometry.periodic == (True, True, True)
    assert compiled.fields[0].boundary == "closed"
    assert compiled.fields[0].steady
    assert compiled.slab is None


def test_no_side_of_a_block_differs_from_its_middle(hour):
    """Cells at a face have as many neighbours as those within: none is at an edge of the tissue."""
    place = hour.cells.place[: hour.cells.count]
    tumour = place[hour.is_role(TUMOUR)]
    edge = hour.box.edges[0]
    wrapped = (tumour[:, :3].astype(float) + edge / 2) % edge
    near = cKDTree(wrapped, boxsize=edge).query_ball_point(wrapped, 24.0, return_length=True)
    face = (np.abs(tumour[:, :3]) > edge / 2 - 10).any(axis=1)
    assert near[face].mean() == pytest.approx(near[~face].mean(), abs=0.5)


def test_a_restored_block_takes_the_same_next_step(hour, compiled):
    copy = State.restore(compiled, *hour.arrays())
    assert copy.hash() == hour.hash()
    again = State.restore(compiled, *hour.arrays())
    for state in (copy, again):
        step.advance(state, compiled)
    assert copy.hash() == again.hash() != hour.hash()


def command(*words, timeout=300):
    return subprocess.run(
        [sys.executable, "-m", "perforin", *map(str, words)], capture_output=True, text=True, timeout=timeout
    )


def test_a_block_runs_from_the_command_line(tmp_path):
    file = written(tmp_path, "days=0.1")
    answer = command("run", file, "--out", tmp_path / "runs")
    assert answer.returncode == 0, answer.stderr
    (folder,) = (tmp_path / "runs").glob("nodule-*")
    meta = json.loads((folder / "run.json").read_text())
    assert meta["status"] == "done"
    assert meta["geometry"]["kind"] == "block"
    assert meta["block"]["weight"] == pytest.approx(1e12 / 160**3)
    assert meta["tumour_cells_start"] == pytest.approx(2e-4 * 160**3, rel=0.1)


SLIPS = {
    "no edge": (["patient.edge"], [], "patient.edge"),
    "a face": ([], ["patient.contact_area='2 cm^2'", "patient.depth='200 um'"],
               "patient.contact_area: found '2 cm^2', expected none: this tumour is simulated as a block"),
    "too small": ([], ["patient.edge='90 um'"], "patient.edge: found 90 um, expected at least 136 um: fewer than 500 cells"),
    "larger than the lesion": ([], ["patient.lesion_volume='0.001 mm^3'"], "patient.edge: found '160 um', a block of 4.096e+06 um^3"),
    "a slab without a face": ([], ["library.tumours.nodule.geometry=slab"], "patient.depth: found nothing, expected its depth"),
    "a geometry misspelt": ([], ["library.tumours.nodule.geometry=blok"], "geometry"),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_what_does_not_fit_a_block_is_named_with_its_place(slip, tmp_path):
    left_out, changes, said = SLIPS[slip]
    file = written(tmp_path, *changes)
    for path in left_out:
        file.write_text(
            "\n".join(row for row in file.read_text().splitlines() if not row.startswith(path.split(".")[1]))
        )
    answer = command("check", file)
    words = answer.stdout + answer.stderr
    assert answer.returncode == 2, words
    assert "Traceback" not in words
    assert said in words, words


def test_the_lesion_itself_is_right(tmp_path):
    answer = command("check", written(tmp_path))
    assert answer.returncode == 0, answer.stdout + answer.stderr


IN_BLOOD = {
    "no vessel with flow": (
        ["patient.perfusion.density='20 1/mm^2'"],
        "patient.perfusion.density: found 20 1/mm^2, 0.5 of them with flow: 0.26 in a block of 160 um, expected at least "
        "78.1 1/mm^2, or a block of at least 317 um: one vessel with flow",
    ),
    "vessels without tissue between them": (["patient.perfusion.density='9000 1/mm^2'"], "expected below 4439 1/mm^2"),
    "the level of a field in a fluid that a block does not face": (
        ["patient.fields.oxygen.fluid=30 mmHg"],
        "patient.fields.oxygen.fluid: found '30 mmHg', expected none: only a slab faces a fluid",
    ),
    "the fluid of another geometry": (["patient.csf.entry=0.1"], "patient.csf: found numbers of csf, expected none"),
    "a way into a ventricle": (["dose[0].route=intraventricular"], "dose[0].route: found 'intraventricular', expected a route into a block"),
    "blood of a slab": (
        ["library.tumours.nodule.geometry=slab", "patient.contact_area='1 cm^2'", "patient.depth='100 um'", "patient.blood.loss='0 1/day'",
         "dose[0].route=intraventricular"],
        "patient.blood: found numbers of blood",
    ),
    "a rate of another kind": (["patient.blood.extravasation='1 1/day'"], "patient.blood.extravasation"),
    "oxygen through the wall": (["patient.fields.oxygen.permeability='1 um/s'"], "patient.fields.oxygen.permeability"),
}  # fmt: skip


@pytest.mark.parametrize("slip", IN_BLOOD)
def test_what_vessels_and_blood_cannot_be_is_named_with_its_place(slip, tmp_path):
    changes, said = IN_BLOOD[slip]
    answer = command("check", written(tmp_path, *changes, base=TREATED))
    words = " ".join((answer.stdout + answer.stderr).split())
    assert answer.returncode == 2, words
    assert "Traceback" not in words
    assert said in words, words


def test_a_vein_is_no_way_into_a_dish(tmp_path):
    answer = command("check", "luque2024-small", "--set", "dose[0].route=intravenous")
    assert answer.returncode == 2
    assert "a route into a organoid" in answer.stdout + answer.stderr
