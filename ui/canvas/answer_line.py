"""What the network says, in one line that never overflows."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.style import current_scale, words_font
from ui.theme import Theme

_SAYS = "Network says "


class AnswerLine(QWidget):
    """ "Sample **3** · network says **3**", or a hint; long names are cut."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._hint = ""
        self._answer: str | None = None
        self._sample: str | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def apply_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self.update()

    def show_hint(self, text: str) -> None:
        """Say what to do while there is no answer."""
        self._set(text, None, None)

    def show_answer(self, answer: str, sample: str | None) -> None:
        """Say what the network answers and, if it is one, which sample was asked."""
        self._set("", answer, sample)

    def _set(self, hint: str, answer: str | None, sample: str | None) -> None:
        if (hint, answer, sample) != (self._hint, self._answer, self._sample):
            self._hint, self._answer, self._sample = hint, answer, sample
            self.setAccessibleName(self.text())
            self.setToolTip(self.text() if len(self.text()) > 30 else "")
            self.update()

    def text(self) -> str:
        """The whole text."""
        if self._answer is None:
            return self._hint
        if self._sample is None:
            return _SAYS + self._answer
        return f"Sample {self._sample} · network says {self._answer}"

    def sizeHint(self) -> QSize:
        return QSize(200, round(20 * current_scale()))

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.FontChange:
            self.updateGeometry()
        return super().event(event)

    def _pieces(self) -> list[tuple[str, bool]]:
        """(text, bold) in order; the sample is left out where there is no room for both."""
        if self._answer is None:
            return [(self._hint, False)]
        whole = [(_SAYS, False), (self._answer, True)]
        if self._sample is None:
            return whole
        both = [("Sample ", False), (self._sample, True), (" · network says ", False)]
        both.append((self._answer, True))
        fits = sum(_metrics(bold).horizontalAdvance(text) for text, bold in both) <= self.width()
        return both if fits else whole

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self._theme.colour("text" if self._answer is not None else "muted"))
        x, plain = 0.0, _metrics(False)
        y = (self.height() + plain.ascent() - plain.descent()) / 2
        for text, bold in self._pieces():
            metrics = _metrics(bold)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.width() - x + 0.5)
            painter.setFont(_type(bold))
            painter.drawText(QPointF(x, y), shown)
            x += metrics.horizontalAdvance(shown)
        painter.end()


def _type(bold: bool) -> QFont:
    return words_font(weight=QFont.Weight.DemiBold if bold else QFont.Weight.Normal)


def _metrics(bold: bool) -> QFontMetricsF:
    return QFontMetricsF(_type(bold))
