"""The bar that asks for the next number before it is shown, and says how the guess did."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from simulator.predictions import Outcome
from simulator.typed_numbers import MAX_LENGTH
from ui.resources import icon
from ui.style import current_scale
from ui.theme import CONTROL_HEIGHT, GRID, Theme

IDLE = "Step (F10): before each number is shown, you are asked for it."
HINT = "A number: −0,31 or 2/3 or 1e-3"
_MARKS = {Outcome.RIGHT: "circle-check", Outcome.WRONG: "circle-x", Outcome.REVEALED: "eye"}


class GuessField(QLineEdit):
    """A field whose Return goes no further: the bar has moved the focus by then."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()


class PredictBar(QWidget):
    """Idle, asking (:meth:`ask`) or telling the outcome (:meth:`tell`).

    Signals
    -------
    answered(str) : Return was pressed, or Check; what was typed.
    reveal_wanted, next_wanted, score_wanted, closed : a button, or a key in its place.
    """

    answered = Signal(str)
    reveal_wanted = Signal()
    next_wanted = Signal()
    score_wanted = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._outcome: Outcome | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._build()
        self.apply_theme(theme)
        self.rest()

    def _build(self) -> None:
        self._sign = QLabel()
        self.question = QLabel()
        self.question.setObjectName("prediction_question")
        self.question.setProperty("role", "title")
        self.caption = QLabel()
        self.caption.setProperty("role", "muted")
        self.field = GuessField()
        self.field.setObjectName("prediction")
        self.field.setMaxLength(MAX_LENGTH)
        self.field.setToolTip(HINT)
        self.field.setPlaceholderText("Your guess")
        self.field.returnPressed.connect(self._on_check)
        self.check_button = self._button("Check", "Compare your guess with the number (Return)")
        self.check_button.setProperty("role", "primary")
        self.check_button.clicked.connect(self._on_check)
        self.reveal_button = self._button("Reveal", "Show the number without a guess")
        self.reveal_button.clicked.connect(self.reveal_wanted)
        self.next_button = self._button("Next", "On to the next number (Return)")
        self.next_button.setProperty("role", "primary")
        self.next_button.setAutoDefault(True)
        self.next_button.clicked.connect(self.next_wanted)
        self.score_button = self._button("", "How many were right, by kind")
        self.score_button.clicked.connect(self.score_wanted)
        self.options = QToolButton()
        self.options.setToolTip("What to ask for, and how exact a guess must be")
        self.options.setAccessibleName("What to ask for, and how exact a guess must be")
        self.options.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.close_button = QToolButton()
        self.close_button.setToolTip("Stop asking")
        self.close_button.setAccessibleName("Stop asking")
        self.close_button.setAutoRaise(True)
        for button in (self.options, self.close_button):
            button.setIconSize(QSize(16, 16))
            button.setFixedSize(CONTROL_HEIGHT, CONTROL_HEIGHT)
        self.close_button.clicked.connect(self.closed)
        self.message = QLabel()
        self.message.setObjectName("prediction_message")
        self.message.setWordWrap(True)
        self.working = QLabel()
        self.working.setObjectName("prediction_working")
        self.working.setWordWrap(True)
        self.working.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for widget in (self._sign, self.question, self.caption):
            row.addWidget(widget)
        row.addSpacing(GRID)
        for widget in (self.field, self.check_button, self.reveal_button, self.next_button):
            row.addWidget(widget)
        row.addStretch(1)
        for widget in (self.score_button, self.options, self.close_button):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID + 4, GRID - 2, GRID, GRID - 2)
        column.setSpacing(GRID // 2)
        column.addLayout(row)
        column.addWidget(self.message)
        column.addWidget(self.working)

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setFixedHeight(CONTROL_HEIGHT)
        return button

    @property
    def asking(self) -> bool:
        """Whether a question waits for its answer."""
        return self.field.isEnabled()

    @property
    def telling(self) -> bool:
        """Whether it says how a guess did."""
        return self._outcome is not None

    def set_options(self, menu: QMenu) -> None:
        """Offer this menu."""
        self.options.setMenu(menu)

    def show_score(self, right: int, all_questions: int) -> None:
        """Say how many of how many were right."""
        self.score_button.setText(f"{right} of {all_questions} right")

    def rest(self, text: str = IDLE) -> None:
        """Ask nothing."""
        self._outcome = None
        self.question.setText("Predict first")
        self.caption.setText(text)
        self._set_asking(False)
        self._say("", "")

    def ask(self, symbol: str, title: str) -> None:
        """Ask for a number."""
        self._outcome = None
        self.question.setText(f"What will {symbol} be?")
        self.caption.setText(title)
        self.field.clear()
        self.field.setAccessibleName(f"What will {symbol} be, the {title}?")
        self._set_asking(True)
        self._say("", "")
        self.remind()

    def remind(self) -> None:
        """Put the cursor into the field of the question that waits."""
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.selectAll()

    def complain(self, sentence: str) -> None:
        """Say why what was typed is no number; the question goes on."""
        self._mark_wrong(True)
        self._say(sentence, "")
        self.remind()

    def tell(self, outcome: Outcome, sentence: str, working: str) -> None:
        """Say how the guess did, and how the number is calculated."""
        had_focus = self.field.hasFocus() or self.reveal_button.hasFocus()
        self._outcome = outcome
        self._set_asking(False)
        self._say(sentence, working)
        if had_focus or self.check_button.hasFocus():
            self.next_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _set_asking(self, asking: bool) -> None:
        self.field.setEnabled(asking)
        self.field.setVisible(asking)
        self.check_button.setVisible(asking)
        self.reveal_button.setVisible(asking)
        self.next_button.setVisible(not asking)
        self._mark_wrong(False)
        self._show_sign()

    def _mark_wrong(self, wrong: bool) -> None:
        if self.field.property("wrong") is not wrong:
            self.field.setProperty("wrong", wrong)
            self.field.style().unpolish(self.field)
            self.field.style().polish(self.field)

    def _say(self, message: str, working: str) -> None:
        self.message.setText(message)
        self.message.setVisible(bool(message))
        self.working.setText(working)
        self.working.setVisible(bool(working))
        self._fit()

    def _on_check(self) -> None:
        if self.asking:
            self.answered.emit(self.field.text())

    # Looks

    def apply_theme(self, theme: Theme) -> None:
        """Tint the icons."""
        self._theme = theme
        self.options.setIcon(icon("sliders-horizontal", theme))
        self.close_button.setIcon(icon("x", theme))
        self.field.setFixedWidth(round(140 * current_scale()))
        self._show_sign()
        self._fit()

    def _show_sign(self) -> None:
        theme = self._theme
        name = "circle-help" if self._outcome is None else _MARKS[self._outcome]
        colour = theme.negative if self._outcome is Outcome.WRONG else theme.accent
        size = round(18 * current_scale())
        self._sign.setPixmap(icon(name, theme, colour=colour).pixmap(size, size))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As high as the words are in this width."""
        self._fit()

    def _fit(self) -> None:
        layout = self.layout()
        layout.activate()
        height = layout.totalSizeHint().height()
        if layout.hasHeightForWidth():
            height = layout.totalHeightForWidth(max(400, self.width()))
        self.setFixedHeight(height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return on a button presses it, as in a dialog."""
        pressed = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        focused = self.focusWidget()
        if pressed and isinstance(focused, QPushButton) and focused.hasFocus():
            focused.click()
        else:
            super().keyPressEvent(event)
