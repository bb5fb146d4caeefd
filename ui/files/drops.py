"""Files dropped on the window: projects are opened, models and data are imported."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from simulator.project.errors import printable
from ui.files.open_file import DOCUMENT
from ui.style import words_font
from ui.theme import GRID, Theme

PROJECTS = (DOCUMENT, ".json")
MODELS = (".keras", ".weights.h5")


class DropHint(QWidget):
    """Lies over the window while files are dragged over it, and says what will happen."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._theme = theme
        self.words = ""
        self.hide()

    def say(self, words: str) -> None:
        """Cover the window."""
        self.words = words
        self.setAccessibleName(words)
        self.setGeometry(self.parentWidget().rect())
        self.show()
        self.raise_()

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A veil, a frame and the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(self._theme.background)
        veil.setAlphaF(0.86)
        painter.fillRect(self.rect(), veil)
        painter.setPen(QPen(QColor(self._theme.accent), 2, Qt.PenStyle.DashLine))
        inset = 2 * GRID
        frame = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(frame, GRID, GRID)
        painter.setPen(QColor(self._theme.text))
        painter.setFont(words_font(20, words_font().Weight.DemiBold))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.words)
        painter.end()


class Drops(QObject):
    """Looks at what is dragged over the window.

    Signals
    -------
    opened(str) : a project was dropped.
    model_dropped(str) : a Keras model, or its weights, was dropped.
    imported(list) : data files were dropped.
    """

    opened = Signal(str)
    model_dropped = Signal(str)
    imported = Signal(list)

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self.hint = DropHint(theme, window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self.hint.apply_theme(theme)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take files that are dropped on the window."""
        kind = event.type()
        if kind is QEvent.Type.DragEnter and isinstance(event, QDragEnterEvent):
            paths = _dragged(event.mimeData())
            if paths:
                self.hint.say(_promise(paths))
                event.acceptProposedAction()
                return True
        elif kind is QEvent.Type.DragLeave:
            self.hint.hide()
        elif kind is QEvent.Type.Drop and isinstance(event, QDropEvent):
            self.hint.hide()
            paths = _dragged(event.mimeData())
            if paths:
                event.acceptProposedAction()
                self._take(paths)
                return True
        return super().eventFilter(watched, event)

    def _take(self, paths: list[Path]) -> None:
        projects, models = _with_ending(paths, PROJECTS), _with_ending(paths, MODELS)
        if projects:
            self.opened.emit(str(projects[0]))
        elif models:
            self.model_dropped.emit(str(models[0]))
        else:
            self.imported.emit([str(own) for own in paths])


def _dragged(content: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in content.urls() if url.isLocalFile()]


def _with_ending(paths: list[Path], endings: tuple[str, ...]) -> list[Path]:
    return [own for own in paths if own.name.lower().endswith(endings)]


def _promise(paths: list[Path]) -> str:
    projects, models = _with_ending(paths, PROJECTS), _with_ending(paths, MODELS)
    if projects:
        return f"Drop to open “{printable(projects[0].name, 60)}”"
    if models:
        return f"Drop to import the network of “{printable(models[0].name, 60)}”"
    if len(paths) == 1:
        return f"Drop to import “{printable(paths[0].name, 60)}” as data"
    return f"Drop to import {len(paths):,} files as data"
