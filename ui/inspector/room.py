"""How the formula and the inspector share the column they stand in."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtWidgets import QSplitter, QToolButton

from ui.inspector.inspector_card import InspectorCard
from ui.inspector.small_plot import current_theme
from ui.resources import icon
from ui.settings import Settings
from ui.style import current_scale

SHARES = (0.57, 0.3)
"""The formula's part of the column, as usual and while the inspector has more room."""
_ENOUGH = 250.0
"""As high a formula as most need; in a high column the inspector has more use for the rest."""
_LEAST = 0.4
"""The formula's part of a column however high."""
_LOW, _HEADING = 380.0, 124.0
"""In a lower column the inspector keeps its first heading: while stepping the formula counts."""
_KEY = "inspector/roomy"


class RoomButton(QToolButton):
    """Checked while the inspector has more room."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("inspector_room")
        self.setCheckable(True)
        self.setAutoRaise(True)
        self.setAccessibleName("More room for the inspector")
        self.toggled.connect(self._dress)
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._dress()

    def _dress(self) -> None:
        side, edge = (round(length * current_scale()) for length in (28, 16))
        roomy, theme = self.isChecked(), current_theme()
        self.setToolTip(
            "Give the formula its room back" if roomy else "More room for the inspector"
        )
        name = "chevron-down" if roomy else "chevron-up"
        self.setIcon(icon(name, theme, edge, colour=theme.muted))
        self.setIconSize(QSize(edge, edge))
        self.setFixedSize(side, side)


class InspectorRoom(QObject):
    """A button in the inspector's header; how it was left is kept in the settings."""

    def __init__(
        self, column: QSplitter, card: InspectorCard, settings: Settings, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._column = column
        self._settings = settings
        self.button = RoomButton()
        self.button.setChecked(settings.flag(_KEY, False))
        card.add_header_widget(self.button)
        self._card = card
        self._moved = False
        self._share()
        self.button.clicked.connect(self._on_clicked)
        column.splitterMoved.connect(self._on_moved)
        column.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Share a column of another height anew, unless the user has shared it."""
        if event.type() is QEvent.Type.Resize and not (self._moved or self._card.isHidden()):
            self._share()
        return False

    def _on_moved(self) -> None:
        self._moved = True

    def _on_clicked(self) -> None:
        self._settings.set_flag(_KEY, self.button.isChecked())
        self._moved = False
        self._share()

    def _share(self) -> None:
        # Qt makes of these what there is room for.
        total = (self._column.height() - self._column.handleWidth()) or 1000
        roomy = self.button.isChecked()
        formula = SHARES[roomy] * total
        if not roomy and total < _LOW * current_scale():
            formula = total - _HEADING * current_scale()
        if not roomy:
            formula = min(formula, max(_ENOUGH * current_scale(), _LEAST * total))
        formula = round(formula)
        self._column.setSizes([formula, total - formula])
