"""F6: closing the window while it trains, again and again: a clean end every time.

``python -m tests.faults.ui_closing 200`` starts so many real processes; each opens the window,
trains at full speed and closes at a random moment.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST_MOMENT = 0.6
SECONDS_TO_END = 60
BAD = (
    "QThread: Destroyed",
    "Fatal Python error",
    "Traceback",
    "RuntimeError",
    "Warning",
    "QObject",
)

WINDOW = """
import sys, time, tempfile
from pathlib import Path
from PySide6.QtCore import QTimer
from simulator.project import load_project
from ui.app import GarbageCollector, connect_problems, make_application
from ui.main_window import MainWindow
from ui.problems import ProblemReporter
from ui.session import Session
from ui.settings import Settings

application = make_application()
reporter = ProblemReporter(application)
reporter.install()
collector = GarbageCollector(application)
session = Session(load_project("digits-5x5").with_epochs(10**6))
folder = tempfile.TemporaryDirectory()
window = MainWindow(session, Settings(str(Path(folder.name, "settings.ini"))))
connect_problems(reporter, session)
session.start()
window.show()
session.run()

def close():
    started = time.perf_counter()
    window.ask_before_closing = False
    window.close()
    print(f"ended in {1000 * (time.perf_counter() - started):.0f} ms")

QTimer.singleShot(round(1000 * float(sys.argv[1])), window, close)
status = application.exec()
assert session.shut_down()
sys.exit(status)
"""


def close_once(moment: float) -> tuple[str, int]:
    """Close a window ``moment`` seconds after its start: ("" or what went wrong, ms to end)."""
    with tempfile.TemporaryDirectory() as folder:
        surroundings = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "BACKLIT_STATE_DIR": folder,
            "PYTHONPATH": str(ROOT),
        }
        try:
            ended = subprocess.run(
                [sys.executable, "-c", WINDOW, f"{moment:.3f}"],
                cwd=ROOT,
                env=surroundings,
                capture_output=True,
                text=True,
                timeout=SECONDS_TO_END,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "hung", -1
    said = ended.stdout + ended.stderr
    found = re.search(r"ended in (\d+) ms", said)
    wrong = [word for word in BAD if word in said]
    if ended.returncode or wrong or found is None:
        return f"status {ended.returncode}, {wrong}: {said[-500:]}", -1
    return "", int(found[1])


def close_often(times: int, seed: int = 3) -> tuple[list[str], list[int]]:
    """What went wrong, and the milliseconds that closing took, for so many windows."""
    chance = random.Random(seed)
    moments = [chance.uniform(0.0, LONGEST_MOMENT) for _ in range(times)]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(close_once, moments))
    return [wrong for wrong, _ in results if wrong], sorted(
        ms for wrong, ms in results if not wrong
    )


def main() -> int:
    """Close so many windows as the first argument says; 0 if all ended cleanly."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    wrong, took = close_often(times)
    median = took[len(took) // 2] if took else -1
    slowest = took[-1] if took else -1
    print(
        f"F6 closing while training: {times} tried, {len(wrong)} not clean; "
        f"median {median} ms, slowest {slowest} ms"
    )
    for text in wrong[:3]:
        print(f"  {text}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
