"""A document in memory: a project, how far it is trained, and the bytes of both."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.document.training import Training, read_training, training_value
from simulator.project import Project
from simulator.project.archive import ArrayParts, PartWriter, make_archive, open_archive
from simulator.project.reader import PROJECT_PART, project_from_value
from simulator.project.writer import project_value
from simulator.runner import Runner
from simulator.state import State
from simulator.trainer import Trainer

_TRAINING_PART = "training.json"


@dataclass(frozen=True, eq=False)
class Document:
    """What a ``.backlit`` file holds.  ``training`` is None where nothing has been trained."""

    project: Project
    training: Training | None = None

    @property
    def state(self) -> State | None:
        """What training goes on from, or None."""
        return None if self.training is None else self.training.state


def document_of(source: Trainer | Runner) -> Document:
    """The document of this moment.  It shares nothing that training writes to."""
    trainer = source.trainer if isinstance(source, Runner) else source
    history = trainer.history
    # In the past of a record the curves go on behind the moment: the document is of the moment.
    curves = history.view().up_to(trainer.epoch)
    training = Training(trainer.state(), curves, history.stride, trainer.epoch_loss)
    return Document(trainer.project, training)


def pack_document(document: Document) -> bytes:
    """The bytes of a document, read again once to know that they can be.

    Raises
    ------
    ProjectError : one sentence on what keeps it from being read.
    """
    parts, project = PartWriter(), document.project
    parts.json(PROJECT_PART, project_value(project, parts.numbers))
    if document.training is not None:
        parts.json(_TRAINING_PART, training_value(document.training, project, parts))
    content = make_archive(parts.finished())
    open_document(content)
    return content


def open_document(content: bytes, name: str = "untitled") -> Document:
    """The document in these bytes; ``name`` where the project gives none.

    Raises
    ------
    ProjectError : one sentence: what is wrong, and where.
    """
    parts = ArrayParts(open_archive(content))
    project = project_from_value(parts.json(PROJECT_PART), name)
    training = None
    if parts.has(_TRAINING_PART):
        training = read_training(parts.json(_TRAINING_PART), project)
    parts.finish()
    return Document(project, training)
