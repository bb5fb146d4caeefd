"""Joins Predict first, the hand calculation and worksheets to the window.

While a question waits the window stays at the phase before, in which the number is not computed
yet and therefore blank everywhere; the step is made when it is answered or revealed.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QToolBar, QWidget

from simulator.predictions import Outcome, Score, is_guessed
from simulator.project import Project
from simulator.snapshot import RunState, Snapshot
from simulator.typed_numbers import read_number
from ui.actions import Actions
from ui.editor.hover import Target
from ui.editor.network_view import NetworkView
from ui.formula.moment import Moment
from ui.formula.places import at_phase
from ui.notation_choice import NotationChoice
from ui.predict.hand_dialog import HandDialog
from ui.predict.options_menu import OptionsMenu
from ui.predict.predict_bar import PredictBar
from ui.predict.question import Question, place_of
from ui.predict.score_dialog import ScoreDialog
from ui.predict.worksheet_dialog import WorksheetDialog
from ui.session import Session
from ui.theme import Theme

AGAIN = "You have been asked this before; it is not counted again."


class PredictDesk(QObject):
    """Owns the bar, the question that waits, the score and the dialogs."""

    def __init__(
        self,
        session: Session,
        notation: NotationChoice,
        view: NetworkView,
        actions: Actions,
        theme: Theme,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._notation, self._window = session, notation, window
        self._action = actions["predict"]
        self._theme = theme
        self._moment = Moment(session.selection, newest_project=session.project)
        self._question: Question | None = None
        self._answered_at: object = None
        self._step_wanted = False
        self._tool_bar: QToolBar | None = None
        self.score = Score()
        self.score_dialog: ScoreDialog | None = None
        self.hand: HandDialog | None = None
        self.worksheet: WorksheetDialog | None = None
        self.bar = PredictBar(theme)
        self.options = OptionsMenu(self.bar)
        self.bar.set_options(self.options)
        self.bar.answered.connect(self._on_answered)
        self.bar.reveal_wanted.connect(self._on_reveal)
        self.bar.next_wanted.connect(self._on_next)
        self.bar.score_wanted.connect(self.show_score)
        self.bar.closed.connect(self._on_closed)
        self.options.changed.connect(self._on_options)
        self._action.toggled.connect(self._on_toggled)
        actions.connect("hand_calculation", self.show_hand_calculation)
        actions.connect("worksheet", self.show_worksheet)
        session.time.ask_first = self._ask_first
        session.selection.changed.connect(self._ask_anew)
        view.linkChosen.connect(self._on_link)
        notation.changed.connect(self._ask_anew)
        session.project_changed.connect(self._on_project)
        session.snapshot_changed.connect(self._on_snapshot)
        self._show_score()

    def place(self, tool_bar: QToolBar) -> None:
        """Show and hide the bar with this one around it."""
        self._tool_bar = tool_bar
        tool_bar.setVisible(self._action.isChecked())

    def restore(self) -> None:
        """Have the bar on show or not, whatever a stored layout says."""
        if self._tool_bar is not None:
            self._tool_bar.setVisible(self.is_on)

    @property
    def is_on(self) -> bool:
        """Whether numbers are asked for before they are shown."""
        return self._action.isChecked()

    def veiled(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot without what gives away numbers of an iteration still being stepped.

        That is the drawing's answer and the evaluation, which are made with the same parameters,
        and curves recorded behind this moment.
        """
        trace, cursor = snapshot.trace, snapshot.cursor
        if not self.is_on or trace is None or cursor is None or cursor + 1 == len(trace.phases):
            return snapshot
        return replace(snapshot, probe=None, evaluation=None, recorded=None)

    # Asking

    def _ask_first(self, grain: str) -> bool:
        """Whether a step has to wait: for an answer, or for the step before it to be shown."""
        if not self.is_on:
            return False
        if grain != "Phase":
            self._drop()
            return False
        if self._question is not None:
            self.bar.remind()
            return True
        if not self._session.settled:
            self._step_wanted = True
            return True
        question = self._next_question()
        if question is None:
            self.bar.rest()
            return False
        self._put(question)
        return True

    def _next_question(self) -> Question | None:
        """What to ask about the phase behind the one on show, or None."""
        moment, snapshot, trace = self._moment, self._moment.snapshot, self._moment.trace
        if snapshot is None or trace is None or snapshot.cursor is None:
            return None
        if snapshot.cursor + 1 >= len(trace.phases):
            return None
        phase = trace.phases[snapshot.cursor + 1]
        if not is_guessed(phase, self.options.kinds):
            return None
        selection = moment.selection
        neuron = selection.neuron if selection.layer == phase.layer else None
        quantity = at_phase(trace, phase, neuron, moment.link, moment.row)
        notation = self._notation.notation
        return Question(trace, moment.project, quantity, notation, place_of(snapshot))

    def _put(self, question: Question) -> None:
        self._question = question
        self.bar.ask(question.symbol, question.title)

    def _ask_anew(self) -> None:
        """Another neuron, link or notation was chosen while a question waits."""
        if self._question is None:
            return
        question = self._next_question()
        if question is None:
            self._drop()
        elif (question.quantity, question.notation) != (
            self._question.quantity,
            self._question.notation,
        ):
            self._put(question)

    def _drop(self) -> None:
        self._question = self._answered_at = None
        self._step_wanted = False
        self.bar.rest()

    # Answering

    def _on_answered(self, text: str) -> None:
        question = self._question
        if question is None:
            return
        try:
            guess = read_number(text).value
        except ValueError as problem:
            self.bar.complain(str(problem))
            return
        self._end(question, question.check(guess, self.options.tolerance), text, guess)

    def _on_reveal(self) -> None:
        if self._question is not None:
            self._end(self._question, Outcome.REVEALED, "", 0.0)

    def _end(self, question: Question, outcome: Outcome, said: str, guess: float) -> None:
        counted = self.score.add(question.quantity.kind, outcome, question.key)
        sentence = question.verdict(outcome, said, guess, self.options.tolerance)
        self._question = None
        self._answered_at = question.place
        self.bar.tell(outcome, sentence if counted else f"{sentence} {AGAIN}", question.working)
        self._show_score()
        self._session.time.step("Phase", asked=True)

    def _on_next(self) -> None:
        self._session.time.step("Phase")

    # Following the window

    def _on_snapshot(self, snapshot: Snapshot) -> None:
        before = self._moment.snapshot
        self._moment.snapshot = snapshot
        place = place_of(snapshot)
        moved = before is None or place_of(before) != place
        if self._question is not None:
            if self._question.place != place:
                self._drop()
        elif moved and self._answered_at is not None:
            # The step made with the answer leaves what was said about it standing.
            self._answered_at = None
        elif moved and self.bar.telling:
            self.bar.rest()
        if snapshot.state is RunState.RUNNING:
            self._step_wanted = False
        if self._step_wanted and self._session.settled:
            self._step_wanted = False
            self._session.time.step("Phase")

    def _on_project(self, project: Project) -> None:
        self._moment.newest_project = project
        self._moment.link = None
        if self.is_on:
            self._drop()

    def _on_link(self, link: Target | None) -> None:
        self._moment.link = link
        self._ask_anew()

    def _on_options(self) -> None:
        if self._question is not None and self._question.quantity.kind not in self.options.kinds:
            self._drop()

    def _on_toggled(self, on: bool) -> None:
        self._drop()
        if self._tool_bar is not None:
            self._tool_bar.setVisible(on)
        snapshot = self._moment.snapshot
        if snapshot is not None:
            # What gives numbers away is hidden, or shown again, at once.
            self._session.snapshot_changed.emit(snapshot)

    def _on_closed(self) -> None:
        self._action.setChecked(False)

    # Score and dialogs

    def _show_score(self) -> None:
        right, wrong, revealed = self.score.total
        self.bar.show_score(right, right + wrong + revealed)
        if self.score_dialog is not None:
            self.score_dialog.refresh()

    def _on_reset(self) -> None:
        self.score.reset()
        self._show_score()

    def show_score(self) -> None:
        """Open the table of the score."""
        if self.score_dialog is None:
            self.score_dialog = ScoreDialog(self.score, self._window)
            self.score_dialog.reset_wanted.connect(self._on_reset)
        self.score_dialog.refresh()
        _bring_forward(self.score_dialog)

    def show_hand_calculation(self) -> None:
        """Open the dialog in which a calculation by hand is followed."""
        if self.hand is None:
            self.hand = HandDialog(self._moment, self._notation, self._theme, self._window)
        self.hand.take_iteration()
        _bring_forward(self.hand)

    def show_worksheet(self) -> None:
        """Open the dialog that makes a worksheet of the iteration on show."""
        if self.worksheet is None:
            self.worksheet = WorksheetDialog(self._moment, self._notation, self._window)
        self.worksheet.take_iteration()
        _bring_forward(self.worksheet)

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self.bar.apply_theme(theme)
        if self.hand is not None:
            self.hand.apply_theme(theme)


def _bring_forward(dialog: QWidget) -> None:
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
