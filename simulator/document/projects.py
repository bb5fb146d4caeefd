"""The projects of a record and of kept runs: written once each, their data once each.

The project of the document itself is the first, and stands in a part of its own.
"""

from __future__ import annotations

from typing import Any

from simulator.adoption import same_samples
from simulator.data import Dataset
from simulator.project import Project, ProjectError
from simulator.project.archive import PartWriter
from simulator.project.fields import Fields
from simulator.project.reader import project_from_value, read_dataset
from simulator.project.writer import data_value, project_value

MOST = 1000


class ProjectList:
    """Collects projects that differ, and gives each its number."""

    def __init__(self, first: Project, parts: PartWriter) -> None:
        self._parts = parts
        self._projects = [first]
        self._data = [first.data]

    @property
    def more(self) -> bool:
        """Whether there are others than the first."""
        return len(self._projects) > 1

    def number(self, project: Project) -> int:
        """The number of a project."""
        for number, own in enumerate(self._projects):
            if own is project:
                return number
        self._projects.append(project)
        if not any(own is project.data for own in self._data):
            self._data.append(project.data)
        return len(self._projects) - 1

    def value(self) -> dict[str, Any]:
        """All but the first as JSON; their arrays go into the parts."""
        numbers = self._parts.numbers
        projects = []
        for own in self._projects[1:]:
            data = next(i for i, data in enumerate(self._data) if data is own.data)
            projects.append({**project_value(own, numbers, data=False), "data": data})
        return {"data": [data_value(own, numbers) for own in self._data[1:]], "projects": projects}


def read_projects(value: Any, first: Project) -> list[Project]:
    """What :meth:`ProjectList.value` gave.

    Raises
    ------
    ProjectError : one sentence.
    """
    fields = Fields(value, "projects.json")
    data: list[Dataset] = [first.data]
    data += [read_dataset(own) for own in fields.items("data", 0, MOST)]
    found: list[Project] = []
    for item in fields.items("projects", 0, MOST):
        if not isinstance(item, dict):
            raise ProjectError("projects.json: a project must be a JSON object.")
        number = Fields(item, "projects.json: project").integer("data", 0, len(data) - 1)
        rest = {name: own for name, own in item.items() if name != "data"}
        project = project_from_value(rest, data=data[number])
        for other in (first, *found):
            if same_samples(other, project):
                # Split and scaled once for all of them.
                project.__dict__["prepared"] = other.prepared
                break
        found.append(project)
    fields.finish()
    return found
