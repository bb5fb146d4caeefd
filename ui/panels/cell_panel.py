"""What all panels made of coloured cells share: readout, scrolling, selection, redrawing."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from simulator.quantity import Quantity
from simulator.snapshot import Snapshot
from simulator.spec import NetworkSpec
from simulator.trace import Trace
from ui.panels.heatmap import Cell, HeatmapView
from ui.panels.panel import Panel, TextLine
from ui.panels.text import BLANK, signed
from ui.selection import Selection
from ui.style import current_scale, numbers_font, words_font
from ui.theme import BODY_SIZE, CAPTION_SIZE, Theme

LEFT_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT_MIDDLE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter
NUMBER_WIDTH, NUMBER_HEIGHT = 54, 16
"""Cells at least this large, logical px, have their value written into them."""


class CellPanel(Panel):
    """A heatmap with a readout line below it.

    Subclasses say how cells are laid out (:meth:`_lay_out`), what values they have
    (:meth:`_show_values`), what a cell is called (:meth:`_describe`), which neuron it belongs to
    (:meth:`_neuron_of`), what is outlined (:meth:`_outlines`) and what is drawn around the cells
    (:meth:`_paint`).
    """

    rest_text: ClassVar[str] = "Point at a cell to read its number"

    def __init__(self, selection: Selection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(selection, theme, parent)
        self._spec: NetworkSpec | None = None
        self._marks: object = None
        self.readout = TextLine("Value under the pointer", theme)
        self.view = HeatmapView(theme)
        self.view.setAccessibleName(f"{self.title}: cells")
        self.view.decorate = self._decorate
        self.view.hovered.connect(self._on_hover)
        self.view.clicked.connect(self._on_click)
        self.scroll_area = QScrollArea()
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setAccessibleName(self.title)
        self.scroll_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroll_area.viewport().setAutoFillBackground(False)
        self.scroll_area.setWidget(self.view)
        self.scroll_area.installEventFilter(self)
        self.body.addWidget(self.scroll_area, 1)
        self.outer.addWidget(self.readout)
        self._build()
        self._restyle()

    @property
    def spec(self) -> NetworkSpec | None:
        """The network now on show."""
        return self._spec

    @property
    def trace(self) -> Trace | None:
        """The iteration to show, None if there is none of this network."""
        snapshot = self.snapshot
        if snapshot is None or snapshot.trace is None:
            return None
        return snapshot.trace if snapshot.trace.spec == snapshot.spec else None

    # What subclasses say ------------------------------------------------------------------

    def _build(self) -> None:
        """Add controls to the header or widgets to the body."""

    def _lay_out(self, width: int, height: int) -> tuple[int, int]:
        """Give the view its blocks, for so much room; return how much room they take."""
        raise NotImplementedError

    def _show_values(self, snapshot: Snapshot) -> object:
        """Give the view its values; return all else that :meth:`_paint` depends on."""
        raise NotImplementedError

    def _describe(self, cell: Cell) -> str:
        raise NotImplementedError

    def _neuron_of(self, cell: Cell) -> tuple[int, int] | None:
        raise NotImplementedError

    def _quantity_of(self, cell: Cell) -> Quantity | None:
        """The number a cell shows, None where it is none of an iteration."""
        return None

    def _outlines(self, layer: int, neuron: int) -> list[QRectF]:
        return []

    def _paint(self, painter: QPainter) -> None:
        """Draw captions and the like, in logical px of the view."""

    # Drawing ------------------------------------------------------------------------------

    def _show(self, snapshot: Snapshot) -> None:
        if snapshot.spec != self._spec:
            self._spec = snapshot.spec
            self._arrange()
            return
        self._redraw(snapshot)

    def _redraw(self, snapshot: Snapshot) -> None:
        marks = self._show_values(snapshot)
        if not _same(marks, self._marks):
            self._marks = marks
            self.view.viewport().update()
        if self.view.current_cell is None:
            self.readout.show_text(*self._rest_texts())

    def _arrange(self) -> None:
        """Lay out anew, with a scroll bar where the content is too high."""
        snapshot = self.snapshot
        if self._spec is None or snapshot is None:
            return
        room = self.scroll_area.maximumViewportSize()
        width, height = self._lay_out(room.width(), room.height())
        if height > room.height():
            bar = self.scroll_area.verticalScrollBar().sizeHint().width()
            width, height = self._lay_out(room.width() - bar, room.height())
        self.view.setMinimumSize(width, height)
        self._marks = None
        self._redraw(snapshot)

    def _decorate(self, painter: QPainter) -> None:
        if self._spec is None or self.snapshot is None:
            return
        self._paint(painter)
        layer, neuron = self.selection.layer, self.selection.neuron
        if layer is None or neuron is None:
            return
        pen = QPen(self.theme.colour("accent"), 2.0 * current_scale())
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for rect in self._outlines(layer, neuron):
            painter.drawRect(rect.adjusted(-1.0, -1.0, 1.0, 1.0))

    def _paint_text(
        self,
        painter: QPainter,
        place: QRectF,
        text: str,
        font: QFont,
        token: str = "muted",
        alignment: Qt.AlignmentFlag = LEFT_MIDDLE,
    ) -> None:
        """One line of text in a colour of the theme."""
        painter.setFont(font)
        painter.setPen(self.theme.colour(token))
        painter.drawText(place, int(alignment), text)

    def _paint_hollow(self, painter: QPainter, place: QRectF, dash: bool = True) -> None:
        """Where values are still to come: an outline, and a dash."""
        painter.setPen(QPen(self.theme.colour("line"), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5))
        if dash:
            self._paint_text(painter, place, BLANK, self._words, "muted", CENTRE)

    def _paint_numbers(self, painter: QPainter) -> None:
        """Write the values into cells that are large enough."""
        scale = current_scale()
        for block in self.view.blocks:
            wide = block.cell_width >= NUMBER_WIDTH * scale
            if not wide or block.cell_height < NUMBER_HEIGHT * scale:
                continue
            for row, column in np.argwhere(block.positions >= 0).tolist():
                cell = self.view.cell(block, row, column)
                if np.isfinite(cell.value):
                    token = self._ink(cell)
                    self._paint_text(
                        painter, cell.rect, self._cell_text(cell), self._numbers, token, CENTRE
                    )

    def _cell_text(self, cell: Cell) -> str:
        return signed(cell.value)

    def _ink(self, cell: Cell) -> str:
        """The colour of text that is easiest to read on a cell."""
        return self.theme.ink_on(self.view.colour_of(cell))

    def text_width(self, text: str, font: QFont) -> int:
        """Width of a line of text, logical px."""
        return QFontMetrics(font).horizontalAdvance(text)

    # What happens -------------------------------------------------------------------------

    def _on_hover(self, cell: Cell | None) -> None:
        if cell is None:
            self.readout.show_text(*self._rest_texts())
        else:
            self.readout.show_text(self._describe(cell), numbers=True)

    def _rest_texts(self) -> tuple[str, ...]:
        """What stands in the readout while no cell is pointed at."""
        return (self.rest_text,)

    def _on_click(self, cell: Cell | None) -> None:
        neuron = None if cell is None else self._neuron_of(cell)
        if neuron is not None:
            self.selection.select(*neuron)
        asked = None if cell is None else self._quantity_of(cell)
        if asked is not None:
            self.asked.emit(asked)

    def _on_selection(self) -> None:
        self.view.viewport().update()

    def _on_context(self) -> None:
        self._arrange()

    def _on_writing(self) -> None:
        self._restyle()

    def _on_project(self) -> None:
        if self._spec is not None and self.snapshot is not None:
            self._redraw(self.snapshot)

    def _restyle(self) -> None:
        self._words = words_font(CAPTION_SIZE)
        self._numbers = numbers_font(CAPTION_SIZE)
        self._symbols = words_font(BODY_SIZE, QFont.Weight.DemiBold)
        self._line = QFontMetrics(self._words).height()
        self.view.apply_theme(self.theme)
        self.readout.apply_theme(self.theme)
        self._on_hover(self.view.current_cell)
        self._arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lay out for the new size of the scroll area; the header's height may change it, too."""
        if event.type() == QEvent.Type.Resize and watched is self.scroll_area:
            self._arrange()
        return False

    def neuron_text(self, layer: int, neuron: int) -> str:
        """What a neuron is called: "hidden 2 · neuron 7", with its class if it stands for one."""
        if self._spec is None:
            return ""
        name = self._spec.layer_name(layer)
        if layer == 0:
            return f"input {neuron + 1}"
        text = f"{name} · neuron {neuron + 1}"
        if layer == self._spec.depth and neuron < len(self.class_names):
            text += f" (“{self.class_names[neuron]}”)"
        return text


def _same(first: Any, second: Any) -> bool:
    """Whether two marks are equal, not-a-number being equal to itself."""
    if isinstance(first, tuple) and isinstance(second, tuple):
        return len(first) == len(second) and all(map(_same, first, second))
    if isinstance(first, float) and isinstance(second, float) and first != first:
        return second != second
    return bool(first == second)
