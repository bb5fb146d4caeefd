"""The record of a run as a line: what was trained, where it was edited, and where one is now."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from simulator.snapshot import HistoryView, RunState, Snapshot
from ui.style import numbers_font
from ui.theme import GRID, Theme

HEIGHT = 44
_TOP, _BASE = 8.0, 29.0
_LANES = 3
_LANE = 4.0
_LEAST_REACH = 20_000
_REACH = 5.0
"""How near to a mark the mouse must be."""


class TimelineTrack(QWidget):
    """A scrubber over all iterations of the record and those still planned.

    Of a long plan it shows so much that the record can be grasped: the first 20,000 iterations, or
    2 to 8 times the record; its end then has an ellipsis.

    ``sought`` carries the iteration the user points at; ``bookmark_chosen`` the index of a
    bookmark; ``marks_wanted`` the index of a bookmark whose menu is asked for, or None.
    """

    sought = Signal(int)
    bookmark_chosen = Signal(int)
    marks_wanted = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._snapshot: Snapshot | None = None
        self._per_epoch = 1
        self._dragging = False
        self._pointed: int | None = None
        self._sought: int | None = None
        self._framed = False
        self._curve_key: object = None
        self._curve_pixmap = QPixmap()
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Timeline")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, HEIGHT)

    def apply_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self.update()

    def set_iterations_per_epoch(self, count: int) -> None:
        """What an epoch takes."""
        self._per_epoch = max(1, count)
        self.update()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Move on to where training is now."""
        self._snapshot = snapshot
        if snapshot.iteration == self._sought or snapshot.state is RunState.RUNNING:
            self._sought = None
        self.update()

    # Where things are

    @property
    def total(self) -> int:
        """The iterations the line stands for."""
        snapshot = self._snapshot
        if snapshot is None:
            return 1
        ends = [branch.end for branch in snapshot.timeline.branches]
        recorded = max(snapshot.timeline.end, *ends, 0)
        reach = _LEAST_REACH
        # In leaps, so that the line stands still in between.
        while reach < 2 * recorded:
            reach *= 4
        return max(1, recorded, min(self._planned, reach))

    @property
    def _planned(self) -> int:
        """The iterations training is to take."""
        return 0 if self._snapshot is None else self._snapshot.last_epoch * self._per_epoch

    @property
    def _end_text(self) -> str:
        """The last iteration of the line; an ellipsis says that more are planned."""
        return f"{self.total:,}" + ("…" if self._planned > self.total else "")

    @property
    def _track(self) -> QRectF:
        label = QFontMetricsF(numbers_font(12)).horizontalAdvance(self._end_text)
        left = GRID + 20.0
        return QRectF(left, _TOP, max(20.0, self.width() - left - label - 2 * GRID), _BASE - _TOP)

    def x_of(self, iteration: int) -> float:
        """Where an iteration stands, in pixels."""
        track = self._track
        return track.left() + track.width() * min(1.0, iteration / self.total)

    def iteration_at(self, x: float) -> int:
        """The iteration at a place, within the record."""
        track, snapshot = self._track, self._snapshot
        if snapshot is None:
            return 0
        share = min(1.0, max(0.0, (x - track.left()) / track.width()))
        view = snapshot.timeline
        return int(min(max(round(share * self.total), view.start), view.end))

    def _bookmark_at(self, x: float, y: float) -> int | None:
        if self._snapshot is None or y > _TOP + 10:
            return None
        for index, bookmark in enumerate(self._snapshot.timeline.bookmarks):
            if -_REACH <= x - self.x_of(bookmark.iteration) <= 2 * _REACH:
                return index
        return None

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        bookmark = self._bookmark_at(at.x(), at.y())
        if event.button() is Qt.MouseButton.RightButton:
            self.marks_wanted.emit(bookmark)
        elif event.button() is Qt.MouseButton.LeftButton:
            self._framed = False
            if bookmark is not None:
                self.bookmark_chosen.emit(bookmark)
                return
            self._dragging = True
            self._seek_to(at.x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._seek_to(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragging = False
        self._pointed = None
        self.update()

    def _seek_to(self, x: float) -> None:
        iteration = self.iteration_at(x)
        if iteration != self._pointed:
            self._pointed = self._sought = iteration
            self.sought.emit(iteration)
            self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A notch of the wheel is a hundredth of the line."""
        notches = event.angleDelta().y() / 120.0
        self._seek_by(round(-notches * max(1.0, self.total / 100.0)))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        step = self._per_epoch if control else 1
        key = event.key()
        self._framed = True
        if key == Qt.Key.Key_Left:
            self._seek_by(-step)
        elif key == Qt.Key.Key_Right:
            self._seek_by(step)
        elif key == Qt.Key.Key_Home:
            self._seek_by(-self.total)
        elif key == Qt.Key.Key_End:
            self._seek_by(self.total)
        elif key == Qt.Key.Key_Menu:
            self.marks_wanted.emit(None)
        else:
            super().keyPressEvent(event)

    def _seek_by(self, iterations: int) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        view = snapshot.timeline
        # A key may come while the jump before it is under way.
        here = snapshot.iteration if self._sought is None else self._sought
        wanted = min(max(here + iterations, view.start), view.end)
        if wanted != here:
            self._sought = wanted
            self.sought.emit(wanted)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._framed = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._framed = False
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.text_at(float(event.pos().x()), float(event.pos().y()))
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def text_at(self, x: float, y: float) -> str:
        """What stands at a place: a bookmark, edits, or an iteration with its loss."""
        snapshot = self._snapshot
        if snapshot is None:
            return ""
        if x > self._track.right() + _REACH and self._planned > self.total:
            return f"The line shows {self.total:,} of {self._planned:,} planned iterations"
        bookmark = self._bookmark_at(x, y)
        if bookmark is not None:
            own = snapshot.timeline.bookmarks[bookmark]
            return f"{own.name} (iteration {own.iteration:,})"
        edits = [
            mark for mark in snapshot.timeline.edits if abs(self.x_of(mark.iteration) - x) <= _REACH
        ]
        if edits:
            return "\n".join(f"{mark.text} (behind iteration {mark.iteration:,})" for mark in edits)
        iteration = self.iteration_at(x)
        epoch = iteration // self._per_epoch
        text = f"iteration {iteration:,}"
        loss = _loss_at(_recorded(snapshot), epoch)
        return text if loss is None else f"{text} · epoch {epoch:,} · loss {loss:.4g}"

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._snapshot is not None:
            self._paint(painter, self._snapshot)
        painter.end()

    def _paint(self, painter: QPainter, snapshot: Snapshot) -> None:
        theme, track = self._theme, self._track
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(numbers_font(12))
        painter.setPen(theme.colour("muted"))
        painter.drawText(QRectF(GRID, _TOP, 20, _BASE - _TOP), middle, "0")
        end = QRectF(track.right() + GRID, _TOP, self.width() - track.right() - GRID, _BASE - _TOP)
        painter.drawText(end, middle, self._end_text)
        painter.drawPixmap(track.topLeft(), self._curve(snapshot, track))
        view = snapshot.timeline
        painter.setPen(QPen(theme.colour("line"), 2))
        painter.drawLine(QPointF(track.left(), _BASE), QPointF(track.right(), _BASE))
        painter.setPen(QPen(theme.colour("muted"), 2))
        recorded = QPointF(self.x_of(view.start), _BASE), QPointF(self.x_of(view.end), _BASE)
        painter.drawLine(*recorded)
        for lane, branch in enumerate(view.branches):
            below = _BASE + 3.0 + _LANE * (lane % _LANES + 0.5)
            start, far = self.x_of(branch.fork), self.x_of(branch.end)
            painter.setPen(QPen(theme.colour("muted", 0.8), 1.5, Qt.PenStyle.DotLine))
            bend = QPointF(min(start + 5.0, far), below)
            painter.drawPolyline(QPolygonF([QPointF(start, _BASE), bend, QPointF(far, below)]))
        self._paint_marks(painter, snapshot)
        self._paint_handle(painter, snapshot)
        if self._framed and self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 5, 5)

    def _paint_marks(self, painter: QPainter, snapshot: Snapshot) -> None:
        theme, view = self._theme, snapshot.timeline
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("text"))
        for mark in view.edits:
            x = self.x_of(mark.iteration)
            corners = [(x, _BASE - 4), (x + 4, _BASE), (x, _BASE + 4), (x - 4, _BASE)]
            painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
        for bookmark in view.bookmarks:
            x = self.x_of(bookmark.iteration)
            painter.setPen(QPen(theme.colour("accent"), 1.5))
            painter.drawLine(QPointF(x, 2), QPointF(x, _BASE))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent"))
            flag = [QPointF(x, 1.5), QPointF(x + 9, 5.5), QPointF(x, 9.5)]
            painter.drawPolygon(QPolygonF(flag))

    def _paint_handle(self, painter: QPainter, snapshot: Snapshot) -> None:
        """Where one is; while the mouse drags, where it has been dragged to."""
        theme = self._theme
        iteration = snapshot.iteration if self._pointed is None else self._pointed
        x = self.x_of(iteration)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent"))
        painter.drawRoundedRect(QRectF(x - 1.5, _TOP - 2, 3, _BASE - _TOP + 4), 1.5, 1.5)
        painter.setPen(QPen(theme.colour("panel"), 2))
        painter.drawEllipse(QPointF(x, _BASE), 6.0, 6.0)

    def _curve(self, snapshot: Snapshot, track: QRectF) -> QPixmap:
        """The loss curve in miniature; drawn anew when it has grown by some two pixels."""
        history, epochs = _recorded(snapshot), self.total / self._per_epoch
        last = int(history.epoch[-1]) if len(history.epoch) else 0
        grown = int(last / epochs * track.width() / 2)
        ratio = self.devicePixelRatioF()
        many = len(history.epoch) > 1
        key = (grown, many, epochs, track.width(), ratio, self._theme.name, snapshot.revision)
        if key != self._curve_key:
            self._curve_key = key
            pixmap = QPixmap(round(track.width() * ratio), round(track.height() * ratio))
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            self._draw_curve(pixmap, history, epochs, track.width(), track.height())
            self._curve_pixmap = pixmap
        return self._curve_pixmap

    def _draw_curve(
        self, pixmap: QPixmap, history: HistoryView, epochs: float, width: float, height: float
    ) -> None:
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        base = height - 2
        finite = np.isfinite(history.loss)
        x, losses = history.epoch[finite], history.loss[finite]
        if len(x) > 1:
            stride = max(1, len(x) // 400)
            x, losses = x[::stride] * (width / epochs), losses[::stride]
            y = base - (height - 4) * losses / max(float(losses.max()), 1e-300)
            points = [QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
            painter.setPen(QPen(self._theme.colour("muted", 0.7), 1.5))
            painter.drawPolyline(QPolygonF(points))
        painter.end()


def _recorded(snapshot: Snapshot) -> HistoryView:
    """The curves of the whole record, also what lies ahead of the moment on show."""
    return snapshot.history if snapshot.recorded is None else snapshot.recorded


def _loss_at(history: HistoryView, epoch: int) -> float | None:
    place = int(np.searchsorted(history.epoch, epoch))
    if place < len(history.epoch) and history.epoch[place] == epoch:
        return float(history.loss[place])
    return None
