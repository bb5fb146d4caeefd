"""What a run can be stopped by: a condition, and a watch that looks after it."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import asdict
from typing import Any, ClassVar, NamedTuple

from simulator.arrays import Array
from simulator.project import Project, ProjectError
from simulator.trace import Trace
from simulator.trainer import Trainer


class Moment(NamedTuple):
    """What a condition may look at: the trainer behind an iteration, and that iteration.

    ``drawing`` is the input (n_in,) the user has drawn, or None.
    """

    trainer: Trainer
    trace: Trace | None
    drawing: Array | None


class Condition(ABC):
    """Something that holds behind an iteration or does not.

    A number is measured behind every iteration; NaN says that it cannot be known there.
    """

    kind: ClassVar[str]
    """Its name in a plain value."""

    @property
    @abstractmethod
    def text(self) -> str:
        """The condition in words, to follow "until"."""

    @abstractmethod
    def measure(self, moment: Moment) -> float:
        """The number it looks at."""

    @abstractmethod
    def holds(self, before: float, now: float) -> bool:
        """Whether it holds, by the number ``before`` (NaN at first) and ``now``."""

    def before(self, moment: Moment) -> float | None:
        """The number before this iteration, where it is not the one measured behind the last."""
        return None

    def happened(self, before: float, now: float) -> str:
        """What has happened, in words."""
        return f"{self._measured} is {now:.4g}"

    @property
    def _measured(self) -> str:
        """What is measured, in words."""
        return self.text

    def check(self, project: Project) -> None:  # noqa: B027 - nothing by default
        """Refuse a project in which it can never be measured.

        Raises
        ------
        ProjectError : saying what the project does not have.
        """

    def fits(self, project: Project) -> bool:
        """Whether it can be measured in this project."""
        try:
            self.check(project)
        except ProjectError:
            return False
        return True

    def value(self) -> dict[str, Any]:
        """The condition as a plain value; :func:`condition_from_value` reads it."""
        given = {key: own for key, own in asdict(self).items() if own is not None}  # type: ignore[call-overload]
        return {"kind": self.kind, **given}


class Watch:
    """Looks after one condition during one run.

    ``once`` is for a condition that is run until: it stops where it holds.  A breakpoint stops
    where it begins to hold, or every run would end at once while a loss stays below its limit.
    """

    def __init__(self, condition: Condition, drawing: Array | None, once: bool = False) -> None:
        self._condition = condition
        self._drawing = drawing
        self._once = once
        self._before = math.nan
        self.sentence = ""

    def arm(self, trainer: Trainer, trace: Trace | None) -> None:
        """Take the moment the run begins at as what comes before."""
        self._before = self._measure(Moment(trainer, trace, self._drawing))

    def happened(self, trainer: Trainer, trace: Trace | None) -> bool:
        """Whether the run is to stop behind this iteration; :attr:`sentence` then says why."""
        own, moment = self._condition, Moment(trainer, trace, self._drawing)
        now, before = self._measure(moment), self._before
        if math.isnan(now):
            return False
        self._before = now
        earlier = own.before(moment)
        before = before if earlier is None else earlier
        begins = self._once or not own.holds(math.nan, before)
        if not own.holds(before, now) or not begins:
            return False
        self.sentence = own.happened(before, now)
        return True

    def _measure(self, moment: Moment) -> float:
        if not self._condition.fits(moment.trainer.project):
            # An edit took away what it looks at; another may bring it back.
            return math.nan
        return self._condition.measure(moment)
