"""Where the files go that a project's callbacks write."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QStandardPaths


def run_folder(source: str | os.PathLike[str] | None) -> Path:
    """The folder of the project file; for a built-in project “Backlit” in the documents."""
    if source is not None and os.path.isfile(source):
        return Path(source).resolve().parent
    documents = QStandardPaths.StandardLocation.DocumentsLocation
    return Path(QStandardPaths.writableLocation(documents), "Backlit")
