"""A list of things that are there or not, each with a check box."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QVBoxLayout, QWidget


class CheckItem(QCheckBox):
    """A check box; ``chosen(place, on)`` when the user acts."""

    chosen = Signal(int, bool)

    def __init__(self, name: str, place: int) -> None:
        super().__init__()
        self._place = place
        self.setObjectName(f"{name} {place + 1}")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._on_clicked)

    def _on_clicked(self, on: bool) -> None:
        self.chosen.emit(self._place, on)


class CheckList(QWidget):
    """``chosen(place, on)`` when the user checks or unchecks an item."""

    chosen = Signal(int, bool)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(name)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._items: list[CheckItem] = []
        self._count = 0

    def item(self, place: int) -> CheckItem:
        """The check box of an item, counted from 0."""
        return self._items[place]

    def __len__(self) -> int:
        return self._count

    def show_items(self, texts: Sequence[str], checked: Sequence[bool]) -> None:
        """Show these items."""
        while len(self._items) < len(texts):
            item = CheckItem(self.objectName(), len(self._items))
            item.setToolTip(self.toolTip())
            item.chosen.connect(self.chosen)
            self._items.append(item)
            self._column.addWidget(item)
        for place, item in enumerate(self._items):
            item.setVisible(place < len(texts))
        for item, text, on in zip(self._items, texts, checked, strict=False):
            if item.text() != text:
                item.setText(text)
            item.setChecked(on)
        self._count = len(texts)
