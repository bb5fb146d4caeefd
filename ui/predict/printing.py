"""A worksheet as pages: for the printer, for a PDF file, and to look at before."""

from __future__ import annotations

import re
from html import escape

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF
from PySide6.QtGui import QPageLayout, QPageSize, QPdfWriter, QTextDocument

from simulator.handwork import HandLine
from simulator.latex_text import SUBSCRIPTS, SUPERSCRIPTS
from simulator.worksheet import Step, Worksheet, plain_formulas
from ui.theme import NUMBERS_FAMILY, WORDS_FAMILY

COLUMNS = 3
"""Lines to fill in stand side by side."""
_BLANK = "_" * 12
_MARGIN = 16.0
"""Millimetres around a page."""


def _plain(marks: dict[int, int]) -> dict[int, str]:
    """The way back from raised or lowered signs."""
    return {high: chr(low) for low, high in reversed(list(marks.items())) if chr(low) != "−"}


_UP, _DOWN = _plain(SUPERSCRIPTS), _plain(SUBSCRIPTS)
_LETTERS = dict(zip("ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "aehijklmnoprstuvx", strict=True))
_DOWN |= {ord(low): plain for low, plain in _LETTERS.items()}
_ANY_UP = re.compile("[" + "".join(map(chr, _UP)) + "]+")
_ANY_DOWN = re.compile(
    "[" + "".join(map(chr, _DOWN)) + "]+(?:,[" + "".join(map(chr, _DOWN)) + "]+)*"
)


def rich(text: str) -> str:
    """Plain signs as HTML with real raised and lowered type, which every font has."""
    text = escape(text)
    text = _ANY_DOWN.sub(lambda own: f"<sub>{own[0].translate(_DOWN)}</sub>", text)
    return _ANY_UP.sub(lambda own: f"<sup>{own[0].translate(_UP)}</sup>", text)


def html_of(sheet: Worksheet) -> str:
    """The whole sheet as HTML, black on white."""
    parts = [
        f"<html><body style=\"font-family: '{WORDS_FAMILY}'; color: #000000;\">",
        f"<h1 style='font-size: 15pt'>{escape(sheet.title)}</h1>",
        *(f"<p style='margin: 0; color: #444444'>{escape(fact)}</p>" for fact in sheet.facts),
        "<h2 style='font-size: 12pt'>Given</h2>",
    ]
    for heading, lines in sheet.given:
        numbers = ";&nbsp;&nbsp; ".join(_given(sheet, line, lines) for line in lines)
        parts.append(f"<p style='margin: 3pt 0'><b>{escape(heading)}:</b> {numbers}</p>")
    for step in sheet.steps:
        parts.append(f"<h2 style='font-size: 11pt; margin-bottom: 2pt'>{escape(step.title)}</h2>")
        parts += [f"<p style='margin: 0'>{rich(own)}</p>" for own in plain_formulas(step)]
        parts.append(_answers(sheet, step) if sheet.answers else _blanks(sheet, step))
    parts.append("</body></html>")
    return "\n".join(parts)


def _number(text: str) -> str:
    return f"<span style=\"font-family: '{NUMBERS_FAMILY}'\">{escape(text)}</span>"


def _symbol(line: HandLine, among: tuple[HandLine, ...]) -> str:
    """Its sign; where several samples have the same, with the sample."""
    rows = {own.quantity.row for own in among if own.plain == line.plain}
    if len(rows) < 2:
        return rich(line.plain)
    sample = escape(line.title.rpartition(", ")[2]).replace(" ", "&nbsp;")
    return f"{rich(line.plain)}&nbsp;<small>({sample})</small>"


def _given(sheet: Worksheet, line: HandLine, among: tuple[HandLine, ...]) -> str:
    return f"{_symbol(line, among)}&nbsp;=&nbsp;{_number(sheet.number(line.value))}"


def _blanks(sheet: Worksheet, step: Step) -> str:
    cells = [
        f"<td width='33%' style='padding: 5pt 0'>{place}. {_symbol(line, step.lines)} = "
        f"{_BLANK}</td>"
        for place, line in enumerate(step.lines, start=step.first)
    ]
    cells += ["<td width='33%'></td>"] * (-len(cells) % COLUMNS)
    rows = ("".join(cells[at : at + COLUMNS]) for at in range(0, len(cells), COLUMNS))
    return "<table width='100%'>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def _answers(sheet: Worksheet, step: Step) -> str:
    parts = []
    for place, line in enumerate(step.lines, start=step.first):
        explanation = sheet.answers[place - 1]
        numbers = ["".join(token.text for token in own.tokens) for own in explanation.lines]
        working = escape(next((own for own in reversed(numbers) if own), ""))
        result = sheet.number(explanation.value)
        shown = f"{working} = " if working and working != result else ""
        parts.append(
            f"<p style='margin: 2pt 0'>{place}. {_symbol(line, step.lines)} = "
            f"{_number('')}{shown}<b>{_number(result)}</b></p>"
        )
    return "".join(parts)


def document_of(sheet: Worksheet) -> QTextDocument:
    """The sheet, laid out by whoever prints it."""
    document = QTextDocument()
    document.setMetaInformation(QTextDocument.MetaInformation.DocumentTitle, sheet.title)
    document.setHtml(html_of(sheet))
    return document


def page_layout() -> QPageLayout:
    """A4 with room to hold it."""
    margins = QMarginsF(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
    size = QPageSize(QPageSize.PageSizeId.A4)
    portrait = QPageLayout.Orientation.Portrait
    return QPageLayout(size, portrait, margins, QPageLayout.Unit.Millimeter)


def pdf_of(sheet: Worksheet) -> bytes:
    """The sheet as the content of a PDF file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageLayout(page_layout())
    writer.setTitle(sheet.title)
    document_of(sheet).print_(writer)
    del writer
    return bytes(buffer.data().data())
