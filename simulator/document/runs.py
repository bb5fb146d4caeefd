"""Kept runs as JSON and arrays, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulator.comparison import MOST_RUNS, KeptRun
from simulator.document.curves import curves_value, read_curves
from simulator.document.projects import ProjectList
from simulator.document.states import MOST, SENTENCE, sentence
from simulator.project import Project, ProjectError
from simulator.project.archive import PartWriter
from simulator.project.errors import printable
from simulator.project.fields import Fields


def runs_value(
    runs: Sequence[KeptRun], projects: ProjectList, parts: PartWriter
) -> list[dict[str, Any]]:
    """Runs as JSON; their projects go into ``projects``, their curves into ``parts``."""
    return [
        {
            "project": projects.number(run.project),
            "number": run.number,
            "label": printable(run.label, SENTENCE),
            "shown": run.shown,
            "edited": run.edited,
            "message": printable(run.message, SENTENCE),
            "history": curves_value(run.history, 1, parts, "run"),
        }
        for run in runs
    ]


def read_runs(value: Any, projects: Sequence[Project]) -> tuple[KeptRun, ...]:
    """What :func:`runs_value` gave.

    Raises
    ------
    ProjectError : one sentence.
    """
    runs: list[KeptRun] = []
    for item in Fields({"runs": value}, "runs.json").items("runs", 0, MOST_RUNS):
        fields = Fields(item, "runs.json: run")
        number = fields.integer("number", 0, MOST_RUNS - 1)
        if number in (own.number for own in runs):
            raise ProjectError(f"runs.json: number {number} is given to two runs.")
        run = KeptRun(
            project=projects[fields.integer("project", 0, len(projects) - 1)],
            history=read_curves(fields.child("history"), MOST)[0],
            number=number,
            label=sentence(fields, "label"),
            shown=fields.boolean("shown"),
            edited=fields.boolean("edited"),
            message=sentence(fields, "message"),
        )
        fields.finish()
        runs.append(run)
    return tuple(runs)
