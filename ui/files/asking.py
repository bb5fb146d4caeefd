"""One question at a time, over the window, while training goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ui.files.question import Answer, Question

Go = Callable[[], object]
Choice = tuple[Answer, Go | None]


class Asking(QObject):
    """Asks, and does what belongs to the answer."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._answers: dict[str, Go] = {}
        self.question: Question | None = None

    def ask(self, title: str, sentence: str, detail: str, choices: Sequence[Choice]) -> None:
        """Ask, and call what belongs to the answer; the question on show is left standing."""
        if self.question is not None:
            self.question.raise_()
            return
        self._answers = {answer.id: go for answer, go in choices if go is not None}
        given = [answer for answer, _ in choices]
        self.question = Question(title, sentence, detail, given, self._window)
        self.question.answered.connect(self._on_answered)
        self.question.open()

    def _on_answered(self, answer: str) -> None:
        self.question = None
        go = self._answers.get(answer)
        self._answers = {}
        if go is not None:
            go()
