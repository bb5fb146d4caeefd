"""What goes out and what comes in: a trained network, and what could not be said of it."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.document import Document
from simulator.network import Network
from simulator.project import Project
from simulator.snapshot import HistoryView
from simulator.state import State
from simulator.trainer import Trainer


@dataclass(frozen=True, eq=False)
class Trained:
    """A project at a moment of its training.

    ``network`` has the parameters of that moment, ``history`` is empty where nothing was trained.
    """

    project: Project
    network: Network
    state: State
    history: HistoryView


def trained(document: Document) -> Trained:
    """The trained network of a document; with its start weights where nothing was trained."""
    project = document.project
    if document.training is None:
        trainer = Trainer(project)
        return Trained(project, trainer.network, trainer.state(), trainer.history.view())
    state = document.training.state
    network = Network(project.network, project.parameters, project.training.precision)
    network.theta[...] = state.theta
    network.moving[...] = state.moving
    return Trained(project, network, state, document.training.history)


@dataclass(frozen=True, eq=False)
class Exported:
    """The bytes of a file, and a sentence on each thing its format has no place for."""

    content: bytes
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Imported:
    """What a file became, and a sentence on each thing that was left out or decided."""

    document: Document
    notes: tuple[str, ...] = ()
