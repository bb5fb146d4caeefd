"""The foot of the window: how far training has come, with the loss curve in miniature."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from simulator.project import Project
from simulator.snapshot import RunState, Snapshot
from ui.style import numbers_font, words_font
from ui.theme import GRID, Theme

HEIGHT = 38
_STATUS_WIDTH = 520


class TimelineBar(QWidget):
    """Draws 0 ─── now ─── last epoch, and says epoch, iteration, sample and speed in words."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._project: Project | None = None
        self._snapshot: Snapshot | None = None
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
        painter.setFont(words_font(13))
        status = self.status_text()
        width = max(220, painter.fontMetrics().horizontalAdvance(status) + 2 * GRID)
        width = 20 * (width // 20 + 1)
        painter.setPen(theme.colour("text"))
        area = QRectF(self.width() - width - GRID, 0, width, HEIGHT)
        painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, status)
        end = f"{project.training.epochs:,}"
        painter.setFont(numbers_font(12))
        painter.setPen(theme.colour("muted"))
        painter.drawText(QRectF(GRID + 6, 0, 20, HEIGHT), middle, "0")
        end_width = painter.fontMetrics().horizontalAdvance(end)
        right = area.left() - GRID - end_width
        painter.drawText(QRectF(right, 0, end_width + 4, HEIGHT), middle, end)
        track = QRectF(GRID + 28, 6, max(20.0, right - 2 * GRID - 28), HEIGHT - 12)
        self._paint_track(painter, snapshot, project, track)

    def _paint_track(
        self, painter: QPainter, snapshot: Snapshot, project: Project, track: QRectF
    ) -> None:
        theme = self._theme
        base = track.bottom() - 2
        painter.setPen(QPen(theme.colour("line"), 2))
        painter.drawLine(QPointF(track.left(), base), QPointF(track.right(), base))
        history = snapshot.history
        finite = np.isfinite(history.loss)
        epochs, losses = history.epoch[finite], history.loss[finite]
        if len(epochs) > 1:
            stride = max(1, len(epochs) // 400)
            epochs, losses = epochs[::stride], losses[::stride]
            x = track.left() + track.width() * epochs / project.training.epochs
            y = base - (track.height() - 6) * losses / max(float(losses.max()), 1e-300)
            points = [QPointF(float(a), float(b)) for a, b in zip(x, y, strict=True)]
            painter.setPen(QPen(theme.colour("muted", 0.7), 1.5))
            painter.drawPolyline(QPolygonF(points))
        done = snapshot.iteration / max(1, project.iterations_per_epoch)
        at = track.left() + track.width() * min(1.0, done / project.training.epochs)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent"))
        painter.drawRoundedRect(QRectF(at - 1.5, track.top(), 3, track.height()), 1.5, 1.5)
