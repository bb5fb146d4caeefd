"""F9: a minute at full speed with a slow window: no queue grows, and the window keeps answering.

``python -m tests.faults.ui_flood 60`` reports the growth of memory, the share of heartbeats of the
GUI thread that came, and how old the snapshot on show was.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from PySide6.QtCore import QObject, Qt, QTimer

from simulator.project import load_project
from ui.app import GarbageCollector, make_application
from ui.main_window import MainWindow
from ui.session import Session
from ui.settings import Settings

BEAT_MILLISECONDS = 20
SLOW_SECONDS = 0.004
GROWTH_ALLOWED = 20.0
"""MiB, behind the first seconds in which caches fill."""
LATEST_ALLOWED = 250.0
"""Milliseconds a heartbeat may be late: frames are drawn between them, a stall would be seen."""
WARM_UP_SECONDS = 10.0


def memory_mib() -> float:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


class Watch(QObject):
    """Counts heartbeats, and makes every frame slower than it is."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.beats = 0
        self.latest = 0.0
        self.iterations: list[int] = []
        self.peak = 0.0
        self._base: float | None = None
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_beat)
        self._timer.start(BEAT_MILLISECONDS)
        session.snapshot_changed.connect(self._on_snapshot)

    def begin(self) -> None:
        """Count from here on."""
        self._base, self.beats, self.latest = memory_mib(), 0, 0.0

    def _on_beat(self) -> None:
        now = time.perf_counter()
        self.beats += 1
        if self._last:
            self.latest = max(self.latest, 1000 * (now - self._last) - BEAT_MILLISECONDS)
        self._last = now
        if self._base is not None:
            self.peak = max(self.peak, memory_mib() - self._base)

    def _on_snapshot(self, snapshot: object) -> None:
        time.sleep(SLOW_SECONDS)
        self.iterations.append(snapshot.iteration)


def main() -> int:
    """Run for so many seconds as the first argument says; 0 if everything held."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    application = make_application()
    collector = GarbageCollector(application)
    session = Session(load_project("digits-5x5").with_epochs(10**9))
    with tempfile.TemporaryDirectory() as folder:
        window = MainWindow(session, Settings(str(Path(folder, "settings.ini"))))
        window.resize(1280, 800)
        window.transport.set_speed(100)
        watch = Watch(session)
        session.start()
        window.show()
        session.run()
        QTimer.singleShot(round(1000 * WARM_UP_SECONDS), watch, watch.begin)
        QTimer.singleShot(round(1000 * (WARM_UP_SECONDS + seconds)), application, application.quit)
        application.exec()
        share = watch.beats * BEAT_MILLISECONDS / 1000 / seconds
        frames, iterations = len(watch.iterations), watch.iterations[-1]
        in_order = watch.iterations == sorted(watch.iterations)
        ended = session.shut_down()
        window.close()
    held = watch.peak <= GROWTH_ALLOWED and watch.latest <= LATEST_ALLOWED and in_order and ended
    print(
        f"F9 flood: {iterations:,} iterations, {frames:,} frames in {seconds:.0f} s; memory "
        f"+{watch.peak:.1f} MiB of {GROWTH_ALLOWED:.0f}; {share:.0%} of heartbeats, latest "
        f"{watch.latest:.0f} ms; {'held' if held else 'NOT HELD'}"
    )
    del collector
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
