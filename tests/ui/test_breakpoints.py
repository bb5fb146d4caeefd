"""Breakpoints through time: on what vanishes they wait, another project begins without any."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget
from pytestqt.qtbot import QtBot

from simulator.conditions import LossBelow, SignChange
from simulator.project import load_project
from simulator.runner import Runner
from simulator.snapshot import RunState
from ui.dialogs.stop_conditions import BreakpointsDialog
from ui.main_window import MainWindow

CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def quiet(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    qtbot.waitUntil(
        lambda: session.settled and session.state is not RunState.RUNNING, timeout=10_000
    )


def test_one_on_a_layer_that_vanishes_in_the_past_waits_and_comes_back(
    qtbot: QtBot, window: MainWindow
) -> None:
    session = window.session
    refused: list[str] = []
    session.refused.connect(refused.append)
    session.send(Runner.step_iteration)
    session.edits.insert_layer(1)
    session.send(Runner.step_iteration)
    quiet(qtbot, window)
    own = SignChange(session.project.network.depth, 0)
    session.time.set_breakpoints(((own, True),))
    qtbot.waitUntil(window.transport.breakpoints.isVisible)
    session.time.seek(0)
    quiet(qtbot, window)
    qtbot.waitUntil(lambda: not window.transport.breakpoints.isVisible())
    assert session.time.breakpoints == ((own, True),)
    QTest.keyClick(window, Qt.Key.Key_B, CONTROL_SHIFT)
    dialog = window.findChild(BreakpointsDialog)
    listed = dialog.findChild(QListWidget).item(0)
    assert "waits" in listed.text()
    dialog.close()
    session.time.go_to_newest()
    quiet(qtbot, window)
    assert window.transport.breakpoints.isVisible()
    QTest.keyClick(window, Qt.Key.Key_F7)
    quiet(qtbot, window)
    assert refused == []


def test_another_project_begins_without_breakpoints(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    session.time.set_breakpoints(((LossBelow(1e9), True),))
    assert window.transport.breakpoints.isVisible()
    session.set_project(load_project("xor"))
    quiet(qtbot, window)
    assert session.time.breakpoints == ()
    assert not window.transport.breakpoints.isVisible()
