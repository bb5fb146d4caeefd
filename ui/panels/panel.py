"""What every panel is."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from simulator.project import Project
from simulator.snapshot import Snapshot
from simulator.trace import Phase, PhaseKind
from ui.held import Held
from ui.selection import Selection
from ui.style import numbers_font, words_font
from ui.theme import CAPTION_SIZE, GRID, Theme
from ui.writing import Writing

Picture = tuple[int, int, NDArray[np.intp]]
"""Rows, columns, and where each pixel stands in the input vector, (rows, columns)."""


class TextLine(QWidget):
    """One line of text: the longest of some wordings that fits, cut if none does."""

    def __init__(self, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.alignment = Qt.AlignmentFlag.AlignLeft
        self._theme = theme
        self._texts: tuple[str, ...] = ("",)
        self._numbers = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        """The longest wording."""
        return self._texts[0]

    def show_text(self, *texts: str, numbers: bool = False) -> None:
        """Show one of these wordings, longest first; ``numbers`` puts it in the numbers' type."""
        if texts != self._texts or numbers != self._numbers:
            self._texts, self._numbers = texts or ("",), numbers
            self.setAccessibleDescription(self._texts[0])
            self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Take over colours and size of type."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """The height of a line; no width is asked for."""
        return QSize(0, QFontMetrics(words_font(CAPTION_SIZE)).height() + 3)

    minimumSizeHint = sizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write the text: muted words, or numbers in the text's own colour."""
        font = (numbers_font if self._numbers else words_font)(CAPTION_SIZE)
        metrics = QFontMetrics(font)
        fitting = (t for t in self._texts if metrics.horizontalAdvance(t) <= self.width())
        shortest = metrics.elidedText(
            self._texts[-1], Qt.TextElideMode.ElideRight, max(0, self.width())
        )
        painter = QPainter(self)
        painter.setFont(font)
        painter.setPen(self._theme.colour("text" if self._numbers else "muted"))
        flags = int(self.alignment | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(self.rect(), flags, next(fitting, shortest))


class Panel(QWidget):
    """A picture of the newest snapshot.

    A panel has a header line (``header``) and a body (``body``) in a column (``outer``).
    Subclasses implement :meth:`_show`, which is called only while the panel can be seen.

    Signals
    -------
    current_changed(bool) : whether the current phase is what this panel shows.
    asked(Quantity) : a number was clicked: how did it come about?
    """

    panel_id: ClassVar[str]
    title: ClassVar[str]
    phases: ClassVar[frozenset[PhaseKind]] = frozenset()
    """The kinds of phases whose values this panel shows."""

    current_changed = Signal(bool)
    asked = Signal(object)

    def __init__(self, selection: Selection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.title)
        self.selection = selection
        self.picture: Picture | None = None
        self.class_names: list[str] = []
        self.project: Project | None = None
        self.held = Held()
        self.writing = Writing()
        self._theme = theme
        self._snapshot: Snapshot | None = None
        self._stale = False
        self._highlight = False
        outer = QVBoxLayout(self)
        outer.setContentsMargins(GRID // 2, 2, GRID // 2, 2)
        outer.setSpacing(2)
        self.header = QHBoxLayout()
        self.header.setSpacing(GRID)
        outer.addLayout(self.header)
        self.body = QHBoxLayout()
        self.body.setSpacing(GRID)
        outer.addLayout(self.body, 1)
        self.outer = outer
        selection.changed.connect(self._on_selection)

    @property
    def theme(self) -> Theme:
        """The colours to draw in."""
        return self._theme

    @property
    def snapshot(self) -> Snapshot | None:
        """The newest snapshot handed to this panel."""
        return self._snapshot

    @property
    def highlight(self) -> bool:
        """Whether the current phase belongs to this panel."""
        return self._highlight

    @classmethod
    def concerns(cls, phase: Phase | None) -> bool:
        """Whether a phase belongs to this panel."""
        return phase is not None and phase.kind in cls.phases

    def picture_index(self, inputs: int) -> NDArray[np.intp] | None:
        """Where each pixel stands among so many inputs; None if they form no picture."""
        if self.picture is None:
            return None
        index = np.asarray(self.picture[2], dtype=np.intp)
        whole = index.ndim == 2 and np.array_equal(np.sort(index, axis=None), np.arange(inputs))
        return index if whole else None

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show this snapshot; of a hidden panel only the highlight changes."""
        if snapshot is self._snapshot:
            return
        self._snapshot = snapshot
        highlight = self.concerns(snapshot.phase)
        if highlight != self._highlight:
            self._highlight = highlight
            self.current_changed.emit(highlight)
        if self.isVisible():
            self._show(snapshot)
        else:
            self._stale = True

    def apply_theme(self, theme: Theme) -> None:
        """Redraw in these colours."""
        self._theme = theme
        self._restyle()
        self.update()

    def set_context(self, picture: Picture | None, class_names: list[str]) -> None:
        """What the inputs and outputs mean: the picture they form, the names of the classes."""
        self.picture = picture
        self.class_names = list(class_names)
        self._on_context()

    def show_project(self, project: Project) -> None:
        """What is trained: a project opened or edited."""
        self.project = project
        self.held = Held(project.network, project.parameters)
        self._on_project()

    def set_writing(self, writing: Writing) -> None:
        """Write symbols and signs like this."""
        if writing != self.writing:
            self.writing = writing
            self._on_writing()

    def on_seen(self, seen: bool) -> None:
        """The panel came to the front of its dock, or went behind another."""

    def _show(self, snapshot: Snapshot) -> None:
        """Draw what changed."""
        raise NotImplementedError

    def _restyle(self) -> None:
        """Colours or fonts changed."""

    def _on_context(self) -> None:
        """Picture or class names changed."""

    def _on_project(self) -> None:
        """The project changed."""

    def _on_writing(self) -> None:
        """Symbols and signs are written in another way."""

    def _on_selection(self) -> None:
        """Another neuron is selected."""

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came in while the panel was hidden."""
        super().showEvent(event)
        if self._stale and self._snapshot is not None:
            self._stale = False
            self._show(self._snapshot)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of type."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill with the panel colour."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self.theme.colour("panel"))
