"""A small map of the whole network, with the part that is seen; only while zoomed in."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from ui.editor.layout import Layout
from ui.editor.nodes import NodePainter
from ui.editor.scene import Scene
from ui.editor.viewport import Viewport
from ui.theme import Theme

_LONGEST = 170.0
_SHARE = 0.24
"""Share of the view that the map takes at most, each way."""
_GAP = 10


class MiniMap(QWidget):
    """Lies in a corner of the network view; a click or drag moves the view there."""

    def __init__(self, view: QWidget, viewport: Viewport, scene: Scene, theme: Theme) -> None:
        super().__init__(view)
        self._viewport = viewport
        self._scene = scene
        self._theme = theme
        self._nodes = NodePainter(theme)
        self._held: QPointF | None = None
        self._picture: tuple[object, QPixmap] | None = None
        self.setAccessibleName("Map of the network")
        self.setToolTip("The part that is seen; drag it")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()
        viewport.changed.connect(self._on_viewport)
        view.installEventFilter(self)

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        self._theme = theme
        self._nodes = NodePainter(theme)
        self._picture = None
        self.update()

    def to_layout(self, at: QPointF) -> QPointF:
        """The point of the layout that a point of the map stands for."""
        share = self._viewport.size.width() / max(self.width(), 1)
        return QPointF(at.x() * share, at.y() * share)

    def frame(self) -> QRectF:
        """Where in the map the part that is seen lies."""
        share = self.width() / max(self._viewport.size.width(), 1.0)
        seen = self._viewport.visible
        return QRectF(
            seen.x() * share, seen.y() * share, seen.width() * share, seen.height() * share
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner of the view."""
        if event.type() is QEvent.Type.Resize:
            self._place()
        return False

    def _on_viewport(self) -> None:
        wanted = not self._viewport.whole
        if wanted != self.isVisibleTo(self.parentWidget()):
            self._place()
            self.setVisible(wanted)
        self.update()

    def _place(self) -> None:
        view = self.parentWidget().size()
        if view.isEmpty():
            return
        share = min(_SHARE, _LONGEST / max(view.width(), view.height()))
        size = QSize(round(view.width() * share), round(view.height() * share))
        layout = self._scene.layout(view)
        bottom = view.height() if layout is None else round(layout.window.bottom)
        self.setGeometry(
            view.width() - size.width() - _GAP,
            bottom - size.height() - _GAP,
            size.width(),
            size.height(),
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the part that is seen; elsewhere it comes to the mouse first."""
        at = event.position()
        if not self.frame().contains(at):
            self._viewport.centre(self.to_layout(at))
        self._held = at - self.frame().center()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            self._viewport.centre(self.to_layout(event.position() - self._held))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def paintEvent(self, event: QPaintEvent) -> None:
        layout = self._scene.layout(self.parentWidget().size())
        if layout is None:
            return
        painter = QPainter(self)
        theme, box = self._theme, QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("muted", 0.5), 1.0))
        painter.setBrush(theme.colour("panel"))
        painter.drawRoundedRect(box, 5, 5)
        painter.drawPixmap(0, 0, self._whole(layout))
        self._paint_inputs(painter, layout)
        painter.setPen(QPen(theme.colour("accent"), 1.5))
        painter.setBrush(theme.colour("accent", 0.10))
        painter.drawRect(self.frame().intersected(box).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _paint_inputs(self, painter: QPainter, layout: Layout) -> None:
        """The input's picture, which changes with every sample."""
        readings = self._scene.readings
        if readings is None or not layout.columns or layout.columns[0].picture is None:
            return
        only = replace(layout, columns=layout.columns[:1])
        painter.save()
        painter.scale(self.width() / layout.width, self.width() / layout.width)
        self._nodes.paint(painter, only, replace(readings, layers=readings.layers[:1]), exact=True)
        painter.restore()

    def _whole(self, layout: Layout) -> QPixmap:
        """Links and columns of the whole network, as small as the map."""
        layer = self._scene.link_layer
        painted = () if layer is None else layer.whole_pictures
        key = (self.size(), self._theme.name, id(layout), *(id(picture) for picture in painted))
        if self._picture is None or self._picture[0] != key:
            ratio = self.devicePixelRatioF()
            pixmap = QPixmap(self.size() * ratio)
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            share = self.width() / layout.width
            painter.scale(share, share)
            for picture in painted:
                painter.drawImage(picture.box, picture.image)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("text", 0.55))
            for column in layout.columns:
                if column.picture is not None:
                    continue
                radius = max(column.radius, 0.8 / share)
                for x, y in zip(column.x, column.y, strict=True):
                    painter.drawEllipse(QPointF(x, y), radius, radius)
            painter.end()
            self._picture = key, pixmap
        return self._picture[1]
