"""A few words at the lower edge of the window that go away by themselves: "Saved 14:05"."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

from ui.theme import GRID, Theme

MILLISECONDS = 4000


class Toast(QLabel):
    """Lies over the window, takes no mouse and no keys."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("toast")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        window.installEventFilter(self)
        self.apply_theme(theme)
        self.hide()

    def say(self, words: str, milliseconds: int | None = MILLISECONDS) -> None:
        """Show words for a while; for None until others come."""
        self.setText(words)
        self.setAccessibleName(words)
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self._timer.stop()
        if milliseconds is not None:
            self._timer.start(milliseconds)

    def _place(self) -> None:
        window = self.parentWidget()
        left = (window.width() - self.width()) // 2
        self.move(left, window.height() - self.height() - 9 * GRID)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle."""
        if event.type() is QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def apply_theme(self, theme: Theme) -> None:
        """Dark on light, light on dark: it stands out from the window."""
        self.setStyleSheet(
            f"#toast {{ background: {theme.text}; color: {theme.panel}; border-radius: 6px;"
            f" padding: 6px 14px; font-weight: 500; }}"
        )
