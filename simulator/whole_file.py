"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from simulator.project.errors import ProjectError, printable


def write_whole(path: Path, content: bytes) -> None:
    """Write a file; an earlier one stays as it is until the new one is complete.

    Raises
    ------
    ProjectError : one sentence, if it cannot be written.
    """
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=".backlit-", dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        # As a file that is simply written would have them.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, path)
    except OSError as problem:
        if temporary:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        reason = problem.strerror or type(problem).__name__
        shown = printable(path.name, 80)
        raise ProjectError(f"“{shown}” could not be written: {reason}.") from None
