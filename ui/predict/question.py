"""The question about the next phase, and the answer to it."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.explain import explain_quantity, number, shown, title_of
from simulator.explain.context import Context
from simulator.explanation import Explanation
from simulator.latex_text import plain_equation, plain_text
from simulator.notation import Notation
from simulator.predictions import Outcome, Tolerance
from simulator.project import Project
from simulator.quantity import OF_PARAMETERS, Kind, Quantity
from simulator.slips import recognize
from simulator.snapshot import Snapshot
from simulator.trace import Trace

_TERMS = 4
MOST_LINES = 3
"""Lines of a calculation that the bar has room for; the Formula card has all."""


def place_of(snapshot: Snapshot) -> object:
    """Where in time a snapshot is: differs after every step."""
    trace = snapshot.trace
    at = None if trace is None else (trace.iteration, trace.epoch)
    return at, snapshot.cursor, snapshot.row, snapshot.revision


@dataclass(frozen=True, eq=False)
class Question:
    """One number of the next phase; ``place`` is where the window stands while it is asked."""

    trace: Trace
    project: Project
    quantity: Quantity
    notation: Notation
    place: object

    @property
    def symbol(self) -> str:
        """The number's sign without LaTeX."""
        return plain_text(Context(self.trace, self.project, self.notation).symbol(self.quantity))

    @property
    def title(self) -> str:
        """What it is, in words."""
        title = title_of(self.quantity, self.project)
        of_sample = self.quantity.kind not in OF_PARAMETERS
        if of_sample and len(self.trace.x) > 1 and self.quantity.kind is not Kind.SAMPLE_LOSS:
            title += f", sample {self.quantity.row + 1} of the mini-batch"
        return title

    @property
    def key(self) -> object:
        """The same for the same question asked again."""
        return self.project.name, self.trace.iteration, self.place, self.quantity

    def check(self, guess: float, tolerance: Tolerance) -> Outcome:
        """Whether a guess is right."""
        value = shown(self.trace, self.project, self.quantity, self.notation)
        return Outcome.RIGHT if tolerance.accepts(guess, value) else Outcome.WRONG

    def verdict(self, outcome: Outcome, said: str, guess: float, tolerance: Tolerance) -> str:
        """A sentence on the outcome; of a wrong guess what may have gone wrong."""
        explanation = self.explanation
        value = number(explanation.value)
        if outcome is Outcome.REVEALED:
            return f"{explanation.plain} is {value}."
        if outcome is Outcome.RIGHT:
            return f"Right: {explanation.plain} is {value}."
        slip = recognize(guess, self.trace, self.project, self.quantity, self.notation, tolerance)
        sentence = f"Not quite: you said {said.strip()}, it is {value}."
        return f"{sentence} {slip.sentence}" if slip is not None else sentence

    @property
    def explanation(self) -> Explanation:
        """How the number comes about."""
        return explain_quantity(
            self.trace, self.project, self.quantity, self.notation, terms=_TERMS
        )

    @property
    def working(self) -> str:
        """The calculation, a line each; the last ones of a long one."""
        lines = []
        for line in self.explanation.lines:
            parts = [plain_equation(line.symbols)] if line.symbols else []
            parts.append("".join(token.text for token in line.tokens))
            parts.append("" if line.result is None else number(line.result))
            text = " = ".join(dict.fromkeys(part for part in parts if part))
            lines.append(text)
        return "\n".join(lines[-MOST_LINES:])
