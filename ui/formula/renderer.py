"""Formulas as pictures, each typeset once and drawn once for each look."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QByteArray, QObject, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ui.formula.typesetting import INK, Typeset, TypesettingThread
from ui.pictures import settled

MOST_FORMULAS = 512
MOST_PIXMAPS = 256
FEWEST_PIXMAPS = 64
MOST_PIXELS = 1_000_000
"""Of all pictures together, 4 MB, where there are more than the fewest: steps bring new ones."""

Look = tuple[str, str, float, float]


class FormulaRenderer(QObject):
    """Gives a formula's size and picture, None of both while it is being typeset.

    What cannot be typeset has neither for good; its plain text is shown then.

    Signals
    -------
    ready(str) : this LaTeX has been typeset, or has turned out not to be LaTeX.
    """

    ready = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._formulas: OrderedDict[str, Typeset | None] = OrderedDict()
        self._pixmaps: OrderedDict[Look, QPixmap] = OrderedDict()
        self._pixels = 0
        self._asked: set[str] = set()
        self.typeset_count = 0
        """Formulas typeset so far; ``drawn_count``: pictures drawn of them."""
        self.drawn_count = 0
        self._thread = TypesettingThread(self)
        self._thread.done.connect(self._on_done)

    def size(self, latex: str, em: float) -> QSizeF | None:
        """How large a formula is at this size of type, in px."""
        formula = self._formula(latex)
        return None if formula is None else QSizeF(formula.width * em, formula.height * em)

    def ascent(self, latex: str, em: float) -> float:
        """How much of it stands above the baseline; 0 while it is being typeset."""
        formula = self._formula(latex)
        return 0.0 if formula is None else formula.ascent * em

    def pixmap(self, latex: str, colour: QColor, em: float, ratio: float) -> QPixmap | None:
        """A formula's picture in a colour; ``ratio`` device pixels are one px."""
        formula = self._formula(latex)
        if formula is None:
            return None
        look = (latex, colour.name(), em, ratio)
        found = self._pixmaps.get(look)
        if found is None:
            found = draw(formula, colour, em, ratio)
            self.drawn_count += 1
            self._pixmaps[look] = found
            self._pixels += _pixels(found)
            while self._too_many:
                self._pixels -= _pixels(self._pixmaps.popitem(last=False)[1])
        else:
            self._pixmaps.move_to_end(look)
        return found

    @property
    def _too_many(self) -> bool:
        count = len(self._pixmaps)
        return count > MOST_PIXMAPS or (count > FEWEST_PIXMAPS and self._pixels > MOST_PIXELS)

    def svg(self, latex: str, colour: QColor) -> str | None:
        """A formula as an SVG file's text."""
        formula = self._formula(latex)
        return None if formula is None else formula.svg.replace(INK, colour.name())

    @property
    def busy(self) -> bool:
        """Whether something that was asked for is still being typeset."""
        return bool(self._asked)

    def is_known(self, latex: str) -> bool:
        """Whether it has been typeset (or cannot be)."""
        return latex in self._formulas

    def shut_down(self) -> bool:
        """Stop typesetting; call it before the window goes."""
        return self._thread.shut_down()

    def _formula(self, latex: str) -> Typeset | None:
        if latex in self._formulas:
            self._formulas.move_to_end(latex)
            return self._formulas[latex]
        if latex and latex not in self._asked:
            self._asked.add(latex)
            self._thread.ask(latex)
        return None

    def _on_done(self, latex: str, formula: Typeset | None) -> None:
        self._asked.discard(latex)
        self.typeset_count += 1
        self._formulas[latex] = formula
        if len(self._formulas) > MOST_FORMULAS:
            self._formulas.popitem(last=False)
        self.ready.emit(latex)


def _pixels(picture: QPixmap) -> int:
    return picture.width() * picture.height()


def draw(formula: Typeset, colour: QColor, em: float, ratio: float) -> QPixmap:
    """Draw a formula at ``em`` px type, crisp at ``ratio`` device pixels a px."""
    wide, high = formula.width * em * ratio, formula.height * em * ratio
    pixmap = QPixmap(max(1, round(wide)), max(1, round(high)))
    pixmap.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(formula.svg.replace(INK, colour.name()).encode()))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, pixmap.width(), pixmap.height()))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return settled(pixmap)
