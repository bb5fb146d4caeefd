"""Offers what a crash has left: what it is, how old, how far trained, how it looked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeySequence, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from simulator.document.recovery import Recoverable, age_in_words
from simulator.project.errors import printable
from ui.stylesheet import mixed
from ui.theme import Theme
from ui.widgets.lines_delegate import LinesDelegate

_THUMBNAIL = QSize(144, 90)


class RecoveryDialog(QDialog):
    """A list of recoverable documents; Esc leaves everything for later.

    Signals
    -------
    recover_wanted(object), discard_wanted(object) : a :class:`Recoverable` that was chosen.
    """

    recover_wanted = Signal(object)
    discard_wanted = Signal(object)

    def __init__(
        self,
        items: Sequence[Recoverable],
        thumbnails: Sequence[bytes],
        theme: Theme,
        parent: QWidget,
        now: datetime | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Recover your work")
        now = now or datetime.now(UTC)
        self._items = list(items)
        heading = QLabel("Backlit did not end properly. This work was kept:")
        heading.setProperty("role", "title")
        hint = QLabel("Recovered work is saved nowhere yet: save it when it is what you want.")
        hint.setProperty("role", "muted")
        for label in (heading, hint):
            label.setWordWrap(True)
        self.list = QListWidget()
        self.list.setAccessibleName("Work that can be recovered")
        self.list.setIconSize(_THUMBNAIL)
        self.list.setItemDelegate(LinesDelegate(self.list))
        self.list.setSpacing(4)
        self.list.setWordWrap(True)
        chosen = mixed(theme.panel, theme.accent, 0.16)
        self.list.setStyleSheet(
            "QListWidget { outline: none; }"
            "QListWidget::item { padding: 6px; border-radius: 6px; }"
            f"QListWidget::item:selected {{ background: {chosen}; color: {theme.text}; }}"
        )
        for item, thumbnail in zip(items, thumbnails, strict=True):
            self.list.addItem(_row(item, thumbnail, now))
        self.list.currentRowChanged.connect(self._on_row)
        self.list.itemActivated.connect(self._on_recover)
        self.recover_button = QPushButton("&Recover")
        self.recover_button.setProperty("role", "primary")
        self.recover_button.setDefault(True)
        self.recover_button.clicked.connect(self._on_recover)
        self.discard_button = QPushButton("&Discard")
        self.discard_button.setAutoDefault(False)
        self.discard_button.clicked.connect(self._on_discard)
        self.later_button = QPushButton("&Later")
        self.later_button.setAutoDefault(False)
        self.later_button.clicked.connect(self.reject)
        QShortcut(QKeySequence.StandardKey.Delete, self.list, self._on_discard)
        row = QHBoxLayout()
        row.addWidget(self.discard_button)
        row.addStretch(1)
        row.addWidget(self.later_button)
        row.addWidget(self.recover_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        for part in (heading, self.list, hint):
            layout.addWidget(part)
        layout.addLayout(row)
        self.resize(620, 180 + min(3, len(items)) * (_THUMBNAIL.height() + 26))
        whole = (row for row, item in enumerate(items) if not item.damaged)
        self.list.setCurrentRow(next(whole, 0))
        self.list.setFocus()

    def _on_row(self, row: int) -> None:
        there = 0 <= row < len(self._items)
        self.recover_button.setEnabled(there and not self._items[row].damaged)
        self.discard_button.setEnabled(there)

    def _on_recover(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._items) and not self._items[row].damaged:
            self.accept()
            self.recover_wanted.emit(self._items[row])

    def _on_discard(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._items):
            self.discard_wanted.emit(self._items.pop(row))
            self.list.takeItem(row)
            # Qt has told of the next row while the old one was still there.
            self._on_row(self.list.currentRow())
            if not self._items:
                self.accept()


def _row(item: Recoverable, thumbnail: bytes, now: datetime) -> QListWidgetItem:
    if item.damaged:
        # The autosave's own name would say nothing to anybody.
        state = f"Cannot be opened: {item.damaged.rpartition('”: ')[2]}"
    else:
        state = f"Epoch {item.epoch:,}, iteration {item.iteration:,}"
    when = f"{age_in_words(item.written, now)} ({item.written.astimezone():%d %B %H:%M})"
    place = "never saved" if item.document is None else printable(str(item.document), 200)
    if item.superseded:
        place += " (saved again since)"
    row = QListWidgetItem("\n".join((printable(item.name, 80), state, when, place)))
    picture = QPixmap()
    if not (thumbnail and picture.loadFromData(thumbnail, "PNG")):
        picture = QPixmap(_THUMBNAIL)
        picture.fill(Qt.GlobalColor.transparent)
    icon = QIcon()
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
        icon.addPixmap(_framed(picture), mode)
    row.setIcon(icon)
    return row


def _framed(picture: QPixmap) -> QPixmap:
    return picture.scaled(
        *(_THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatio),
        Qt.TransformationMode.SmoothTransformation,
    )
