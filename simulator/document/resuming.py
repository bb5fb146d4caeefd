"""Training that goes on from a document, to the bit as if it had never stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from simulator.callbacks import Callback
from simulator.document.document import Document, document_of
from simulator.history import History
from simulator.runner import Runner
from simulator.timeline import Timeline
from simulator.trainer import Trainer


def resumed(
    document: Document, folder: Path | None = None, callbacks: Sequence[Callback] = ()
) -> Trainer:
    """A trainer at the moment of the document; ``folder`` and ``callbacks`` as for Trainer."""
    trainer = Trainer(document.project, folder, callbacks)
    training = document.training
    if training is None:
        return trainer
    own = tuple((None, callback.state()) for callback in callbacks)
    state = replace(training.state, callbacks=(*training.state.callbacks, *own))
    start = state if document.record is None else document.record.present.start
    trainer.return_to(state, document.project, start)
    trainer.history = History.of(training.history, training.stride)
    trainer.epoch_loss = training.epoch_loss
    return trainer


class GoingOn:
    """A trainer that goes on from a document without a runner; what else is in it stays.

    The record goes on with what is trained, in one stretch without checkpoints: make it when the
    trainer is ready to train, before it does.
    """

    def __init__(self, trainer: Trainer, document: Document) -> None:
        self.trainer = trainer
        self._document = document
        self._timeline: Timeline | None = None
        if document.record is not None:
            self._timeline = Timeline.of(trainer, document.record)
            self._timeline.mark("", edit=False)

    def document(self) -> Document:
        """The document of this moment; the picture of the window is not of it any more."""
        return replace(
            self._document,
            project=self.trainer.project,
            training=document_of(self.trainer).training,
            record=None if self._timeline is None else self._timeline.record(),
            thumbnail=b"",
            notices=(),
        )


def resumed_runner(document: Document) -> Runner:
    """A runner, paused at the moment of the document; see :func:`resume_into`."""
    runner = Runner(document.project)
    resume_into(runner, document)
    return runner


def resume_into(runner: Runner, document: Document) -> None:
    """Have a runner go on with a document, paused at its moment.

    Its record is that of the document, or begins there; what the document watches for is watched.
    """
    trainer = resumed(document)
    runner.load(document.project, trainer, document.record)
    watched = tuple(condition for condition, watched in document.breakpoints if watched)
    runner.set_breakpoints(watched, wait=True)
