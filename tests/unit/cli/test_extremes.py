"""Nobody there, nobody left, too many: the command says what happened and never breaks."""

import json

STARVED = [
    "--set", "culture.fields.oxygen.outside=0 mmHg",
    "--set", "culture.fields.oxygen.start=0 mmHg",
    "--set", "culture.necrosis.rate=10 1/min",
]  # fmt: skip


def stored(perforin):
    (file,) = (perforin.folder / "runs").glob("*/run.json")
    assert (file.parent / "report.html").exists() or "failed" in file.read_text()
    return json.loads(file.read_text())


def test_a_dish_without_any_cell_is_run_and_said_to_be_empty(perforin, scenario):
    perforin.write("tiny.toml", scenario(days=0.02, t_cells=0))
    said = perforin("run", "tiny.toml", "--set", "culture.cells=0")
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("There was no tumour")
    meta = stored(perforin)
    assert meta["tumour_cells_start"] == meta["tumour_cells_end"] == meta["t_cells_end"] == 0
    assert sum(meta["survivors_by_reason"].values()) == 0


def test_when_the_last_tumour_cell_dies_the_run_goes_on_and_says_so(perforin, scenario):
    perforin.write("tiny.toml", scenario())
    said = perforin("run", "tiny.toml", *STARVED)
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("No tumour cell is left")
    meta = stored(perforin)
    assert meta["status"] == "done"
    assert meta["tumour_cells_start"] == 28
    assert meta["tumour_cells_end"] == 0


def test_an_untreated_tumour_survives_because_nobody_attacked(perforin, scenario):
    perforin.write("tiny.toml", scenario(days=0.02, t_cells=0))
    said = perforin("run", "tiny.toml")
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("Untreated")
    meta = stored(perforin)
    assert meta["survivors_by_reason"]["no_attack"] == meta["tumour_cells_end"] == 28


def test_ten_times_as_many_t_cells_as_tumour_cells_are_carried(perforin, scenario):
    perforin.write("tiny.toml", scenario(days=0.02, t_cells=280))
    said = perforin("run", "tiny.toml")
    assert said.returncode == 0, said.stderr
    assert stored(perforin)["founders"] == 280


def test_a_tumour_that_outgrows_its_domain_stops_the_run_saves_it_and_says_where(perforin, scenario):
    perforin.write("tiny.toml", scenario(days=2, box=100, t_cells=0))
    said = perforin(
        "run",
        "tiny.toml",
        "--set",
        "culture.growth.duration=1 h",
        "--set",
        "culture.growth.duration_spread=6 min",
    )
    assert said.returncode == 1
    assert "outgrew its domain on day" in said.stderr
    assert "larger box" in said.stderr
    assert "Traceback" not in said.stderr
    assert stored(perforin)["status"] == "failed"
    assert perforin("show", "tiny").returncode == 0
