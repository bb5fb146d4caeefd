"""Projects: what the user made, read from and written to files."""

from simulator.project.errors import ProjectError
from simulator.project.model import Project, StopSpec, TrainingSpec
from simulator.project.reader import (
    builtin_projects,
    builtin_title,
    catalog,
    load_project,
    project_from_value,
)

__all__ = [
    "Project",
    "ProjectError",
    "StopSpec",
    "TrainingSpec",
    "builtin_projects",
    "builtin_title",
    "catalog",
    "load_project",
    "project_from_value",
]
