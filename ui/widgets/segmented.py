"""One choice out of a few, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from ui.style import current_scale, words_font
from ui.theme import CONTROL_HEIGHT

LEAST_HEIGHT = 28
_SIDE = 10
_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
}


class SegmentedControl(QFrame):
    """Exclusive buttons in a row; the arrow keys go from one to the next.

    ``currentChanged`` carries the index the *user* chose, not one set by :meth:`set_current`.
    """

    currentChanged = Signal(int)

    def __init__(self, labels: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: list[QPushButton] = []
        self.setProperty("role", "segments")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Maximum)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(1)
        for number, label in enumerate(labels):
            button = QPushButton(label)
            button.setProperty("role", "segment")
            button.setCheckable(True)
            button.setAccessibleName(label)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
            button.installEventFilter(self)
            self._group.addButton(button, number)
            self._buttons.append(button)
            layout.addWidget(button)
        self._group.idClicked.connect(self._on_clicked)
        self._current = 0
        self._fit()
        if self._buttons:
            self.set_current(0)

    def current(self) -> int:
        """Index of the chosen button."""
        return self._current

    def buttons(self) -> tuple[QPushButton, ...]:
        """The buttons, from left to right."""
        return tuple(self._buttons)

    def set_current(self, index: int) -> None:
        """Choose a button without saying so; an index out of range is an error."""
        if not 0 <= index < len(self._buttons):
            raise IndexError(f"no segment {index}")
        self._current = index
        self._buttons[index].setChecked(True)
        for number, button in enumerate(self._buttons):
            # One stop for the Tab key: the chosen button.
            policy = Qt.FocusPolicy.TabFocus if number == index else Qt.FocusPolicy.ClickFocus
            button.setFocusPolicy(policy)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), round(CONTROL_HEIGHT * current_scale()))

    def minimumSizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), round(LEAST_HEIGHT * current_scale()))

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = _STEPS.get(Qt.Key(event.key()))
            if step is not None:
                self._choose((self._current + step) % len(self._buttons))
                return True
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        # Bold text is wider: every button is as wide as it would be when chosen.
        metrics = QFontMetrics(words_font(weight=QFont.Weight.DemiBold))
        # Qt still sends events to a widget whose Python part is being taken down.
        for button in getattr(self, "_buttons", ()):
            width = metrics.horizontalAdvance(button.text())
            button.setFixedWidth(width + round(2 * _SIDE * current_scale()) + 4)

    def _choose(self, index: int) -> None:
        self._buttons[index].setFocus(Qt.FocusReason.OtherFocusReason)
        if index != self._current:
            self.set_current(index)
            self.currentChanged.emit(index)

    def _on_clicked(self, index: int) -> None:
        if index != self._current:
            self.set_current(index)
            self.currentChanged.emit(index)
