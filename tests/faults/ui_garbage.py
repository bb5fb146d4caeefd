"""F12: windows come and go while another thread makes garbage: Qt objects end in the GUI thread.

``python -m tests.faults.ui_garbage 60``.  Python's own collector would run in any thread, and
deleting a widget in the wrong one crashes; ``GarbageCollector`` keeps it in the right one.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import threading
import time
from collections import Counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The offscreen platform remarks on every window that it has no size hints.
os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from ui.app import GarbageCollector, make_application

ended: Counter[str] = Counter()


class Cyclic(QWidget):
    """A window that refers to itself, so that only the collector ends it."""

    def __init__(self) -> None:
        super().__init__()
        self.itself = self
        layout = QVBoxLayout(self)
        self.label = QLabel("x")
        layout.addWidget(self.label)
        for number in range(8):
            layout.addWidget(QPushButton(str(number)))
        self.timer = QTimer(self)
        self.timer.timeout.connect(self.label.update)
        self.timer.start(5)

    def __del__(self) -> None:
        ended[threading.current_thread().name] += 1


def make_garbage(stop: threading.Event) -> None:
    """Allocate what the collector counts, as a training thread might."""
    while not stop.is_set():
        lists = [[number] for number in range(2000)]
        lists.append(lists)
        time.sleep(0.0005)


def main() -> int:
    """Run for so many seconds as the first argument says; 0 if all windows ended rightly."""
    faulthandler.enable()
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    application = make_application()
    collector = GarbageCollector(application)
    stop = threading.Event()
    thread = threading.Thread(target=make_garbage, args=(stop,), name="worker")
    thread.start()
    made, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        window = Cyclic()
        window.show()
        application.processEvents()
        window.hide()
        del window
        made += 1
    stop.set()
    thread.join()
    elsewhere = sum(count for name, count in ended.items() if name != "MainThread")
    print(
        f"F12 garbage: {made:,} windows made, {ended['MainThread']:,} ended in the GUI thread, "
        f"{elsewhere} elsewhere"
    )
    del collector
    # A collector that never ran would have ended none.
    return 0 if elsewhere == 0 and ended["MainThread"] > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
