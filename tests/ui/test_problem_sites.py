"""F10: an error anywhere in Qt's reach is told once in a sentence, and the program lives on.

Each site raises in another kind of callback; afterwards the event loop must still turn.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPointF,
    QRectF,
    QRunnable,
    Qt,
    QThread,
    QThreadPool,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QUndoCommand, QUndoStack, QValidator
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QGraphicsItem,
    QGraphicsRectItem,
    QGraphicsScene,
    QGraphicsView,
    QLineEdit,
    QPushButton,
    QStyledItemDelegate,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ui.problems import ProblemReporter, state_folder

Keep = list[object]


class SiteError(ValueError):
    """What every site raises."""


def fail(*_: object) -> None:
    raise SiteError("the site failed")


class Sender(QObject):
    asked = Signal()

    def slot(self) -> None:
        fail()


def direct_slot(keep: Keep) -> None:
    sender = Sender()
    keep.append(sender)
    sender.asked.connect(sender.slot)
    sender.asked.emit()


def queued_slot(keep: Keep) -> None:
    sender = Sender()
    keep.append(sender)
    sender.asked.connect(sender.slot, Qt.ConnectionType.QueuedConnection)
    sender.asked.emit()


def function_slot(keep: Keep) -> None:
    button = QPushButton()
    keep.append(button)
    button.clicked.connect(fail)
    button.click()


def timer(keep: Keep) -> None:
    own = QTimer()
    keep.append(own)
    own.timeout.connect(fail)
    own.start(1)


def single_shot(keep: Keep) -> None:
    QTimer.singleShot(0, fail)


class Failing(QWidget):
    """A widget one of whose event handlers fails."""

    def __init__(self, handler: str) -> None:
        super().__init__()
        self.armed = True
        self._handler = handler
        self.resize(60, 40)

    def _try(self, name: str) -> None:
        if self.armed and name == self._handler:
            fail()

    def paintEvent(self, event: QEvent) -> None:
        self._try("paintEvent")

    def showEvent(self, event: QEvent) -> None:
        self._try("showEvent")

    def mousePressEvent(self, event: QEvent) -> None:
        self._try("mousePressEvent")

    def keyPressEvent(self, event: QEvent) -> None:
        self._try("keyPressEvent")

    def changeEvent(self, event: QEvent) -> None:
        if self.armed and self._handler == "changeEvent":
            # Once: changing the title again to report would fail again.
            self.armed = False
            fail()


def _widget(handler: str) -> Callable[[Keep], None]:
    def site(keep: Keep) -> None:
        widget = Failing(handler)
        keep.append(widget)
        # Not by a call from here: an error in what Python itself called comes back to the caller.
        QTimer.singleShot(0, widget, widget.show)
        QApplication.processEvents()
        if handler == "mousePressEvent":
            left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
            at = QPointF(5, 5)
            press = QMouseEvent(QEvent.Type.MouseButtonPress, at, at, left, left, none)
            QApplication.postEvent(widget, press)
        elif handler == "keyPressEvent":
            _post_key(widget)
        elif handler == "changeEvent":
            QTimer.singleShot(0, widget, widget.showMinimized)

    site.__name__ = handler
    return site


def _post_key(widget: QWidget) -> None:
    """A key as the desktop sends it: from the event loop, not by a call of Python's."""
    none = Qt.KeyboardModifier.NoModifier
    QApplication.postEvent(widget, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_7, none, "7"))


class Filter(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress:
            fail()
        return False


def event_filter(keep: Keep) -> None:
    widget, own = QPushButton(), Filter()
    keep += [widget, own]
    widget.installEventFilter(own)
    _post_key(widget)


class Model(QAbstractTableModel):
    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 2

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 2

    def data(self, index: QModelIndex, role: int = 0) -> object:
        fail()


def model_data(keep: Keep) -> None:
    view, model = QTableView(), Model()
    keep += [view, model]
    view.setModel(model)
    QTimer.singleShot(0, view, view.show)


class Whole(Model):
    def data(self, index: QModelIndex, role: int = 0) -> object:
        return "x" if role == Qt.ItemDataRole.DisplayRole else None


class Delegate(QStyledItemDelegate):
    def paint(self, painter: QPainter, option: object, index: QModelIndex) -> None:
        fail()


def delegate_paint(keep: Keep) -> None:
    view, model, delegate = QTableView(), Whole(), Delegate()
    keep += [view, model, delegate]
    view.setModel(model)
    view.setItemDelegate(delegate)
    QTimer.singleShot(0, view, view.show)


class Validator(QValidator):
    def validate(self, text: str, place: int) -> object:
        fail()


def validator(keep: Keep) -> None:
    line, own = QLineEdit(), Validator()
    keep += [line, own]
    line.setValidator(own)
    line.show()
    _post_key(line)


class Item(QGraphicsItem):
    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, 9, 9)

    def paint(self, *_: object) -> None:
        fail()


def item_paint(keep: Keep) -> None:
    scene = QGraphicsScene()
    view, item = QGraphicsView(scene), Item()
    keep += [scene, view, item]
    scene.addItem(item)
    QTimer.singleShot(0, view, view.show)


class MovedItem(QGraphicsRectItem):
    def itemChange(self, change: object, value: object) -> object:
        fail()


def item_change(keep: Keep) -> None:
    scene, item = QGraphicsScene(), MovedItem(0, 0, 5, 5)
    keep += [scene, item]
    QTimer.singleShot(0, scene, Adding(scene, item, keep).add)


class Adding(QObject):
    def __init__(self, scene: QGraphicsScene, item: QGraphicsItem, keep: Keep) -> None:
        super().__init__()
        keep.append(self)
        self._scene, self._item = scene, item

    def add(self) -> None:
        self._scene.addItem(self._item)


class Command(QUndoCommand):
    def redo(self) -> None:
        fail()


def undo_command(keep: Keep) -> None:
    stack = QUndoStack()
    keep.append(stack)
    QTimer.singleShot(0, stack, Pushing(stack, keep).push)


class Pushing(QObject):
    def __init__(self, stack: QUndoStack, keep: Keep) -> None:
        super().__init__()
        keep.append(self)
        self._stack = stack

    def push(self) -> None:
        self._stack.push(Command("fails"))


class FailingThread(QThread):
    def run(self) -> None:
        fail()


def thread_run(keep: Keep) -> None:
    thread = FailingThread()
    keep.append(thread)
    thread.start()
    assert thread.wait(5000)


def slot_in_a_thread(keep: Keep) -> None:
    worker, thread = Sender(), QThread()
    keep += [worker, thread]
    worker.moveToThread(thread)
    thread.started.connect(worker.slot)
    thread.start()
    QTest.qWait(50)
    thread.quit()
    assert thread.wait(5000)


class Task(QRunnable):
    def run(self) -> None:
        fail()


def runnable(keep: Keep) -> None:
    task = Task()
    keep.append(task)
    QThreadPool.globalInstance().start(task)
    assert QThreadPool.globalInstance().waitForDone(5000)


def pool_function(keep: Keep) -> None:
    QThreadPool.globalInstance().start(fail)
    assert QThreadPool.globalInstance().waitForDone(5000)


def python_thread(keep: Keep) -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()


class Finalized:
    def __del__(self) -> None:
        fail()


def finalizer(keep: Keep) -> None:
    own = Finalized()
    del own


def weak_reference(keep: Keep) -> None:
    own = Sender()
    keep.append(weakref.ref(own, fail))
    del own


def deep_recursion(keep: Keep) -> None:
    QTimer.singleShot(0, _deeper)


def _deeper() -> None:
    _deeper()


def memory_error(keep: Keep) -> None:
    QTimer.singleShot(0, _too_much)


def _too_much() -> None:
    raise MemoryError


# Not resizeEvent and filterAcceptsRow: after an error in these PySide6 6.11.3 itself crashes at the
# next widget that is made.
SITES = [
    *(direct_slot, queued_slot, function_slot, timer, single_shot),
    *(_widget(own) for own in ("paintEvent", "showEvent", "changeEvent")),
    *(_widget(own) for own in ("mousePressEvent", "keyPressEvent")),
    *(event_filter, model_data, delegate_paint, validator, item_paint, item_change),
    *(undo_command, thread_run, slot_in_a_thread, runnable, pool_function, python_thread),
    *(finalizer, weak_reference, deep_recursion, memory_error),
]


@pytest.fixture
def reporter(
    qtbot: QtBot, light: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ProblemReporter]:
    monkeypatch.setenv("BACKLIT_STATE_DIR", str(tmp_path))
    reporter = ProblemReporter(clock=lambda: 100.0)
    reporter.install()
    yield reporter
    if reporter.dialog() is not None:
        reporter.dialog().close()
    reporter.uninstall()


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.__name__)
def test_an_error_is_told_once_and_survived(
    site: Callable[[Keep], None], qtbot: QtBot, reporter: ProblemReporter
) -> None:
    told: list[str] = []
    reporter.reported.connect(told.append)
    keep: Keep = []
    site(keep)
    qtbot.waitUntil(lambda: bool(told))
    alive: list[bool] = []
    QTimer.singleShot(20, lambda: alive.append(True))
    qtbot.waitUntil(lambda: bool(alive))
    for own in keep:
        if isinstance(own, Failing):
            own.armed = False
        if isinstance(own, QTimer):
            own.stop()
        if isinstance(own, QWidget):
            own.hide()
    assert len(told) == 1, told
    assert "Traceback" not in told[0] and told[0].endswith(".")
    assert "Traceback" in (state_folder() / "backlit.log").read_text(encoding="utf-8")
