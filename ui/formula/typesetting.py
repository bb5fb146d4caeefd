"""LaTeX to SVG in a thread of its own, so that no frame waits for it."""

from __future__ import annotations

import re
import threading
import zlib
from dataclasses import dataclass

from PySide6.QtCore import QObject, QThread, Signal

EM = 24.0
"""Size at which formulas are typeset, px; drawn they are scaled."""
INK = "#010203"
"""Colour they are typeset in; replaced when they are drawn."""
_VIEW_BOX = re.compile(r'viewBox="(\S+) (\S+) (\S+) (\S+)"')


@dataclass(frozen=True, slots=True)
class Typeset:
    """A formula: its picture, and its size in em; ``ascent`` is what stands above the baseline.

    Hundreds of them are kept and few drawn again, so the picture is compressed, to a third.
    """

    packed: bytes
    width: float
    height: float
    ascent: float

    @property
    def svg(self) -> str:
        """The picture as the text of an SVG file."""
        return zlib.decompress(self.packed).decode()


def typeset(latex: str) -> Typeset | None:
    """The formula, or None where this is no LaTeX that can be set."""
    # Only who looks at a formula pays for the import (0.2 s).
    import ziamath

    # Qt draws SVG 1.2 Tiny, which has no <use> of symbols.
    ziamath.config.svg2 = False
    try:
        svg = ziamath.Latex(latex, size=EM, color=INK).svg()
    except Exception:  # each of its readers has exceptions of its own
        return None
    box = _VIEW_BOX.search(svg)
    if box is None:
        return None
    _, top, width, height = (float(number) for number in box.groups())
    if not (width > 0.0 and height > 0.0):
        return None
    return Typeset(zlib.compress(svg.encode(), 1), width / EM, height / EM, -top / EM)


class TypesettingThread(QThread):
    """Typesets what is asked for, the newest first; ``done`` carries LaTeX and its formula."""

    done = Signal(str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: list[str] = []
        self._wake = threading.Condition()
        self._stopping = False

    def ask(self, latex: str) -> None:
        """Have a formula typeset; returns at once."""
        with self._wake:
            if self._stopping:
                return
            self._wanted.append(latex)
            self._wake.notify()
        if not self.isRunning():
            self.start(QThread.Priority.LowPriority)

    def shut_down(self) -> bool:
        """Stop behind the formula at work, and wait for that."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        return self.wait(5000)

    def run(self) -> None:
        """Typeset until told to stop."""
        while True:
            with self._wake:
                while not self._wanted and not self._stopping:
                    self._wake.wait()
                if self._stopping:
                    return
                latex = self._wanted.pop()
            self.done.emit(latex, typeset(latex))
