"""A calculation by hand, typed in or pasted, followed to the first line that differs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QWidget,
)

from simulator.explain import explain_quantity, number
from simulator.hand_check import check_calculation
from simulator.handwork import HandLine, hand_lines
from simulator.latex_text import plain_equation
from simulator.project import Project, ProjectError
from simulator.project.errors import printable
from simulator.trace import Trace
from simulator.typed_numbers import TypedNumber, read_number
from simulator.worksheet_reader import MAX_BYTES, read_answers, read_column
from ui.dialogs.parts import column_of, muted_label
from ui.dialogs.tables import numbers_width, words_width
from ui.formula.moment import Moment
from ui.notation_choice import NotationChoice
from ui.predict.choice_form import ChoiceForm, usable
from ui.predict.hand_model import TITLE, WORDS, HandModel
from ui.predict.hand_table import HandTable
from ui.style import current_scale
from ui.theme import GRID, Theme
from ui.widgets.card import Card
from ui.widgets.labels import EmptyHint

ABOUT = (
    "Calculate an iteration on paper and fill in what you got. Check follows your numbers line by "
    "line and names the first one that differs; rounding is no mistake."
)
NOTHING = (
    "There is no iteration to calculate yet. Pause training (F5), or make a step (F10), and open "
    "this again."
)
_FILES = "Tables (*.csv *.txt *.tsv);;All files (*)"
SIZE = (760, 640)


class HandDialog(QDialog):
    """Stays beside the window with the iteration it was opened with."""

    def __init__(
        self, moment: Moment, notation: NotationChoice, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Hand calculation")
        self._moment, self._notation = moment, notation
        self._trace: Trace | None = None
        self._project: Project | None = None
        self._row = 0
        self.model = HandModel(theme, self)
        self.table = HandTable(self.model)
        self._build()
        self.form.changed.connect(self._on_choice)
        notation.changed.connect(self._on_choice)
        self.table.pasted.connect(self._on_pasted)
        self.resize(*(round(current_scale() * length) for length in SIZE))

    def _build(self) -> None:
        about = muted_label(ABOUT)
        self.form = ChoiceForm()
        self.limits = muted_label()
        self.card = Card("Calculation")
        self.hint = EmptyHint(NOTHING)
        self.card.body.addWidget(self.table, 1)
        self.card.body.addWidget(self.hint, 1)
        self.verdict = QLabel()
        self.verdict.setObjectName("hand_verdict")
        self.verdict.setWordWrap(True)
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.working = QLabel()
        self.working.setObjectName("hand_working")
        self.working.setWordWrap(True)
        self.check_button = QPushButton("Check")
        self.check_button.setProperty("role", "primary")
        self.check_button.setToolTip("Follow your numbers to the first that differs (Alt+C)")
        self.check_button.setShortcut("Alt+C")
        self.paste_button = QPushButton("Paste column")
        self.paste_button.setToolTip("From a spreadsheet, from the current line on (Ctrl+V)")
        self.open_button = QPushButton("Open CSV…")
        self.clear_button = QPushButton("Clear")
        self.renew_button = QPushButton("Iteration on show")
        self.renew_button.setToolTip("Begin with the iteration that the window shows now")
        self.close_button = QPushButton("Close")
        for button, slot in (
            (self.paste_button, self._on_paste),
            (self.open_button, self._on_open),
            (self.clear_button, self._on_clear),
            (self.renew_button, self._on_renew),
            (self.check_button, self._on_check),
            (self.close_button, self.reject),
        ):
            # Return belongs to the table.
            button.setAutoDefault(False)
            button.clicked.connect(slot)
        row = QHBoxLayout()
        for button in (self.paste_button, self.open_button, self.clear_button, self.renew_button):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.check_button)
        row.addWidget(self.close_button)
        column = column_of(self, GRID)
        for widget in (about, self.form, self.limits):
            column.addWidget(widget)
        column.addWidget(self.card, 1)
        column.addWidget(self.verdict)
        column.addWidget(self.working)
        column.addLayout(row)

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self.model.apply_theme(theme)

    # The iteration

    def take_iteration(self, anew: bool = False) -> None:
        """Begin with the iteration on show; one that has begun is kept unless ``anew``."""
        if any(self.model.texts) and not anew:
            return
        self._trace = self._moment.trace
        if self._trace is not None:
            self._project, self._row = self._moment.project, self._moment.row
            if not usable(self.form, self._trace, self._project):
                self.form.forget()
        self._show_lines()

    def _show_lines(self) -> None:
        lines: tuple[HandLine, ...] = ()
        limits = problem = caption = ""
        if self._trace is not None and self._project is not None:
            selection = self._moment.selection
            at = None
            if selection.layer is not None and selection.neuron is not None:
                at = selection.layer, selection.neuron
            try:
                choice = self.form.choice(self._trace, self._project, self._row, at)
                lines = hand_lines(self._trace, self._project, choice, self._notation.notation)
                limits = choice.sentence(self._trace.spec, len(self._trace.x))
            except ProjectError as refused:
                problem = str(refused)
            caption = f"iteration {self._trace.iteration:,} · {len(lines)} numbers"
        self.model.show_lines(lines)
        self.card.set_caption(caption)
        self.limits.setText(f"Only this: {limits}" if limits else "")
        self.limits.setVisible(bool(limits))
        self._say(problem)
        self.table.setVisible(bool(lines))
        self.hint.setVisible(not lines)
        self.hint.setText(problem or NOTHING)
        for button in (self.check_button, self.paste_button, self.open_button, self.clear_button):
            button.setEnabled(bool(lines))
        if lines:
            widest = max((line.plain for line in lines), key=words_width)
            widths = (
                *(numbers_width(3), words_width(widest), words_width("What it is")),
                *(numbers_width(12), words_width(max(WORDS.values(), key=len))),
            )
            self.table.set_widths(widths, TITLE)
            self.table.go_to(0)
            self.table.setFocus()

    def _on_choice(self) -> None:
        self._show_lines()

    def _on_renew(self) -> None:
        self.take_iteration(anew=True)

    def _say(self, sentence: str, working: str = "") -> None:
        self.verdict.setText(sentence)
        self.verdict.setVisible(bool(sentence))
        self.working.setText(working)
        self.working.setVisible(bool(working))

    # Filling in

    def _on_paste(self) -> None:
        self._on_pasted(QGuiApplication.clipboard().text())

    def _on_pasted(self, text: str) -> None:
        try:
            cells = read_column(text)
            room = len(self.model.lines) - self.table.row
            if not cells:
                raise ProjectError("There is nothing to paste; copy a column of numbers first.")
            if len(cells) > room:
                raise ProjectError(
                    f"The column has {len(cells)} numbers, but from this line on there are {room} "
                    "lines."
                )
        except ProjectError as problem:
            self._say(str(problem))
            return
        self.model.fill(cells, self.table.row)
        self._say(f"{len(cells)} numbers pasted. Press Check." if len(cells) > 1 else "")

    def _on_open(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Open calculation", "", _FILES)
        if path:
            self.open(path)

    def open(self, path: str) -> None:
        """Fill the lines in from a file; one that cannot be used changes nothing."""
        shown = printable(Path(path).name, 60)
        try:
            with Path(path).open("rb") as file:
                content = file.read(MAX_BYTES + 1)
            texts = read_answers(content, self.model.lines)
        except OSError as problem:
            self._say(f"“{shown}” cannot be read: {problem.strerror or problem}.")
        except ProjectError as problem:
            self._say(f"“{shown}” was not used. {problem}")
        else:
            self.model.fill(texts)
            self._say(f"“{shown}” was read. Press Check.")

    def _on_clear(self) -> None:
        self.model.fill([""] * len(self.model.lines))
        self._say("")
        self.table.go_to(0)
        self.table.setFocus()

    # Following

    def _on_check(self) -> None:
        if self._trace is None or self._project is None:
            return
        said: list[TypedNumber | None] = []
        for place, text in enumerate(self.model.texts):
            try:
                said.append(read_number(text) if text else None)
            except ValueError as problem:
                self.model.show_states(())
                self._say(f"Line {place + 1}: {problem}")
                self.table.go_to(place)
                return
        lines, notation = self.model.lines, self._notation.notation
        found = check_calculation(self._trace, self._project, lines, said, notation)
        self.model.show_states(found.states)
        working = ""
        if found.first is not None:
            self.table.go_to(found.first)
            working = self._working(lines[found.first])
        self._say(found.sentence(lines, self.model.texts), working)

    def _working(self, line: HandLine) -> str:
        """How the first number that differs is calculated, with the engine's numbers."""
        assert self._trace is not None and self._project is not None
        explanation = explain_quantity(
            self._trace, self._project, line.quantity, self._notation.notation
        )
        found = []
        for part in explanation.lines:
            pieces = [plain_equation(part.symbols), "".join(own.text for own in part.tokens)]
            pieces.append("" if part.result is None else number(part.result))
            found.append(" = ".join(dict.fromkeys(piece for piece in pieces if piece)))
        return "\n".join(found)
