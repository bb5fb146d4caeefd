"""The Formula card's controls: which view, how many digits."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QWidget

from ui.formula.content import View
from ui.settings import Settings
from ui.style import current_scale
from ui.widgets.segmented import SegmentedControl

LEAST_DIGITS, MOST_DIGITS, DIGITS = 2, 10, 4
_SETTING = "formula_digits"
_VIEWS = (
    ("Sum", "Every number in a sum"),
    ("Matrix", "The whole layer as vectors and matrices, with their shapes"),
    ("Chain", "The chain rule, factor by factor"),
    ("Paths", "All paths from the loss to this weight (P)"),
)


class FormulaTools(QWidget):
    """``view_chosen`` carries the :class:`View` the user chose, ``digits_changed`` the digits."""

    view_chosen = Signal(object)
    digits_changed = Signal(int)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.views = SegmentedControl([name for name, _ in _VIEWS])
        self.views.setAccessibleName("How the calculation is shown")
        for button, (_, tip) in zip(self.views.buttons(), _VIEWS, strict=True):
            button.setToolTip(tip)
        self.views.currentChanged.connect(self._on_view)
        self.digits = QSpinBox()
        self.digits.setRange(LEAST_DIGITS, MOST_DIGITS)
        self.digits.setValue(settings.whole_number(_SETTING, DIGITS, LEAST_DIGITS, MOST_DIGITS))
        self.digits.setToolTip("Digits behind the point")
        self.digits.setAccessibleName("Digits behind the point")
        self.digits.valueChanged.connect(self._on_digits)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.views)
        row.addStretch(1)
        row.addWidget(self.digits)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        self.digits.setFixedWidth(round(64 * current_scale()))

    def show_views(self, offered: Collection[View], current: View) -> None:
        """Offer these views, with ``current`` chosen."""
        for view, button in zip(View, self.views.buttons(), strict=True):
            button.setVisible(view in offered)
        self.views.set_current(current)

    def _on_view(self, index: int) -> None:
        self.view_chosen.emit(View(index))

    def _on_digits(self, digits: int) -> None:
        self._settings.set_whole_number(_SETTING, digits)
        self.digits_changed.emit(digits)
