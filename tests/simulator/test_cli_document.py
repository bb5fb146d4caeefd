"""``backlit train --save``, training that goes on from a document, and ``backlit export``."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from documents import rich
from small_projects import digits, theta_bytes, with_rate
from walks import run_for

from simulator.cli import main
from simulator.comparison import KeptRun
from simulator.conditions import NextEpoch
from simulator.document import document_of, load_document, resumed_runner, save_document
from simulator.project import builtin_projects, load_project
from simulator.project.reader import project_from_json
from simulator.project.writer import project_json
from simulator.runner import Runner


def result(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    report: dict[str, object] = json.loads(capsys.readouterr().out)
    del report["seconds"]
    return report


def test_training_goes_on_where_it_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved, whole = tmp_path / "a.backlit", tmp_path / "b.backlit"
    assert main(["train", "digits-5x5", "--epochs", "30", "--save", str(saved), "--json"]) == 0
    assert result(capsys)["epochs"] == 30
    assert main(["train", str(saved), "--epochs", "12", "--save", str(saved), "--json"]) == 0
    gone_on = result(capsys)
    assert main(["train", "digits-5x5", "--epochs", "42", "--save", str(whole), "--json"]) == 0
    assert result(capsys) == gone_on
    one, two = load_document(saved).state, load_document(whole).state
    assert one is not None and two is not None
    assert one.theta.tobytes() == two.theta.tobytes()
    assert (tmp_path / "a.backlit~").exists()


def test_what_the_window_made_stays_when_the_command_line_trains_on(tmp_path: Path) -> None:
    path = tmp_path / "a.backlit"
    runner = Runner(digits(epochs=40))
    run_for(runner, 120)
    runner.add_bookmark("here")
    runner.seek(70)
    runner.change(with_rate(runner.project, 0.02))
    run_for(runner, 30)
    runner.seek(90)
    kept = KeptRun(runner.project, runner.snapshot().history, label="kept")
    before = replace(
        document_of(runner),
        runs=(kept,),
        breakpoints=((NextEpoch(), False),),
        layout=b"layout",
        view={"notation": "deck-b"},
        thumbnail=b"\x89PNG\r\n\x1a\n",
    )
    save_document(path, before)
    assert main(["train", str(path), "--save", str(path), "--json"]) == 0
    after = load_document(path)
    assert after.state is not None and after.state.epoch == 40
    assert [own.label for own in after.runs] == ["kept"]
    assert (after.breakpoints, after.layout, after.view) == (
        *(before.breakpoints, before.layout),
        before.view,
    )
    # The picture is not of this moment.
    assert after.thumbnail == b""
    again = resumed_runner(after)
    view = again.timeline.view()
    # What lay ahead of the moment is a branch now, as if it had been trained on in the window.
    assert (view.start, view.end, len(view.branches)) == (0, 200, 2)
    run_for(runner, 1000)
    assert theta_bytes(runner.trainer) == theta_bytes(again.trainer)
    for iteration in (10, 75, 95, 150):
        for own in (runner, again):
            own.seek(iteration)
        assert theta_bytes(runner.trainer) == theta_bytes(again.trainer)


def test_a_finished_document_goes_on_for_as_many_epochs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "a.backlit"
    assert main(["train", "xor", "--epochs", "5", "--save", str(saved), "--json"]) == 0
    assert main(["train", str(saved)]) == 0
    assert "10 epochs" in capsys.readouterr().out


def test_a_document_of_an_untrained_project_is_trained_from_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "p.backlit"
    save_document(path, digits(epochs=8))
    assert main(["train", str(path), "--seed", "4", "--json"]) == 0
    assert result(capsys)["seed"] == 4
    assert main(["summary", str(path)]) == 0


def test_what_cannot_be_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = tmp_path / "a.backlit"
    assert main(["train", "xor", "--epochs", "2", "--save", str(saved), "--json"]) == 0
    assert main(["train", str(saved), "--seed", "3"]) == 1
    assert "goes on with the seed it was begun with" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["train", "xor", "--save", str(tmp_path / "a.json")])
    assert "must end in .backlit (found “a.json”)" in capsys.readouterr().err
    assert main(["train", "xor", "--epochs", "2", "--save", str(tmp_path / "no" / "a.backlit")])
    assert "Not saved: “a.backlit”: No such file or directory." in capsys.readouterr().err
    saved.write_bytes(saved.read_bytes()[:-9])
    for command in ("train", "summary"):
        assert main([command, str(saved)]) == 1
        assert capsys.readouterr().err == "backlit: “a.backlit”: it is cut off.\n"
    assert main(["train", str(tmp_path / "none.backlit")]) == 2


def test_export_writes_what_opens_again(tmp_path: Path) -> None:
    saved, out = tmp_path / "a.backlit", tmp_path / "o.json"
    save_document(saved, rich())
    assert main(["export", str(saved), str(out)]) == 0
    project = load_project(out)
    assert project.network == rich().network and project.training == rich().training
    assert project.optimizer == rich().optimizer
    assert project.data.inputs.tobytes() == rich().data.inputs.tobytes()


@pytest.mark.parametrize("name", builtin_projects())
def test_every_built_in_project_comes_back_from_json(name: str) -> None:
    project = load_project(name)
    again = project_from_json(project_json(project))
    for part in ("network", "loss", "loss_parameters", "optimizer", "training", "name", "title"):
        assert getattr(again, part) == getattr(project, part)
    assert again.about == project.about
    for part in ("classes", "input_names", "picture", "builtin", "generated"):
        assert getattr(again.data, part) == getattr(project.data, part)
    assert again.data.inputs.tobytes() == project.data.inputs.tobytes()
    assert again.data.targets.tobytes() == project.data.targets.tobytes()
