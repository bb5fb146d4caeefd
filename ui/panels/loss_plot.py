"""The plot of the loss panel: two axes, a solid and a dashed curve on each, a crosshair."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui.panels.curves import Axis, peak_indices
from ui.style import current_scale, numbers_font, words_font
from ui.theme import CAPTION_SIZE, Theme
from ui.widgets.labels import EmptyHint

Array = NDArray[np.float64]
TRAINING, VALIDATION = 0, 1
_DASHES = [4.0, 3.0]


class CurveKey(QWidget):
    """Says which curve is which: solid training, dashed validation."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Solid: training, dashed: validation")
        self.setToolTip("Validation: samples the network is not trained on")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._theme = theme

    def apply_theme(self, theme: Theme) -> None:
        """Take over colours and size of type."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(words_font(CAPTION_SIZE))
        words = metrics.horizontalAdvance("training") + metrics.horizontalAdvance("validation")
        return QSize(words + 2 * self._line + 18, metrics.height())

    @property
    def _line(self) -> int:
        return round(18 * current_scale())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(words_font(CAPTION_SIZE))
        middle, x = self.height() / 2, 0.0
        for text, dashes in (("training", []), ("validation", _DASHES)):
            pen = QPen(self._theme.colour("text"), 1.5 * current_scale())
            if dashes:
                pen.setDashPattern(dashes)
            painter.setPen(pen)
            painter.drawLine(QPointF(x, middle), QPointF(x + self._line, middle))
            painter.setPen(self._theme.colour("muted"))
            place = QRectF(x + self._line + 4, 0, self.width(), self.height())
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), text)
            x += self._line + 14 + painter.fontMetrics().horizontalAdvance(text)


LOW = 130
"""A lower plot has no room for the name of its epochs, px."""


class LossPlot(pg.PlotWidget):
    """Curves over the epochs.

    Signals
    -------
    zoomed : the user has changed the range with the mouse.
    resized : the curves have another number of pixels.
    pointed(float, float) : epoch and height in the scene of the pointer; not a number: it left.
    """

    zoomed = Signal()
    resized = Signal()
    pointed = Signal(float, float)

    def __init__(self, theme: Theme, hint: str) -> None:
        self.left_axis = Axis("left", 34)
        self.epoch_axis = Axis("bottom", 70)
        self.right_axis = Axis("right", 34)
        super().__init__(
            axisItems={
                "left": self.left_axis,
                "bottom": self.epoch_axis,
                "right": self.right_axis,
            },
            enableMenu=False,
        )
        self.setMinimumSize(120, 60)
        item = self.getPlotItem()
        item.hideButtons()
        item.layout.setContentsMargins(0, 8, 8, 0)
        self.box = item.getViewBox()
        self.box.setDefaultPadding(0.0)
        self.box.disableAutoRange()
        self.right_box = pg.ViewBox(enableMouse=False, enableMenu=False, defaultPadding=0.0)
        self.right_box.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        # Below the other view box (-100), which is to have the mouse.
        self.right_box.setZValue(-200)
        self.right_box.disableAutoRange()
        item.scene().addItem(self.right_box)
        self.right_axis.linkToView(self.right_box)
        self.right_box.setXLink(self.box)
        self.crosshair = pg.InfiniteLine(angle=90, movable=False)
        self.crosshair.hide()
        self.box.addItem(self.crosshair, ignoreBounds=True)
        self.left = (pg.PlotCurveItem(connect="finite"), pg.PlotCurveItem(connect="finite"))
        self.right = (pg.PlotCurveItem(connect="finite"), pg.PlotCurveItem(connect="finite"))
        for box, curves in ((self.right_box, self.right), (self.box, self.left)):
            for curve in curves:
                box.addItem(curve, ignoreBounds=True)
        self.points = pg.ScatterPlotItem(pxMode=True)
        self.points.hide()
        self.box.addItem(self.points, ignoreBounds=True)
        self.tip = QLabel(self)
        self.tip.setAccessibleName("Values at the pointer")
        self.tip.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.tip.hide()
        self.hint = EmptyHint(hint, self)
        self.hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._labels: tuple[tuple[str, ...], str] = (("",), "")
        self._tokens = ("accent", "activation")
        self.theme = theme
        self.box.sigRangeChangedManually.connect(self._on_zoom)
        self.box.sigResized.connect(self._on_resize)
        self.viewport().installEventFilter(self)

    # Looks --------------------------------------------------------------------------------

    def dress(self, theme: Theme) -> None:
        """Take over colours and size of type."""
        self.theme = theme
        scale = current_scale()
        numbers = numbers_font(CAPTION_SIZE)
        self.setBackground(theme.colour("panel"))
        # Half of the last number stands beside the axis.
        beside = 8 if scale == 1.0 else round(16 * scale)
        self.getPlotItem().layout.setContentsMargins(0, 8, beside, 0)
        self.left_axis.dress(theme, numbers, grid=True)
        self.epoch_axis.dress(theme, numbers, grid=False)
        self.right_axis.dress(theme, numbers, grid=False)
        self.left_axis.setWidth(round(58 * scale))
        self.right_axis.setWidth(round(44 * scale))
        self.crosshair.setPen(QPen(theme.colour("muted"), 0.0))
        self.tip.setStyleSheet(
            f'font-family: "{numbers.family()}"; font-size: {numbers.pixelSize()}px; '
            f"color: {theme.text}; background: {theme.panel}; "
            f"border: 1px solid {theme.line}; border-radius: 4px; padding: 4px 6px;"
        )
        self._dress_curves()
        self._write_labels()

    def set_axes(self, left: tuple[str, ...], right: str, tokens: tuple[str, str]) -> None:
        """Name the axes (of the left one, wordings from long to short) and colour the curves."""
        if (left, right) == self._labels and tokens == self._tokens:
            return
        self._labels, self._tokens = (left, right), tokens
        self._dress_curves()
        self._write_labels()

    def _dress_curves(self) -> None:
        for curves, token in zip((self.left, self.right), self._tokens, strict=True):
            for curve, dashes in zip(curves, ([], _DASHES), strict=True):
                pen = QPen(self.theme.colour(token), 1.5 * current_scale())
                pen.setCosmetic(True)
                if dashes:
                    pen.setDashPattern(dashes)
                curve.setPen(pen)

    @property
    def _low(self) -> bool:
        return self.height() < LOW * current_scale()

    def _write_labels(self) -> None:
        words = words_font(CAPTION_SIZE)
        metrics = QFontMetrics(words)
        wordings, right = self._labels
        scale = current_scale()
        self.epoch_axis.setHeight(round((18 if self._low else 34) * scale))
        room = self.box.height() + 12.0
        left, right = (
            next((w for w in words if metrics.horizontalAdvance(w) <= room), "")
            for words in (wordings, (right, right.partition(",")[0]))
        )
        for axis, text, token in (
            (self.left_axis, left, self._tokens[0]),
            (self.epoch_axis, "" if self._low else "epoch", "muted"),
            (self.right_axis, right, self._tokens[1]),
        ):
            axis.label.setFont(words)
            style = {"color": getattr(self.theme, token), "font-size": f"{words.pixelSize()}px"}
            axis.setLabel(text, **style)
            # pyqtgraph would leave a label of another length where the last one stood.
            axis.resizeEvent()

    def show_right(self, shown: bool) -> None:
        """Show the right axis and its curves, or not."""
        if shown != self.right_axis.isVisible():
            self.right_axis.setVisible(shown)
            # pyqtgraph gives a hidden axis no width, and does not notice that it is shown.
            self.right_axis.setWidth(round(44 * current_scale()))
        for curve in self.right:
            curve.setVisible(shown)

    # Curves -------------------------------------------------------------------------------

    def draw(self, curve: pg.PlotCurveItem, epoch: Array, values: Array, smooth: bool) -> None:
        """Give a curve what can be seen of its data, thinned to the width of the plot."""
        kept = peak_indices(values, max(50, int(self.box.width())))
        alone = len(kept) == 1
        if alone:
            # A single point would not be drawn at all.
            kept = np.repeat(kept, 2)
        x = epoch[kept] + (np.array([-0.25, 0.25]) if alone else 0.0)
        curve.setData(x, values[kept], antialias=smooth)

    def point_at(self, epoch: float, heights: list[float], text: str, y: float) -> None:
        """Mark an epoch, and say what was measured."""
        self.crosshair.setValue(epoch)
        self.crosshair.show()
        seen = [height for height in heights if math.isfinite(height)]
        brush = self.theme.colour(self._tokens[0])
        self.points.setData([epoch] * len(seen), seen, size=8, brush=brush, pen=None)
        self.points.setVisible(bool(seen))
        self.tip.setText(text)
        self.tip.adjustSize()
        self._place_tip(self.box.mapViewToScene(QPointF(epoch, 0.0)).x(), y)
        self.tip.show()

    def hide_point(self) -> None:
        """Mark nothing."""
        for part in (self.crosshair, self.points, self.tip):
            part.hide()

    def _place_tip(self, x: float, y: float) -> None:
        """Beside the crosshair, on the side that has room."""
        left = x + 10
        if left + self.tip.width() > self.box.sceneBoundingRect().right():
            left = x - 10 - self.tip.width()
        top = min(max(0.0, y - self.tip.height() - 8), self.height() - self.tip.height())
        self.tip.move(round(max(0.0, left)), round(top))

    # Qt -----------------------------------------------------------------------------------

    def _on_zoom(self, _axes: object) -> None:
        self.zoomed.emit()

    def _on_resize(self) -> None:
        self.right_box.setGeometry(self.box.sceneBoundingRect())
        self.right_box.linkedViewChanged(self.box, self.right_box.XAxis)
        self._write_labels()
        self.resized.emit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the words in their places."""
        super().resizeEvent(event)
        if hasattr(self, "hint"):
            above, below = (0, -20) if self._low else (8, -40)
            self.hint.setGeometry(self.rect().adjusted(64, above, -16, below))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pointer over the plot (pyqtgraph's own signal leaves out quick moves)."""
        if event.type() == QEvent.Type.Leave:
            self.pointed.emit(math.nan, 0.0)
        elif event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            place = self.mapToScene(event.position().toPoint())
            inside = self.box.sceneBoundingRect().contains(place)
            free = event.buttons() == Qt.MouseButton.NoButton
            epoch = self.box.mapSceneToView(place).x() if inside and free else math.nan
            self.pointed.emit(epoch, place.y())
        return False
