"""What a second request of the same thing does: reuse, continue, start afresh."""

import json
from dataclasses import replace

import pytest
import toy

from perforin.errors import EngineError, FolderError, RunError, StorageError
from perforin.results.run import RunData
from perforin.scenario.plan import RecordPlan
from perforin.simulation.simulate import folder_name, resume, simulate


def run(parent, days=0.05, **options):
    changes = {key: options.pop(key) for key in ("record", "run_key", "name") if key in options}
    return simulate(toy.plan(days, **changes), parent, model=toy.MODEL, **options)


def counting():
    """The toy, and how many steps it has gone."""
    steps = []

    def advance(state, plan):
        steps.append(state.tick)
        toy.advance(state, plan)

    return replace(toy.MODEL, advance=advance), steps


def test_a_second_run_of_the_same_thing_is_answered_from_the_folder(tmp_path):
    model, steps = counting()
    first = simulate(toy.plan(0.05), tmp_path, model=model)
    before = len(steps)
    second = simulate(toy.plan(0.05), tmp_path, model=model)
    assert (first.reused, second.reused) == (False, True)
    assert len(steps) == before
    assert second.path == first.path


def test_fewer_days_are_answered_from_the_stored_series(tmp_path):
    run(tmp_path, 0.1)
    outcome = run(tmp_path, 0.05)
    alone = RunData.open(run(tmp_path / "alone", 0.05).path)
    seen = RunData.open(outcome.path, outcome.days)
    assert outcome.reused
    assert seen.series.equals(alone.series)
    assert seen.events.equals(alone.events)
    assert seen.snapshot_days == alone.snapshot_days
    assert seen.meta["tumour_cells_end"] == alone.meta["tumour_cells_end"]
    assert seen.meta["state_hash"] is None


def test_more_days_go_on_from_the_last_checkpoint_to_the_state_of_one_long_run(tmp_path):
    model, steps = counting()
    simulate(toy.plan(0.05), tmp_path, model=model)
    before = len(steps)
    longer = simulate(toy.plan(0.1), tmp_path, model=model)
    assert len(steps) == 2 * before
    whole = RunData.open(run(tmp_path / "alone", 0.1).path)
    assert RunData.open(longer.path).meta["state_hash"] == whole.meta["state_hash"]
    assert RunData.open(longer.path).events.equals(whole.events)


def test_more_days_go_on_even_if_the_newest_checkpoint_is_torn(tmp_path):
    path = run(tmp_path, 0.05, checkpoint_every=0.0).path
    newest = max((path / "checkpoint").iterdir())
    newest.write_bytes(newest.read_bytes()[:-40])
    run(tmp_path, 0.1)
    whole = RunData.open(run(tmp_path / "alone", 0.1).path)
    assert RunData.open(path).meta["state_hash"] == whole.meta["state_hash"]
    assert RunData.open(path).events.equals(whole.events)
    assert RunData.open(path).series.equals(whole.series)


def test_results_do_not_depend_on_when_checkpoints_are_made(tmp_path):
    often = RunData.open(run(tmp_path / "often", checkpoint_every=0.0).path)
    never = RunData.open(run(tmp_path / "never", checkpoint_every=1e9).path)
    assert often.meta["state_hash"] == never.meta["state_hash"]
    assert often.series.equals(never.series)
    assert often.events.equals(never.events)


def test_a_fresh_run_replaces_the_stored_one_only_when_it_is_done(tmp_path):
    path = run(tmp_path).path
    before = (path / "run.json").read_bytes()
    failing = replace(toy.MODEL, advance=toy.advance_out_of_the_box)
    with pytest.raises(EngineError, match="outgrew"):
        simulate(toy.plan(0.05), tmp_path, model=failing, fresh=True)
    assert (path / "run.json").read_bytes() == before
    assert not run(tmp_path, fresh=True).reused
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    assert (path / "run.json").read_bytes() != before


def test_a_swap_interrupted_between_its_two_renames_is_finished(tmp_path):
    path = run(tmp_path).path
    path.rename(path.with_name(path.name + ".fresh"))
    assert run(tmp_path).reused
    assert path.is_dir()


def test_recording_is_not_part_of_the_key_and_a_difference_is_said(tmp_path):
    run(tmp_path)
    assert run(tmp_path).note == ""
    other = run(tmp_path, record=RecordPlan(60, 60, ()))
    assert other.reused
    assert "--fresh" in other.note


def test_a_finished_run_resumes_by_saying_so(tmp_path):
    path = run(tmp_path).path
    outcome = resume(path, model=toy.MODEL)
    assert outcome.reused
    assert "finished" in outcome.note


def test_a_run_of_other_sources_is_not_continued(tmp_path):
    path = run(tmp_path).path
    meta = json.loads((path / "run.json").read_text())
    (path / "run.json").write_text(json.dumps({**meta, "status": "stopped", "run_key": "b" * 64}))
    with pytest.raises(FolderError, match="other sources"):
        resume(path, toy.plan(0.05), model=toy.MODEL)
    with pytest.raises(FolderError, match="run_key"):
        run(tmp_path)


def test_a_folder_without_a_checkpoint_starts_over(tmp_path):
    path = run(tmp_path).path
    reference = RunData.open(path).meta["state_hash"]
    for checkpoint in (path / "checkpoint").iterdir():
        checkpoint.unlink()
    meta = json.loads((path / "run.json").read_text())
    (path / "run.json").write_text(json.dumps({**meta, "status": "running"}))
    resume(path, toy.plan(0.05), model=toy.MODEL)
    again = RunData.open(path)
    assert again.meta["state_hash"] == reference
    assert len(again.meta["resumes"]) == 1
    assert not again.events.duplicated().any()


def test_a_state_that_is_not_a_number_stops_the_run_saves_it_and_says_where(tmp_path):
    model = replace(toy.MODEL, advance=toy.advance_into_nothing)
    with pytest.raises(
        EngineError, match=r"1 values of 'place' .* tick 600, the first at index \[0, 0\]"
    ) as caught:
        simulate(toy.plan(0.05), tmp_path, model=model)
    path = tmp_path / folder_name(toy.plan())
    saved = path / "checkpoint" / "failed.state"
    assert str(saved) in str(caught.value)
    assert saved.exists()
    stored = RunData.open(path)
    assert stored.status == "failed"
    assert stored.meta["stops"][-1]["reason"] == str(caught.value)


def test_seconds_stops_and_resumes_add_up_in_run_json(tmp_path):
    short = RunData.open(run(tmp_path, 0.05).path).meta
    longer = RunData.open(run(tmp_path, 0.1).path).meta
    assert longer["wall_seconds"] >= short["wall_seconds"]
    assert longer["cpu_seconds"] >= short["cpu_seconds"]
    assert longer["resumes"] == [{"day": pytest.approx(0.05)}]


def test_run_json_says_running_before_the_model_begins(tmp_path):
    seen = []

    def begin(plan):
        seen.append(json.loads((tmp_path / folder_name(plan) / "run.json").read_text())["status"])
        return toy.begin(plan)

    simulate(toy.plan(0.01), tmp_path, model=replace(toy.MODEL, begin=begin))
    assert seen == ["running"]


def test_a_disk_too_small_is_refused_before_anything_runs(tmp_path):
    model, steps = counting()
    with pytest.raises(StorageError, match="GB free"):
        simulate(toy.plan(), tmp_path, model=model, disk_needed=1e18)
    assert steps == []


def test_names_with_spaces_and_slashes_make_safe_folder_names():
    assert folder_name(toy.plan(name="my run/../x")) == "my-run-..-x-aaaaaaaaaaaa"
    assert folder_name(toy.plan(name="///")) == "run-aaaaaaaaaaaa"


def test_progress_comes_at_most_ten_times_a_second_and_ends_at_the_end(tmp_path):
    seen = []
    run(tmp_path, 0.1, progress=seen.append)
    assert len(seen) <= 24
    assert seen[-1].day == pytest.approx(seen[-1].days)


def test_a_run_that_failed_goes_on_from_its_last_checkpoint_once_the_cause_is_gone(tmp_path):
    failing = replace(toy.MODEL, advance=toy.advance_into_nothing)
    with pytest.raises(EngineError):
        simulate(toy.plan(), tmp_path, model=failing, checkpoint_every=0.0)
    path = simulate(toy.plan(), tmp_path, model=toy.MODEL).path
    whole = RunData.open(simulate(toy.plan(), tmp_path / "alone", model=toy.MODEL).path)
    again = RunData.open(path)
    assert again.meta["state_hash"] == whole.meta["state_hash"]
    assert again.series.equals(whole.series)
    assert again.events.equals(whole.events)
    assert not (path / "checkpoint" / "failed.state").exists()


def test_a_run_that_needs_more_memory_than_there_is_fails_with_its_checkpoint_kept(tmp_path):
    def advance(state, plan):
        if state.tick == 300:
            raise MemoryError
        toy.advance(state, plan)

    with pytest.raises(RunError, match="memory"):
        simulate(toy.plan(), tmp_path, model=replace(toy.MODEL, advance=advance), checkpoint_every=0.0)
    stored = RunData.open(tmp_path / folder_name(toy.plan()))
    assert (stored.status, stored.meta["tick"]) == ("failed", 300)
