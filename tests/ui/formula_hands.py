"""A user's hands on the Formula card: what it shows, and clicks on its numbers."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from simulator.quantity import Kind, Quantity
from simulator.trace import Phase
from ui.formula.blocks import Formula, Numbers, Words
from ui.formula.layout import Piece
from ui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton


def step_in(qtbot: QtBot, window: MainWindow) -> None:
    """Into an iteration, if the cursor is in none."""
    session = window.session
    if session.snapshot.cursor is None:
        QTest.keyClick(window, Qt.Key.Key_PageDown)
        qtbot.waitUntil(lambda: session.snapshot.cursor is not None)


def step_to(qtbot: QtBot, window: MainWindow, phase: Phase) -> None:
    """On (or back) to a phase of the iteration by a click on its chip."""
    step_in(qtbot, window)
    session = window.session
    strip = window.phase_strip
    strip.grab()
    index = session.snapshot.trace.phases.index(phase)
    qtbot.mouseClick(strip, LEFT, pos=strip._chips[index].center().toPoint())
    qtbot.waitUntil(lambda: session.snapshot.phase == phase)


def pieces(window: MainWindow) -> list[Piece]:
    """The numbers on the card that can be asked, in order of reading."""
    return window.formula.sheet.numbers()


def piece_of(window: MainWindow, kind: Kind) -> Piece:
    """The first number of a kind on the card."""
    return next(
        piece
        for piece in pieces(window)
        if isinstance(piece.asked, Quantity) and piece.asked.kind is kind
    )


def point_of(qtbot: QtBot, window: MainWindow, piece: Piece) -> QPoint:
    """Where a number stands once all formulas are typeset, scrolled into view."""
    renderer = window.desk.renderer
    qtbot.waitUntil(lambda: all(renderer.is_known(latex) for latex in formulas(window)))
    QApplication.processEvents()
    own = next(p for p in pieces(window) if (p.asked, p.text) == (piece.asked, piece.text))
    point = own.rect.center().toPoint()
    window.formula.area.ensureVisible(point.x(), point.y())
    return point


def click(qtbot: QtBot, window: MainWindow, piece: Piece) -> None:
    """Click a number on the card."""
    qtbot.mouseClick(window.formula.sheet, LEFT, pos=point_of(qtbot, window, piece))


def hover(qtbot: QtBot, window: MainWindow, piece: Piece) -> None:
    """Put the mouse on a number on the card."""
    qtbot.mouseMove(window.formula.sheet, point_of(qtbot, window, piece))


def titles(window: MainWindow) -> list[str]:
    """The titles on the card."""
    blocks = window.formula.sheet.blocks
    return [block.text for block in blocks if isinstance(block, Words) and block.role == "title"]


def formulas(window: MainWindow) -> list[str]:
    """The equations on the card as LaTeX."""
    return [block.latex for block in window.formula.sheet.blocks if isinstance(block, Formula)]


def results(window: MainWindow) -> list[float]:
    """What stands at the end of each line of numbers on the card."""
    found = []
    for block in window.formula.sheet.blocks:
        if isinstance(block, Numbers) and block.chips[-1].role == "strong":
            found.append(float(block.chips[-1].text.replace("−", "-")))
    return found
