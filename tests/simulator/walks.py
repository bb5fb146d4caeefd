"""What tests of the timeline compare, and a project that remembers how it was trained."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar
from unittest import mock

import numpy as np
from small_projects import with_training

from simulator.callbacks import Callback, CallbackSpec, Logs, Training
from simulator.project import Project
from simulator.runner import Runner
from simulator.trainer import Trainer

Event = tuple[int, Callable[[Trainer], None], Any]
"""Behind which iteration something was done to the trainer, what, and with which value."""


@dataclass(frozen=True)
class DiarySpec(CallbackSpec):
    """A callback that remembers what else than training was done."""

    name: ClassVar[str] = "diary"
    about: ClassVar[str] = ""

    def make(self) -> Callback:
        return Diary()


class Diary(Callback):
    """It goes back in time with the trainer, as every callback does."""

    def __init__(self) -> None:
        self.events: tuple[Event, ...] = ()

    def on_epoch_end(self, training: Training, epoch: int, logs: Logs) -> None:
        pass


def with_diary(project: Project) -> Project:
    """The project with a diary besides its callbacks."""
    return with_training(project, callbacks=(*project.training.callbacks, DiarySpec()))


def diary(trainer: Trainer) -> tuple[Event, ...]:
    """What was done to this trainer on the way to where it is."""
    (own,) = (own for own in trainer._callbacks if isinstance(own, Diary))
    return own.events


@contextmanager
def written() -> Iterator[None]:
    """Every change and extension goes into the diary of its trainer."""

    def noting(method: Callable[..., None]) -> Callable[..., None]:
        def note(trainer: Trainer, *given: Any) -> None:
            method(trainer, *given)
            event = (trainer.iteration, lambda fresh: method(fresh, *given), given[0])
            (own,) = (own for own in trainer._callbacks if isinstance(own, Diary))
            own.events = (*own.events, event)

        return note

    with (
        mock.patch.object(Trainer, "change", noting(Trainer.change)),
        mock.patch.object(Trainer, "extend", noting(Trainer.extend)),
    ):
        yield


def fresh_run(project: Project, like: Trainer) -> Trainer:
    """A run from the start to where ``like`` is, in which the same was done at the same places."""
    trainer = Trainer(project)
    for iteration, do, _ in diary(like):
        trainer.run_iterations(iteration - trainer.iteration)
        assert trainer.iteration == iteration
        do(trainer)
    trainer.run_iterations(like.iteration - trainer.iteration)
    return trainer


def state_of(trainer: Trainer) -> dict[str, Any]:
    """Everything training from here on depends on, and the curves, comparable to the bit."""
    state = trainer.state()
    history = trainer.history.view().up_to(trainer.epoch)
    return {
        "theta": state.theta.tobytes(),
        "moving": state.moving.tobytes(),
        "slots": {name: own.tobytes() for name, own in state.slots.items()},
        "counters": (state.updates, state.epoch, state.iteration, state.position, state.mistakes),
        "rate": (state.rate, state.given_rate, trainer.learning_rate),
        "loss": (state.epoch_loss, state.loss_limit),
        "end": (state.last_epoch, state.stop_reason, trainer.finished),
        "project": trainer.project,
        "callbacks": [
            (spec, _plain(dict(memory)))
            for spec, memory in state.callbacks
            if not isinstance(spec, DiarySpec)
        ],
        "epochs": history.epoch.tobytes(),
        "figures": history.figures.tobytes(),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tobytes()
    if isinstance(value, dict):
        return {key: _plain(own) for key, own in value.items()}
    return tuple(_plain(own) for own in value) if isinstance(value, tuple) else value


def run(runner: Runner, slice_: int = 7) -> None:
    """Let a run go on to where it pauses."""
    while runner.running:
        runner.advance(slice_)


def run_for(runner: Runner, iterations: int) -> None:
    """Run so many iterations from here, then pause."""
    runner.run()
    runner.advance(iterations)
    runner.pause()
