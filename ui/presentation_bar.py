"""The one bar of presentation mode: which panel, and the steps."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from simulator.snapshot import RunState, Snapshot
from ui.actions import Actions
from ui.resources import icon
from ui.style import current_scale
from ui.theme import GRID, LIGHT, Theme

_STEPS = ("step_back", "run", "step_phase")
_PICTURES = ("step-back", "play", "step-forward")


class PresentationBar(QWidget):
    """
    Signals
    -------
    chosen(int) : a page was chosen from the list.
    turned(int) : so many pages on.
    left : the mode is to end.
    """

    chosen = Signal(int)
    turned = Signal(int)
    left = Signal()

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID + 4, 4, GRID + 4, 4)
        row.setSpacing(GRID)
        self.pages = QComboBox()
        self.pages.setAccessibleName("Panel on show")
        self.pages.setToolTip("Panel on show (keys 1 to 9)")
        self.pages.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.pages.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.pages.activated.connect(self.chosen)
        self.previous = self._button("Previous panel (←)", "chevron-left")
        self.next = self._button("Next panel (→)", "chevron-right")
        self.previous.clicked.connect(self._on_previous)
        self.next.clicked.connect(self._on_next)
        for widget in (self.previous, self.pages, self.next):
            row.addWidget(widget)
        row.addStretch(1)
        self.steps: dict[str, QToolButton] = {}
        for name in _STEPS:
            button = QToolButton()
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            if name == "run":  # Its action is called Run even while this is Pause.
                button.clicked.connect(actions[name].trigger)
            else:
                button.setDefaultAction(actions[name])
                button.setAccessibleName(actions[name].text())
            self.steps[name] = button
            row.addWidget(button)
        row.addStretch(1)
        self.leave_button = QPushButton("Leave")
        self.leave_button.setToolTip("Leave the presentation (Esc)")
        self.leave_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.leave_button.clicked.connect(self.left)
        row.addWidget(self.leave_button)
        self._running = False
        self.apply_theme(LIGHT)

    def _button(self, text: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setAccessibleName(text)
        button.setToolTip(text)
        button.setProperty("icon_name", name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def set_pages(self, names: Sequence[str]) -> None:
        """Offer these pages, the first nine with their key."""
        self.pages.clear()
        self.pages.addItems(
            [f"{place}  {name}" if place <= 9 else name for place, name in enumerate(names, 1)]
        )

    def show_page(self, page: int) -> None:
        """Say which page is on show."""
        self.pages.setCurrentIndex(page)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Run becomes Pause while running."""
        running = snapshot.state is RunState.RUNNING
        if running != self._running:
            self._running = running
            self._show_running()

    def _show_running(self) -> None:
        button = self.steps["run"]
        name, words = ("pause", "Pause") if self._running else ("play", "Run")
        button.setIcon(icon(name, self._theme, button.iconSize().width()))
        button.setAccessibleName(words)
        button.setToolTip(f"{words} (F5)")

    def apply_theme(self, theme: Theme) -> None:
        """Tint the icons, and have them as large as the type."""
        self._theme = theme
        side = round(18 * current_scale())
        for button in (self.previous, self.next):
            button.setIcon(icon(button.property("icon_name"), theme, side))
        # The steps have no button, and so no icon, elsewhere.
        for name, picture in zip(_STEPS, _PICTURES, strict=True):
            if name != "run":
                self.steps[name].defaultAction().setIcon(icon(picture, theme, side))
        for button in (self.previous, self.next, *self.steps.values()):
            button.setIconSize(QSize(side, side))
        self._show_running()

    def _on_previous(self) -> None:
        self.turned.emit(-1)

    def _on_next(self) -> None:
        self.turned.emit(1)
