"""The whole window on the digits, and how one window becomes as new for the next test.

To build a window takes longer than most tests in it, so the tests of a module share one.  In
between it begins a new project, as File > New does, and what a test has changed is put back.  What
can then be seen is compared with what could be seen at first: where anything differs, the next
test gets another window, so that none meets what one before it has left.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QSettings
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QDockWidget,
    QLabel,
    QLineEdit,
    QMenu,
    QScrollBar,
    QSlider,
    QSpinBox,
    QWidget,
)
from pytestqt.exceptions import TimeoutError as WaitedTooLong
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from simulator.document import Document
from simulator.project import Project, load_project
from simulator.runner import Runner
from simulator.snapshot import RunState
from ui.actions import ACTIONS
from ui.app import make_application
from ui.inspector.group_heading import GroupHeading
from ui.main_window import MainWindow
from ui.panels.controls import SampleChoice
from ui.session import Session
from ui.settings import LAYOUT_VERSION, Settings

SIZE = (1280, 800)
SPEED = 100
SAMPLE = 2
"""The sample in the canvas at first."""
_open_at_first: dict[str, bool] = {}
"""Of each group of the inspector."""


def digits() -> Project:
    """The digits, with training that does not end by itself."""
    return load_project("digits-5x5").with_epochs(10**6)


def open_window(qtbot: QtBot, settings: Path) -> MainWindow:
    """A window on the digits, on the screen; its settings are stored in this file."""
    make_application()
    session = Session(digits())
    window = MainWindow(session, Settings(str(settings)))
    window.resize(*SIZE)
    window.transport.set_speed(SPEED)
    session.start()
    window.show()
    qtbot.waitExposed(window)
    qtbot.waitUntil(lambda: session.snapshot is not None)
    return window


def end_window(window: MainWindow) -> None:
    """Close the window and have Qt delete it now; its thread must end."""
    window.close()
    assert window.session.shut_down()
    # What closing has put off finds the window still there.
    QApplication.processEvents()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


class SharedWindow:
    """A window for test after test, and another one wherever it cannot be made as new."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0
        self._window: MainWindow | None = None
        self._first: _First | None = None

    def as_new(self, qtbot: QtBot) -> MainWindow:
        """The window as a student finds it at the first start."""
        window, first = self._window, self._first
        if window is not None and first is not None and isValid(window) and window.isVisible():
            try:
                begin_anew(window, first, qtbot)
            except WaitedTooLong:
                pass
            else:
                if look_of(window, first.settings) == first.look:
                    return window
        self.end()
        self._made += 1
        settings = self._folder / f"settings-{self._made}.ini"
        window = self._window = open_window(qtbot, settings)
        if not _open_at_first:
            _learn_groups(window)
        settle(window, qtbot)
        take_the_keys(window, qtbot)
        self._first = _First(window, settings)
        return window

    def rest(self) -> None:
        """Until the next test nothing is trained."""
        if self._window is not None and isValid(self._window):
            self._window.session.pause()

    def end(self) -> None:
        """Close the window."""
        window, self._window = self._window, None
        if window is not None and isValid(window):
            close_others(window)
            end_window(window)


class _First:
    """What a new window is like."""

    def __init__(self, window: MainWindow, settings: Path) -> None:
        self.settings = settings
        self.stored = _stored(settings)
        self.docks = window.saveState(LAYOUT_VERSION)
        self.splitters = [(own, own.saveState()) for own in (window.columns, window.right)]
        self.room_for_words = window.timeline.words.width()
        self.look = look_of(window, settings)


def begin_anew(window: MainWindow, first: _First, qtbot: QtBot) -> None:
    """Begin a new project, and put back what stays as it is from one project to the next."""
    close_others(window)
    window.presentation.leave()
    window.actions_by_id["predict"].setChecked(False)
    window.predict.score.reset()
    window.predict.bar.show_score(0, 0)
    for name, heading in _groups(window).items():
        if heading.isChecked() != _open_at_first[name]:
            heading.click()
    _store_again(first)
    window.files.opening.show_new(Document(digits()), empty=True)
    # The drawing stays where the project has the same name.
    window.data_card.show_sample(SAMPLE)
    window.network_card.set_source("drawing")
    window.network_card.view.viewport.fit()
    window.transport.set_speed(SPEED)
    window.notice.set_text("")
    window.notice.closed.emit()
    window.timeline.words.setFixedWidth(first.room_for_words)
    for choice in window.findChildren(SampleChoice):
        choice.choose(0, 1)
    for number in window.docks.panel("gradient_check").findChildren(QSpinBox):
        number.setValue(1)
    window.resize(*SIZE)
    if window.saveState(LAYOUT_VERSION) != first.docks:
        window.restore_layout(first.docks)
    for splitter, state in first.splitters:
        splitter.restoreState(state)
    settle(window, qtbot)
    # Those that cannot be seen still have what they showed last.
    for panel in window.docks.panels:
        panel.show_snapshot(window.session.snapshot)
    for bar in window.inspector.findChildren(QScrollBar):
        bar.setValue(bar.minimum())
    take_the_keys(window, qtbot)


def _learn_groups(window: MainWindow) -> None:
    """Which groups are open on pages that are made only when they are asked for."""
    selection = window.session.selection
    for layer, neuron in ((0, None), (1, None), (1, 0)):
        selection.select(layer, neuron)
    selection.select_link((1, 0, 0))
    selection.select_many(neurons=((1, 0), (1, 1)))
    selection.clear()
    _open_at_first.update({name: own.isChecked() for name, own in _groups(window).items()})


def _groups(window: MainWindow) -> dict[str, GroupHeading]:
    """The headings of the inspector by their pages and titles."""
    found = {}
    for heading in window.inspector.findChildren(GroupHeading):
        page, names = heading.parentWidget(), [heading.text()]
        while page is not window.inspector:
            names.append(type(page).__name__)
            page = page.parentWidget()
        found["/".join(names)] = heading
    return found


def close_others(window: MainWindow) -> None:
    """Close every menu and dialog that is still open."""
    for other in QApplication.topLevelWidgets():
        if other is not window and other.isVisible() and isinstance(other, QDialog | QMenu):
            other.close()


def settle(window: MainWindow, qtbot: QtBot) -> None:
    """Wait until the window shows its project before the first iteration, at rest."""
    session = window.session
    asked: list[bool] = []

    def look(runner: Runner) -> None:
        asked.append(True)

    session.send(look)
    qtbot.waitUntil(
        lambda: (
            bool(asked)
            and session.settled
            and session.snapshot.spec == session.project.network
            and session.snapshot.iteration == 0
            and session.state is RunState.PAUSED
        )
    )
    # Some things are put off until Qt has laid the window out.
    qtbot.wait(1)


def take_the_keys(window: MainWindow, qtbot: QtBot) -> None:
    """Have keys go to the window: without a window manager a closed dialog keeps them."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    focus = QApplication.focusWidget()
    if focus is not None:
        focus.clearFocus()


def _stored(settings: Path) -> dict[str, Any]:
    store = QSettings(str(settings), QSettings.Format.IniFormat)
    return {name: store.value(name) for name in store.allKeys()}


def _store_again(first: _First) -> None:
    store = QSettings(str(first.settings), QSettings.Format.IniFormat)
    for name, value in _stored(first.settings).items():
        if name not in first.stored:
            store.remove(name)
        elif value != first.stored[name]:
            store.setValue(name, first.stored[name])


_CHOICES = (QAbstractButton, QComboBox, QAbstractSpinBox, QSlider)


def look_of(window: MainWindow, settings: Path) -> dict[str, Any]:
    """All that can be seen in the window, and what decides on what comes next, by name."""
    app = QApplication.instance()
    session, selection, predict = window.session, window.session.selection, window.predict
    look: dict[str, Any] = {
        "settings": _stored(settings),
        "style": (app.styleSheet(), app.font().toString(), window.looks.theme.name),
        "title": (window.windowTitle(), window.isWindowModified()),
        "selection": (selection.layers, selection.neurons, selection.links),
        "undo": session.undo_stack.count(),
        "breakpoints": session.time.breakpoints,
        "runs": window.lab.runs.runs,
        "drawing": window.data_card.drawing().tolist(),
        "place": window.network_card.view.viewport.place,
        "predicting": (predict.score.rows(), predict.options.kinds, predict.options.tolerance),
        "pen": window.data_card.tools.options.pen(),
        # What a dialog keeps from one time to the next cannot be seen while it is closed.
        "dialogs": len(window.findChildren(QDialog)),
    }
    for spec in ACTIONS:
        action = window.actions_by_id[spec.id]
        look[f"action {spec.id}"] = (action.isEnabled(), action.isChecked(), action.text())
    for dock in window.findChildren(QDockWidget):
        look[f"dock {dock.objectName()}"] = (dock.isHidden(), dock.isFloating())
    for part in (*window.docks.panels, window.formula):
        controls = [own for own in part.findChildren(QWidget) if isinstance(own, _CHOICES)]
        look[f"choices {type(part).__name__}"] = [_content(own) for own in controls]
    # Panels behind others are as large as they were when they were last seen.
    widgets = [own for own in window.findChildren(QWidget) if not own.visibleRegion().isEmpty()]
    # Which of two is above the other matters only where they overlap.
    look["widgets"] = sorted(
        (type(own).__name__, own.objectName(), own.geometry().getRect(), own.isEnabled(), str(said))
        for own, said in ((own, _content(own)) for own in widgets)
    )
    return look


def _content(widget: QWidget) -> object:
    if isinstance(widget, QAbstractButton):
        return widget.text(), widget.isChecked()
    if isinstance(widget, QLabel | QLineEdit | QAbstractSpinBox):
        return widget.text()
    if isinstance(widget, QComboBox):
        return widget.currentText()
    if isinstance(widget, QAbstractSlider):
        return widget.value(), widget.maximum()
    return None
