"""A lesson from start to end, played with the mouse and the keyboard."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from simulator.snapshot import RunState
from simulator.trace import phases_of
from ui.main_window import MainWindow

THREE = ("11111", "00001", "01111", "00001", "11111")


def press(window: MainWindow, key: Qt.Key) -> None:
    QTest.keyClick(window, key)


def test_a_lesson(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session

    # Run, and pause again.
    qtbot.mouseClick(window.transport.run_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.state is RunState.RUNNING)
    qtbot.waitUntil(lambda: session.snapshot.epoch >= 60, timeout=20_000)
    qtbot.mouseClick(window.transport.run_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.state is RunState.PAUSED)
    paused_at = session.snapshot.iteration
    assert window.transport.run_button.text().strip() == "Run"

    # Step through one whole iteration, one operation at a time.
    phases = phases_of(session.project.network)
    for index, phase in enumerate(phases):
        press(window, Qt.Key.Key_PageDown)
        qtbot.waitUntil(lambda index=index: session.snapshot.cursor == index)
        assert session.snapshot.phase == phase
    assert session.snapshot.iteration == paused_at + 1
    press(window, Qt.Key.Key_PageUp)
    qtbot.waitUntil(lambda: session.snapshot.cursor == len(phases) - 2)

    # Draw a 3 with the mouse and see the bars answer.
    canvas = window.data_card.canvas
    qtbot.mouseClick(window.data_card.clear_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: session.snapshot.probe is not None and not session.snapshot.probe.x.any()
    )
    empty_answer = session.snapshot.probe.prediction.copy()
    for row, dots in enumerate(THREE):
        for column, dot in enumerate(dots):
            if dot == "1":
                centre = canvas.cell_rect(row, column).center().toPoint()
                qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(centre))
    drawn = np.array([[float(dot) for dot in dots] for dots in THREE])
    wanted = session.project.data.picture.unpack(drawn)
    qtbot.waitUntil(lambda: np.array_equal(session.snapshot.probe.x, wanted))
    answer = session.snapshot.probe.prediction
    assert not np.array_equal(answer, empty_answer)
    assert int(np.argmax(answer)) == 2
    assert np.allclose(window.data_card.bars.values(), answer)

    # Change the hidden layer: fewer units, while the rest is kept.
    session.selection.select(2)
    units = window.inspector.layer_form.units
    units.setFocus()
    units.selectAll()
    QTest.keyClicks(units, "8")
    QTest.keyClick(units, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.snapshot.spec.sizes == (25, 20, 8, 20, 5))

    # Run again, and quit while it trains.
    press(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: session.snapshot.iteration > paused_at + 20, timeout=10_000)
    window.close()
    assert not window.isVisible()
    assert session.shut_down()
