"""The help: pages on the left, a search over all of them, the page on the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import (
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from ui.help.pages import Page
from ui.style import current_scale
from ui.theme import GRID, Theme

NOTHING = "Nothing about “{}”. Try a single word, such as dropout or undo."
_LIST_WIDTH = 210
_LINE_HEIGHT = 125
_TITLE_HEIGHT = 30


class HelpWindow(QDialog):
    """Stays open beside the window; Esc closes it."""

    def __init__(self, pages: Sequence[Page], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Backlit help")
        self._all = tuple(pages)
        self._pages: list[Page] = []
        self._theme = theme
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search the help")
        self.search.setAccessibleName("Search the help")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._on_search)
        self.search.returnPressed.connect(self._on_next)
        self.titles = QListWidget()
        self.titles.setAccessibleName("Pages")
        self.titles.setProperty("role", "choices")
        self.titles.currentItemChanged.connect(self._on_page)
        self.browser = QTextBrowser()
        self.browser.setAccessibleName("Page")
        self.browser.setOpenLinks(False)
        self.browser.anchorClicked.connect(self._on_link)
        self.browser.document().setDocumentMargin(2 * GRID)
        left = QVBoxLayout()
        left.addWidget(self.search)
        left.addWidget(self.titles, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID * 2, GRID * 2, GRID * 2, GRID * 2)
        row.setSpacing(GRID * 2)
        row.addLayout(left)
        row.addWidget(self.browser, 1)
        scale = current_scale()
        for widget in (self.search, self.titles):
            widget.setFixedWidth(round(_LIST_WIDTH * scale))
        self.resize(round(900 * scale), round(600 * scale))
        self._fill("")

    def show_page(self, page_id: str) -> None:
        """Turn to a page."""
        for place, page in enumerate(self._pages):
            if page.id == page_id:
                self.titles.setCurrentRow(place)

    def apply_theme(self, theme: Theme) -> None:
        """Use other colours."""
        self._theme = theme
        self._show(self._current())

    def _fill(self, words: str) -> None:
        before = self._current()
        self._pages = [page for page in self._all if page.has(words)]
        self.titles.blockSignals(True)
        self.titles.clear()
        for page in self._pages:
            item = QListWidgetItem(page.title)
            item.setSizeHint(QSize(0, round(_TITLE_HEIGHT * current_scale())))
            self.titles.addItem(item)
        self.titles.blockSignals(False)
        if not self._pages:
            self.browser.setPlainText(NOTHING.format(words))
        else:
            known = [page.id for page in self._pages]
            here = before is not None and before.id in known
            self.titles.setCurrentRow(known.index(before.id) if here else 0)
            self._show(self._current())

    def _current(self) -> Page | None:
        row = self.titles.currentRow()
        return self._pages[row] if row >= 0 else None

    def _show(self, page: Page | None) -> None:
        if page is None:
            return
        document = self.browser.document()
        document.setDefaultStyleSheet(f"a {{ color: {self._theme.accent}; }}")
        self.browser.setMarkdown(page.markdown)
        self._space_out(document)
        self._rule_tables(document)
        self._on_next(from_start=True)

    def _space_out(self, document: QTextDocument) -> None:
        """Give paragraphs room, which Qt's Markdown has none of between them."""
        block, scale = document.begin(), current_scale()
        while block.isValid():
            cursor = QTextCursor(block)
            style = block.blockFormat()
            style.setLineHeight(
                _LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
            )
            if cursor.currentTable() is None:
                heading = style.headingLevel()
                first = block.blockNumber() == 0
                style.setTopMargin(
                    scale * (0 if first else 18 if heading else 2 if block.textList() else 8)
                )
                style.setBottomMargin(scale * (8 if heading else 4 if block.textList() else 10))
            cursor.setBlockFormat(style)
            block = block.next()

    def _rule_tables(self, document: QTextDocument) -> None:
        """Lines between the rows of a table only, in the colour of all lines."""
        for frame in document.rootFrame().childFrames():
            if not isinstance(frame, QTextTable):
                continue
            whole = frame.format()
            whole.setBorderCollapse(True)
            whole.setBorder(0)
            whole.setCellPadding(6 * current_scale())
            whole.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
            frame.setFormat(whole)
            for row in range(frame.rows()):
                for column in range(frame.columns()):
                    cell = frame.cellAt(row, column)
                    style = cell.format().toTableCellFormat()
                    style.setBottomBorder(1)
                    style.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
                    style.setBottomBorderBrush(self._theme.colour("line"))
                    cell.setFormat(style)

    def _on_page(self) -> None:
        self._show(self._current())

    def _on_search(self, words: str) -> None:
        self._fill(words)

    def _on_next(self, from_start: bool = False) -> None:
        """Mark the next place on the page where the first word stands."""
        words = self.search.text().split()
        if not words:
            return
        if from_start or not self.browser.find(words[0], QTextDocument.FindFlag(0)):
            cursor = self.browser.textCursor()
            cursor.movePosition(cursor.MoveOperation.Start)
            self.browser.setTextCursor(cursor)
            self.browser.find(words[0])

    def _on_link(self, url: QUrl) -> None:
        self.search.clear()
        self.show_page(url.toString())
