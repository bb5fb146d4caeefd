"""The foot of the window: how far training has come, with the loss curve in miniature."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from simulator.project import Project
from simulator.snapshot import HistoryView, RunState, Snapshot
from ui.style import numbers_font, words_font
from ui.theme import GRID, Theme

HEIGHT = 38


class TimelineBar(QWidget):
    """Draws 0 ─── now ─── last epoch, and says epoch, iteration, sample and speed in words."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._project: Project | None = None
        self._snapshot: Snapshot | None = None
        self._words, self._numbers = words_font(13), numbers_font(12)
        self._words_metrics = QFontMetricsF(self._words)
        self._numbers_metrics = QFontMetricsF(self._numbers)
        self._curve_key: object = None
        self._curve_pixmap = QPixmap()
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Progress of training")

    def apply_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self.update()

    def show_project(self, project: Project) -> None:
        """Take over how many epochs there are to train."""
        self._project = project
        self.update()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Move on to where training is now."""
        self._snapshot = snapshot
        self.setAccessibleDescription(self.status_text())
        self.update()

    def status_text(self) -> str:
        """Epoch, iteration, sample and speed in words."""
        snapshot, project = self._snapshot, self._project
        if snapshot is None or project is None:
            return ""
        text = f"epoch {snapshot.epoch:,} · iteration {snapshot.iteration:,}"
        if snapshot.state is RunState.RUNNING:
            rate = snapshot.updates_per_second
            return f"{text} · {rate:,.0f} updates/s" if rate else text
        trace = snapshot.trace
        if snapshot.cursor is not None and trace is not None:
            text = f"epoch {trace.epoch:,} · iteration {trace.iteration:,}"
            classes = project.data.target_classes
            sample = int(trace.samples[0])
            if len(trace.samples) > 1:
                text += f" · {len(trace.samples)} samples"
            elif classes is not None and sample < len(classes):
                text += f" · sample “{project.data.class_name(int(classes[sample]))}”"
            else:
                text += f" · sample {sample + 1}"
        return text

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        painter.fillRect(self.rect(), theme.colour("panel"))
        painter.setPen(theme.colour("line"))
        painter.drawLine(0, 0, self.width(), 0)
        snapshot, project = self._snapshot, self._project
        if snapshot is not None and project is not None:
            self._paint_time(painter, snapshot, project)
        painter.end()

    def _paint_time(self, painter: QPainter, snapshot: Snapshot, project: Project) -> None:
        theme = self._theme
        middle = Qt.AlignmentFlag.AlignVCenter
        status = self.status_text()
        # The room for the words grows in steps, so that the track does not jump with each digit.
        width = self._words_metrics.horizontalAdvance(status) + 2 * GRID
        width = max(220, 40 * (int(width) // 40 + 1))
        area = QRectF(self.width() - width - GRID, 0, width, HEIGHT)
        painter.setFont(self._words)
        painter.setPen(theme.colour("text"))
        painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, status)
        end = f"{snapshot.last_epoch:,}"
        end_width = self._numbers_metrics.horizontalAdvance(end)
        right = area.left() - GRID - end_width
        painter.setFont(self._numbers)
        painter.setPen(theme.colour("muted"))
        painter.drawText(QRectF(GRID + 6, 0, 20, HEIGHT), middle, "0")
        painter.drawText(QRectF(right, 0, end_width + 4, HEIGHT), middle, end)
        track = QRectF(GRID + 28, 6, max(20.0, right - 2 * GRID - 28), HEIGHT - 12)
        painter.drawPixmap(track.topLeft(), self._curve(snapshot, track))
        done = snapshot.iteration / max(1, project.iterations_per_epoch)
        at = track.left() + track.width() * min(1.0, done / snapshot.last_epoch)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent"))
        painter.drawRoundedRect(QRectF(at - 1.5, track.top(), 3, track.height()), 1.5, 1.5)

    def _curve(self, snapshot: Snapshot, track: QRectF) -> QPixmap:
        """The loss curve in miniature; drawn anew when it has grown by some two pixels."""
        history = snapshot.history
        epochs = snapshot.last_epoch
        last = int(history.epoch[-1]) if len(history.epoch) else 0
        grown = int(last / epochs * track.width() / 2)
        ratio = self.devicePixelRatioF()
        key = (grown, len(history.epoch) > 1, epochs, track.width(), ratio, self._theme.name)
        if key != self._curve_key:
            self._curve_key = key
            pixmap = QPixmap(round(track.width() * ratio), round(track.height() * ratio))
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            self._draw_curve(pixmap, history, epochs, track.width(), track.height())
            self._curve_pixmap = pixmap
        return self._curve_pixmap

    def _draw_curve(
        self, pixmap: QPixmap, history: HistoryView, epochs: int, width: float, height: float
    ) -> None:
        theme = self._theme
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        base = height - 2
        painter.setPen(QPen(theme.colour("line"), 2))
        painter.drawLine(QPointF(0, base), QPointF(width, base))
        finite = np.isfinite(history.loss)
        x, losses = history.epoch[finite], history.loss[finite]
        if len(x) > 1:
            stride = max(1, len(x) // 400)
            x, losses = x[::stride] * (width / epochs), losses[::stride]
            y = base - (height - 6) * losses / max(float(losses.max()), 1e-300)
            points = [QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
            painter.setPen(QPen(theme.colour("muted", 0.7), 1.5))
            painter.drawPolyline(QPolygonF(points))
        painter.end()
