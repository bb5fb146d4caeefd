"""Following a calculation by hand, line by line, to the first slip.

Each line is worked out again, by the engine's formulas, from the numbers that stand in the lines
before it.  So a line behind a slip can be recognized as what follows from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from simulator.arrays import Array
from simulator.explain import number as number_text
from simulator.explain.context import Context
from simulator.explain.engine import worked_out
from simulator.handwork import HandLine
from simulator.notation import NEUTRAL, Notation
from simulator.project import Project
from simulator.quantity import OF_PARAMETERS, Kind, Quantity
from simulator.slips import Slip, recognize
from simulator.trace import Trace
from simulator.typed_numbers import TypedNumber


class State(StrEnum):
    """What a line of a calculation is."""

    EMPTY = "empty"
    RIGHT = "right"
    """It rounds to the engine's number, or to what the lines before it give."""
    FOLLOWS = "follows"
    """It is what the lines before it give, one of which is wrong."""
    WRONG = "wrong"


@dataclass(frozen=True)
class Checked:
    """A calculation that was followed.

    Attributes
    ----------
    states : of each line.
    expected : what each line comes to with the numbers in the lines before it.
    first : index of the first line that is wrong, or None.
    slip : how its number has come about, where that is known.
    """

    states: tuple[State, ...]
    expected: tuple[float, ...]
    first: int | None = None
    slip: Slip | None = None

    @property
    def rest_follows(self) -> bool:
        """Whether everything filled in behind the first wrong line follows from it."""
        if self.first is None:
            return False
        behind = self.states[self.first + 1 :]
        return State.FOLLOWS in behind and State.WRONG not in behind

    def sentence(self, lines: Sequence[HandLine], said: Sequence[str], digits: int = 4) -> str:
        """What is to be said about it; ``said`` is what the student wrote in each line."""
        filled = sum(state is not State.EMPTY for state in self.states)
        if self.first is None:
            if filled == 0:
                return "Fill in what you have calculated, then press Check."
            if filled < len(lines):
                return f"All {filled} numbers you filled in are right; {len(lines) - filled} to go."
            return f"All {filled} numbers are right."
        line = lines[self.first]
        sentences = [
            f"Line {self.first + 1} is the first that differs: {line.title}, {line.plain}. "
            f"You have {said[self.first].strip()}, it is {number_text(line.value, digits)}."
        ]
        if self.slip is not None:
            sentences.append(self.slip.sentence)
        if self.rest_follows:
            sentences.append("From here on your numbers follow from this slip.")
        return " ".join(sentences)


@dataclass
class _Own:
    """A trace that holds the student's numbers, as far as they were given."""

    context: Context
    trace: Trace = field(init=False)

    def __post_init__(self) -> None:
        trace = self.context.trace
        activation = _copies(trace.activation)
        output = tuple(
            new if given is old else given.copy()
            for given, old, new in zip(trace.output, trace.activation, activation, strict=True)
        )
        self.trace = replace(
            trace,
            z=_copies(trace.z),
            activation=activation,
            output=output,
            normalized=tuple(None if own is None else own.copy() for own in trace.normalized),
            error=_copies(trace.error),
            delta=_copies(trace.delta),
            input=None if trace.input is None else trace.input.copy(),
            loss_per_sample=trace.loss_per_sample.copy(),
            gradient=trace.gradient.copy(),
            theta_after=trace.theta_after.copy(),
        )
        self.context = replace(self.context, trace=self.trace)

    def put(self, quantity: Quantity, value: float) -> None:
        """Go on with this number, in the notation's sign and scale."""
        value /= self.context.factor(quantity.kind)
        trace, layer = self.trace, quantity.layer
        if quantity.kind in OF_PARAMETERS:
            flat = trace.gradient if quantity.kind is Kind.GRADIENT else trace.theta_after
            own = trace.spec.array_of(flat, layer, quantity.parameter)
            assert own is not None
            place = (quantity.neuron, quantity.source)
            own[place if quantity.parameter == "W" else quantity.neuron] = value
            return
        if quantity.kind is Kind.SAMPLE_LOSS:
            trace.loss_per_sample[quantity.row] = value
            return
        array = self._array(quantity)
        assert array is not None
        array[quantity.row, quantity.neuron] = value

    def _array(self, quantity: Quantity) -> Array | None:
        trace = self.trace
        if quantity.layer == 0:
            return trace.input
        layers: tuple[Array | None, ...] = {
            Kind.PREACTIVATION: trace.z,
            Kind.NORMALIZED: trace.normalized,
            Kind.ACTIVATION: trace.activation,
            Kind.OUTPUT: trace.output,
            Kind.ERROR: trace.error,
            Kind.DELTA: trace.delta,
        }[quantity.kind]
        return layers[quantity.layer - 1]

    def worked_out(self, quantity: Quantity) -> float:
        """A number from what stands in the lines before it."""
        return worked_out(self.context, quantity)


def _copies(arrays: tuple[Array, ...]) -> tuple[Array, ...]:
    return tuple(own.copy() for own in arrays)


def check_calculation(
    trace: Trace,
    project: Project,
    lines: Sequence[HandLine],
    said: Sequence[TypedNumber | None],
    notation: Notation = NEUTRAL,
) -> Checked:
    """Follow a calculation line by line; ``said`` has a number or None for each line.

    An empty line is gone over with the number it should have.
    """
    own = _Own(Context(trace, project, notation))
    states: list[State] = []
    expected: list[float] = []
    first: int | None = None
    slip: Slip | None = None
    for place, (line, number) in enumerate(zip(lines, said, strict=True)):
        value = own.worked_out(line.quantity)
        expected.append(value)
        own.put(line.quantity, value)
        if number is None:
            states.append(State.EMPTY)
            continue
        if number.rounds_to(line.value) or (first is None and number.rounds_to(value)):
            states.append(State.RIGHT)
        elif first is not None and number.comes_from(value):
            states.append(State.FOLLOWS)
        else:
            states.append(State.WRONG)
            if first is None:
                first = place
                slip = recognize(number.value, own.trace, project, line.quantity, notation)
        own.put(line.quantity, number.value)
    return Checked(tuple(states), tuple(expected), first, slip)
