"""A hand on the network of a window: where things are seen, and presses, drags and keys there."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from simulator.project import Project
from simulator.runner import Runner
from simulator.spec import NetworkSpec
from ui.editor.gestures.gesture import target_of
from ui.editor.handles import Handle, HandleKind
from ui.main_window import MainWindow
from ui.selection import Link

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
NONE = Qt.KeyboardModifier.NoModifier


class NetworkHand:
    """Real mouse and key events on the network view."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self.qtbot = qtbot
        self.window = window
        self.session = window.session
        self.view = window.network_card.view
        self.selection = self.session.selection
        self.view.setFocus()

    @property
    def spec(self) -> NetworkSpec:
        """The network of the project."""
        return self.session.project.network

    def open(self, project: Project) -> None:
        """Open another project, and wait until it is on show."""
        self.session.set_project(project)
        self.settle()
        self.selection.clear()
        self.view.setFocus()

    def settle(self) -> None:
        """Wait until the network on show is the project's, with every edit in it."""
        self.qtbot.waitUntil(
            lambda: (
                self.session.settled
                and self.session.snapshot.spec == self.spec
                and self.view.spec == self.spec
            ),
            timeout=10_000,
        )
        QApplication.processEvents()

    def neuron(self, layer: int, neuron: int) -> QPoint:
        """Where a neuron is seen."""
        column = self.view.seen_layout().columns[layer]
        place = column.place_of(neuron)
        assert place is not None
        return QPoint(round(column.x[place]), round(column.y[place]))

    def title(self, layer: int) -> QPoint:
        """Where a layer's title is seen."""
        box = self.view.seen_layout().columns[layer].title
        return QPoint(round(box.x + box.width / 2), round(box.y + 10))

    def link(self, link: Link) -> QPoint:
        """A point at which the mouse is on this link and on no other."""
        target = target_of(self.spec, link)
        found = self.view._scene.link_layer.find(target)
        assert found is not None, f"{link} is not drawn"
        part, place = found
        x, y = part.curves.only(np.array([place])).points(200)
        for at in range(10, 190):
            point = self.view.viewport.to_view(QPointF(x[at], y[0, at])).toPoint()
            if self.view.target_at(QPointF(point)) == target:
                return point
        raise AssertionError(f"{link} is nowhere on top")

    def empty(self) -> QPoint:
        """A point with nothing on it."""
        return QPoint(4, self.view.height() - 30)

    def click(self, at: QPoint, keys: Qt.KeyboardModifier = NONE) -> None:
        """Click with the left button."""
        QTest.mouseClick(self.view, LEFT, keys, at)

    def press(self, at: QPoint, keys: Qt.KeyboardModifier = NONE) -> None:
        """Press the left button."""
        QTest.mousePress(self.view, LEFT, keys, at)

    def move(self, at: QPoint) -> None:
        """Move the mouse."""
        QTest.mouseMove(self.view, at)

    def drag(self, start: QPoint, end: QPoint, keys: Qt.KeyboardModifier = NONE) -> None:
        """Press, move and let go."""
        self.press(start, keys)
        for share in (0.3, 0.7, 1.0):
            way = (end - start) * share
            self.move(start + way)
        QTest.mouseRelease(self.view, LEFT, keys, end)

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
        """Press a key while the network has the keyboard."""
        QTest.keyClick(self.view, key, keys)

    def handle(self, kind: HandleKind, layer: int, near: QPoint) -> Handle:
        """The handle that shows when the mouse is near."""
        self.move(QPoint(1, 1))
        self.move(near)
        found = [own for own in self.view.hand.handles() if own.key[:2] == (kind, layer)]
        assert len(found) == 1, f"{kind} of layer {layer} does not show"
        return found[0]

    def use(self, kind: HandleKind, layer: int, near: QPoint) -> None:
        """Click a handle."""
        handle = self.handle(kind, layer, near)
        self.click(handle.box.center().toPoint())

    def wheel(self, at: QPoint, notches: float, keys: Qt.KeyboardModifier = NONE) -> None:
        """Turn the wheel, away from the user for a positive number of notches."""
        event = QWheelEvent(
            QPointF(at),
            QPointF(self.view.mapToGlobal(at)),
            QPoint(),
            QPoint(0, round(120 * notches)),
            Qt.MouseButton.NoButton,
            keys,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.view, event)

    def type(self, text: str) -> None:
        """Type into the field that is open on the network, and press Return."""
        editor = self.view.hand.typing.editor
        assert editor is not None, "no field is open"
        editor.field.selectAll()
        QTest.keyClicks(editor.field, text)
        self.end_typing(Qt.Key.Key_Return)

    def end_typing(self, key: Qt.Key) -> None:
        """Press a key in the open field, which may be gone when the key is let go."""
        QTest.keyPress(self.view.hand.typing.editor.field, key)

    def weight(self, link: Link) -> float:
        """The newest value of a link."""
        return self.view.hand.ground.value_of(link)

    def theta(self) -> bytes:
        """The parameters in the training thread, once it has done everything asked of it."""
        found: list[bytes] = []

        def look(runner: Runner) -> None:
            found.append(runner.trainer.network.theta.tobytes())

        self.session.send(look)
        self.qtbot.waitUntil(lambda: bool(found))
        return found[0]

    def undo(self) -> None:
        """Press Ctrl+Z."""
        QTest.keyClick(self.window, Qt.Key.Key_Z, CONTROL)

    def redo(self) -> None:
        """Press Ctrl+Shift+Z."""
        QTest.keyClick(self.window, Qt.Key.Key_Z, CONTROL | SHIFT)
