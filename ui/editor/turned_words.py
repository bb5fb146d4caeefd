"""The words around a network from bottom to top: titles at the left, names above and below."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from ui.editor.layout import Layout, Margins
from ui.editor.names import short_number
from ui.editor.readings import LayerReading
from ui.editor.weave import Bundle
from ui.editor.words import Words
from ui.resources import icon
from ui.theme import Theme

_CENTRE = Qt.AlignmentFlag.AlignCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_STRIP = 0.15
"""Share of the width that titles take, within limits."""
_NARROWEST, _WIDEST = 96.0, 190.0
_GAP = 6.0


class TurnedWords(Words):
    """All texts of one turned layout."""

    def margins(self, width: float, height: float, caption_lines: int, note: bool) -> Margins:
        """The space the texts need, told along the way (see :func:`arrange_turned`)."""
        fonts = self.fonts
        line = fonts.height(fonts.caption)
        self.foot = fonts.height(fonts.small_numbers) + 6 if note else 0.0
        scale = line / 14.0
        strip = min(max(_STRIP * width, _NARROWEST * scale), _WIDEST * scale)
        names = any(self._names.classes)
        above = fonts.height(fonts.numbers) + (line if names else 0.0) + _GAP
        below = line + _GAP if self._input_names_fit(width - strip) else 0.0
        return Margins(header=strip, footer=12.0, left=below, right=above)

    def _input_names_fit(self, width: float) -> bool:
        names = self._names.inputs
        if not names:
            return False
        widest = max(self.fonts.width(self.fonts.caption, name) for name in names)
        return min(widest, 40.0) <= width / len(names) - 4.0

    def paint_titles(
        self, painter: QPainter, layout: Layout, theme: Theme, accented: set[int]
    ) -> None:
        """Titles and captions left of the rows."""
        fonts = self.fonts
        high, line = fonts.height(fonts.title), fonts.height(fonts.caption)
        for column, title, lines in zip(layout.columns, self._titles, self._captions, strict=True):
            box = column.title
            needed = high + line * len(lines)
            y = min(max(-column.centre - needed / 2, box.y), max(box.bottom - needed, box.y))
            painter.setFont(self._title_font)
            painter.setPen(theme.colour("accent" if column.layer in accented else "text"))
            painter.drawText(QRectF(box.x + 4, y, box.width, high), _LEFT, title)
            if self._locked[column.layer] and title:
                side = self._lock_side
                x = box.x + 4 + fonts.width(self._title_font, title) + 4
                lock = QRectF(x, y + (high - side) / 2, side, side)
                icon("lock", theme, 11, theme.muted).paint(painter, lock.toRect())
            painter.setFont(fonts.caption)
            painter.setPen(theme.colour("muted"))
            y += high
            for text in lines:
                painter.drawText(QRectF(box.x + 4, y, box.width, line), _LEFT, text)
                y += line

    def paint_inputs(self, painter: QPainter, layout: Layout, theme: Theme) -> None:
        """Names of the inputs, below a plain input row."""
        column = layout.columns[0]
        if column.picture is not None or len(column.x) == 0:
            return
        room = float(column.x[1] - column.x[0]) if len(column.x) > 1 else layout.window.width
        if room < 16.0:
            return
        fonts = self.fonts
        painter.setFont(fonts.caption)
        painter.setPen(theme.colour("muted"))
        metrics = QFontMetricsF(fonts.caption)
        y, line = -column.left + 2.0, fonts.height(fonts.caption)
        for unit, x in zip(column.shown, column.x, strict=True):
            if unit < len(self._names.inputs):
                name = self._names.inputs[unit]
                text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room - 4.0)
                painter.drawText(QRectF(x - room / 2, y, room, line), _CENTRE, text)

    def paint_outputs(
        self, painter: QPainter, layout: Layout, reading: LayerReading, theme: Theme
    ) -> None:
        """Value and class name above each output neuron; the largest one stands out."""
        column, fonts = layout.columns[-1], self.fonts
        room = float(column.x[1] - column.x[0]) if len(column.x) > 1 else layout.window.width
        if room < fonts.width(fonts.numbers, "0.00"):
            return
        values = reading.activation
        largest = values.max() if values is not None and len(values) > 1 else None
        high, low = fonts.height(fonts.numbers), fonts.height(fonts.caption)
        metrics = QFontMetricsF(fonts.caption)
        foot = -column.right - 3.0
        for unit, x in zip(column.shown, column.x, strict=True):
            value = None if values is None else float(values[unit])
            stands_out = value is not None and (largest is None or value == largest)
            painter.setPen(theme.colour("text" if stands_out else "muted"))
            name = self._names.classes[unit] if unit < len(self._names.classes) else ""
            top = foot
            if value is not None:
                top -= high
                painter.setFont(fonts.numbers)
                text = short_number(value)
                painter.drawText(QRectF(x - room / 2, top, room, high), _CENTRE, text)
            else:
                top -= high
            if name:
                painter.setFont(fonts.caption)
                text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room - 4.0)
                painter.drawText(QRectF(x - room / 2, top - low, room, low), _CENTRE, text)

    def paint_foot(
        self,
        painter: QPainter,
        layout: Layout,
        theme: Theme,
        parts: Sequence[Bundle],
        note: str,
    ) -> None:
        """The scale of each bundle of links, and what of the links is not drawn."""
        fonts = self.fonts
        line = fonts.height(fonts.small_numbers)
        painter.setFont(fonts.small_numbers)
        painter.setPen(theme.colour("muted"))
        largest = {part.layer: part.largest for part in parts}
        for before, after in pairwise(layout.columns):
            if after.layer not in largest:
                continue
            middle = -(before.right + after.left) / 2
            clear = after.title.y >= 0.0 and before.title.y >= 0.0
            if clear and -before.right - -after.left >= 3 * line:
                text = f"|w| ≤ {short_number(largest[after.layer])}"
                box = QRectF(12.0, middle - line / 2, layout.window.x - 16.0, line)
                painter.drawText(box, _LEFT, text)
        if note:
            painter.setFont(fonts.caption)
            metrics = QFontMetricsF(fonts.caption)
            text = metrics.elidedText(note, Qt.TextElideMode.ElideRight, layout.width - 24)
            box = QRectF(12, layout.height - line - 4, layout.width - 24, line)
            painter.drawText(box, _CENTRE, text)
