"""A user's hands on the inspector: mouse and keys, and what the eyes then see."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from simulator.project import Project, project_from_value
from simulator.runner import Runner
from simulator.snapshot import RunState
from ui.inspector.controls import Check, Choice, Decimal, Line, Optional, WholeNumber
from ui.inspector.group_heading import GroupHeading
from ui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


def circles(**more: Any) -> Project:
    """Generated data in the plane: 2 inputs, 8 and 6 hidden neurons, 1 output."""
    value: dict[str, Any] = {
        "network": {
            "inputs": 2,
            "layers": [
                {"units": 8, "activation": "tanh"},
                {"units": 6, "activation": "tanh"},
                {"units": 1, "activation": "sigmoid"},
            ],
        },
        "loss": "binary_crossentropy",
        "optimizer": {"learning_rate": 0.1},
        "training": {"epochs": 10**6, "batch_size": 10},
        "data": {"generator": "circles", "samples": 40, "noise": 0.7},
    }
    return project_from_value({**value, **more})


def single_layer() -> Project:
    """The logical AND with one threshold neuron's worth of layers."""
    return circles(
        network={"inputs": 2, "layers": [{"units": 1, "activation": "sigmoid"}]},
        data={
            "inputs": [[0, 0], [0, 1], [1, 0], [1, 1]],
            "targets": [[0], [0], [0], [1]],
        },
    )


class Hands:
    """Works the inspector of a window."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self.qtbot = qtbot
        self.window = window
        self.session = window.session

    @property
    def project(self) -> Project:
        """The project as the session has it."""
        return self.session.project

    def open(self, project: Project) -> None:
        """Open another project in the window."""
        self.session.set_project(project)
        self.qtbot.waitUntil(
            lambda: (
                self.session.snapshot.spec == project.network
                and self.session.snapshot.iteration == 0
                and self.session.state is RunState.PAUSED
            )
        )

    def page(self) -> QWidget:
        """The page of the inspector that is on show."""
        areas = self.window.inspector.findChildren(QScrollArea)
        return next(area.widget() for area in areas if area.isVisible())

    def open_groups(self) -> None:
        """Open every group of the page with the mouse."""
        for heading in self.page().findChildren(GroupHeading):
            if heading.isVisible() and not heading.isChecked():
                self.qtbot.mouseClick(heading, LEFT)

    def control(self, name: str) -> QWidget:
        """The control of this name on the page; it must be there for the user to see."""
        found = self.page().findChild(QWidget, name)
        assert found is not None, name
        assert found.isVisibleTo(self.page()), f"{name} is hidden"
        return found

    def hidden(self, name: str) -> bool:
        """Whether the page has this control, but does not show it."""
        return not self.page().findChild(QWidget, name).isVisibleTo(self.page())

    def act(self, name: str, value: Any) -> None:
        """Put a value into a control, as the user does."""
        control = self.control(name)
        if isinstance(control, Choice):
            self._choose(control, value)
        elif isinstance(control, WholeNumber | Decimal | Line):
            self._type(control, value)
        elif isinstance(control, Optional):
            self._switch(control, value)
        else:
            assert control.isChecked() is not value
            self.qtbot.mouseClick(control, LEFT, pos=QPoint(10, control.height() // 2))

    def _choose(self, box: Choice, name: str) -> None:
        wanted = box.findText(name)
        assert wanted >= 0, f"{name} is not in the list"
        box.setFocus()
        self.qtbot.keyClick(box, Qt.Key.Key_F4)
        self.qtbot.waitUntil(box.view().isVisible)
        self.qtbot.keyClick(box.view(), Qt.Key.Key_Home)
        for _ in range(wanted):
            self.qtbot.keyClick(box.view(), Qt.Key.Key_Down)
        self.qtbot.keyClick(box.view(), Qt.Key.Key_Return)
        self.qtbot.waitUntil(lambda: not box.view().isVisible())
        # Without a window manager the closed list keeps the keys.
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)

    def _type(self, box: WholeNumber | Decimal | Line, value: Any) -> None:
        box.setFocus()
        box.selectAll()
        if value == "":
            self.qtbot.keyClick(box, Qt.Key.Key_Delete)
        self.qtbot.keyClicks(box, str(value))
        self.qtbot.keyClick(box, Qt.Key.Key_Return)

    def _switch(self, control: Optional, value: float | None) -> None:
        if control.check.isChecked() is (value is None):
            middle = QPoint(10, control.check.height() // 2)
            self.qtbot.mouseClick(control.check, LEFT, pos=middle)
        if value is not None:
            self._type(control.number, value)

    def seen(self, name: str) -> Any:
        """What a control shows."""
        control = self.control(name)
        if isinstance(control, Choice):
            return control.shown
        if isinstance(control, Line):
            return control.text()
        if isinstance(control, Check):
            return control.isChecked()
        if isinstance(control, Optional):
            return control.number.value() if control.check.isChecked() else None
        return control.value()

    def undo(self) -> None:
        """Press Ctrl+Z."""
        QTest.keyClick(self.window, Qt.Key.Key_Z, CONTROL)

    def run(self) -> None:
        """Start training and wait until it moves."""
        QTest.keyClick(self.window, Qt.Key.Key_F5)
        self.goes_on()

    def pause(self) -> None:
        """Stop training."""
        QTest.keyClick(self.window, Qt.Key.Key_F5)
        self.qtbot.waitUntil(lambda: self.session.state is RunState.PAUSED)

    def goes_on(self) -> None:
        """Training runs, with the project that the window shows."""
        trained: list[Project] = []

        def look(runner: Runner) -> None:
            trained.append(runner.project)

        self.session.send(look)
        self.qtbot.waitUntil(lambda: bool(trained))
        assert trained[0] is self.project
        snapshot = self.session.snapshot
        start = snapshot.iteration
        self.qtbot.waitUntil(
            lambda: (
                self.session.snapshot is not snapshot
                and self.session.snapshot.spec == self.project.network
                and self.session.snapshot.iteration != start
            ),
            timeout=10_000,
        )
        assert self.session.state is RunState.RUNNING, self.session.snapshot.message

    def change(self, name: str, value: Any, seen: Any = None) -> None:
        """Change a setting while training runs, take it back, and make the change again."""
        # A change of the same field would be undone together with this one.
        self.session.undo_stack.clear()
        before, project = self.seen(name), self.project
        assert before != (value if seen is None else seen), "nothing would change"
        self.act(name, value)
        changed = self.project
        assert changed != project
        assert self.seen(name) == (value if seen is None else seen)
        self.goes_on()
        self.undo()
        assert self.project == project
        assert self.seen(name) == before
        self.goes_on()
        QTest.keyClick(self.window, Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
        assert self.project == changed
        self.goes_on()

    def refuse(self, name: str, value: Any, sentence: str) -> None:
        """Ask for what cannot be: a sentence says so, and everything is as before."""
        before, project = self.seen(name), self.project
        undo = self.session.undo_stack.count()
        self.act(name, value)
        assert self.window.notice.isVisible()
        assert sentence in self.window.notice.text()
        assert self.project is project
        assert self.session.undo_stack.count() == undo
        assert self.seen(name) == before
