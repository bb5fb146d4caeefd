"""Loss: the curves of the run, one point an epoch."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QWidget

from simulator.snapshot import HistoryView, RunState, Snapshot
from simulator.trace import PhaseKind
from ui.panels.curves import Axis, peak_indices
from ui.panels.panel import Panel, TextLine
from ui.panels.scales import FINE_STEPS, round_up
from ui.panels.text import magnitude
from ui.selection import Selection
from ui.style import current_scale, numbers_font, words_font
from ui.theme import CAPTION_SIZE, Theme
from ui.widgets.labels import EmptyHint

HINT = "Press Run: the loss of each epoch appears here"
SMOOTH_UP_TO = 5000
"""With more points than this, and while training runs, lines are drawn without antialiasing.

Antialiased, a curve across a wide panel takes longer than all the rest of a frame.
"""
_PERCENT_TOP = 104.0


class LossPanel(Panel):
    """Training loss, and accuracy on an axis of its own."""

    panel_id: ClassVar[str] = "loss"
    title: ClassVar[str] = "Loss"
    phases: ClassVar[frozenset[PhaseKind]] = frozenset({PhaseKind.LOSS})

    def __init__(self, selection: Selection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(selection, theme, parent)
        self._history: HistoryView | None = None
        self._epoch = np.zeros(0)
        self._loss = np.zeros(0)
        self._percent = np.zeros(0)
        self._free = True
        self._smooth = True
        self._fill_header()
        self._make_plot()
        self._restyle()

    # Parts --------------------------------------------------------------------------------

    def _fill_header(self) -> None:
        self.log_choice = QCheckBox("Log scale")
        self.log_choice.setAccessibleName("Logarithmic loss axis")
        self.log_choice.setToolTip("Show powers of ten of the loss at equal distances")
        self.log_choice.toggled.connect(self._on_log)
        self.fit_button = QPushButton("Fit")
        self.fit_button.setAccessibleName("Show the whole curve")
        self.fit_button.setToolTip("Show the whole curve again")
        self.fit_button.clicked.connect(self.fit)
        self.fit_button.hide()
        self.readout = TextLine("Last loss and accuracy", self.theme)
        self.readout.alignment = Qt.AlignmentFlag.AlignRight
        for widget in (self.log_choice, self.fit_button):
            self.header.addWidget(widget)
        self.header.addWidget(self.readout, 1)

    def _make_plot(self) -> None:
        self.loss_axis = Axis("left", 34)
        self.epoch_axis = Axis("bottom", 70)
        self.percent_axis = Axis("right", 34)
        self.plot = pg.PlotWidget(
            axisItems={
                "left": self.loss_axis,
                "bottom": self.epoch_axis,
                "right": self.percent_axis,
            }
        )
        self.plot.setAccessibleName("Loss and accuracy over the epochs")
        self.plot.setMinimumSize(120, 60)
        item = self.plot.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False)
        item.layout.setContentsMargins(0, 8, 8, 0)
        self.box = item.getViewBox()
        self.box.setDefaultPadding(0.0)
        self.box.disableAutoRange()
        self.box.sigRangeChangedManually.connect(self._on_manual_range)
        self.box.sigResized.connect(self._on_box_resized)
        self.box.sigXRangeChanged.connect(self._on_x_range)
        self._percent_box = pg.ViewBox(enableMouse=False, enableMenu=False, defaultPadding=0.0)
        self._percent_box.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        # Below the other view box (-100), which is to have the mouse.
        self._percent_box.setZValue(-200)
        self._percent_box.disableAutoRange()
        item.scene().addItem(self._percent_box)
        self.percent_axis.linkToView(self._percent_box)
        self._percent_box.setXLink(self.box)
        self._percent_box.setYRange(0.0, _PERCENT_TOP, padding=0.0)
        self.loss_curve = pg.PlotCurveItem(connect="finite")
        self.percent_curve = pg.PlotCurveItem(connect="finite")
        self._percent_box.addItem(self.percent_curve)
        self._crosshair = pg.InfiniteLine(angle=90, movable=False)
        self._crosshair.hide()
        self.box.addItem(self._crosshair, ignoreBounds=True)
        self.box.addItem(self.loss_curve, ignoreBounds=True)
        self._points = pg.ScatterPlotItem(pxMode=True)
        self._points.hide()
        self.box.addItem(self._points, ignoreBounds=True)
        self.tip = QLabel(self.plot)
        self.tip.setAccessibleName("Values at the pointer")
        self.tip.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.tip.hide()
        self.hint = EmptyHint(HINT, self.plot)
        self.hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.plot.viewport().installEventFilter(self)
        self.body.addWidget(self.plot, 1)

    def _restyle(self) -> None:
        theme = self.theme
        scale = current_scale()
        numbers, words = numbers_font(CAPTION_SIZE), words_font(CAPTION_SIZE)
        self.plot.setBackground(theme.colour("panel"))
        self.loss_axis.dress(theme, numbers, grid=True)
        self.epoch_axis.dress(theme, numbers, grid=False)
        self.percent_axis.dress(theme, numbers, grid=False)
        size = f"{words.pixelSize()}px"
        for axis, text, token in (
            (self.loss_axis, "loss", "accent"),
            (self.epoch_axis, "epoch", "muted"),
            (self.percent_axis, "accuracy, %", "activation"),
        ):
            axis.label.setFont(words)
            axis.setLabel(text, **{"color": getattr(theme, token), "font-size": size})
        self.loss_axis.setWidth(round(58 * scale))
        self.percent_axis.setWidth(round(44 * scale))
        self.epoch_axis.setHeight(round(34 * scale))
        for curve, token in ((self.loss_curve, "accent"), (self.percent_curve, "activation")):
            pen = QPen(theme.colour(token), 1.5 * scale)
            pen.setCosmetic(True)
            if curve is self.percent_curve:
                pen.setDashPattern([4.0, 3.0])
            curve.setPen(pen)
        self._crosshair.setPen(QPen(theme.colour("muted"), 0.0))
        self.readout.apply_theme(theme)
        self.tip.setStyleSheet(
            f'font-family: "{numbers.family()}"; font-size: {numbers.pixelSize()}px; '
            f"color: {theme.text}; background: {theme.panel}; "
            f"border: 1px solid {theme.line}; border-radius: 4px; padding: 4px 6px;"
        )
        self._show_percent()

    # Data ---------------------------------------------------------------------------------

    def _show(self, snapshot: Snapshot) -> None:
        history = snapshot.history
        smooth = snapshot.state is not RunState.RUNNING
        if history is self._history:
            if smooth != self._smooth:
                self._smooth = smooth
                self._draw()
            return
        self._history, self._smooth = history, smooth
        columns = [
            np.asarray(column, dtype=np.float64).ravel()
            for column in (history.epoch, history.loss, history.accuracy)
        ]
        count = min(map(len, columns))
        self._epoch, self._loss = columns[0][:count], _finite(columns[1][:count])
        self._percent = 100.0 * _finite(columns[2][:count])
        self.hint.setVisible(count == 0)
        self._show_percent()
        if self._free:
            self._fit_range()
        self._draw()
        self._show_last()
        if self.tip.isVisible():
            self._hide_crosshair()

    def _show_percent(self) -> None:
        shown = bool(np.isfinite(self._percent).any())
        if shown != self.percent_axis.isVisible():
            self.percent_axis.setVisible(shown)
        self.percent_curve.setVisible(shown)

    def _heights(self, loss: NDArray[np.float64]) -> NDArray[np.float64]:
        """Loss values on the axis as it is."""
        if not self.log_choice.isChecked():
            return loss
        with np.errstate(divide="ignore", invalid="ignore"):
            return _finite(np.log10(loss))

    def _draw(self) -> None:
        """Give the curves what can be seen of the data, thinned to the width of the plot."""
        first, last = 0, len(self._epoch)
        if not self._free:
            low, high = self.box.viewRange()[0]
            first = max(0, int(np.searchsorted(self._epoch, low)) - 1)
            last = min(last, int(np.searchsorted(self._epoch, high, side="right")) + 1)
        epoch = self._epoch[first:last]
        bins = max(50, int(self.box.width()))
        smooth = self._smooth and len(epoch) <= SMOOTH_UP_TO
        for curve, values in (
            (self.loss_curve, self._heights(self._loss[first:last])),
            (self.percent_curve, self._percent[first:last]),
        ):
            if curve is self.percent_curve and not curve.isVisible():
                continue
            kept = peak_indices(values, bins)
            curve.setData(epoch[kept], values[kept], antialias=smooth)

    def _show_last(self) -> None:
        if len(self._epoch) == 0:
            self.readout.show_text("")
            return
        self.readout.show_text(self._text_at(len(self._epoch) - 1, " · "), numbers=True)

    def _text_at(self, place: int, between: str) -> str:
        assert self._history is not None
        loss = float(self._history.loss[place])
        text = f"loss {magnitude(loss)}"
        percent = float(self._percent[place])
        if math.isfinite(percent):
            text += f"{between}accuracy {percent:.0f} %"
        return text

    # Range --------------------------------------------------------------------------------

    def fit(self) -> None:
        """Show the whole curve, now and from now on."""
        self._free = True
        self.fit_button.hide()
        self._fit_range()
        self._draw()

    def _fit_range(self) -> None:
        """Round ranges that change rarely, so that the axes are rarely drawn."""
        last = float(self._epoch[-1]) if len(self._epoch) else 0.0
        right = round_up(max(last, 1.0), FINE_STEPS) if last > 0.0 else 10.0
        heights = self._heights(self._loss)
        heights = heights[np.isfinite(heights)]
        low, high = 0.0, 1.0
        if len(heights):
            low, high = float(heights.min()), float(heights.max())
        if self.log_choice.isChecked():
            low, high = math.floor(low), math.ceil(high)
            high = max(high, low + 1)
        else:
            high = round_up(high, FINE_STEPS) if high > 0.0 else 1.0
            low = 0.0 if low >= 0.0 else -round_up(-low, FINE_STEPS)
        margin = 0.02 * (high - low)
        self.box.setRange(xRange=(0.0, right), yRange=(low, high + margin), padding=0.0)

    def _on_manual_range(self, _axes: object) -> None:
        self._free = False
        self.fit_button.show()
        self._draw()

    def _on_x_range(self) -> None:
        if not self._free:
            self._draw()

    def _on_box_resized(self) -> None:
        self._percent_box.setGeometry(self.box.sceneBoundingRect())
        self._percent_box.linkedViewChanged(self.box, self._percent_box.XAxis)
        self._draw()

    def _on_log(self, checked: bool) -> None:
        self.loss_axis.decades = checked
        self.loss_axis.picture = None
        self._hide_crosshair()
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the hint in the middle."""
        super().resizeEvent(event)
        self.outer.activate()
        self.hint.setGeometry(self.plot.rect().adjusted(64, 8, -16, -40))

    # Reading off --------------------------------------------------------------------------

    def _on_mouse(self, place: QPointF) -> None:
        if len(self._epoch) == 0 or not self.box.sceneBoundingRect().contains(place):
            self._hide_crosshair()
            return
        x = self.box.mapSceneToView(place).x()
        index = int(np.clip(np.searchsorted(self._epoch, x), 0, len(self._epoch) - 1))
        if index and x - self._epoch[index - 1] < self._epoch[index] - x:
            index -= 1
        epoch = float(self._epoch[index])
        height = float(self._heights(self._loss[index : index + 1])[0])
        self._crosshair.setValue(epoch)
        self._crosshair.show()
        if math.isfinite(height):
            self._points.setData(
                [epoch], [height], size=8, brush=self.theme.colour("accent"), pen=None
            )
        self._points.setVisible(math.isfinite(height))
        lines = [f"epoch {int(epoch):,}", *self._text_at(index, "\n").split("\n")]
        self.tip.setText("\n".join(lines))
        self.tip.adjustSize()
        self._place_tip(self.box.mapViewToScene(QPointF(epoch, 0.0)).x(), place.y())
        self.tip.show()

    def _place_tip(self, x: float, y: float) -> None:
        """Beside the crosshair, on the side that has room."""
        left = x + 10
        if left + self.tip.width() > self.box.sceneBoundingRect().right():
            left = x - 10 - self.tip.width()
        top = min(max(0.0, y - self.tip.height() - 8), self.plot.height() - self.tip.height())
        self.tip.move(round(max(0.0, left)), round(top))

    def _hide_crosshair(self) -> None:
        for part in (self._crosshair, self._points, self.tip):
            part.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pointer over the plot (pyqtgraph's own signal leaves out quick moves)."""
        if event.type() == QEvent.Type.Leave:
            self._hide_crosshair()
        elif event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            if event.buttons() == Qt.MouseButton.NoButton:
                self._on_mouse(self.plot.mapToScene(event.position().toPoint()))
            else:
                self._hide_crosshair()
        return False


def _finite(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Infinite values as missing ones; a curve cannot go there."""
    return values if np.isfinite(values).all() else np.where(np.isfinite(values), values, np.nan)
