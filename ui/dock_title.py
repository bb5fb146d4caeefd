"""A dock's title bar: looks like a tab, and is gone where a tab says the name already."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QToolButton, QWidget

from ui.resources import icon
from ui.theme import GRID, Theme

HEIGHT = 30


class DockTitle(QWidget):
    """Name, float and close; its height is 0 while the dock is one of several tabs."""

    def __init__(self, dock: QDockWidget, theme: Theme) -> None:
        super().__init__(dock)
        self._dock = dock
        self._theme = theme
        self._tabbed = False
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GRID + 4, 0, 4, 0)
        layout.setSpacing(0)
        self._label = QLabel(dock.windowTitle())
        layout.addWidget(self._label)
        layout.addStretch(1)
        self._buttons = []
        for name, text, slot in (
            ("maximize", f"Take {dock.windowTitle()} out of the window", self._toggle_floating),
            ("x", f"Close {dock.windowTitle()}", dock.close),
        ):
            button = QToolButton()
            button.setAutoRaise(True)
            button.setAccessibleName(text)
            button.setToolTip(text)
            button.setFixedSize(28, 28)
            button.setIconSize(QSize(14, 14))
            button.clicked.connect(slot)
            layout.addWidget(button)
            self._buttons.append((button, name))
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Tint the icons and the underline."""
        self._theme = theme
        for button, name in self._buttons:
            button.setIcon(icon(name, theme, 14, colour=theme.muted))
        self.update()

    def set_tabbed(self, tabbed: bool) -> None:
        """Whether a tab shows the name, so that this bar need not."""
        if tabbed != self._tabbed:
            self._tabbed = tabbed
            for child in (self._label, *(button for button, _ in self._buttons)):
                child.setVisible(not tabbed)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(80, 0 if self._tabbed else HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0 if self._tabbed else HEIGHT)

    def _toggle_floating(self) -> None:
        self._dock.setFloating(not self._dock.isFloating())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._tabbed:
            return
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("accent"))
        label = self._label.geometry()
        painter.drawRect(QRectF(label.left(), HEIGHT - 3, label.width(), 2))
        painter.end()
