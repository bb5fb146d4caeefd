"""Does this installation do what Backlit is for?  ``backlit --self-test``

What ships is there and can be drawn, a network trains, a document is kept and goes on to the bit,
every panel paints, and this Python gets along with this Qt.  It needs no screen.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from PySide6.QtWidgets import QApplication

from ui.app import make_application
from ui.selftest.binding import CALLS, binding_checks
from ui.selftest.check import Result, carried_out
from ui.selftest.parts import part_checks
from ui.selftest.window import window_checks
from ui.selftest.work import work_checks

__all__ = ["run"]


def run(seconds: float = 2.0, calls: int = CALLS) -> Iterator[Result]:
    """Do one check after the other; each gives (name, passed, what was found).

    The plot is painted for ``seconds``; ``calls`` is how many of each kind cross into Qt.
    """
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        app = make_application()
    checks = [
        *window_checks(app),
        *part_checks(),
        *work_checks(),
        *binding_checks(app, seconds, calls),
    ]
    return map(carried_out, checks)
