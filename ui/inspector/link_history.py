"""A parameter over the training as a plot: from the record, and as it goes on."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QHideEvent, QMouseEvent, QPainter, QPen, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from simulator.parameter_history import ParameterHistory
from simulator.snapshot import RunState, Snapshot
from ui.inspector.history_work import HistoryWork
from ui.inspector.parameters import Parameter
from ui.inspector.small_plot import SmallPlot
from ui.session import Session
from ui.style import current_scale
from ui.widgets.labels import ElidedLabel
from ui.widgets.value_label import format_value

HEIGHT = 96
MOST_SEEN = 400
"""Points that are kept of a run while it goes on; then every second one goes."""
Array = NDArray[np.float64]


class HistoryPlot(SmallPlot):
    """Value against iteration; the moment on show is marked, edits are dotted lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("History over training", HEIGHT, parent)
        self.setMouseTracking(True)
        self.x: Array = np.zeros(0)
        self.y: Array = np.zeros(0)
        self._edits: tuple[int, ...] = ()
        self._now: tuple[float, float] | None = None
        self._pointer: float | None = None

    def show_points(
        self, x: Array, y: Array, edits: tuple[int, ...], now: tuple[float, float] | None
    ) -> None:
        """Draw these values (n,) over these iterations (n,); ``now`` is the moment on show."""
        self.x, self.y, self._edits, self._now = x, y, edits, now
        known = y[np.isfinite(y)]
        if len(known):
            low, high = float(known.min()), float(known.max())
            margin = 0.08 * max(high - low, 0.02 * max(abs(low), abs(high), 1e-3))
            self.set_ranges(
                (float(x[0]), max(float(x[-1]), float(x[0]) + 1.0)), (low - margin, high + margin)
            )
        self.update()

    def reading_at(self, x: float) -> str:
        """The point nearest to a place, px, in words."""
        if not len(self.x):
            return ""
        place = int(np.abs(self.x - self.number_at(x)).argmin())
        value = format_value(float(self.y[place])).strip()
        return f"iteration {int(self.x[place]):,}: {value}"

    def _end_texts(self) -> tuple[str, str]:
        return f"{int(self.x_range[0]):,}", f"{int(self.x_range[1]):,}"

    def _draw(self, painter: QPainter) -> None:
        theme, scale = self.theme, current_scale()
        painter.setPen(QPen(theme.colour("muted"), 1.0, Qt.PenStyle.DotLine))
        for edit in self._edits:
            x = self.place(edit, 0.0).x()
            painter.drawLine(QPointF(x, self.frame.top()), QPointF(x, self.frame.bottom()))
        painter.setPen(QPen(theme.colour("text"), 1.5 * scale))
        if len(self.x) == 1 and math.isfinite(self.y[0]):
            painter.drawPoint(self.place(float(self.x[0]), float(self.y[0])))
        else:
            painter.drawPolyline(self.curve(self.x, self.y))
        if self._pointer is not None and len(self.x):
            place = int(np.abs(self.x - self.number_at(self._pointer)).argmin())
            x, y = float(self.x[place]), float(self.y[place])
            across = self.place(x, 0.0).x()
            painter.setPen(QPen(theme.colour("muted"), 1.0))
            painter.drawLine(
                QPointF(across, self.frame.top()), QPointF(across, self.frame.bottom())
            )
            if math.isfinite(y):
                painter.setBrush(theme.colour("text"))
                painter.drawEllipse(self.place(x, y), 3.0 * scale, 3.0 * scale)
        if self._now is not None and math.isfinite(self._now[1]):
            painter.setPen(QPen(theme.colour("panel"), 1.5))
            painter.setBrush(theme.colour("accent"))
            painter.drawEllipse(self.place(*self._now), 4.0 * scale, 4.0 * scale)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position().x()
        self.setToolTip(self.reading_at(self._pointer))
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.update()


class LinkHistory(QWidget):
    """The plot, and below it in words what its points are."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = HistoryPlot(self)
        self.caption = ElidedLabel(parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.plot)
        column.addWidget(self.caption)
        self._work = HistoryWork(session, self)
        self._work.found.connect(self._on_found)
        self._parameter: Parameter | None = None
        self._record: object = None
        self._snapshot: Snapshot | None = None
        self.history: ParameterHistory | None = None
        self._seen: dict[int, float] = {}

    def show_parameter(self, parameter: Parameter) -> None:
        """Show another parameter."""
        if parameter != self._parameter:
            self._parameter = parameter
            self._forget()

    def _forget(self) -> None:
        self._record = None
        self.history = None
        self._seen = {}

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Go on to this moment."""
        self._snapshot = snapshot
        parameter = self._parameter
        if parameter is None or not self.isVisible():
            return
        try:
            value = float(snapshot.theta[snapshot.spec.place_of(*parameter)])
        except IndexError:
            return
        timeline = snapshot.timeline
        running = snapshot.state is RunState.RUNNING
        # What is recorded has not been seen wholly before training rests.
        record = (
            parameter,
            snapshot.spec,
            timeline.start,
            timeline.edits,
            tuple((own.number, own.fork) for own in timeline.branches),
            None if running else timeline.end,
        )
        if record != self._record and not (running and self._same_but_end(record)):
            self._record = record
            self._seen = {}
            self._work.ask(parameter)
        if snapshot.cursor is None:
            self._see(snapshot.iteration, value)
        self._draw((float(snapshot.iteration), value))

    def _same_but_end(self, record: tuple[object, ...]) -> bool:
        return isinstance(self._record, tuple) and self._record[:-1] == record[:-1]

    def _see(self, iteration: int, value: float) -> None:
        self._seen[iteration] = value
        if len(self._seen) > MOST_SEEN:
            self._seen = dict(list(sorted(self._seen.items()))[::2])

    def _on_found(self, parameter: Parameter, history: ParameterHistory) -> None:
        if parameter != self._parameter:
            return
        self.history = history
        self._seen = {i: value for i, value in self._seen.items() if i > history.end}
        snapshot = self._snapshot
        if snapshot is not None:
            place = snapshot.spec.place_of(*parameter)
            self._draw((float(snapshot.iteration), float(snapshot.theta[place])))

    def _draw(self, now: tuple[float, float]) -> None:
        history = self.history
        seen = sorted(self._seen.items())
        x, y = np.array([i for i, _ in seen], float), np.array([value for _, value in seen])
        if history is not None:
            x = np.concatenate([history.iterations.astype(float), x])
            y = np.concatenate([history.values, y])
        if not len(x):
            return
        self.plot.show_points(x, y, () if history is None else history.edits, now)
        self.caption.setText(self._words(len(x)))
        self.plot.setAccessibleDescription(self.caption.text())

    def _words(self, count: int) -> str:
        history = self.history
        if history is None:
            return "Looking it up in the record…"
        total = int(self.plot.x[-1]) - history.start
        if history.replayed and not self._seen and len(history.iterations) > total:
            return f"Every iteration from {history.start:,} on, replayed"
        how = "replayed" if history.replayed else "kept in the record"
        seen = " and seen" if self._seen else ""
        return f"{count:,} moments of {total:,} iterations, {how}{seen}"

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._snapshot is not None:
            self.show_snapshot(self._snapshot)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._work.give_up()
        self._forget()
