"""Labels that the whole window shares: headings, cut captions, hints for empty places."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QSizePolicy, QWidget

from ui.style import current_scale, heading_font, words_font
from ui.theme import CAPTION_SIZE, CONTROL_HEIGHT


class ElidedLabel(QFrame):
    """One line of muted text; where there is no room it ends in an ellipsis, never clipped."""

    def __init__(
        self,
        text: str = "",
        heading: bool = False,
        alignment: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        parent: QWidget | None = None,
        size: int = CAPTION_SIZE,
    ) -> None:
        super().__init__(parent)
        self._text = text
        self._shorter: tuple[str, ...] = ()
        self._size = size
        self.hint = ""
        """What the tooltip says besides the text where that is cut."""
        self._heading = heading
        self._alignment = alignment | Qt.AlignmentFlag.AlignVCenter
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def text(self) -> str:
        """The whole text."""
        return self._text

    def setText(self, text: str, *shorter: str) -> None:
        """Show this text; where it has no room the first of ``shorter`` that fits, if any."""
        if (text, shorter) != (self._text, self._shorter):
            self._text, self._shorter = text, shorter
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()

    def _type(self) -> QFont:
        return (heading_font if self._heading else words_font)(self._size)

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(self._type())

    def _shown(self) -> str:
        return self._written(self._text)

    def _written(self, text: str) -> str:
        # Capitals are measured as capitals, which Qt does not do for elided text.
        return text.upper() if self._heading else text

    def fitting(self) -> str:
        """What is seen: the whole text, a shorter one, or one that ends in an ellipsis."""
        metrics, width = self._metrics(), self.width()
        for text in (self._text, *self._shorter):
            if metrics.horizontalAdvance(self._written(text)) <= width:
                return self._written(text)
        last = self._written((self._text, *self._shorter)[-1])
        return metrics.elidedText(last, Qt.TextElideMode.ElideRight, width)

    def sizeHint(self) -> QSize:
        metrics = self._metrics()
        return QSize(metrics.horizontalAdvance(self._shown()) + 2, metrics.height() + 4)

    def minimumSizeHint(self) -> QSize:
        least = 0 if "" in self._shorter else 24
        return QSize(min(least, self.sizeHint().width()), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._type())
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(self.rect(), self._alignment, self.fitting())
        painter.end()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip:
            cut = self.width() < self._metrics().horizontalAdvance(self._shown())
            lines = (self._text if cut else "", self.hint)
            self.setToolTip("\n".join(line for line in lines if line))
        elif event.type() is QEvent.Type.FontChange:
            self.updateGeometry()
        return super().event(event)


class Heading(ElidedLabel):
    """A heading in small letter-spaced capitals."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, heading=True, parent=parent)

    def minimumSizeHint(self) -> QSize:
        """It says what the card is, so a caption beside it gives way first."""
        return self.sizeHint()


def level_labels(form: QFormLayout) -> None:
    """Have the labels of a form on one line with what is typed beside them.

    A form puts them at the top of their row, where fields are higher than words.
    """
    for row in range(form.rowCount()):
        label, field = (
            form.itemAt(row, role)
            for role in (QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole)
        )
        if label is None or field is None or label.widget() is None:
            continue
        height = round(CONTROL_HEIGHT * current_scale())
        if field.widget() is not None:
            # Before that a field does not know the height the style sheet gives it.
            field.widget().ensurePolished()
            height = min(height, field.widget().sizeHint().height())
        label.widget().setMinimumHeight(height)


class EmptyHint(QLabel):
    """Says in an empty place what will appear there, and how."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("role", "muted")
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setContentsMargins(8, 8, 8, 8)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
