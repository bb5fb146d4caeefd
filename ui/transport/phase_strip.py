"""The phases of an iteration in a row, the current one lit; a click goes to one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QHelpEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from simulator.explain import title
from simulator.snapshot import RunState, Snapshot
from simulator.spec import NetworkSpec
from simulator.trace import Phase, PhaseKind, phases_of
from ui.style import current_scale, numbers_font, words_font
from ui.theme import GRID, Theme
from ui.writing import Writing

HEIGHT = 36
_TITLE_WIDTH, _TITLE_SHARE = 256, 0.34
"""Room for the phase's name, and the most it takes of a narrow strip."""
_CHIP_PAD, _LEAST_PAD = 6, 2.0
_FADE = 28.0
_GROUP_GAP = 10


class PhaseStrip(QWidget):
    """``phase_chosen`` carries the index of a clicked phase."""

    phase_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._writing = Writing()
        self._spec: NetworkSpec | None = None
        self._phases: tuple[Phase, ...] = ()
        self._cursor: int | None = None
        self._title = ""
        self._chips: list[QRectF] = []
        self._scroll = self._overflow = 0.0
        self._follow = True
        self._fit()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName("Phases of an iteration")

    def sizeHint(self) -> QSize:
        return QSize(900, self.height())

    def apply_theme(self, theme: Theme) -> None:
        """Repaint in other colours and sizes."""
        self._theme = theme
        self._fit()
        self.update()

    def _fit(self) -> None:
        self._follow = True
        self.setFixedHeight(round(HEIGHT * (1.0 + 0.5 * (current_scale() - 1.0))))

    @property
    def _title_width(self) -> float:
        """What grows with the type, but leaves a narrow strip to the phases."""
        wanted = _TITLE_WIDTH * current_scale()
        return max(float(_TITLE_WIDTH), min(wanted, _TITLE_SHARE * self.width()))

    def set_writing(self, writing: Writing) -> None:
        """Write symbols like this."""
        self._writing = writing
        self._follow = True
        self.update()

    def _symbol(self, phase: Phase) -> str:
        return "" if self._spec is None else self._writing.of_phase(phase, self._spec)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Light the current phase; repaints only when something differs."""
        text = _title_of(snapshot)
        if snapshot.spec != self._spec:
            self._spec = snapshot.spec
            self._phases = phases_of(snapshot.spec)
            self._scroll, self._follow = 0.0, True
        elif snapshot.cursor == self._cursor and text == self._title:
            return
        self._follow = self._follow or snapshot.cursor != self._cursor
        self._cursor = snapshot.cursor
        self._title = text
        self.setAccessibleDescription(text)
        self.update()

    def resizeEvent(self, event: QEvent) -> None:
        self._follow = True

    def _layout(self) -> list[QRectF]:
        """A rectangle a phase: closer together where there is little room, then scrolled."""
        metrics = QFontMetricsF(numbers_font(13))
        texts = [metrics.horizontalAdvance(self._symbol(phase)) for phase in self._phases]
        gaps = [self._gap(index) for index in range(len(texts))]
        room = self._room
        spare = room - sum(texts) - 0.5 * sum(gaps)
        pad = min(float(_CHIP_PAD), max(_LEAST_PAD, spare / max(1, 2 * len(texts))))
        widths = [text + 2 * pad for text in texts]
        if sum(widths) + sum(gaps) > room:
            gaps = [0.5 * gap for gap in gaps]
        if sum(widths) + sum(gaps) > room:
            # It is scrolled anyway, so nothing need be crowded.
            widths = [text + 2 * _CHIP_PAD for text in texts]
        self._overflow = max(0.0, sum(widths) + sum(gaps) - room)
        self._scroll = self._followed(widths, gaps)
        left = self._title_width - self._scroll
        chips = []
        for width, gap in zip(widths, gaps, strict=True):
            left += gap
            chips.append(QRectF(left, 5, width, self.height() - 10))
            left += width
        return chips

    @property
    def _room(self) -> float:
        return self.width() - self._title_width - GRID

    def _followed(self, widths: list[float], gaps: list[float]) -> float:
        """How far to scroll: so that the current phase can be seen, if it has just changed."""
        scroll = self._scroll
        if self._follow and self._cursor is not None:
            before = sum(widths[: self._cursor]) + sum(gaps[: self._cursor])
            scroll = before - self._room / 2
        self._follow = False
        return min(max(0.0, scroll), self._overflow)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll where the phases have no room side by side."""
        if self._overflow <= 0.0:
            event.ignore()
            return
        turned = event.angleDelta()
        way = turned.x() if abs(turned.x()) > abs(turned.y()) else turned.y()
        self._scroll = min(max(0.0, self._scroll - way), self._overflow)
        self._chips = self._layout()
        self.update()
        event.accept()

    def _gap(self, index: int) -> float:
        """Extra room before a phase: where a layer, or a direction, begins."""
        if index == 0:
            return 0.0
        phase, before = self._phases[index], self._phases[index - 1]
        if phase.kind is PhaseKind.LOSS or before.kind is PhaseKind.LOSS:
            return 2.0 * _GROUP_GAP
        if phase.kind is PhaseKind.UPDATE:
            return 2.0 * _GROUP_GAP if before.kind is not PhaseKind.UPDATE else 0.0
        return float(_GROUP_GAP) if phase.layer != before.layer else 0.0

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        painter.fillRect(self.rect(), theme.colour("background"))
        painter.setPen(theme.colour("line"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.setFont(words_font(13, 600))
        painter.setPen(theme.colour("text"))
        start = self._title_width
        area = QRectF(GRID + 4, 0, start - GRID - 12, self.height())
        elided = painter.fontMetrics().elidedText(
            self._title, Qt.TextElideMode.ElideRight, int(area.width())
        )
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, elided)
        self._chips = self._layout()
        painter.setClipRect(QRectF(start - 4, 0, self.width() - start, self.height()))
        painter.setFont(numbers_font(13))
        for index, (phase, chip) in enumerate(zip(self._phases, self._chips, strict=True)):
            if chip.right() < start - 8 or chip.left() > self.width():
                continue
            self._paint_chip(painter, index, phase, chip)
        self._paint_ends(painter)
        painter.end()

    def _paint_ends(self, painter: QPainter) -> None:
        """Fade out at an end behind which there are more phases."""
        clear, ground = self._theme.colour("background", 0.0), self._theme.colour("background")
        left, right, high = self._title_width - 4, float(self.width()), self.height() - 1.0
        for hidden, start, end in (
            (self._scroll > 0.5, left, left + _FADE),
            (self._scroll < self._overflow - 0.5, right, right - _FADE),
        ):
            if hidden:
                gradient = QLinearGradient(start, 0.0, end, 0.0)
                gradient.setColorAt(0.3, ground)
                gradient.setColorAt(1.0, clear)
                painter.fillRect(QRectF(min(start, end), 0.0, _FADE, high), gradient)

    def _paint_chip(self, painter: QPainter, index: int, phase: Phase, chip: QRectF) -> None:
        theme = self._theme
        colour = theme.colour("text")
        if self._cursor is not None and index > self._cursor:
            colour = theme.colour("muted")
        if index == self._cursor:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent"))
            painter.drawRoundedRect(chip, 5, 5)
            colour = theme.colour("on_accent")
        painter.setPen(colour)
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, self._symbol(phase))
        if self._gap(index) >= 2 * _GROUP_GAP:
            painter.setPen(theme.colour("line"))
            middle, before = chip.center().y(), self._chips[index - 1].right()
            painter.drawLine(
                QPointF(before + 4, middle), QPointF(max(before + 6, chip.left() - 4), middle)
            )

    def _phase_at(self, x: float, y: float) -> int | None:
        for index, chip in enumerate(self._chips):
            if chip.left() <= x < chip.right() and x >= self._title_width - 4:
                return index
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._phase_at(event.position().x(), event.position().y())
        if event.button() is Qt.MouseButton.LeftButton and index is not None:
            self.phase_chosen.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._phase_at(event.position().x(), event.position().y()) is not None
        shape = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self._phase_at(event.pos().x(), event.pos().y())
            if index is not None and self._spec is not None:
                QToolTip.showText(event.globalPos(), title(self._phases[index], self._spec), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)


def _title_of(snapshot: Snapshot) -> str:
    phase = snapshot.phase
    if phase is not None:
        return title(phase, snapshot.spec)
    return {
        RunState.RUNNING: "Running",
        RunState.FINISHED: "Finished",
        RunState.STOPPED: "Stopped",
    }.get(snapshot.state, "Ready" if snapshot.iteration == 0 else "Paused")
