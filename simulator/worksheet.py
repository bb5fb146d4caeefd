"""An iteration as a worksheet: what is given, what is to be calculated, perhaps with the answers.

A sheet is made once (:func:`make_worksheet`) and written as LaTeX, as CSV or, by the window, as a
printed page.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from simulator.explain import explain_quantity, latex_of, number, title
from simulator.explain.latex import latex_of_text
from simulator.explanation import Explanation
from simulator.handwork import Choice, HandLine, given_numbers, hand_lines, is_aside
from simulator.latex_text import plain_equation
from simulator.notation import NEUTRAL, Notation
from simulator.project import Project
from simulator.project.errors import printable
from simulator.quantity import OF_PARAMETERS, Kind
from simulator.trace import Phase, Trace

COLUMNS = ("line", "symbol", "name", "value")
"""Of the CSV; what is given has no line number."""
_SAMPLES_NAMED = 12
_TERMS = 3
"""Of a sum that are written out in an answer: a line of LaTeX has no more room."""
_SPECIAL = str.maketrans(
    {
        **{sign: f"\\{sign}" for sign in "&%$#_{}"},
        **{"\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}"},
        **{"·": "--", "−": "$-$", "→": "$\\to$", "×": "$\\times$", "…": "\\ldots{}"},
    }
)


@dataclass(frozen=True)
class Step:
    """The lines of one phase; ``formulas`` are how they are calculated, in symbols as LaTeX.

    ``first`` is the number of the first line, from 1.
    """

    phase: Phase
    title: str
    formulas: tuple[str, ...]
    lines: tuple[HandLine, ...]
    first: int


@dataclass(frozen=True)
class Worksheet:
    """Everything on the sheet.

    Attributes
    ----------
    title : the project's.
    facts : which iteration, which samples, which notation; what is left out.
    given : what is not calculated, by headings.
    steps : what is, phase by phase.
    answers : an explanation of every line, or nothing on a sheet to fill in.
    digits : behind the point.
    """

    title: str
    facts: tuple[str, ...]
    given: tuple[tuple[str, tuple[HandLine, ...]], ...]
    steps: tuple[Step, ...]
    answers: tuple[Explanation, ...]
    digits: int

    @property
    def lines(self) -> tuple[HandLine, ...]:
        """Everything to calculate, in order."""
        return tuple(line for step in self.steps for line in step.lines)

    def number(self, value: float) -> str:
        """A number with the sheet's digits; one that was typed in as short as it is."""
        short = f"{value:.6g}"
        if "e" not in short and float(short) == value and len(short) <= self.digits + 2:
            return short.replace("-", "−")
        return number(value, self.digits)


def make_worksheet(
    trace: Trace,
    project: Project,
    choice: Choice,
    notation: Notation = NEUTRAL,
    answers: bool = False,
    digits: int = 4,
) -> Worksheet:
    """The worksheet of an iteration.

    Raises
    ------
    ProjectError : nothing to calculate, or too much.
    """
    lines = hand_lines(trace, project, choice, notation)
    steps: list[Step] = []
    first = 1
    for phase, group in groupby(lines, key=lambda line: line.phase):
        own = tuple(group)
        formulas = _formulas(trace, project, notation, own)
        steps.append(Step(phase, title(phase, trace.spec), formulas, own, first))
        first += len(own)
    given = given_numbers(trace, project, lines, notation)
    explained: tuple[Explanation, ...] = ()
    if answers:
        explained = tuple(
            explain_quantity(trace, project, line.quantity, notation, digits, _TERMS)
            for line in lines
        )
    return Worksheet(
        title=printable(project.title or project.name, 120),
        facts=_facts(trace, choice, notation),
        given=_grouped(given, choice),
        steps=tuple(steps),
        answers=explained,
        digits=digits,
    )


def _facts(trace: Trace, choice: Choice, notation: Notation) -> tuple[str, ...]:
    size = len(trace.x)
    samples = ", ".join(str(int(sample) + 1) for sample in trace.samples[:_SAMPLES_NAMED])
    samples += ", …" if size > _SAMPLES_NAMED else ""
    which = f"sample {samples}" if size == 1 else f"mini-batch of {size}: samples {samples}"
    facts = [
        f"Iteration {trace.iteration:,}, epoch {trace.epoch:,}; {which} of the data",
        f"Notation: {notation.title}",
    ]
    left_out = choice.sentence(trace.spec, size)
    return (*facts, left_out) if left_out else tuple(facts)


def _formulas(
    trace: Trace, project: Project, notation: Notation, lines: Sequence[HandLine]
) -> tuple[str, ...]:
    """How the first line of each sort is calculated."""
    found: list[str] = []
    sorts: set[object] = set()
    for line in lines:
        own = line.quantity
        sort: object = (own.kind, own.parameter)
        if own.kind in (Kind.ACTIVATION, Kind.DELTA):
            sort = (own.kind, trace.spec.layer(own.layer).activation_of(own.neuron))
        if sort in sorts:
            continue
        sorts.add(sort)
        explanation = explain_quantity(trace, project, own, notation, 4, _TERMS)
        for part in explanation.lines:
            if part.symbols and part.symbols not in found and not is_aside(part):
                found.append(part.symbols)
    return tuple(found)


_HEADINGS = (
    ("Sample", (Kind.INPUT, Kind.TARGET)),
    ("Parameters before the update", (Kind.PARAMETER,)),
    ("Optimizer", (Kind.LEARNING_RATE, Kind.SLOT_BEFORE)),
    ("Drawn at random", (Kind.NOISE, Kind.MASK)),
)


def _grouped(
    given: Iterable[HandLine], choice: Choice
) -> tuple[tuple[str, tuple[HandLine, ...]], ...]:
    rest = list(given)
    groups: list[tuple[str, tuple[HandLine, ...]]] = []
    for heading, kinds in _HEADINGS:
        own = [line for line in rest if line.quantity.kind in kinds]
        rest = [line for line in rest if line.quantity.kind not in kinds]
        groups.append((heading, tuple(own)))
    others = [line for line in rest if _is_of_others(line, choice)]
    groups.append(("Other neurons", tuple(line for line in rest if line not in others)))
    groups.append(("Other samples", tuple(others)))
    return tuple((heading, own) for heading, own in groups if own)


def _is_of_others(line: HandLine, choice: Choice) -> bool:
    own = line.quantity
    return own.kind not in OF_PARAMETERS and own.row not in choice.rows


# --- CSV ------------------------------------------------------------------------------------------


def csv_text(sheet: Worksheet) -> str:
    """The sheet as CSV: what is given, then every line, empty unless the sheet has answers."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for _, lines in sheet.given:
        for line in lines:
            writer.writerow(("", line.plain, line.title, f"{line.value:.12g}"))
    for place, line in enumerate(sheet.lines, start=1):
        value = f"{line.value:.12g}" if sheet.answers else ""
        writer.writerow((place, line.plain, line.title, value))
    return text.getvalue()


# --- LaTeX ----------------------------------------------------------------------------------------


def latex_text(sheet: Worksheet) -> str:
    """The sheet as a LaTeX document that needs article and amsmath alone."""
    parts = [
        "\\documentclass[11pt]{article}",
        "\\usepackage[utf8]{inputenc}",
        "\\usepackage{amsmath}",
        "\\setlength{\\parindent}{0pt}",
        "\\setlength{\\parskip}{4pt}",
        "\\newcommand{\\blank}{\\underline{\\hspace{2.6cm}}}",
        "\\begin{document}",
        f"\\section*{{{escaped(sheet.title)}}}",
        *(f"{escaped(fact)}\\par" for fact in sheet.facts),
        "\\subsection*{Given}",
    ]
    for heading, lines in sheet.given:
        parts += [f"\\textbf{{{escaped(heading)}}}\\par", "\\begin{flushleft}"]
        parts += [f"\\mbox{{{_equation(sheet, line)}}}\\quad" for line in _told_apart(lines)]
        parts.append("\\end{flushleft}")
    for step in sheet.steps:
        parts += [f"\\subsection*{{{escaped(step.title)}}}"]
        parts += [f"\\[ {formula} \\]" for formula in step.formulas]
        parts += _latex_lines(sheet, step)
    parts.append("\\end{document}")
    return "\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """Words as LaTeX."""
    return text.translate(_SPECIAL)


def _told_apart(lines: Sequence[HandLine]) -> list[HandLine]:
    """The same signs of several samples get the sample's number beside them."""
    rows: dict[str, set[int]] = {}
    for line in lines:
        rows.setdefault(line.symbol, set()).add(line.quantity.row)
    return [
        replace(line, symbol=f"{line.symbol}\\ (\\text{{{line.title.rpartition(', ')[2]}}})")
        if len(rows[line.symbol]) > 1
        else line
        for line in lines
    ]


def _equation(sheet: Worksheet, line: HandLine) -> str:
    return f"${line.symbol} = {latex_of_text(sheet.number(line.value))}$"


def _latex_lines(sheet: Worksheet, step: Step) -> list[str]:
    lines = _told_apart(step.lines)
    if sheet.answers:
        parts = []
        for place, line in enumerate(lines, start=step.first):
            parts.append(f"{place}.\\ {escaped(line.title)}:")
            parts.append(f"\\[\n{latex_of(sheet.answers[place - 1], sheet.digits)}\n\\]")
        return parts
    numbered = enumerate(lines, start=step.first)
    return [
        "\\begin{flushleft}",
        *(f"\\mbox{{{place}.\\ ${line.symbol} =$ \\blank}}\\quad" for place, line in numbered),
        "\\end{flushleft}",
    ]


def plain_formulas(step: Step) -> tuple[str, ...]:
    """The formulas of a step without LaTeX, for a page that has none."""
    return tuple(plain_equation(formula) for formula in step.formulas)
