"""Presentation mode: larger type and lines, one panel at a time, moved on by a remote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QSplitter,
    QTextEdit,
    QToolBar,
    QWidget,
)

from ui.actions import Actions
from ui.presentation_bar import PresentationBar
from ui.settings import LAYOUT_VERSION
from ui.widgets.escape import keeps_escape
from ui.widgets.segmented import SegmentedControl

SCALE = 1.6
PROJECTOR, LARGEST_GROWTH = QSize(1280, 720), 1.5
"""From this size of the window on the type grows with it, half as fast: a sharper projector shows
the same picture no larger to the last row."""
SIDE_BY_SIDE = 1200
"""From this width on the formula stands beside the network, else below it."""
_WRITING = (QLineEdit, QAbstractSpinBox, QTextEdit, QPlainTextEdit)
_TAKES_ARROWS = (*_WRITING, QAbstractSlider, QComboBox, QAbstractItemView)
_DARK_KEYS = (Qt.Key.Key_B, Qt.Key.Key_Period)


class Curtain(QWidget):
    """Black over everything, as remotes ask for with B or a full stop."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAccessibleName("Black screen; any key ends it")
        self.hide()

    def draw_over(self) -> None:
        """Cover the window."""
        self.setGeometry(self.parentWidget().rect())
        self.show()
        self.raise_()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click ends it, too."""
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Nothing but black."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        painter.end()


@dataclass(frozen=True)
class Stage:
    """What of the window is played with.

    ``columns`` holds the network and the formula, besides the widgets in ``aside``; ``bars`` are
    put away; ``docks`` are the panels, in the order in which they are offered.
    """

    columns: QSplitter
    network: QWidget
    formula: QWidget
    aside: tuple[QWidget, ...]
    bars: tuple[QToolBar, ...]
    docks: tuple[QDockWidget, ...]


@dataclass(frozen=True)
class _Layout:
    """How everything was before."""

    docks: QByteArray
    splitters: tuple[tuple[QSplitter, QByteArray], ...]
    shown: tuple[tuple[QWidget, bool], ...]
    size: QSize
    focus: QWidget | None


class Presentation(QObject):
    """Enters and leaves the mode, and turns from one panel to the next.

    Signals
    -------
    changed(bool) : whether the mode is on.
    """

    changed = Signal(bool)

    def __init__(
        self,
        window: QMainWindow,
        stage: Stage,
        actions: Actions,
        set_scale: Callable[[float], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._stage = stage
        self._set_scale = set_scale
        self._before: _Layout | None = None
        self._left: _Layout | None = None
        self._pages: list[QDockWidget | None] = []
        self._page = 0
        self._scale = SCALE
        self._curtain = Curtain(window)
        self.bar = PresentationBar(actions)
        self._holder = QToolBar("presentation")
        self._holder.setObjectName("bar_presentation")
        self._holder.setMovable(False)
        self._holder.toggleViewAction().setEnabled(False)
        self._holder.addWidget(self.bar)
        window.addToolBar(Qt.ToolBarArea.BottomToolBarArea, self._holder)
        self._holder.hide()
        self.bar.chosen.connect(self.show_page)
        self.bar.turned.connect(self.turn)
        self.bar.left.connect(self.leave)

    @property
    def on(self) -> bool:
        """Whether the mode is on."""
        return self._before is not None

    @property
    def docks_before(self) -> QByteArray | None:
        """Where the docks were before the mode was entered; None where it is not on."""
        return None if self._before is None else self._before.docks

    @property
    def page(self) -> int:
        """Which page is on show, from 0: the network, then the panels."""
        return self._page

    def toggle(self) -> None:
        """Enter the mode, or leave it."""
        if self.on:
            self.leave()
        else:
            self.enter()

    def enter(self) -> None:
        """Put everything away but the network and its formula."""
        if self.on:
            return
        stage, window = self._stage, self._window
        splitters = (stage.columns, *stage.columns.findChildren(QSplitter))
        hidden = (window.menuBar(), *stage.aside, stage.network, stage.formula)
        self._before = _Layout(
            window.saveState(LAYOUT_VERSION),
            tuple((splitter, splitter.saveState()) for splitter in splitters),
            tuple((widget, not widget.isHidden()) for widget in hidden),
            window.size(),
            window.focusWidget(),
        )
        self._pages = [None, *(dock for dock in stage.docks if not dock.isHidden())]
        for widget in (window.menuBar(), *stage.aside, *stage.bars):
            widget.hide()
        for dock in stage.docks:
            dock.hide()
            if dock.isFloating():
                dock.setFloating(False)
        self._scale = scale_for(self._before.size)
        self._set_scale(self._scale)
        names = ["Network" if dock is None else dock.windowTitle() for dock in self._pages]
        self.bar.set_pages(names)
        self._holder.show()
        QApplication.instance().installEventFilter(self)
        self.show_page(0)
        self._keep_size(self._before.size)
        self.changed.emit(True)

    def leave(self) -> None:
        """Have everything as it was."""
        before, window = self._before, self._window
        if before is None:
            return
        self._before = None
        QApplication.instance().removeEventFilter(self)
        self._curtain.hide()
        self._holder.hide()
        self._set_scale(1.0)
        window.centralWidget().show()
        for widget, shown in before.shown:
            widget.setVisible(shown)
        self._keep_size(before.size)
        self._put_back(before)
        if before.focus is not None:
            before.focus.setFocus()
        self._left = before
        # Only when the type has its old size again do the old places fit.
        QTimer.singleShot(0, self, self._settle)
        self.changed.emit(False)

    def _settle(self) -> None:
        left, self._left = self._left, None
        if left is not None and not self.on:
            self._keep_size(left.size)
            self._put_back(left)

    def _put_back(self, before: _Layout) -> None:
        self._window.restoreState(before.docks, LAYOUT_VERSION)
        for splitter, state in before.splitters:
            splitter.restoreState(state)

    def _keep_size(self, size: QSize) -> None:
        """Qt lets a window grow with its contents, but not shrink again."""
        window = self._window
        if not (window.isMaximized() or window.isFullScreen()):
            window.resize(size)

    def show_page(self, page: int) -> None:
        """Show the network (0), or one panel alone; nothing if there is no such page."""
        if not (self.on and 0 <= page < len(self._pages)):
            return
        self._page = page
        dock = self._pages[page]
        central = self._window.centralWidget()
        for other in self._pages:
            if other is not None and other is not dock:
                other.hide()
        central.setVisible(dock is None)
        if dock is None:
            self._arrange()
            # Only when the type has its size is the room what it will be.
            QTimer.singleShot(0, self, self._arrange_again)
            self._window.setFocus()
        else:
            dock.show()
            dock.raise_()
            self._window.setFocus()
        self.bar.show_page(page)

    def _grow(self) -> None:
        """Fit the type to another size of the window, as full screen gives it."""
        wanted = scale_for(self._window.size())
        if self.on and wanted != self._scale:
            self._scale = wanted
            self._set_scale(wanted)
            self._arrange_again()

    def _arrange_again(self) -> None:
        if self.on and self._page == 0:
            self._arrange()

    def _arrange(self) -> None:
        """The formula beside the network or, where the window is narrow, below it."""
        columns, size = self._stage.columns, self._window.size()
        beside = size.width() >= SIDE_BY_SIDE
        columns.setOrientation(Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical)
        whole = size.width() if beside else size.height()
        shares = [0] * columns.count()
        network = columns.indexOf(self._stage.network)
        for place in range(columns.count()):
            if place == network:
                shares[place] = round(0.56 * whole)
            elif not columns.widget(place).isHidden():
                shares[place] = round(0.44 * whole)
        columns.setSizes(shares)

    def turn(self, pages: int) -> None:
        """So many pages on, from the last to the first."""
        if self._pages:
            self.show_page((self._page + pages) % len(self._pages))

    # Keys ---------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Answer the keys of the mode wherever in the window they are pressed."""
        if event.type() == QEvent.Type.Resize and watched is self._window:
            if self._curtain.isVisible():
                self._curtain.draw_over()
            if self.on and self._page == 0:
                self._arrange()
            if self.on and scale_for(self._window.size()) != self._scale:
                QTimer.singleShot(0, self, self._grow)
            return False
        if event.type() == QEvent.Type.ShortcutOverride and self._curtain.isVisible():
            # The key that ends the black is to do nothing else.
            event.accept()
            return True
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if not isinstance(watched, QWidget) or watched.window() is not self._window:
            return False
        if QApplication.activePopupWidget() is not None or not self.on:
            return False
        if self._curtain.isVisible():
            self._curtain.hide()
            return True
        return self._answer(event, self._window.focusWidget())

    def _answer(self, event: QKeyEvent, focus: QWidget | None) -> bool:
        key, held = event.key(), event.modifiers()
        plain = held in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if key == Qt.Key.Key_Escape and plain:
            if keeps_escape(focus):
                return False
            self.leave()
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and held & _CONTROL:
            self.turn(-1 if held & Qt.KeyboardModifier.ShiftModifier else 1)
        elif not plain or isinstance(focus, _WRITING):
            return False
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            self.show_page(key - Qt.Key.Key_1)
        elif key in _DARK_KEYS:
            self._curtain.draw_over()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not _takes_arrows(focus):
            self.turn(1 if key == Qt.Key.Key_Right else -1)
        else:
            return False
        return True


_CONTROL = Qt.KeyboardModifier.ControlModifier


def _takes_arrows(focus: QWidget | None) -> bool:
    """Whether the arrow keys are needed where the keyboard is."""
    parent = None if focus is None else focus.parentWidget()
    return isinstance(focus, _TAKES_ARROWS) or isinstance(parent, SegmentedControl)


def scale_for(size: QSize) -> float:
    """How much larger the type is in a window of this size."""
    growth = min(size.width() / PROJECTOR.width(), size.height() / PROJECTOR.height())
    return round(SCALE * min(max(1.0, growth) ** 0.5, LARGEST_GROWTH), 1)
