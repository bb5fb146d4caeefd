"""Training that goes on from a document, to the bit as if it had never stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from simulator.callbacks import Callback
from simulator.document.document import Document
from simulator.history import History
from simulator.runner import Runner
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
    trainer.return_to(state, document.project, state)
    trainer.history = History.of(training.history, training.stride)
    trainer.epoch_loss = training.epoch_loss
    return trainer


def resumed_runner(document: Document) -> Runner:
    """A runner, paused at the moment of the document; its record begins there."""
    runner = Runner(document.project)
    runner.load(document.project, resumed(document))
    return runner
