"""A document in memory: a project, how far it is trained, its record, and the bytes of it all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from simulator.comparison import KeptRun
from simulator.condition import Condition
from simulator.document.breakpoints import breakpoints_value, read_breakpoints
from simulator.document.keeping import bounded
from simulator.document.not_finite import NotFiniteError, started_anew
from simulator.document.projects import ProjectList, read_projects
from simulator.document.records import read_record, record_value
from simulator.document.runs import read_runs, runs_value
from simulator.document.training import Training, read_training, training_value
from simulator.document.window import add_window, read_window
from simulator.project import Project, ProjectError
from simulator.project.archive import ArrayParts, PartWriter, Squeezed, make_archive, open_archive
from simulator.project.reader import PROJECT_PART, project_from_value
from simulator.project.writer import project_value
from simulator.record import Record
from simulator.runner import Runner
from simulator.state import State
from simulator.trainer import Trainer

_TRAINING, _RECORD, _RUNS = "training.json", "record.json", "runs.json"
_BREAKPOINTS, _PROJECTS = "breakpoints.json", "projects.json"


@dataclass(frozen=True, eq=False)
class Document:
    """What a ``.backlit`` file holds; all but the project may be missing.

    Attributes
    ----------
    project : of the moment the document is of.
    training : how far it is trained; None where nothing has been trained.
    record : what can be gone back to, and forward; it contains the moment of ``training``.
    breakpoints : what runs pause at, and whether each is watched.
    runs : kept to be compared.
    layout : of the window, in its own words; at most 1 MiB.
    view : what else the window remembers, as JSON: notation, panels; at most 1 MiB.
    thumbnail : a PNG picture of the window; at most 4 MiB.
    notices : after opening, sentences on what had to be left out; they are not written.
    mended : after opening, whether it has start values where the file has none that are numbers.
    """

    project: Project
    training: Training | None = None
    record: Record | None = None
    breakpoints: tuple[tuple[Condition, bool], ...] = ()
    runs: tuple[KeptRun, ...] = ()
    layout: bytes = b""
    view: Mapping[str, Any] = field(default_factory=dict)
    thumbnail: bytes = b""
    notices: tuple[str, ...] = ()
    mended: bool = False

    @property
    def state(self) -> State | None:
        """What training goes on from, or None."""
        return None if self.training is None else self.training.state


class Packed(NamedTuple):
    """The bytes of a document; ``notice`` says what is not in them, "" where all is."""

    content: bytes
    notice: str


def document_of(source: Trainer | Runner) -> Document:
    """The document of this moment.  It shares nothing that training writes to.

    Of a runner it has the record and the breakpoints too.  It takes a copy of the parameters and of
    the newest curves and no more, so whoever trains can make it between two iterations and have
    it packed elsewhere.
    """
    trainer = source.trainer if isinstance(source, Runner) else source
    record = source.timeline.record() if isinstance(source, Runner) else None
    history = trainer.history
    # In the past of a record the curves go on behind the moment: the training is of the moment.
    curves = history.view().up_to(trainer.epoch)
    training = Training(trainer.state(), curves, history.stride, trainer.epoch_loss)
    watched = source.breakpoints if isinstance(source, Runner) else ()
    breakpoints = tuple((condition, True) for condition in watched)
    return Document(trainer.project, training, record, breakpoints)


def pack_document(document: Document, squeezed: Squeezed | None = None) -> bytes:
    """The bytes of :func:`packed`."""
    return packed(document, squeezed).content


def packed(document: Document, squeezed: Squeezed | None = None) -> Packed:
    """The bytes of a document, read again once to know that they can be.

    Whoever packs again and again hands over what is ``squeezed`` already: data do not change.

    What only makes the work more comfortable never keeps it from being saved: of a record that is
    too large the oldest is left out, and what cannot be kept is named in the notice.

    Raises
    ------
    ProjectError : one sentence on what keeps it from being read.
    """
    notice = ""
    if document.record is not None:
        record, notice = bounded(document.record, document.project)
        document = replace(document, record=record)
    try:
        content, more = _content(document, squeezed)
    except ProjectError as problem:
        if document.record is None and not document.runs:
            raise
        content, more = _content(replace(document, record=None, runs=()), squeezed)
        notice = f"Without its record and kept runs: {problem}"
    return Packed(content, " ".join(own for own in (notice, more) if own))


def _content(document: Document, squeezed: Squeezed | None) -> tuple[bytes, str]:
    parts, project = PartWriter(), document.project
    parts.json(PROJECT_PART, project_value(project, parts.numbers))
    projects = ProjectList(project, parts)
    if document.training is not None:
        parts.json(_TRAINING, training_value(document.training, project, parts))
        if document.record is not None:
            parts.json(_RECORD, record_value(document.record, projects, parts))
    if document.runs:
        parts.json(_RUNS, runs_value(document.runs, projects, parts))
    if projects.more:
        parts.json(_PROJECTS, projects.value())
    if document.breakpoints:
        parts.json(_BREAKPOINTS, breakpoints_value(document.breakpoints))
    notice = add_window(parts, document.layout, document.view, document.thumbnail)
    content = make_archive(parts.finished(), squeezed)
    open_document(content)
    return content, notice


def open_document(content: bytes, name: str = "untitled", mend: bool = False) -> Document:
    """The document in these bytes; ``name`` where the project gives none.

    With ``mend``, parameters that are not finite get their start values, and a record that leads to
    such ones is left out.

    Raises
    ------
    NotFiniteError : there are such parameters, and they are not mended.
    ProjectError : one sentence: what is wrong, and where.
    """
    parts = ArrayParts(open_archive(content))
    project = project_from_value(parts.json(PROJECT_PART), name)
    projects = [project]
    if parts.has(_PROJECTS):
        projects += read_projects(parts.json(_PROJECTS), project)
    training, record, notices = None, None, []
    if parts.has(_TRAINING):
        training = read_training(parts.json(_TRAINING), project, finite=not mend)
        if mend:
            training, notice = started_anew(training, project)
            notices += [notice] if notice else []
        if parts.has(_RECORD):
            try:
                record = read_record(parts.json(_RECORD), projects, training)
            except NotFiniteError:
                if not mend:
                    raise
            if mend and (notices or record is None):
                record = None
                notices.append("The record of the training before was left out.")
    runs = read_runs(parts.json(_RUNS), projects) if parts.has(_RUNS) else ()
    breakpoints: tuple[tuple[Condition, bool], ...] = ()
    if parts.has(_BREAKPOINTS):
        breakpoints = read_breakpoints(parts.json(_BREAKPOINTS))
    window = read_window(parts)
    parts.finish()
    return Document(
        project,
        training,
        record,
        breakpoints,
        runs,
        window.layout,
        window.view,
        window.thumbnail,
        (*notices, *window.notices),
        bool(notices),
    )
