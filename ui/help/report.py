"""What a report of a problem says: versions, surroundings, what was open, and the log."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from simulator.project import Project
from simulator.snapshot import Snapshot
from ui.versions import surroundings, versions

LOG_LINES = 200


def report_text(
    project: Project, snapshot: Snapshot | None, log_file: Path, last_crash: str = ""
) -> str:
    """The report as plain text.

    Of the project it holds shapes and settings, none of its data, and no name of the user: the
    home folder is written ``~``.
    """
    parts = [_table(versions()), _table(surroundings()), _table(_open_now(project, snapshot))]
    if last_crash:
        parts.append(f"The run before ended in a crash:\n{last_crash}")
    parts.append(f"The last lines of the log:\n{_last_lines(log_file) or '(nothing in it)'}")
    return _without_home("\n\n".join(parts)) + "\n"


def _table(rows: tuple[tuple[str, str], ...]) -> str:
    width = max(len(name) for name, _ in rows) + 2
    return "\n".join(f"{name + ':':{width}}{value}" for name, value in rows)


def _open_now(project: Project, snapshot: Snapshot | None) -> tuple[tuple[str, str], ...]:
    network, training = project.network, project.training
    layers = " – ".join(f"{layer.units} {layer.activation_text}" for layer in network.layers)
    state = "not started"
    if snapshot is not None:
        state = f"{snapshot.state.name.lower()} at iteration {snapshot.iteration:,}"
    return (
        ("Network", f"{network.inputs} – {layers}"),
        ("Samples", f"{len(project.data):,}"),
        ("Loss", project.loss),
        ("Optimizer", f"{project.optimizer.name}, {project.optimizer.learning_rate:g}"),
        ("Training", f"{training.rule}, mini-batch {training.batch_size}, {training.precision}"),
        ("State", state),
    )


def _last_lines(file: Path) -> str:
    try:
        with file.open(encoding="utf-8", errors="replace") as stream:
            return "".join(deque(stream, LOG_LINES)).rstrip()
    except OSError as problem:
        return f"(it could not be read: {problem.strerror or type(problem).__name__})"


def _without_home(text: str) -> str:
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text
