"""The small buttons around the canvas."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from ui.canvas.pen_options import PenOptions, options_menu
from ui.resources import icon
from ui.style import current_scale
from ui.theme import Theme

BUTTON, _ICON = 28, 16
_SHIFTS = {
    "arrow-left": ("Move left (Shift+arrow)", 0, -1),
    "arrow-up": ("Move up (Shift+arrow)", -1, 0),
    "arrow-down": ("Move down (Shift+arrow)", 1, 0),
    "arrow-right": ("Move right (Shift+arrow)", 0, 1),
}
_TOOLS = {
    "pencil": ("Pen: draw", None),
    "eraser": ("Eraser: the right button does it too", "eraser"),
    "paint-bucket": ("Fill an area", "fill"),
}


@dataclass(frozen=True)
class _Bar:
    """A row or column of buttons."""

    widget: QWidget
    layout: QBoxLayout


class DrawingTools(QObject):
    """Two columns of buttons, left and right of the canvas, a row above it, and one to add.

    Signals
    -------
    cleared, inverted, noise_wanted, centred, unpack_wanted, add_wanted : as their buttons say.
    shifted(int, int) : move down and right by so many pixels.
    tool_chosen(object) : what a press on the canvas does, as :attr:`PixelCanvas.tool`.
    numbers_toggled(bool) : show the pixels' places in the input vector, or hide them.
    """

    cleared = Signal()
    inverted = Signal()
    noise_wanted = Signal()
    centred = Signal()
    unpack_wanted = Signal()
    add_wanted = Signal()
    shifted = Signal(int, int)
    tool_chosen = Signal(object)
    numbers_toggled = Signal(bool)

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icons: dict[QToolButton, str] = {}
        left, right = _bar(QVBoxLayout()), _bar(QVBoxLayout())
        above, add = _bar(QHBoxLayout()), _bar(QHBoxLayout())
        self.left, self.right = left.widget, right.widget
        self.above, self.add = above.widget, add.widget
        self.tool_buttons: dict[str, QToolButton] = {}
        for name, (text, _) in _TOOLS.items():
            button = self._button(left, name, text)
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.clicked.connect(self._on_tool)
            self.tool_buttons[name] = button
        self.tool_buttons["pencil"].setChecked(True)
        self.options = PenOptions()
        self.options_button = self._button(left, "sliders-horizontal", "Pen and noise")
        self.options_button.setMenu(options_menu(self.options, self.options_button))
        self.options_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.invert_button = self._button(right, "contrast", "Invert")
        self.invert_button.clicked.connect(self.inverted)
        self.noise_button = self._button(right, "spray-can", "Add noise, other pixels each time")
        self.noise_button.clicked.connect(self.noise_wanted)
        self.centre_button = self._button(right, "focus", "")
        self.centre_button.clicked.connect(self.centred)
        self.clear_button = self._button(right, "trash-2", "Clear (Ctrl+E)")
        self.clear_button.clicked.connect(self.cleared)
        self.shift_buttons: dict[str, QToolButton] = {}
        for name, (text, _, _) in _SHIFTS.items():
            button = self._button(above, name, text)
            button.setAutoRepeat(True)
            button.clicked.connect(self._on_shift)
            self.shift_buttons[name] = button
        self.numbers_button = self._button(left, "grid-3x3", "Number the pixels as inputs")
        self.numbers_button.setCheckable(True)
        self.numbers_button.toggled.connect(self.numbers_toggled)
        self.numbers_button.hide()
        self.unpack_button = self._button(
            right, "columns-3", "Show how the picture becomes the input vector"
        )
        self.unpack_button.clicked.connect(self.unpack_wanted)
        self.unpack_button.hide()
        self.add_button = self._button(
            add, "list-plus", "Add the drawing to the samples (Ctrl+Return)"
        )
        self.add_button.clicked.connect(self.add_wanted)
        self.set_centring("Nothing is drawn yet")
        self.apply_theme(theme)

    def _button(self, bar: _Bar, name: str, text: str) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setToolTip(text)
        button.setAccessibleName(text)
        self._icons[button] = name
        bar.layout.addWidget(button)
        return button

    def apply_theme(self, theme: Theme) -> None:
        """Tint the icons, and fit them to the size of type."""
        side, edge = (round(length * current_scale()) for length in (BUTTON, _ICON))
        for button, name in self._icons.items():
            button.setIcon(icon(name, theme, edge))
            button.setIconSize(QSize(edge, edge))
            button.setFixedSize(side, side)

    def set_visible(self, visible: bool) -> None:
        """Show or hide everything."""
        for widget in (self.left, self.right, self.above, self.add):
            widget.setVisible(visible)

    def set_numbered(self, possible: bool) -> None:
        """Whether the pixels' places are known."""
        self.numbers_button.setVisible(possible)
        self.unpack_button.setVisible(possible)

    def set_centring(self, reason: str) -> None:
        """Why a drawing cannot be centred now, or "" if it can."""
        self.centre_button.setEnabled(not reason)
        text = "Centre and scale as the samples are"
        self.centre_button.setToolTip(
            f"{text}: {reason[0].lower()}{reason[1:]}" if reason else text
        )
        self.centre_button.setAccessibleName(text)

    def numbers_wanted(self) -> bool:
        """Whether the pixels are to be numbered."""
        return self.numbers_button.isChecked()

    def _on_tool(self) -> None:
        for name, button in self.tool_buttons.items():
            if button is self.sender():
                self.tool_chosen.emit(_TOOLS[name][1])

    def _on_shift(self) -> None:
        for name, button in self.shift_buttons.items():
            if button is self.sender():
                self.shifted.emit(*_SHIFTS[name][1:])


def _bar(layout: QBoxLayout) -> _Bar:
    widget = QWidget()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    widget.setLayout(layout)
    return _Bar(widget, layout)
