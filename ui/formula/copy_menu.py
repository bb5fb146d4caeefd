"""Takes what the Formula card shows to the clipboard: as LaTeX, text or a picture."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from simulator.explain import latex_of
from simulator.explanation import Explanation
from ui.formula.blocks import plain_text
from ui.formula.sheet import Sheet

IMAGE_RATIO = 2.0
"""Pixels of a copied picture for each on the screen."""


class CopyMenu(QMenu):
    """``said`` confirms in a few words what has been copied."""

    said = Signal(str)

    def __init__(self, sheet: Sheet, parent: QWidget) -> None:
        super().__init__(parent)
        self._sheet = sheet
        self.explanation: Explanation | None = None
        """What is on show; None where there is nothing to copy."""
        for text, slot in (
            ("Copy as LaTeX", self._on_latex),
            ("Copy as text", self._on_text),
            ("Copy as image", self._on_image),
        ):
            self.addAction(text).triggered.connect(slot)

    def _on_latex(self) -> None:
        if self.explanation is not None:
            QGuiApplication.clipboard().setText(latex_of(self.explanation))
            self.said.emit("copied as LaTeX")

    def _on_text(self) -> None:
        QGuiApplication.clipboard().setText(plain_text(self._sheet.blocks))
        self.said.emit("copied as text")

    def _on_image(self) -> None:
        """The sheet as a picture, twice as fine as on the screen."""
        data = QMimeData()
        data.setImageData(self._sheet.picture(IMAGE_RATIO).toImage())
        QGuiApplication.clipboard().setMimeData(data)
        self.said.emit("copied as image")
