"""The settings dialog: each choice takes effect at once, is remembered, and can be reset."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from simulator.notation import NEUTRAL, notations
from ui.dialogs.settings_dialog import LEAST_SECONDS, MOST_SECONDS, SettingsDialog
from ui.files.autosaver import SECONDS
from ui.main_window import MainWindow
from ui.settings import Settings

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(own_window: MainWindow) -> MainWindow:
    """Its settings are in the folder of the test."""
    return own_window


def shown(window: MainWindow, qtbot: QtBot) -> SettingsDialog:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_Comma, CONTROL)
    dialog = window.preferences.dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def click(qtbot: QtBot, box: object) -> None:
    qtbot.mouseClick(box, LEFT, pos=box.rect().center().__class__(10, box.height() // 2))


def stored(tmp_path: Path) -> Settings:
    return Settings(str(tmp_path / "settings.ini"))


def test_every_choice_applies_at_once_and_is_remembered(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    actions = window.actions_by_id
    dialog = shown(window, qtbot)
    for index, name in ((2, "dark"), (1, "light")):
        qtbot.mouseClick(dialog.themes.buttons()[index], LEFT)
        assert window.looks.theme.name == name and actions[f"theme_{name}"].isChecked()
    for action_id, box in dialog.switches.items():
        before = actions[action_id].isChecked()
        assert box.isChecked() is before
        click(qtbot, box)
        assert actions[action_id].isChecked() is not before
    other = next(own for own in notations() if own.id != NEUTRAL.id)
    dialog.notation.setFocus()
    while dialog.notation.currentData() != other.id:
        QTest.keyClick(dialog.notation, Qt.Key.Key_Down)
    QTest.keyClick(dialog.notation, Qt.Key.Key_Return)
    assert window.notation.notation == other
    dialog.seconds.setFocus()
    dialog.seconds.selectAll()
    QTest.keyClicks(dialog.seconds, "45")
    QTest.keyClick(dialog.seconds, Qt.Key.Key_Return)
    assert window.files.autosaver.seconds == 45
    assert window.preferences.dialog is None
    again = stored(tmp_path)
    assert again.text("theme", "") == "light" and again.text("notation", "") == other.id
    assert again.whole_number("autosave_seconds", 0, 1, 600) == 45
    assert again.flag("animate", True) is False and again.flag("network_bottom_up", False)
    dialog = shown(window, qtbot)
    assert dialog.seconds.value() == 45 and dialog.themes.current() == 1
    assert dialog.notation.currentData() == other.id
    assert dialog.switches["bottom_up"].isChecked()


def test_an_interval_is_never_none(window: MainWindow, qtbot: QtBot) -> None:
    dialog = shown(window, qtbot)
    dialog.seconds.setFocus()
    dialog.seconds.selectAll()
    QTest.keyClicks(dialog.seconds, "0")
    QTest.keyClick(dialog.seconds, Qt.Key.Key_Return)
    assert window.files.autosaver.seconds in (LEAST_SECONDS, SECONDS)
    for typed in ("3", "9999"):
        dialog = shown(window, qtbot)
        dialog.seconds.setFocus()
        dialog.seconds.selectAll()
        QTest.keyClicks(dialog.seconds, typed)
        QTest.keyClick(dialog.seconds, Qt.Key.Key_Return)
        assert LEAST_SECONDS <= window.files.autosaver.seconds <= MOST_SECONDS


def test_reset_asks_and_brings_the_first_start_back(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    recent = tmp_path / "one.backlit"
    window.files.recent.add(recent)
    window.network_card.links.slider.setValue(5)
    window.docks.dock("loss").hide()
    dialog = shown(window, qtbot)
    qtbot.mouseClick(dialog.themes.buttons()[2], LEFT)
    click(qtbot, dialog.switches["bottom_up"])
    click(qtbot, dialog.switches["animate"])
    dialog.seconds.setValue(60)
    qtbot.mouseClick(dialog.reset_button, LEFT)
    question = window.preferences.asking.question
    qtbot.waitUntil(question.isVisible)
    QTest.keyClick(question, Qt.Key.Key_Escape)
    assert window.looks.theme.name == "dark"
    qtbot.mouseClick(dialog.reset_button, LEFT)
    question = window.preferences.asking.question
    qtbot.waitUntil(question.isVisible)
    QTest.keyClick(question, Qt.Key.Key_Return)
    actions = window.actions_by_id
    assert actions["theme_system"].isChecked() and dialog.themes.current() == 0
    assert not actions["bottom_up"].isChecked() and not dialog.switches["bottom_up"].isChecked()
    assert actions["animate"].isChecked() and dialog.switches["animate"].isChecked()
    assert window.files.autosaver.seconds == SECONDS == dialog.seconds.value()
    assert window.network_card.links.slider.value() == 0
    assert window.docks.dock("loss").isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    again = stored(tmp_path)
    assert again.text("theme", "system") == "system"
    assert "one.backlit" in again.text("recent_files", "")
    assert not again.notice
    assert QApplication.activeModalWidget() is None
