"""How Backlit looks and what it does by itself, in one place; each choice applies at once."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from simulator.notation import Notation
from ui.actions import Actions
from ui.dialogs.parts import column_of
from ui.theme import GRID
from ui.widgets.labels import level_labels
from ui.widgets.segmented import SegmentedControl

THEMES = (("theme_system", "As the system"), ("theme_light", "Light"), ("theme_dark", "Dark"))
SWITCHES = (
    ("animate", "Let values flow along the links"),
    ("follow", "Show the panel of the current phase"),
    ("bottom_up", "Draw the network from bottom to top"),
    ("inputs_picture", "Draw the inputs of a picture in their places"),
)
LEAST_SECONDS, MOST_SECONDS = 5, 600


class SettingsDialog(QDialog):
    """Works the actions of the window, so that menus and this dialog never differ.

    Signals
    -------
    notation_chosen(str) : the id of a notation.
    seconds_chosen(int) : keep what is open every so many seconds.
    reset_wanted() : everything is to be as at the first start.
    """

    notation_chosen = Signal(str)
    seconds_chosen = Signal(int)
    reset_wanted = Signal()

    def __init__(self, actions: Actions, notations: Sequence[Notation], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.setMinimumWidth(480)
        self._actions = actions
        self.themes = SegmentedControl([title for _, title in THEMES])
        self.themes.setAccessibleName("Appearance")
        for button in self.themes.buttons():
            button.setAutoDefault(False)
        self.themes.currentChanged.connect(self._on_theme)
        self.notation = QComboBox()
        self.notation.setAccessibleName("Notation")
        for own in notations:
            self.notation.addItem(own.title, own.id)
        self.notation.setToolTip("View › Notation opens a file with your own")
        self.notation.activated.connect(self._on_notation)
        self.seconds = QSpinBox()
        self.seconds.setRange(LEAST_SECONDS, MOST_SECONDS)
        self.seconds.setSuffix(" s")
        self.seconds.setKeyboardTracking(False)
        self.seconds.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.seconds.setAccessibleName("Seconds between autosaves")
        self.seconds.setToolTip("What changed is kept so often, to be recovered after a crash")
        self.seconds.valueChanged.connect(self.seconds_chosen)
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.setHorizontalSpacing(2 * GRID)
        form.setVerticalSpacing(GRID)
        form.addRow("Appearance", self.themes)
        form.addRow("Notation", self.notation)
        self.switches: dict[str, QCheckBox] = {}
        for action_id, words in SWITCHES:
            box = self.switches[action_id] = QCheckBox(words)
            box.setObjectName(action_id)
            box.clicked.connect(self._on_switch)
            form.addRow("View" if action_id == SWITCHES[0][0] else "", box)
        form.addRow("Autosave every", self.seconds)
        level_labels(form)
        hint = QLabel("Every choice applies at once.")
        hint.setProperty("role", "muted")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.reset_button = QPushButton("Reset all settings…")
        self.reset_button.setAutoDefault(False)
        self.reset_button.clicked.connect(self.reset_wanted)
        buttons.addButton(self.reset_button, QDialogButtonBox.ButtonRole.ResetRole)
        column = column_of(self, 2 * GRID)
        column.addLayout(form)
        column.addWidget(hint)
        column.addStretch(1)
        column.addWidget(buttons)

    def show_now(self, notation: Notation, seconds: int) -> None:
        """Show what holds now."""
        for index, (action_id, _) in enumerate(THEMES):
            if self._actions[action_id].isChecked():
                self.themes.set_current(index)
        for action_id, box in self.switches.items():
            box.setChecked(self._actions[action_id].isChecked())
        place = self.notation.findData(notation.id)
        if place < 0:
            # A lecturer's own file.
            self.notation.addItem(notation.title, notation.id)
            place = self.notation.count() - 1
        self.notation.setCurrentIndex(place)
        self.seconds.blockSignals(True)
        self.seconds.setValue(seconds)
        self.seconds.blockSignals(False)

    def _on_theme(self, index: int) -> None:
        self._actions[THEMES[index][0]].trigger()

    def _on_notation(self) -> None:
        self.notation_chosen.emit(self.notation.currentData())

    def _on_switch(self) -> None:
        box = self.sender()
        action = self._actions[box.objectName()]
        if isinstance(box, QCheckBox) and action.isChecked() != box.isChecked():
            action.trigger()
