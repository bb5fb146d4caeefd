"""Speed of the engine alone and behind the window, as ratios within one run.

    python -m tests.bench.run [--seconds S] [--rounds R]

The two contenders take turns, so a machine that slows down slows both; medians are reported.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np

from simulator.project import load_project
from simulator.trainer import Trainer

PROJECT = "digits-5x5"


def engine_alone(seconds: float) -> float:
    """Updates per second of the trainer with nobody watching."""
    trainer = Trainer(load_project(PROJECT).with_epochs(10**9))
    trainer.run_iterations(500)
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        count += trainer.run_iterations(200)
    return count / (time.perf_counter() - start)


def behind_the_window(seconds: float) -> tuple[float, np.ndarray]:
    """Updates per second with the window open, and the time each frame took the GUI (s)."""
    from ui.app import make_application
    from ui.main_window import MainWindow
    from ui.session import Session
    from ui.settings import Settings

    application = make_application()
    with tempfile.TemporaryDirectory() as folder:
        session = Session(load_project(PROJECT).with_epochs(10**9))
        window = MainWindow(session, Settings(str(Path(folder, "settings.ini"))))
        window.resize(1280, 800)
        window.show()
        window.transport.set_speed(100)
        session.start()
        session.run()
        _process(application, 0.5)
        first = session.snapshot.iteration
        start = time.perf_counter()
        frames = _process(application, seconds)
        elapsed = time.perf_counter() - start
        done = session.snapshot.iteration - first
        window.close()
        application.processEvents()
    return done / elapsed, np.array(frames)


def _process(application: object, seconds: float) -> list[float]:
    """Run the event loop; the durations of those turns that did something worth noting."""
    frames = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        before = time.perf_counter()
        application.processEvents()
        took = time.perf_counter() - before
        if took > 0.001:
            frames.append(took)
        time.sleep(0.001)
    return frames


def start_up() -> float:
    """Seconds from starting the process to the first painted frame."""
    code = (
        "import time; t=time.perf_counter()\n"
        "from ui.app import make_application\n"
        "from ui.main_window import MainWindow\n"
        "from ui.session import Session\n"
        "from ui.settings import Settings\n"
        "from simulator.project import load_project\n"
        "a=make_application(); s=Session(load_project('digits-5x5'))\n"
        "w=MainWindow(s, Settings.safe()); w.resize(1280,800); w.show(); s.start()\n"
        "import time as t2\n"
        "while s.snapshot is None: a.processEvents(); t2.sleep(0.001)\n"
        "a.processEvents(); w.grab()\n"
        "print(time.perf_counter()-t); w.close()\n"
    )
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Run all rounds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    alone, watched, frames = [], [], []
    for _ in range(given.rounds):
        alone.append(engine_alone(given.seconds))
        rate, times = behind_the_window(given.seconds)
        watched.append(rate)
        frames.append(times)
    starts = [start_up() for _ in range(given.rounds)]
    ratios = [b / a for a, b in zip(alone, watched, strict=True)]
    all_frames = 1000 * np.concatenate(frames)
    print(f"engine alone          {statistics.median(alone):10,.0f} updates/s")
    print(f"behind the window     {statistics.median(watched):10,.0f} updates/s")
    print(f"window / alone        {statistics.median(ratios):10.2f}")
    print(f"frame p50             {np.percentile(all_frames, 50):10.1f} ms")
    print(f"frame p99             {np.percentile(all_frames, 99):10.1f} ms")
    print(f"start to first paint  {statistics.median(starts):10.2f} s")


if __name__ == "__main__":
    main()
