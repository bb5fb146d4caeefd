"""Where the words, formulas and numbers of a sheet stand at a given width: no painting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from PySide6.QtCore import QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QFontMetricsF

from ui.formula.blocks import Asked, Block, Chip, Formula, Numbers, Words
from ui.formula.renderer import FormulaRenderer
from ui.style import current_scale, numbers_font, words_font
from ui.theme import BODY_SIZE, CAPTION_SIZE

EM = 19.0
"""Size of equations, px; a wide one is set smaller, down to ``SMALLEST`` of it."""
SMALLEST = 0.6
NUMBER_SIZE = 14.0
CHIP_ROLES = ("number", "strong", "number symbol", "strong symbol")
_BEFORE = {"title": 2, "caption": 4, "note": 4, "label": 8, "formula": 6, "numbers": 3}
_CHIP_PAD = 1.0
_BRACKETS = re.compile(r"\\begin\{bmatrix\}|\\end\{bmatrix\}|\\left|\\right|\{|\}")
_HARD = "\N{NO-BREAK SPACE}"
_BEFORE_FACTOR = re.compile(f"{_HARD}(?=[·/]{_HARD})")


@dataclass(frozen=True, slots=True)
class Piece:
    """Something painted: words, numbers, or (with ``latex``) a formula at ``em`` px.

    ``role`` is that of words or of a chip, or "formula", or "plain" (one not typeset yet).
    """

    rect: QRectF
    role: str
    text: str
    latex: str = ""
    em: float = 0.0
    asked: Asked | None = None


@dataclass(frozen=True)
class Placed:
    """All pieces, and the room they take."""

    pieces: tuple[Piece, ...]
    width: float
    height: float


def font_of(role: str) -> QFont:
    """The font a piece is set in."""
    if role in CHIP_ROLES:
        if role.endswith("symbol"):
            return words_font(NUMBER_SIZE, QFont.Weight.DemiBold if "strong" in role else 400)
        weight = QFont.Weight.DemiBold if role == "strong" else QFont.Weight.Normal
        return numbers_font(NUMBER_SIZE, weight)
    if role == "plain":
        return words_font(NUMBER_SIZE)
    if role == "title":
        return words_font(BODY_SIZE, QFont.Weight.DemiBold)
    if role == "label":
        return words_font(CAPTION_SIZE, QFont.Weight.DemiBold)
    return words_font(CAPTION_SIZE + 1)


def place(blocks: tuple[Block, ...], width: float, renderer: FormulaRenderer) -> Placed:
    """Put the blocks below one another; numbers and words are wrapped at ``width``."""
    scale = current_scale()
    pieces: list[Piece] = []
    y = 0.0
    for number, block in enumerate(blocks):
        kind = block.role if isinstance(block, Words) else type(block).__name__.lower()
        y += _BEFORE[kind] * scale if number else 0.0
        if isinstance(block, Words):
            own = [_words(block, y, width)]
        elif isinstance(block, Formula):
            own = _formula(block, y, width, renderer)
        else:
            own = list(_numbers(block, y, width))
        pieces += own
        y = max((piece.rect.bottom() for piece in own), default=y)
    used = max((piece.rect.right() for piece in pieces), default=0.0)
    return Placed(tuple(pieces), used, y)


def _words(block: Words, y: float, width: float) -> Piece:
    metrics = QFontMetrics(font_of(block.role))
    room = QRect(0, 0, max(40, int(width)), 10**6)
    taken = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), block.text)
    return Piece(QRectF(0, y, max(40.0, width), taken.height()), block.role, block.text)


def parts_of(latex: str) -> list[str]:
    """Everything of an equation that may be typeset for itself."""
    return [latex, *split_equation(latex), *split_matrices(latex)]


def _formula(block: Formula, y: float, width: float, renderer: FormulaRenderer) -> list[Piece]:
    """An equation as large as fits; too wide a one is broken before its equals signs."""
    em = EM * current_scale()
    whole = renderer.size(block.latex, em)
    if whole is None:
        return _plain(block, y, width)
    matrices = split_matrices(block.latex)
    if whole.width() > width and len(matrices) > 1:
        sizes = [renderer.size(part, em) for part in matrices]
        if all(size is not None for size in sizes):
            return _matrices(block, matrices, sizes, y, width)
    if whole.width() <= width:
        rect = QRectF(0, y, whole.width(), whole.height())
        return [Piece(rect, "formula", block.plain, block.latex, em)]
    parts = split_equation(block.latex)
    sizes = [renderer.size(part, em) for part in parts]
    if len(parts) > 1 and all(size is not None for size in sizes):
        indent = em
        widest = max(size.width() + (indent if n else 0) for n, size in enumerate(sizes) if size)
    else:
        parts, sizes, indent, widest = [block.latex], [whole], 0.0, whole.width()
    fitting = max(SMALLEST, min(1.0, width / widest))
    pieces = []
    for n, (part, size) in enumerate(zip(parts, sizes, strict=True)):
        assert size is not None
        rect = QRectF(indent if n else 0.0, y, size.width() * fitting, size.height() * fitting)
        pieces.append(Piece(rect, "formula", block.plain if n == 0 else "", part, em * fitting))
        y = rect.bottom() + 6
    return pieces


def _plain(block: Formula, y: float, width: float) -> list[Piece]:
    metrics = QFontMetrics(font_of("plain"))
    room = QRect(0, 0, max(40, int(width)), 10**6)
    flags = int(Qt.TextFlag.TextWrapAnywhere)
    taken = metrics.boundingRect(room, flags, block.plain)
    return [Piece(QRectF(0, y, max(40.0, width), taken.height()), "plain", block.plain)]


def _matrices(
    block: Formula, parts: list[str], sizes: list[QSizeF | None], y: float, width: float
) -> list[Piece]:
    """Matrices side by side as far as there is room, then below one another."""
    em, gap = EM * current_scale(), 4.0
    lines: list[list[Piece]] = [[]]
    x = 0.0
    for part, size in zip(parts, sizes, strict=True):
        assert size is not None
        fitting = max(SMALLEST, min(1.0, width / size.width()))
        wide, high = size.width() * fitting, size.height() * fitting
        if x + wide > width and x > 0.0:
            x = 0.0
            lines.append([])
        plain = block.plain if not any(lines) else ""
        rect = QRectF(x, 0.0, wide, high)
        lines[-1].append(Piece(rect, "formula", plain, part, em * fitting))
        x += wide + gap
    for line in lines:
        tallest = max(piece.rect.height() for piece in line)
        for piece in line:
            piece.rect.moveTop(y + (tallest - piece.rect.height()) / 2)
        y += tallest + 8.0
    return [piece for line in lines for piece in line]


def split_matrices(latex: str) -> list[str]:
    """A formula cut behind each matrix that stands in no brackets of its own."""
    cuts, depth = [0], 0
    for found in _BRACKETS.finditer(latex):
        depth += -1 if found[0] in ("}", "\\right", "\\end{bmatrix}") else 1
        if found[0] == "\\end{bmatrix}" and depth == 0:
            cuts.append(found.end())
    pieces = [latex[a:b].strip() for a, b in zip(cuts, [*cuts[1:], len(latex)], strict=True)]
    return [piece for piece in pieces if piece]


def split_equation(latex: str) -> list[str]:
    """An equation cut before the equals signs that stand in no braces, the first excepted."""
    cuts, depth, seen, begun = [0], 0, 0, 0
    for index, sign in enumerate(latex):
        if latex.startswith(r"\begin", index):
            begun += 1
        elif latex.startswith(r"\end", index):
            begun -= 1
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if sign == "=" and depth == 0 and begun == 0:
            seen += 1
            if seen > 1 or index > 0:
                cuts.append(index)
    pieces = [latex[a:b].strip() for a, b in zip(cuts, [*cuts[1:], len(latex)], strict=True)]
    if len(pieces) > 2:
        # The left side stays with its first right side.
        pieces[:2] = [f"{pieces[0]} {pieces[1]}"]
    return [piece for piece in pieces if piece]


def _numbers(block: Numbers, y: float, width: float) -> Iterator[Piece]:
    """Chips in lines; a line ends where there is a blank, or anywhere if need be."""
    metrics = {role: QFontMetricsF(font_of(role)) for role in CHIP_ROLES}
    high = metrics["strong"].height() + 4
    blank = metrics["number"].horizontalAdvance(" ")
    x = 0.0
    for run, spaced in _runs(block.chips):
        widths = [_width(chip, metrics) for chip in run]
        gap = blank if spaced and x > 0.0 else 0.0
        if x + gap + sum(widths) > width and x > 0.0:
            x, y, gap = 0.0, y + high, 0.0
        x += gap
        for bound in [run] if sum(widths) <= width else _factors(run):
            if x + sum(_width(chip, metrics) for chip in bound) > width and x > 0.0:
                x, y = 0.0, y + high
                bound = [replace(bound[0], text=bound[0].text.lstrip(_HARD)), *bound[1:]]
            for chip in bound:
                wide = _width(chip, metrics)
                if x + wide > width and x > 0.0:
                    x, y = 0.0, y + high
                yield Piece(QRectF(x, y, wide, high), chip.role, chip.text, asked=chip.asked)
                x += wide


def _factors(run: list[Chip]) -> Iterator[list[Chip]]:
    """A run longer than a line, in parts: each begins with the sign before its factor."""
    bound: list[Chip] = []
    for chip in run:
        words = [chip.text] if chip.asked is not None else _BEFORE_FACTOR.split(chip.text)
        for number, word in enumerate(words):
            if number > 0:
                yield bound
                bound, word = [], _HARD + word
            if word:
                bound.append(replace(chip, text=word))
    if bound:
        yield bound


def _width(chip: Chip, metrics: dict[str, QFontMetricsF]) -> float:
    own = metrics[chip.role].horizontalAdvance(chip.text)
    return own + (2 * _CHIP_PAD if chip.asked is not None else 0.0)


def _unbroken(text: str) -> str:
    """The text with blanks that end no line: a product stays together, so do "+ 2" and "= 3"."""
    for sign in ("·", "/"):
        text = text.replace(f" {sign} ", f"{_HARD}{sign}{_HARD}")
    text = text.replace("(1 − ", f"(1{_HARD}−{_HARD}")
    for sign in ("+", "−", "="):
        text = text.replace(f"{sign} ", f"{sign}{_HARD}")
    return text


def _runs(chips: tuple[Chip, ...]) -> Iterator[tuple[list[Chip], bool]]:
    """What must stay in one line, and whether a blank stands before it."""
    run: list[Chip] = []
    spaced = space = False
    for chip in chips:
        words = [chip.text] if chip.asked is not None else _unbroken(chip.text).split(" ")
        for number, word in enumerate(words):
            if number > 0:
                if run:
                    yield run, spaced
                    run = []
                space = True
            if word:
                if not run:
                    spaced, space = space, False
                run.append(replace(chip, text=word))
    if run:
        yield run, spaced
