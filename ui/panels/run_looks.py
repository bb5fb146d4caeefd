"""How kept runs are told apart: a colour and dashes each, so that a grey print shows them, too."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.style import current_scale, words_font
from ui.stylesheet import mixed
from ui.theme import CAPTION_SIZE, CLASS_COLOURS, Theme

DASHES: tuple[tuple[float, ...], ...] = (
    (8, 3),
    (2, 2),
    (8, 2, 2, 2),
    (12, 4),
    (1, 3),
    (5, 2, 1, 2, 1, 2),
    (14, 2, 4, 2),
    (4, 6),
)
"""One a run, in widths of the line."""
_LEAST_CONTRAST = 3.0
_STEPS = 20


def _luminance(colour: str) -> float:
    """Relative luminance after WCAG 2.2."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in QColor(colour).getRgbF()[:3]
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def run_colour(theme: Theme, number: int) -> QColor:
    """The class colour of a run, so much nearer to the text's colour that it can be seen."""
    ground = _luminance(theme.panel)
    for step in range(_STEPS):
        colour = mixed(CLASS_COLOURS[number], theme.text, step / _STEPS)
        light, dark = sorted((_luminance(colour), ground), reverse=True)
        if (light + 0.05) / (dark + 0.05) >= _LEAST_CONTRAST:
            break
    return QColor(colour)


def run_pen(theme: Theme, number: int, width: float = 1.5) -> QPen:
    """The pen of a run's curves, ``width`` px wide before enlargement."""
    pen = QPen(run_colour(theme, number), width * current_scale())
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setDashPattern([float(part) for part in DASHES[number]])
    return pen


class RunKey(QWidget):
    """Says which line is which run, in as many lines as it takes; hidden without runs."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Kept runs")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self._runs: list[tuple[int, str]] = []
        self.hide()

    def show_runs(self, runs: list[tuple[int, str]]) -> None:
        """Number and name of each run that is drawn."""
        self._runs = runs
        self.setAccessibleDescription(", ".join(name for _, name in runs))
        self.setVisible(bool(runs))
        self._fit()

    def apply_theme(self, theme: Theme) -> None:
        """Take over colours and size of type."""
        self._theme = theme
        self._fit()

    @property
    def _line(self) -> float:
        return 30.0 * current_scale()

    def _places(self) -> list[tuple[float, float, int, str]]:
        """Left and top of each entry, its number and its name, cut where it has no room."""
        metrics = QFontMetrics(words_font(CAPTION_SIZE))
        x = y = 0.0
        found = []
        for number, name in self._runs:
            room = int(self.width() - self._line - 4)
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, max(20, room))
            wide = self._line + 4 + metrics.horizontalAdvance(text)
            if x > 0.0 and x + wide > self.width():
                x, y = 0.0, y + metrics.height()
            found.append((x, y, number, text))
            x += wide + 12
        return found

    def _fit(self) -> None:
        places = self._places()
        high = QFontMetrics(words_font(CAPTION_SIZE)).height()
        self.setFixedHeight(round(places[-1][1] + high) if places else 0)
        self.update()

    def sizeHint(self) -> QSize:
        """As high as its lines; no width is asked for."""
        return QSize(0, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew."""
        if event.size().width() != event.oldSize().width():
            self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A piece of each line, and its run's name."""
        painter = QPainter(self)
        painter.setFont(words_font(CAPTION_SIZE))
        high = painter.fontMetrics().height()
        for x, y, number, text in self._places():
            painter.setPen(run_pen(self._theme, number, 2.0))
            painter.drawLine(QPointF(x, y + high / 2), QPointF(x + self._line, y + high / 2))
            painter.setPen(self._theme.colour("text"))
            place = QRectF(x + self._line + 4, y, self.width(), high)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), text)
