"""How quickly the network view opens and paints, beside painting every link as a line.

    python -m tests.bench.network_view [--seconds S] [--frames N]

Offscreen, for the digits and for 784-50-10 in two sizes of the window.  A frame is a repaint of the
network view alone, told as processor time of the GUI thread, so that other work on the machine
does not count; "lines" is one frame of the old way, all links stroked by QPainter.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF
from PySide6.QtGui import QImage, QPainter, QPen
from PySide6.QtWidgets import QApplication

from simulator.project import load_project
from simulator.snapshot import RunState
from ui.app import make_application
from ui.editor.network_view import NetworkView
from ui.main_window import MainWindow
from ui.session import Session
from ui.settings import Settings
from ui.theme import LIGHT

PROJECTS = ("digits-5x5", "strokes-784-50-10")
SIZES = ((1280, 800), (1920, 1080))
OPENED_FROM = "xor"


class Frames(QObject):
    """Measures every repaint of a view, milliseconds of this thread's processor time."""

    def __init__(self, view: NetworkView) -> None:
        super().__init__(view)
        self.times: list[float] = []
        self._view = view
        self._inside = False
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Paint the view under the clock."""
        if event.type() is not QEvent.Type.Paint or self._inside:
            return False
        start = time.thread_time()
        self._inside = True
        self._view.paintEvent(event)
        self._inside = False
        self.times.append(1000 * (time.thread_time() - start))
        return True

    def take(self) -> str:
        """Median, 99th percentile, worst, and how many there were."""
        times, self.times = np.array(self.times), []
        if times.size == 0:
            return "-"
        middle, high = np.percentile(times, [50, 99])
        return f"p50 {middle:5.1f}  p99 {high:6.1f}  worst {times.max():6.1f} ms  ({times.size})"


@contextmanager
def opened(size: tuple[int, int]) -> Iterator[tuple[QApplication, MainWindow, Session]]:
    """A window of this size on a small project."""
    app = make_application()
    with tempfile.TemporaryDirectory() as folder:
        session = Session(load_project(OPENED_FROM))
        window = MainWindow(session, Settings(str(Path(folder, "settings.ini"))))
        window.resize(*size)
        window.show()
        session.start()
        wait(app, lambda: session.snapshot is not None)
        wait(app, lambda: False, 0.5)
        yield app, window, session
        window.close()
        app.processEvents()


def wait(app: QApplication, until: Callable[[], bool], most: float = 60.0) -> None:
    """Let the window live until something is so."""
    end = time.perf_counter() + most
    while time.perf_counter() < end and not until():
        app.processEvents()
        time.sleep(0.001)


def lines(view: NetworkView) -> float:
    """Milliseconds of one frame of the old way: every link a line."""
    image = QImage(view.size(), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    layout = view.network_layout()
    assert layout is not None and view.spec is not None
    start = time.thread_time()
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pens = [QPen(LIGHT.colour(name, 0.1), 1.2) for name in ("positive", "negative")]
    for before, after in zip(layout.columns, layout.columns[1:], strict=False):
        ends = [QPointF(after.left, y) for y in after.link_y]
        for number, y in enumerate(before.link_y):
            first = QPointF(before.right, float(y))
            painter.setPen(pens[number % 2])
            for last in ends:
                painter.drawLine(first, last)
    painter.end()
    return 1000 * (time.thread_time() - start)


def measure(project: str, size: tuple[int, int], seconds: float, frames: int) -> None:
    """Open a project in a window of this size, and print what each thing takes."""
    with opened(size) as (app, window, session):
        view = window.network_card.view
        clock = Frames(view)
        loaded = load_project(project)
        print(f"\n{project} at {size[0]}×{size[1]}")
        start, busy = time.perf_counter(), time.thread_time()
        session.set_project(loaded)
        wait(app, lambda: view.spec == loaded.network)
        clock.times.clear()
        wait(app, lambda: bool(clock.times))
        shown, work = time.perf_counter() - start, time.thread_time() - busy
        wait(app, lambda: view.settled)
        complete = time.perf_counter() - start
        print(f"  open      first frame {shown:.2f} s ({work:.2f} s of work), all {complete:.2f} s")
        print(f"            {clock.take()}")
        wait(app, lambda: False, 0.3)
        clock.take()
        viewport = view.viewport
        viewport.zoom(3.0)
        wait(app, lambda: view.settled)
        clock.take()
        for n in range(frames):
            viewport.pan(9.0 * np.cos(n / 9), 7.0 * np.sin(n / 7))
            app.processEvents()
        print(f"  pan       {clock.take()}")
        viewport.fit()
        at = QPointF(view.width() * 0.45, view.height() * 0.4)
        for n in range(frames):
            viewport.zoom(1.06 if n % 80 < 40 else 1 / 1.06, at)
            app.processEvents()
        print(f"  zoom      {clock.take()}")
        viewport.fit()
        wait(app, lambda: view.settled)
        clock.take()
        window.actions_by_id["run"].trigger()
        wait(app, lambda: session.state is RunState.RUNNING)
        wait(app, lambda: False, seconds)
        print(f"  training  {clock.take()}  {session.snapshot.updates_per_second:,.0f} updates/s")
        window.actions_by_id["run"].trigger()
        wait(app, lambda: session.state is not RunState.RUNNING)
        wait(app, lambda: view.settled)
        clock.take()
        window.actions_by_id["animate"].setChecked(True)
        window.network_card.set_animated(True)
        begun = time.perf_counter()
        while time.perf_counter() - begun < max(seconds, 8.0):
            window.actions_by_id["step_phase"].trigger()
            wait(app, lambda: False, 0.3)
        print(f"  stepping  {clock.take()}")
        old = [lines(view) for _ in range(3)]
        view.settle()
        clock.take()
        for _ in range(20):
            view.repaint()
        times = np.array(clock.times)
        ratio = min(old) / float(np.median(times))
        print(
            f"  lines     {min(old):,.0f} ms a frame; ours {np.median(times):.1f} ms: {ratio:,.0f}×"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--frames", type=int, default=240)
    options = parser.parse_args()
    for project in PROJECTS:
        for size in SIZES:
            measure(project, size, options.seconds, options.frames)


if __name__ == "__main__":
    main()
