"""How the formula and the inspector share their column."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.main_window import MainWindow


def test_in_a_higher_window_the_inspector_gets_most_of_the_height(
    qtbot: QtBot, window: MainWindow
) -> None:
    formula, inspector = window.formula, window.inspector
    window.resize(1280, 800)
    QApplication.processEvents()
    before = formula.height(), inspector.height()
    window.resize(1280, 1300)
    qtbot.waitUntil(lambda: inspector.height() > before[1] + 200)
    assert inspector.height() - before[1] > formula.height() - before[0]
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: abs(inspector.height() - before[1]) < 5)


def test_a_column_shared_by_hand_is_left_as_it_is(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1280, 1100)
    QApplication.processEvents()
    column = window.right
    handle, formula = column.handle(1), window.formula.height()
    qtbot.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(20, 4))
    QTest.mouseMove(handle, QPoint(20, 84))
    qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=QPoint(20, 4))
    assert window.formula.height() == pytest.approx(formula + 80, abs=5)
    share = column.sizes()[0] / sum(column.sizes())
    window.resize(1280, 1000)
    QApplication.processEvents()
    assert column.sizes()[0] / sum(column.sizes()) == pytest.approx(share, abs=0.03)
