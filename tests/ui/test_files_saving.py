"""Save, Save as, Save a copy and Open in the window: nothing changes by a way through the disk."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from files_hands import CONTROL, SHIFT, FileHands, FileName, Windows, shuffled
from PySide6.QtCore import Qt

from simulator.document import Document, load_document, resumed, save_document
from simulator.document.recovery import AutosaveStore, new_key
from simulator.project import load_project
from simulator.project.writer import project_json
from simulator.runner import Runner
from simulator.trainer import Trainer
from ui.files import saving
from ui.files.write_thread import Job, WriteThread


@pytest.fixture
def hands(windows: Windows) -> FileHands:
    """One of them, on the digits with dropout and shuffling."""
    return windows.open(shuffled())


@pytest.mark.parametrize("optimizer", ["adam", "nesterov"])
def test_training_goes_on_from_a_file_as_if_it_had_never_stopped(
    windows: Windows, tmp_path: Path, optimizer: str
) -> None:
    project = shuffled(optimizer)
    path = tmp_path / "x.backlit"
    first = windows.open(project)
    first.train(30)
    first.save_as(path)
    stopped = first.bits()
    first.end()
    again = windows.open(load_project("xor"))
    again.window.open(str(path))
    again.settle()
    assert again.bits() == stopped
    assert project_json(again.session.project) == project_json(project)
    assert again.session.undo_stack.count() == 0 and not again.modified
    again.train(25)
    iteration, theta = again.bits()
    assert iteration >= stopped[0] + 25
    never_stopped = Trainer(project)
    never_stopped.run_iterations(iteration)
    assert theta == never_stopped.network.theta.tobytes()


def test_saving_while_training_does_not_stop_it(hands: FileHands, tmp_path: Path) -> None:
    hands.session.run()
    hands.qtbot.waitUntil(lambda: hands.session.snapshot.iteration > 20, timeout=10_000)
    path = tmp_path / "running.backlit"
    hands.save_as(path)
    at = hands.session.snapshot.iteration
    hands.qtbot.waitUntil(lambda: hands.session.snapshot.iteration > at + 20, timeout=10_000)
    trainer = resumed(load_document(path))
    assert 20 < trainer.iteration <= hands.session.snapshot.iteration
    never_stopped = Trainer(hands.session.project)
    never_stopped.run_iterations(trainer.iteration)
    assert trainer.network.theta.tobytes() == never_stopped.network.theta.tobytes()
    assert "Saved" in hands.files.toast.text() and hands.files.toast.isVisible()


def test_the_whole_record_and_the_window_come_back(
    windows: Windows, hands: FileHands, tmp_path: Path
) -> None:
    hands.train(20)
    hands.session.time.add_bookmark("half way")
    hands.session.set_learning_rate(0.005)
    hands.train(20)
    # Digits have curves from the first epoch on.
    assert hands.window.lab.runs.keep()
    hands.window.docks.dock("loss").close()
    hands.window.data_card.show_sample(4)
    before = hands.session.snapshot
    kept = [run.history.epoch.tolist() for run in hands.window.lab.runs.runs]
    path = tmp_path / "all.backlit"
    hands.save_as(path)
    hands.end()
    again = windows.open(load_project("xor"))
    again.window.open(str(path))
    again.settle()
    shown = again.session.snapshot
    assert shown.timeline.end == before.timeline.end and shown.timeline.start == 0
    assert [mark.name for mark in shown.timeline.bookmarks] == ["half way"]
    assert shown.timeline.edits == before.timeline.edits
    assert np.array_equal(shown.history.epoch, before.history.epoch)
    assert [run.history.epoch.tolist() for run in again.window.lab.runs.runs] == kept
    assert again.window.docks.dock("loss").isHidden()
    assert again.window.data_card.sample == 4
    assert not again.modified
    # Back to before the edit, as one could in the window that saved it.
    again.session.time.seek(5)
    again.settle()
    trainer = Trainer(shuffled())
    trainer.run_iterations(5)
    assert again.bits() == (5, trainer.network.theta.tobytes())
    assert load_document(path).thumbnail.startswith(b"\x89PNG")


def test_the_mark_says_what_is_not_saved(hands: FileHands, tmp_path: Path) -> None:
    assert not hands.modified
    assert hands.window.windowTitle() == "5×5 digits[*] — Backlit"
    hands.session.set_learning_rate(0.5)
    assert hands.modified
    hands.key(Qt.Key.Key_Z, CONTROL)
    hands.settle()
    assert not hands.modified
    hands.key(Qt.Key.Key_F6)
    hands.settle()
    assert hands.modified
    hands.save_as(tmp_path / "marked.backlit")
    assert not hands.modified
    assert hands.window.windowTitle() == "marked.backlit[*] — Backlit"
    hands.session.time.step_back("Iteration")
    hands.settle()
    assert not hands.modified, "looking at the past changes nothing"
    hands.session.time.go_to_newest()
    hands.session.set_learning_rate(0.25)
    hands.key(Qt.Key.Key_Z, CONTROL)
    hands.settle()
    assert not hands.modified
    hands.session.set_learning_rate(0.25)
    hands.train(3)
    hands.key(Qt.Key.Key_Z, CONTROL)
    hands.settle()
    assert hands.modified, "undone, but trained meanwhile"
    hands.save()
    assert not hands.modified
    hands.session.time.add_bookmark("here")
    hands.settle()
    assert hands.modified
    hands.session.time.remove_bookmark(0)
    hands.settle()
    assert not hands.modified
    hands.window.data_card.clear_drawing()
    hands.settle()
    assert not hands.modified, "a drawing is no work on the project"


def test_save_asks_where_only_the_first_time(hands: FileHands, tmp_path: Path) -> None:
    typing = FileName(str(tmp_path / "once"))
    hands.key(Qt.Key.Key_S, CONTROL)
    hands.written()
    assert typing.suggested == "5×5 digits.backlit"
    path = tmp_path / "once.backlit"
    before = path.read_bytes()
    hands.train(5)
    hands.save()
    assert path.read_bytes() != before
    assert (tmp_path / "once.backlit~").read_bytes() == before
    assert resumed(load_document(path)).iteration == hands.session.snapshot.iteration


def test_esc_in_the_dialog_saves_nothing(hands: FileHands, tmp_path: Path) -> None:
    hands.train(2)
    typing = FileName(None)
    hands.key(Qt.Key.Key_S, CONTROL | SHIFT)
    assert not typing.timer.isActive()
    assert not hands.files.saving.busy and hands.modified
    assert not list(tmp_path.glob("*.backlit"))


def test_a_copy_leaves_the_window_with_its_own_file(hands: FileHands, tmp_path: Path) -> None:
    own = tmp_path / "own.backlit"
    hands.save_as(own)
    hands.train(3)
    typing = FileName(str(tmp_path / "copy.backlit"))
    hands.window.actions_by_id["save_copy"].trigger()
    hands.written()
    assert typing.suggested == "own copy.backlit"
    assert hands.modified and hands.window.windowTitle().startswith("own.backlit")
    assert resumed(load_document(tmp_path / "copy.backlit")).iteration == hands.bits()[0]
    assert resumed(load_document(own)).iteration == 0


def test_revert_goes_back_to_the_file(hands: FileHands, tmp_path: Path) -> None:
    path = tmp_path / "back.backlit"
    hands.train(4)
    hands.save_as(path)
    saved = hands.bits()
    revert = hands.window.actions_by_id["revert"]
    assert not revert.isEnabled()
    hands.train(6)
    hands.session.set_learning_rate(0.5)
    assert revert.isEnabled()
    revert.trigger()
    hands.escape()
    assert hands.modified
    revert.trigger()
    hands.answer(Qt.Key.Key_R)
    hands.settle()
    assert hands.bits() == saved and not hands.modified
    assert hands.session.project.optimizer.learning_rate == 0.01


def test_a_save_that_fails_is_a_sentence_and_loses_nothing(
    hands: FileHands, tmp_path: Path
) -> None:
    path = tmp_path / "there.backlit"
    hands.save_as(path)
    hands.train(3)
    before = path.read_bytes()
    path.unlink()
    path.mkdir()
    hands.key(Qt.Key.Key_S, CONTROL)
    hands.written()
    assert "“there.backlit”: it is a folder" in hands.question.sentence.text()
    hands.escape()
    assert hands.modified
    path.rmdir()
    path.write_bytes(before)
    assert resumed(load_document(path)).iteration == 0


def test_a_slow_save_says_so(hands: FileHands, tmp_path: Path, monkeypatch) -> None:
    hands.files.saving._timer.setInterval(0)
    said: list[str] = []
    hands.files.saving.slow.connect(lambda: said.append(hands.files.toast.text()))
    hands.save_as(tmp_path / "slow.backlit")
    assert said == ["Saving…"]
    assert hands.files.toast.text().startswith("Saved ")
    assert saving.SLOW_MILLISECONDS == 700


def test_the_window_opens_what_the_command_line_wrote_and_the_other_way_round(
    hands: FileHands, tmp_path: Path
) -> None:
    from ui.__main__ import main

    path = tmp_path / "by-command.backlit"
    assert main(["train", "xor", "--epochs", "7", "--save", str(path)]) == 0
    hands.window.open(str(path))
    hands.settle()
    trainer = resumed(load_document(path))
    assert hands.bits() == (trainer.iteration, trainer.network.theta.tobytes())
    assert trainer.iteration > 0
    hands.train(5)
    hands.save()
    iteration = hands.bits()[0]
    more = tmp_path / "more.backlit"
    assert main(["train", str(path), "--epochs", "1", "--save", str(more)]) == 0
    assert resumed(load_document(more)).iteration > iteration


def test_a_json_project_is_opened_and_saved_beside_it(hands: FileHands, tmp_path: Path) -> None:
    project = tmp_path / "mine.json"
    value = project_json(load_project("xor"))
    project.write_bytes(value)
    hands.window.open(str(project))
    hands.settle()
    typing = FileName(None)
    hands.key(Qt.Key.Key_S, CONTROL)
    assert typing.suggested == "mine.backlit"
    assert project.read_bytes() == value


def test_a_damaged_layout_does_not_reach_qt(hands: FileHands, tmp_path: Path) -> None:
    from dataclasses import replace

    from ui.files.window_part import sealed, unsealed

    state = hands.window.saveState(1)
    whole = sealed(state)
    assert unsealed(whole) == state
    for place in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        assert unsealed(bytes(damaged)) is None
    for length in range(0, len(whole), 11):
        assert unsealed(whole[:length]) is None
    path = tmp_path / "layout.backlit"
    hands.save_as(path)
    document = load_document(path)
    damaged = bytearray(document.layout)
    damaged[100] ^= 1
    view = {**document.view, "columns": [-1, "x"], "drawing": [1e300], "sample": 99}
    save_document(path, replace(document, layout=bytes(damaged), view=view))
    hands.files.opening.open(str(path))
    hands.settle()
    assert not hands.window.docks.dock("loss").isHidden()


def test_a_failure_nobody_expected_is_a_sentence_too(
    hands: FileHands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ui.files.write_thread as writing

    def fail(*_: object) -> str:
        raise RuntimeError("a bolt is loose")

    failures: list[object] = []
    hands.session.failed.connect(failures.append)
    monkeypatch.setattr(writing, "save_document", fail)
    hands.train(2)
    hands.save_as(tmp_path / "x.backlit")
    assert hands.question.sentence.text() == writing.UNEXPECTED
    hands.escape()
    assert hands.modified and len(failures) == 1
    monkeypatch.undo()
    hands.save_as(tmp_path / "x.backlit")
    assert not hands.modified
    assert not os.path.exists(tmp_path / "x.backlit~")


def test_a_moment_that_cannot_be_taken_down_is_a_sentence(hands: FileHands, tmp_path: Path) -> None:
    def spoil(runner: Runner) -> None:
        runner.trainer.network.theta[3] = np.nan

    hands.session.send(spoil)
    hands.save_as(tmp_path / "nan.backlit")
    assert "not numbers (NaN)" in hands.question.sentence.text()
    hands.escape()
    assert not (tmp_path / "nan.backlit").exists()


def test_a_close_that_waited_for_a_save_that_failed_is_forgotten(
    hands: FileHands, tmp_path: Path
) -> None:
    path = tmp_path / "there.backlit"
    hands.save_as(path)
    hands.train(3)
    path.unlink()
    path.mkdir()
    # A key would let the save end before the window is closed.
    hands.files.save()
    assert hands.files.saving.busy
    hands.window.close()
    hands.written()
    assert "it is a folder" in hands.question.sentence.text()
    hands.escape()
    path.rmdir()
    # A later save that ends well is no reason to close.
    hands.save()
    assert not hands.modified and path.is_file()
    assert hands.window.isVisible()


def test_a_thread_that_is_to_end_writes_what_the_user_asked_for_first(tmp_path: Path) -> None:
    thread = WriteThread()
    thread.store = AutosaveStore(tmp_path / "recovery")
    document = Document(load_project("xor"))
    thread.put(Job(None, autosave=new_key(), document=document))
    thread.put(Job(tmp_path / "asked.backlit", document=document))
    thread._stopping = True
    thread.start()
    assert thread.shut_down()
    assert load_document(tmp_path / "asked.backlit").project.name == "xor"
    assert not list((tmp_path / "recovery").glob("*.backlit"))


def test_what_a_killed_save_leaves_beside_a_file_is_tidied_up_at_a_later_start(
    hands: FileHands, tmp_path: Path
) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    hands.save_as(folder / "x.backlit")
    left = folder / ".backlit-abcd1234.tmp"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    hands.end()
    assert AutosaveStore(tmp_path / "recovery").clean() == [left]
    assert not left.exists() and (folder / "x.backlit").exists()
