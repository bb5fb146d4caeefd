"""Structure alone and weights alone from the menu, and files that the desktop wants opened."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from files_hands import CONTROL, FileHands, Windows, shuffled
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from simulator.project import load_project

ROOT = Path(__file__).parents[2]
OPENED = """
import sys
from PySide6.QtGui import QFileOpenEvent
from ui.app import make_application
app = make_application()
app.file_wanted.connect(print)
app.sendEvent(app, QFileOpenEvent(sys.argv[1]))
"""


@pytest.fixture
def hands(qtbot: QtBot, tmp_path: Path) -> Iterator[FileHands]:
    """A window on the digits."""
    windows = Windows(qtbot, tmp_path)
    yield windows.open(shuffled())
    windows.end()


def chosen(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    for name in ("getSaveFileName", "getOpenFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_: (str(path), ""))


def test_weights_go_out_and_come_back_as_an_edit(
    hands: FileHands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen(monkeypatch, tmp_path / "mine.npz")
    hands.train(4)
    saved = hands.bits()
    hands.window.actions_by_id["export_weights"].trigger()
    with np.load(tmp_path / "mine.npz", allow_pickle=False) as arrays:
        count = sum(arrays[name].size for name in arrays.files)
    assert count * 8 == len(saved[1])
    hands.train(5)
    later = hands.bits()
    hands.window.actions_by_id["load_weights"].trigger()
    assert hands.bits() == (later[0], saved[1])
    hands.key(Qt.Key.Key_Z, CONTROL)
    assert hands.bits() == later


def test_weights_of_another_network_are_refused_in_a_sentence(
    hands: FileHands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen(monkeypatch, tmp_path / "mine.npz")
    hands.window.actions_by_id["export_weights"].trigger()
    hands.files.opening.open("xor")
    hands.settle()
    before = hands.bits()
    hands.window.actions_by_id["load_weights"].trigger()
    assert "“mine.npz”" in hands.window.notice.text()
    assert hands.bits() == before
    assert not hands.session.undo_stack.canUndo()
    (tmp_path / "mine.npz").write_bytes(b"PK garbage")
    hands.window.actions_by_id["load_weights"].trigger()
    assert "damaged" in hands.window.notice.text()


def test_a_structure_goes_out_and_comes_back_as_an_edit(
    hands: FileHands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen(monkeypatch, tmp_path / "layers.json")
    hands.window.actions_by_id["export_structure"].trigger()
    network = hands.session.project.network
    hands.session.edits.remove_layer(1)
    changed = hands.session.project.network
    assert changed != network
    hands.window.actions_by_id["load_structure"].trigger()
    assert hands.session.project.network == network
    hands.key(Qt.Key.Key_Z, CONTROL)
    assert hands.session.project.network == changed
    (tmp_path / "layers.json").write_text("{", encoding="utf-8")
    hands.window.actions_by_id["load_structure"].trigger()
    assert "layers.json" in hands.window.notice.text()
    assert hands.session.project.network == changed


def test_where_nothing_can_be_written_it_says_so(
    hands: FileHands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for action, name in (("export_structure", "x.json"), ("export_weights", "x.npz")):
        (tmp_path / name).mkdir()
        chosen(monkeypatch, tmp_path / name)
        hands.window.actions_by_id[action].trigger()
        assert "it is a folder" in hands.window.notice.text()


def test_a_file_the_desktop_wants_opened_is_asked_for(tmp_path: Path) -> None:
    path = str(tmp_path / "double-clicked.backlit")
    done = subprocess.run(
        [sys.executable, "-c", OPENED, path], capture_output=True, text=True, cwd=ROOT, timeout=60
    )
    assert done.stdout.strip() == path, done.stderr


def test_the_window_is_started_on_the_training_of_a_file(hands: FileHands, tmp_path: Path) -> None:
    from simulator.document import document_of, save_document
    from simulator.trainer import Trainer

    trainer = Trainer(load_project("xor"))
    trainer.run_iterations(6)
    path = tmp_path / "given.backlit"
    save_document(path, trainer)
    hands.files.show(document_of(trainer), str(path))
    hands.settle()
    assert hands.bits() == (6, trainer.network.theta.tobytes())
    assert hands.files.file.path == path and not hands.modified
