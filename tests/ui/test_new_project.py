"""“New project”: what is asked first, what is made, and that it can be drawn for and trained."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from files_hands import CONTROL, NONE, SHIFT, FileHands, Windows, shuffled
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from simulator.data.starting import first_points
from simulator.document import load_document
from simulator.project import load_project
from ui.dialogs.new_project import (
    FILE_KIND,
    PLANE_KIND,
    NewProjectDialog,
    made_project,
    read_units,
)

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def hands(qtbot: QtBot, tmp_path: Path) -> Iterator[FileHands]:
    """A window that asks before anything is lost."""
    windows = Windows(qtbot, tmp_path)
    yield windows.open(shuffled())
    windows.end()


def asked(hands: FileHands) -> NewProjectDialog:
    hands.key(Qt.Key.Key_N, CONTROL | SHIFT)
    dialog = hands.window.new_projects.dialog
    assert dialog is not None
    hands.qtbot.waitUntil(dialog.isVisible)
    return dialog


def typed(widget: object, text: str) -> None:
    QTest.keyClick(widget, Qt.Key.Key_A, CONTROL)
    QTest.keyClick(widget, Qt.Key.Key_Delete)
    QTest.keyClicks(widget, text)


def test_a_grid_is_made_drawn_for_and_trained(hands: FileHands, tmp_path: Path) -> None:
    dialog = asked(hands)
    typed(dialog.rows, "6")
    typed(dialog.columns, "4")
    typed(dialog.classes, "left, right")
    typed(dialog.hidden, "20, 20")
    QTest.keyClicks(dialog.activation, "relu")
    assert "24-20-20-2 with 962 weights and biases" in dialog.outcome.text()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    hands.settle()
    project = hands.session.project
    assert [layer.activation for layer in project.network.layers] == ["relu", "relu", "softmax"]
    assert project.data.class_names == ("left", "right")
    assert not project.data.inputs.any() and len(project.data) == 2
    # Nothing has been done yet that could be lost.
    assert not hands.modified and hands.files.file.path is None
    assert "one blank sample" in hands.window.notice.text()
    canvas = hands.window.data_card.canvas
    assert hands.window.data_card.drawing().shape == (6, 4)
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    panel = hands.window.docks.panel("samples")
    assert panel.isVisible()
    hands.qtbot.mouseClick(panel.put_back_button, LEFT)
    assert hands.session.project.data.inputs.sum() == 1.0
    assert hands.modified
    hands.train(20)
    hands.save_as(tmp_path / "own.backlit")
    again = load_document(tmp_path / "own.backlit").project
    assert again.network == hands.session.project.network
    assert again.data.inputs.sum() == 1.0


def test_points_are_made_and_painted(hands: FileHands) -> None:
    dialog = asked(hands)
    hands.qtbot.mouseClick(dialog.kinds.buttons()[PLANE_KIND], LEFT)
    assert not dialog.rows.isVisible()
    typed(dialog.classes, "a, b, c")
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    hands.settle()
    assert len(hands.session.project.data) == 3
    assert hands.session.project.training.scaling == "none"
    panel = hands.window.docks.panel("samples")
    assert panel.plane.isVisible()
    hands.qtbot.mouseClick(panel.plane, LEFT, pos=panel.plane.rect().center())
    hands.qtbot.waitUntil(lambda: len(hands.session.project.data) > 3)
    hands.train(20)


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("classes", "A", "There must be 2 to 100 classes, not 1."),
        ("classes", "A, , B", "Class 2 needs a name."),
        ("hidden", "20, x", "Hidden layers are whole numbers"),
        ("hidden", "0", "1 to"),
        ("hidden", "999999", "1 to"),
        ("hidden", ", ".join("5" * 300), "up to"),
    ],
)
def test_what_cannot_be_is_said_and_not_made(
    hands: FileHands, field: str, text: str, sentence: str
) -> None:
    before = hands.session.project
    dialog = asked(hands)
    typed(getattr(dialog, field), text)
    assert sentence in dialog.outcome.text()
    assert not dialog.make_button.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert hands.session.project is before and hands.window.new_projects.dialog is None


def test_it_is_asked_first_what_would_be_lost(hands: FileHands) -> None:
    hands.train(3)
    before = hands.bits()
    hands.key(Qt.Key.Key_N, CONTROL | SHIFT)
    assert hands.window.new_projects.dialog is None
    hands.answer(Qt.Key.Key_D)
    dialog = hands.window.new_projects.dialog
    # Changing one's mind now loses nothing either.
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert hands.bits() == before and hands.modified
    hands.key(Qt.Key.Key_N, CONTROL | SHIFT)
    hands.escape()
    assert hands.window.new_projects.dialog is None and hands.bits() == before


def test_a_file_is_chosen_in_the_import(hands: FileHands) -> None:
    dialog = asked(hands)
    hands.qtbot.mouseClick(dialog.kinds.buttons()[FILE_KIND], LEFT)
    assert dialog.make_button.isEnabled() and not dialog.classes.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Return, NONE)
    assert hands.window.imports.dialog is not None and hands.window.imports.dialog.isVisible()


def test_units_are_read_as_people_write_them() -> None:
    assert read_units("20, 20") == read_units("20 20") == read_units(" 20-20, ") == (20, 20)
    assert read_units("") == ()
    for text in ("1.5", "ten", "٣", "20 neurons"):
        with pytest.raises(ValueError, match="whole numbers"):
            read_units(text)


def test_without_hidden_layers_there_is_one_layer() -> None:
    project = made_project(first_points(["A", "B"]), (), "tanh")
    assert project.network.depth == 1
    assert project != load_project("xor")
