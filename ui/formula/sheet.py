"""A sheet of formulas and numbers; every number on it can be pointed at and asked."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui.formula.blocks import Asked, Block, Formula, plain_text
from ui.formula.layout import CHIP_ROLES, Piece, Placed, font_of, parts_of, place
from ui.formula.renderer import FormulaRenderer
from ui.theme import Theme

_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
}
_SOFT = {"light": 0.14, "dark": 0.24}


class Sheet(QWidget):
    """Shows blocks, wrapped to its width and as high as they are.

    Signals
    -------
    asked(Asked) : a number was clicked, or Return pressed on it.
    pointed(Asked | None) : the mouse or the keyboard is on a number, or on none any more.
    reached(QRect) : the keyboard is here now; have it seen.
    """

    asked = Signal(object)
    pointed = Signal(object)
    reached = Signal(QRect)

    def __init__(
        self, renderer: FormulaRenderer, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._renderer = renderer
        self._theme = theme
        self._blocks: tuple[Block, ...] = ()
        self._placed: Placed | None = None
        self._over: int | None = None
        self._at: int | None = None
        self._lit: frozenset[Asked] = frozenset()
        self.name_of: Callable[[Asked], str] | None = None
        """Says in words what a number is."""
        renderer.ready.connect(self._on_ready)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setAccessibleName("Formula with its numbers")

    # What to show

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What is on the sheet."""
        return self._blocks

    def set_blocks(self, blocks: tuple[Block, ...]) -> None:
        """Show these; nothing is done where they are the same."""
        if blocks == self._blocks:
            return
        self._blocks = blocks
        self._at = self._over = None
        self.setAccessibleDescription(plain_text(blocks))
        self._arrange()

    def apply_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self.update()

    def light(self, numbers: Collection[Asked]) -> None:
        """Tint these numbers: what they stand for is pointed at elsewhere."""
        lit = frozenset(numbers)
        if lit != self._lit:
            self._lit = lit
            self.update()

    def numbers(self) -> list[Piece]:
        """All that can be asked, in the order of reading."""
        return [piece for piece in self._pieces if piece.asked is not None]

    def picture(self, ratio: float = 2.0) -> QPixmap:
        """The whole sheet as it looks, on the colour of a card."""
        edge = 12
        size = self.size() + QSize(2 * edge, 2 * edge)
        pixmap = QPixmap(size * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(self._theme.colour("panel"))
        painter = QPainter(pixmap)
        painter.translate(edge, edge)
        self._paint(painter, QRectF(self.rect()), ratio, plainly=True)
        painter.end()
        return pixmap

    # Places

    @property
    def _pieces(self) -> tuple[Piece, ...]:
        return () if self._placed is None else self._placed.pieces

    def _arrange(self) -> None:
        # Where a formula that cannot be made smaller asks for a scroll bar, words need none.
        around = self.parentWidget()
        room = self.width() if around is None else min(self.width(), around.width())
        self._placed = place(self._blocks, float(room), self._renderer)
        widest = [p.rect.right() for p in self._placed.pieces if p.role == "formula"]
        wide = max(widest, default=0.0)
        self.setMinimumWidth(int(wide) + 1 if wide > room else 0)
        self.setMinimumHeight(int(self._placed.height) + 2)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(280, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() != event.oldSize().width():
            self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._arrange()

    def _on_ready(self, latex: str) -> None:
        formulas = (block.latex for block in self._blocks if isinstance(block, Formula))
        if any(latex in parts_of(own) for own in formulas):
            self._arrange()

    def _piece_at(self, point: QPointF) -> int | None:
        for number, piece in enumerate(self._pieces):
            if piece.asked is not None and piece.rect.adjusted(-1, 0, 1, 0).contains(point):
                return number
        return None

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            self._paint(painter, QRectF(event.rect()), self.devicePixelRatioF())
        finally:
            painter.end()

    def _paint(self, painter: QPainter, area: QRectF, ratio: float, plainly: bool = False) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, piece in enumerate(self._pieces):
            if not piece.rect.intersects(area):
                continue
            if piece.latex:
                self._paint_formula(painter, piece, ratio)
                continue
            if piece.asked is not None and not plainly:
                self._paint_mark(painter, number, piece)
            painter.setFont(font_of(piece.role))
            painter.setPen(self._theme.colour(_COLOURS.get(piece.role, "text")))
            painter.drawText(piece.rect, _FLAGS.get(piece.role, _WRAPPED), piece.text)

    def _paint_formula(self, painter: QPainter, piece: Piece, ratio: float) -> None:
        colour = self._theme.colour("text")
        pixmap = self._renderer.pixmap(piece.latex, colour, piece.em, ratio)
        if pixmap is not None:
            x, y = round(piece.rect.x() * ratio) / ratio, round(piece.rect.y() * ratio) / ratio
            painter.drawPixmap(QPointF(x, y), pixmap)

    def _paint_mark(self, painter: QPainter, number: int, piece: Piece) -> None:
        """Below a number that can be asked: a line, and a tint where it is pointed at."""
        theme, box = self._theme, piece.rect.adjusted(-1, 1, 1, -1)
        active = number == self._over or piece.asked in self._lit
        focused = self.hasFocus() and number == self._at
        painter.setPen(QPen(theme.colour("accent"), 1.5) if focused else Qt.PenStyle.NoPen)
        alpha = _SOFT[theme.name] if active or focused else 0.0
        painter.setBrush(theme.colour("accent", alpha))
        if active or focused:
            painter.drawRoundedRect(box, 3, 3)
        pen = QPen(theme.colour("accent" if active else "muted", 1.0 if active else 0.55), 1.0)
        pen.setStyle(Qt.PenStyle.SolidLine if active else Qt.PenStyle.DotLine)
        painter.setPen(pen)
        y = round(piece.rect.bottom()) - 1.5
        painter.drawLine(QPointF(piece.rect.left() + 1, y), QPointF(piece.rect.right() - 1, y))

    # Mouse and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self._piece_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._piece_at(event.position())
        if event.button() is not Qt.MouseButton.LeftButton or number is None:
            super().mousePressEvent(event)
            return
        self._at = number
        self.asked.emit(self._pieces[number].asked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        places = [n for n, piece in enumerate(self._pieces) if piece.asked is not None]
        modified = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in _STEPS and places and not modified:
            self._go_to(self._next(places, _STEPS[key]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._at in places:
            assert self._at is not None
            self.asked.emit(self._pieces[self._at].asked)
        else:
            super().keyPressEvent(event)

    def _next(self, places: list[int], step: int) -> int:
        if self._at not in places:
            return places[0 if step > 0 else -1]
        now = places.index(self._at)
        return places[min(max(now + step, 0), len(places) - 1)]

    def _go_to(self, number: int) -> None:
        self._at = number
        piece = self._pieces[number]
        assert piece.asked is not None
        if self.name_of is not None:
            self.setAccessibleDescription(f"{self.name_of(piece.asked)}: {piece.text}")
        self.reached.emit(piece.rect.toAlignedRect())
        self.pointed.emit(piece.asked)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.pointed.emit(None)
        self.update()

    def _point_at(self, number: int | None) -> None:
        if number == self._over:
            return
        self._over = number
        self.pointed.emit(None if number is None else self._pieces[number].asked)
        if number is None:
            self.unsetCursor()
        else:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            number = self._piece_at(QPointF(event.pos()))
            asked = None if number is None else self._pieces[number].asked
            if asked is None or self.name_of is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self.name_of(asked), self)
            return True
        return super().event(event)


_WRAPPED = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_FLAGS = {
    **dict.fromkeys(CHIP_ROLES, int(Qt.AlignmentFlag.AlignCenter)),
    "plain": int(Qt.TextFlag.TextWrapAnywhere),
}
_COLOURS = {
    "strong": "accent",
    "strong symbol": "accent",
    "caption": "muted",
    "note": "muted",
    "label": "muted",
    "plain": "muted",
}
