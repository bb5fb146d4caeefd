"""A student's hands: questions answered by keys, and everything there is to read in the window."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QLabel,
    QLineEdit,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from simulator.notation import NEUTRAL, Notation
from simulator.project import Project
from simulator.quantity import Quantity
from simulator.snapshot import RunState
from ui.main_window import MainWindow
from ui.predict.predict_bar import PredictBar

CONTROL = Qt.KeyboardModifier.ControlModifier
CONTROL_SHIFT = CONTROL | Qt.KeyboardModifier.ShiftModifier


class Student:
    """Works a window with Predict first."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self.qtbot, self.window, self.session = qtbot, window, window.session

    @property
    def bar(self) -> PredictBar:
        """The bar that asks."""
        return self.window.predict.bar

    @property
    def cursor(self) -> int | None:
        """The phase on show."""
        return self.session.snapshot.cursor

    @property
    def quantity(self) -> Quantity:
        """What is asked for."""
        return self.window.predict._question.quantity

    def open(self, project: Project) -> None:
        """Open another project in the window."""
        session = self.session
        session.set_project(project)
        self.qtbot.waitUntil(
            lambda: (
                session.snapshot.project is project
                and session.snapshot.iteration == 0
                and session.state is RunState.PAUSED
            )
        )

    def turn_on(self) -> None:
        """Ctrl+Shift+P."""
        self.window.activateWindow()
        QTest.keyClick(self.window, Qt.Key.Key_P, CONTROL_SHIFT)
        assert self.window.predict.is_on

    def begin(self) -> None:
        """Turn it on, and step into an iteration's inputs."""
        self.turn_on()
        self.step()
        self.qtbot.waitUntil(lambda: self.cursor == 0)
        self.qtbot.waitUntil(lambda: self.session.settled)

    def show_row(self, row: int) -> None:
        """Have this sample of the mini-batch shown, as a click on its share in the formula does."""
        self.window.formula.row_chosen.emit(row)
        self.qtbot.waitUntil(lambda: self.session.snapshot.row == row)
        self.qtbot.waitUntil(lambda: self.session.settled)

    def step(self) -> None:
        """PgDown."""
        QTest.keyClick(self.window, Qt.Key.Key_PageDown)

    def asked(self) -> None:
        """Step, and be asked."""
        self.qtbot.waitUntil(lambda: self.session.settled)
        self.step()
        self.qtbot.waitUntil(lambda: self.bar.asking)

    def write(self, text: str) -> None:
        """Put a text into the field by keys; what no key has is pasted."""
        field = self.bar.field
        self.qtbot.waitUntil(field.hasFocus)
        QTest.keyClick(field, Qt.Key.Key_A, CONTROL)
        if text.isascii():
            QTest.keyClicks(field, text)
        else:
            QGuiApplication.clipboard().setText(text)
            QTest.keyClick(field, Qt.Key.Key_V, CONTROL)

    def answer(self, text: str) -> None:
        """Type an answer and press Return; the step is made."""
        before = self.cursor
        self.write(text)
        QTest.keyClick(self.bar.field, Qt.Key.Key_Return)
        self.qtbot.waitUntil(lambda: self.cursor == before + 1)
        self.qtbot.waitUntil(lambda: self.session.settled)

    def true_value(self, notation: Notation = NEUTRAL) -> float:
        """What the number that is asked for is."""
        from simulator.explain import shown

        snapshot = self.session.snapshot
        return shown(snapshot.trace, snapshot.project, self.quantity, notation)


def texts_of(window: MainWindow) -> str:
    """Every word and number in the window that is text, for eyes, screen readers and tooltips."""
    found: list[Any] = []
    for widget in [window, *window.findChildren(QWidget)]:
        found += [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip()]
        if isinstance(widget, QLabel | QLineEdit | QAbstractButton | QAbstractSpinBox):
            found.append(widget.text())
        elif isinstance(widget, QTableView) and widget.model() is not None:
            model = widget.model()
            for row in range(model.rowCount()):
                for column in range(model.columnCount()):
                    found.append(str(model.index(row, column).data() or ""))
        elif callable(getattr(widget, "text", None)):
            found.append(str(widget.text()))
    return "\n".join(text for text in found if text)
