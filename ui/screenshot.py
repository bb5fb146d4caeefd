"""A picture of the real window, without a screen."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from simulator.project import Project, ProjectError
from simulator.runner import Runner

SETTLE_SECONDS = 10.0
"""How long the window may take to show the wanted iteration after it was computed."""


def save_screenshot(
    project: Project,
    path: Path,
    size: tuple[int, int] = (1280, 800),
    theme: str = "light",
    iterations: int = 0,
    phase: int | None = None,
) -> None:
    """Render the window after so many iterations, stepped to ``phase`` if given, into ``path``.

    Raises
    ------
    ProjectError : when the picture cannot be written there.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # Qt must not be loaded before the platform is chosen.
    from PySide6.QtCore import QEventLoop

    from ui.app import make_application
    from ui.main_window import MainWindow
    from ui.session import Session
    from ui.settings import Settings

    application = make_application()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(str(Path(folder, "settings.ini")))
        settings.set_text("theme", theme)
        settings.set_flag("animate", False)
        session = Session(project)
        window = MainWindow(session, settings)
        window.resize(*size)
        window.show()
        session.start()

        def prepare(runner: Runner) -> None:
            if iterations > 1:
                runner.trainer.run_iterations(iterations - 1)
            if iterations > 0:
                runner.step_iteration()
            if phase is not None:
                runner.step_phase()
                runner.step_to_phase(phase)

        session.send(prepare)
        deadline = time.monotonic() + SETTLE_SECONDS
        flags = QEventLoop.ProcessEventsFlag.AllEvents
        frames = 0
        typesetter = window.desk.renderer
        while (frames < 12 or typesetter.busy) and time.monotonic() < deadline:
            application.processEvents(flags, 50)
            time.sleep(0.01)
            shown = session.snapshot
            if shown is not None and (iterations == 0 or shown.trace is not None):
                frames += 1
        window.network_card.view.settle()
        saved = window.grab().save(str(path))
        window.close()
        application.processEvents()
    if not saved:
        raise ProjectError(f"the picture could not be written to “{path}”.")
