"""The words around the network: titles, captions, class names and values, scales."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from simulator.spec import NetworkSpec
from ui.editor.layout import Box, Column, Layout, Margins
from ui.editor.names import Fonts, Names, short_number
from ui.editor.readings import LayerReading
from ui.editor.weave import Bundle
from ui.held import Held
from ui.layer_words import caption
from ui.resources import icon
from ui.theme import Theme

_LOCK, _LOCK_GAP = 11, 4
_BETWEEN = 4.0
"""Least space between the captions of neighbouring columns, besides that of their boxes."""
_OPTIONAL = ("penalty", "norm", "noise", "drop", "shown", "function")
"""Parts of a caption in the order in which they give way."""
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter


class Words:
    """All texts of one layout, shortened so that none overlaps another."""

    def __init__(self, spec: NetworkSpec, names: Names, fonts: Fonts, held: Held) -> None:
        self._spec = spec
        self._names = names
        self._locked = [held.layer(spec, n).any_frozen for n in range(spec.depth + 1)]
        self.fonts = fonts
        self._titles: list[str] = []
        self._captions: list[list[str]] = []
        self._title_font = fonts.title
        self._two_lines = False
        self.foot = 0.0
        """Height of the strip for words below the rows of a turned network."""

    def margins(self, width: float, height: float, caption_lines: int, note: bool) -> Margins:
        """The space the texts need in a view of this size."""
        fonts = self.fonts
        header = 8 + fonts.height(fonts.title) + caption_lines * fonts.height(fonts.caption) + 6
        footer = 10 + fonts.height(fonts.small_numbers) * (2 if note else 1)
        body = max(height - header - footer - 8, 10.0)
        most = 0.2 * width
        left = right = 0.0
        longest = max((self.fonts.width(fonts.caption, n) for n in self._names.inputs), default=0)
        if longest and body / self._spec.inputs >= fonts.height(fonts.caption):
            left = min(longest, most) + 8
        room = min(body / self._spec.outputs, 54 * max(0.75, min(width / 750, height / 480)))
        line = fonts.height(fonts.numbers)
        self._two_lines = room >= 2 * fonts.height(fonts.caption) + 2
        if room >= 0.8 * line and width >= 300:
            value = fonts.width(fonts.numbers, "−0.00")
            name = max((fonts.width(fonts.caption, n) for n in self._names.classes), default=0)
            name = min(name, most)
            right = 12 + (max(value, name) if self._two_lines else value + 8 * (name > 0) + name)
        return Margins(header, footer, left, right)

    def fit(self, layout: Layout) -> int:
        """Choose titles and captions for this layout; returns the lines the captions need."""
        spec, fonts = self._spec, self.fonts
        full = [spec.layer_name(number) for number in range(spec.depth + 1)]
        short = ["in", *(f"h{n}" for n in range(1, spec.depth)), "out"]
        short = [
            brief if name in ("input", "output") or name.startswith("hidden ") else name
            for name, brief in zip(full, short, strict=True)
        ]
        boxes = [column.title.width for column in layout.columns]
        free = [
            width - self._lock_width(number) * (2 if width > 60 else 1)
            for number, width in enumerate(boxes)
        ]
        for texts, font in (
            (full, fonts.title),
            (full, fonts.small_title),
            (short, fonts.small_title),
        ):
            self._title_font = font
            if all(fonts.width(font, t) <= w for t, w in zip(texts, free, strict=True)):
                break
        metrics = QFontMetricsF(self._title_font)
        elide = Qt.TextElideMode.ElideRight
        self._titles = [
            metrics.elidedText(text, elide, width) if width >= 8 else ""
            for text, width in zip(texts, free, strict=True)
        ]
        for count in range(len(_OPTIONAL) + 1):
            without = _OPTIONAL[:count]
            wrapped = [
                self._wrap(self._caption_parts(layout, number, without), width - _BETWEEN)
                for number, width in enumerate(boxes)
            ]
            if all(whole for _, whole in wrapped):
                break
        self._captions = [lines for lines, _ in wrapped]
        return max(len(lines) for lines in self._captions)

    def _caption_parts(self, layout: Layout, number: int, without: tuple[str, ...]) -> list[str]:
        column = layout.columns[number]
        if column.cells is not None:
            rows, columns = column.cells.shape
            return [f"{rows}×{columns}", *caption(self._spec, number, without)]
        parts = [f"{column.units:,}", *caption(self._spec, number, without)]
        if column.hidden and "shown" not in without:
            parts.append(f"{len(column.shown)} shown")
        return parts

    def _wrap(self, parts: list[str], width: float) -> tuple[list[str], bool]:
        """At most two lines of whole parts, and whether all found room."""
        lines = [""]
        for part in parts:
            longer = f"{lines[-1]} · {part}" if lines[-1] else part
            if self.fonts.width(self.fonts.caption, longer) <= width:
                lines[-1] = longer
            elif len(lines) < 2 and self.fonts.width(self.fonts.caption, part) <= width:
                lines.append(part)
            else:
                return [line for line in lines if line], False
        return lines, True

    def column_width(self, number: int) -> float:
        """Width of the widest text above a column."""
        captions = [self.fonts.width(self.fonts.caption, line) for line in self._captions[number]]
        title = self.fonts.width(self._title_font, self._titles[number])
        return max(title + 2 * self._lock_width(number), *captions, 0.0)

    def paint_titles(
        self, painter: QPainter, layout: Layout, theme: Theme, accented: set[int]
    ) -> None:
        """Titles and captions above the columns."""
        fonts = self.fonts
        high, line = fonts.height(fonts.title), fonts.height(fonts.caption)
        for column, title, lines in zip(layout.columns, self._titles, self._captions, strict=True):
            y = column.title.y + 4
            painter.setFont(self._title_font)
            painter.setPen(theme.colour("accent" if column.layer in accented else "text"))
            place = self._above(column, self._title_font, title, y, high)
            painter.drawText(place, _CENTRE, title)
            if self._locked[column.layer] and title:
                side = self._lock_side
                lock = QRectF(
                    place.right() - 4 + _LOCK_GAP, place.center().y() - side / 2, side, side
                )
                icon("lock", theme, _LOCK, theme.muted).paint(painter, lock.toRect())
            painter.setFont(fonts.caption)
            painter.setPen(theme.colour("muted"))
            y += high
            for text in lines:
                painter.drawText(self._above(column, fonts.caption, text, y, line), _CENTRE, text)
                y += line

    @property
    def _lock_side(self) -> float:
        return round(_LOCK * self.fonts.height(self.fonts.caption) / 14)

    def _lock_width(self, number: int) -> float:
        return self._lock_side + _LOCK_GAP if self._locked[number] else 0.0

    def _above(self, column: Column, font: QFont, text: str, y: float, height: float) -> QRectF:
        """Where a text stands above its column: centred, as far as its box lets it."""
        half = self.fonts.width(font, text) / 2
        box = column.title
        middle = max(min(column.centre, box.right - half), box.x + half)
        return QRectF(middle - half - 4, y, 2 * half + 8, height)

    def paint_inputs(self, painter: QPainter, layout: Layout, theme: Theme) -> None:
        """Names of the inputs, left of a plain input column."""
        column = layout.columns[0]
        fonts, room = self.fonts, column.left - 12
        line = fonts.height(fonts.caption)
        crowded = len(column.y) > 1 and column.y[1] - column.y[0] < line
        if column.picture is not None or room < 12 or crowded:
            return
        painter.setFont(fonts.caption)
        painter.setPen(theme.colour("muted"))
        metrics = QFontMetricsF(fonts.caption)
        for unit, y in zip(column.shown, column.y, strict=True):
            if unit < len(self._names.inputs):
                text = metrics.elidedText(
                    self._names.inputs[unit], Qt.TextElideMode.ElideRight, room
                )
                painter.drawText(QRectF(4, y - line / 2, room, line), _RIGHT, text)

    def paint_outputs(
        self, painter: QPainter, layout: Layout, reading: LayerReading, theme: Theme
    ) -> None:
        """Value and class name right of each output neuron; the largest one stands out."""
        column, fonts = layout.columns[-1], self.fonts
        x = column.right + 10
        room = layout.width - x - 4
        value_width = fonts.width(fonts.numbers, "−0.00")
        pitch = column.y[1] - column.y[0] if len(column.y) > 1 else layout.body.height
        if room < value_width or pitch < 0.8 * fonts.height(fonts.numbers):
            return
        values = reading.activation
        largest = values.max() if values is not None and len(values) > 1 else None
        high, low = fonts.height(fonts.numbers), fonts.height(fonts.caption)
        metrics = QFontMetricsF(fonts.caption)
        for unit, y in zip(column.shown, column.y, strict=True):
            value = None if values is None else float(values[unit])
            stands_out = value is not None and (largest is None or value == largest)
            name = self._names.classes[unit] if unit < len(self._names.classes) else ""
            if value is None:
                below, left, width = y - low / 2, x, room
            elif self._two_lines and name:
                top, below = y - (high + low) / 2 + 1, y - (high + low) / 2 + high
                left, width = x, room
            else:
                top, below = y - high / 2, y - low / 2
                left, width = x + value_width + 8, room - value_width - 8
            if value is not None:
                painter.setFont(fonts.numbers)
                painter.setPen(theme.colour("text" if stands_out else "muted"))
                text = short_number(value)
                indent = 0.0 if self._two_lines else value_width - fonts.width(fonts.numbers, text)
                painter.drawText(QRectF(x + indent, top, room, high), _LEFT, text)
            if name and width >= 8:
                painter.setFont(fonts.caption)
                painter.setPen(theme.colour("text" if stands_out else "muted"))
                text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, width)
                painter.drawText(QRectF(left, below, width, low), _LEFT, text)

    def paint_more(
        self, painter: QPainter, layout: Layout, theme: Theme, accented: set[int]
    ) -> None:
        """Say in the gap of a shortened column how many neurons are not shown."""
        fonts = self.fonts
        for column in layout.columns:
            if column.more is None:
                continue
            painter.setFont(fonts.caption)
            text = f"… {column.hidden:,} more"
            if fonts.width(fonts.caption, text) > column.more.width:
                text = "…"
            width = fonts.width(fonts.caption, text) + 12
            high = min(fonts.height(fonts.caption) + 2, column.more.height)
            left = column.more.x + (column.more.width - width) / 2
            left = max(2.0, min(left, layout.width - 2.0 - width))
            box = QRectF(left, column.more.y + (column.more.height - high) / 2, width, high)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("panel", 0.9))
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(theme.colour("accent" if column.layer in accented else "muted"))
            painter.drawText(box, _CENTRE, text)

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
        top = layout.window.bottom + 2
        painter.setFont(fonts.small_numbers)
        painter.setPen(theme.colour("muted"))
        largest = {part.layer: part.largest for part in parts}
        texts = [f"|w| ≤ {short_number(largest[number])}" for number in sorted(largest)]
        gaps = pairwise(layout.columns)
        boxes = [Box(before.right, top, after.left - before.right, line) for before, after in gaps]
        widest = max((fonts.width(fonts.small_numbers, text) for text in texts), default=0.0)
        if all(widest <= box.width for box in boxes):
            view = QRectF(4.0, 0.0, layout.width - 8.0, layout.height)
            for text, box in zip(texts, boxes, strict=True):
                in_sight = QRectF(*box).intersected(view)
                if in_sight.width() >= widest:
                    painter.drawText(in_sight, _CENTRE, text)
        if note:
            painter.setFont(fonts.caption)
            metrics = QFontMetricsF(fonts.caption)
            text = metrics.elidedText(note, Qt.TextElideMode.ElideRight, layout.width - 24)
            painter.drawText(QRectF(12, top + line, layout.width - 24, line), _CENTRE, text)
