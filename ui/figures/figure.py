"""A part of the window as a picture: SVG and PDF with lines and type, PNG with pixels."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPoint, QRect, QRectF, QSizeF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

PIXELS_AN_INCH = 96
"""Of Qt's logical pixels: a figure 960 px wide is 10 inches on paper."""
PDF_RESOLUTION = 1200
LARGEST_PIXELS = 16_384
"""The longest side of a PNG: what viewers and slides still take."""


@runtime_checkable
class PaintsFigure(Protocol):
    """A widget that paints itself more exactly for a figure than on the screen."""

    def paint_figure(self, painter: QPainter) -> None:
        """Paint everything as lines and type, with nothing from a cache of pixels."""


def paint(widget: QWidget, painter: QPainter) -> None:
    """Paint a widget that is on show, as large as it is."""
    if isinstance(widget, PaintsFigure):
        widget.paint_figure(painter)
    else:
        widget.render(painter, QPoint())


def png(widget: QWidget, scale: float) -> bytes:
    """PNG with ``scale`` pixels for each on the screen, fewer where it would grow too large."""
    return _image_bytes(image(widget, scale))


def image(widget: QWidget, scale: float) -> QImage:
    """The same as an image."""
    size = widget.size()
    scale = min(scale, LARGEST_PIXELS / max(size.width(), size.height(), 1))
    picture = QImage(
        round(size.width() * scale), round(size.height() * scale), QImage.Format.Format_RGB32
    )
    picture.setDevicePixelRatio(scale)
    picture.fill(widget.palette().window().color())
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    try:
        paint(widget, painter)
    finally:
        painter.end()
    picture.setDevicePixelRatio(1.0)
    picture.setDotsPerMeterX(round(scale * PIXELS_AN_INCH / 0.0254))
    picture.setDotsPerMeterY(round(scale * PIXELS_AN_INCH / 0.0254))
    return picture


def _image_bytes(picture: QImage) -> bytes:
    buffer = _open_buffer()
    picture.save(buffer, "PNG")
    return bytes(buffer.data().data())


def svg(widget: QWidget, title: str) -> bytes:
    """SVG as large as on the screen."""
    buffer = _open_buffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(PIXELS_AN_INCH)
    generator.setSize(widget.size())
    generator.setViewBox(QRect(QPoint(), widget.size()))
    generator.setTitle(title)
    generator.setDescription("Made with Backlit")
    painter = QPainter(generator)
    try:
        paint(widget, painter)
    finally:
        painter.end()
    return bytes(buffer.data().data())


def pdf(widget: QWidget, title: str) -> bytes:
    """PDF of one page, as large as the figure."""
    buffer = _open_buffer()
    writer = QPdfWriter(buffer)
    writer.setResolution(PDF_RESOLUTION)
    size = QSizeF(widget.size()) / PIXELS_AN_INCH
    page = QPageSize(size, QPageSize.Unit.Inch, title, QPageSize.SizeMatchPolicy.ExactMatch)
    # QPageSize is upright by itself: a wide page is a high one that lies.
    orientation = (
        QPageLayout.Orientation.Landscape
        if size.width() > size.height()
        else QPageLayout.Orientation.Portrait
    )
    if orientation is QPageLayout.Orientation.Landscape:
        page = QPageSize(
            size.transposed(), QPageSize.Unit.Inch, title, QPageSize.SizeMatchPolicy.ExactMatch
        )
    writer.setPageLayout(QPageLayout(page, orientation, QMarginsF()))
    writer.setTitle(title)
    painter = QPainter(writer)
    try:
        factor = PDF_RESOLUTION / PIXELS_AN_INCH
        painter.scale(factor, factor)
        paint(widget, painter)
    finally:
        painter.end()
    return bytes(buffer.data().data())


def print_on(printer: QPrinter, widget: QWidget) -> None:
    """Print a widget as large as the page takes it, in its middle."""
    painter = QPainter(printer)
    try:
        page = printer.pageLayout().paintRectPixels(printer.resolution())
        factor = min(page.width() / widget.width(), page.height() / widget.height())
        drawn = QRectF(0, 0, widget.width() * factor, widget.height() * factor)
        painter.translate((page.width() - drawn.width()) / 2, (page.height() - drawn.height()) / 2)
        painter.scale(factor, factor)
        paint(widget, painter)
    finally:
        painter.end()


def _open_buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer
