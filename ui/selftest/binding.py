"""Does this Python get along with this Qt binding?

Some releases of the binding lose a reference of True or None at every call; on a Python without
immortal objects the process then dies within minutes.  This finds out before a lecture does.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from ui.selftest.check import Check, CheckError

CALLS = 100_000
_CHUNK = 200
_CONSTANTS = (None, True, False)
_SPARE = 100
"""References that may come and go for other reasons."""
_PER_CALL = 0.01
_LOST_PER_FRAME = 2.0
_GAINED_PER_FRAME = 50.0
"""PySide6 6.11 adds some eight references of None a frame, which harms nobody: only lost ones
end with the constant being deleted."""


class _Sender(QObject):
    sent = Signal()
    valued = Signal(object)


class _Receiver(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def take(self) -> None:
        self.count += 1

    def take_value(self, value: object) -> None:
        self.count += 1


def binding_checks(app: QApplication, seconds: float, calls: int) -> list[Check]:
    """The checks; the plot is painted for ``seconds``."""
    return [
        ("signals", partial(_check, _signals, calls)),
        ("calls without a result", partial(_check, _void_calls, calls)),
        ("painting", partial(_check, _painting, calls)),
        ("a live plot", partial(_plot, app, seconds)),
    ]


def _references() -> np.ndarray:
    return np.array([sys.getrefcount(constant) for constant in _CONSTANTS])


def _check(make: Callable[[], Callable[[], object]], calls: int) -> str:
    """Call what ``make`` makes in chunks; stop at the first sign of drift, before the process
    dies."""
    action = make()
    action()
    gc.collect()
    start = drift = _references()
    done = 0
    while done < calls:
        for _ in range(min(_CHUNK, calls - done)):
            action()
        done = min(calls, done + _CHUNK)
        drift = _references() - start
        if np.abs(drift).max() > _SPARE + _PER_CALL * done:
            raise CheckError(_changed(drift, done))
    return f"{done:,} calls, references off by {int(np.abs(drift).max())}"


def _changed(drift: np.ndarray, calls: int) -> str:
    parts = ", ".join(
        f"{constant} {change:+d}" for constant, change in zip(_CONSTANTS, drift, strict=True)
    )
    return f"references changed in {calls:,} calls: {parts}"


def _signals() -> Callable[[], object]:
    sender, receiver = _Sender(), _Receiver()
    sender.sent.connect(receiver.take)
    sender.valued.connect(receiver.take_value)

    def emit() -> None:
        sender.sent.emit()
        sender.valued.emit(None)

    return emit


def _void_calls() -> Callable[[], object]:
    thing = _Sender()
    return lambda: thing.setObjectName("x")


def _painting() -> Callable[[], object]:
    image = QImage(16, 16, QImage.Format.Format_ARGB32_Premultiplied)
    colour = QColor("#5B4BDB")

    def paint() -> None:
        painter = QPainter(image)
        painter.setPen(colour)
        painter.fillRect(0, 0, 16, 16, colour)
        painter.drawLine(0, 0, 15, 15)
        painter.end()

    return paint


def _plot(app: QApplication, seconds: float) -> str:
    import pyqtgraph

    widget = pyqtgraph.PlotWidget()
    widget.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    widget.resize(320, 200)
    curve = widget.plot()
    widget.show()
    x = np.linspace(0.0, 1.0, 200)

    def frame(number: int) -> None:
        curve.setData(x, np.sin(6.0 * x + 0.1 * number))
        app.processEvents()
        widget.grab()

    for number in range(10):
        frame(number)
    gc.collect()
    start = _references()
    end = time.monotonic() + seconds
    frames = 0
    failed = ""
    while not failed and (frames < 20 or time.monotonic() < end):
        frame(frames)
        frames += 1
        drift = _references() - start
        lost = -drift.min() > _SPARE + _LOST_PER_FRAME * frames
        if lost or drift.max() > _SPARE + _GAINED_PER_FRAME * frames:
            failed = _changed(drift, frames)
    widget.close()
    widget.deleteLater()
    app.processEvents()
    if failed:
        raise CheckError(failed)
    return f"{frames:,} frames, references off by {int(np.abs(drift).max())}"
