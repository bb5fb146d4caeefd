"""F7: ``kill -9`` while a network is trained and autosaved.

``python -m tests.faults.training 200 50`` kills so many processes of the engine, autosaved every
half second, and so many whole windows, autosaved by themselves every second, at random moments.
The user's own file must be what it was, and what is recovered whole and no older than the last
autosave.
"""

from __future__ import annotations

import os
import queue
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from simulator.document import (
    Document,
    document_of,
    load_document,
    pack_document,
    resumed,
    resumed_runner,
    save_document,
)
from simulator.document.durable import TEMPORARY
from simulator.document.recovery import AutosaveStore, new_key
from simulator.project import load_project
from simulator.project.archive import Squeezed
from simulator.trainer import Trainer
from tests.faults.counting import ROOT, Count

SLICE = 64
RECOVERY = "recovery"
LONGEST = 8
"""Periods until a process is killed, at most."""


@dataclass(frozen=True)
class Kind:
    """What is killed.

    Attributes
    ----------
    period : seconds from one autosave to the next.
    slack : how much more may be lost on a computer that has nothing else to do: the time from
        taking a moment down until it is on the disk.
    """

    name: str
    command: str
    period: float
    slack: float

    @property
    def most(self) -> float:
        """Seconds of training that may be lost."""
        return self.period + self.slack


ENGINE = Kind("kill -9 while training", "train", 0.5, 0.1)
WINDOW = Kind("kill -9 of a window that trains", "window", 1.0, 0.2)


def train_for_ever(path: Path, folder: Path) -> None:
    """Train a document; every half second another thread packs and writes an autosave.

    As in the window, one that is due while the last is still being written waits for that.
    """
    runner, key = resumed_runner(load_document(path)), new_key()
    store, squeezed = AutosaveStore(folder / RECOVERY), Squeezed()
    taken: queue.Queue[Document] = queue.Queue(1)

    def write() -> None:
        while True:
            document = taken.get()
            state = document.state
            assert state is not None
            content = pack_document(document, squeezed)
            store.write(key, path, content, "work", state.epoch, state.iteration)
            _say(f"written {state.iteration}")
            taken.task_done()

    threading.Thread(target=write, daemon=True).start()
    _say_taken(runner.trainer.iteration)
    runner.run()
    due = time.monotonic() + ENGINE.period
    while True:
        runner.advance(SLICE)
        if time.monotonic() >= due and not taken.unfinished_tasks:
            due = time.monotonic() + ENGINE.period
            taken.put(document_of(runner))
            _say_taken(runner.trainer.iteration)


def train_in_window(path: Path, folder: Path) -> None:
    """``backlit FILE`` as it is, training; it only tells what its autosaver does."""
    from ui.app import run_window
    from ui.files.early_reading import EarlyReading
    from ui.files.write_thread import Job, WriteThread
    from ui.session import Session

    take, write, run = Job.take, WriteThread._autosave, Session.run

    def take_and_say(job: Job, runner: object) -> None:
        take(job, runner)  # type: ignore[arg-type]
        if job.autosave and job.document is not None and job.document.state is not None:
            _say_taken(job.document.state.iteration)

    def write_and_say(thread: WriteThread, job: Job) -> None:
        write(thread, job)
        if job.document is not None and job.document.state is not None:
            _say(f"written {job.document.state.iteration}")

    def run_and_say(session: Session) -> None:
        _say_taken(0)
        run(session)

    Job.take, WriteThread._autosave = take_and_say, write_and_say  # type: ignore[method-assign]
    Session.run = run_and_say  # type: ignore[method-assign]
    reading = EarlyReading(str(path))
    sys.exit(run_window(reading, str(path), start_training=True))


def _say_taken(iteration: int) -> None:
    _say(f"taken {iteration} {time.time()}")


def _say(line: str) -> None:
    # In one piece: two threads say something, and print writes a line and its end apart.
    os.write(1, f"{line}\n".encode())


def surroundings(folder: Path) -> dict[str, str]:
    """Settings and a state folder of its own, no screen."""
    settings = folder / "config" / "Backlit" / "Backlit.conf"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        f"[General]\nautosave_seconds={WINDOW.period:.0f}\nsettings_version=1\nspeed=100\n",
        encoding="utf-8",
    )
    return {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "BACKLIT_STATE_DIR": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"),
    }


def kill_once(kind: Kind, number: int, moment: float) -> tuple[str, float, list[str]]:
    """Kill one process: "" or what was lost, the seconds of training lost, what else was seen."""
    with tempfile.TemporaryDirectory() as name:
        folder, path = Path(name), Path(name, "work.backlit")
        start = Trainer(load_project("digits-5x5").with_epochs(10**6))
        start.run_iterations(100)
        save_document(path, start)
        before = path.read_bytes()
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.training", kind.command, str(path), name],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=surroundings(folder),
        )
        assert process.stdout is not None
        said = [process.stdout.readline().split()]
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        killed = time.time()
        said += [line.split() for line in process.communicate()[0].splitlines()]
        times = {int(own[1]): float(own[2]) for own in said if own[:1] == ["taken"] and own[2:]}
        written = [int(own[1]) for own in said if own[:1] == ["written"] and own[1:]]
        what, seen = f"{kind.name} {number}", []
        if not times:
            return f"{what}: it did not start", 0.0, seen
        if path.read_bytes() != before:
            return f"{what}: the user's file was changed", 0.0, seen
        store = folder / RECOVERY
        found = AutosaveStore(store).found()
        if found and any(TEMPORARY.fullmatch(own.name) for own in store.iterdir()):
            seen.append("left a temporary file")
        if not found:
            wrong = f"{what}: {written[-1]} was written and is not found" if written else ""
            lost = killed - min(times.values())
            late = ["of those before the first was written"] if lost > kind.most else []
            return wrong, lost, ["killed before the first autosave", *late]
        (item,) = found
        if item.damaged or item.document != path or item.iteration < max(written, default=0):
            return f"{what}: {item}, written {written}", 0.0, seen
        if not _is_that_moment(load_document(item.path)):
            return f"{what}: {item.iteration} is not what training gives", 0.0, seen
        seen.append("recovered")
        # One that was written and could not be announced was taken before the kill all the same.
        lost = killed - times.get(item.iteration, killed)
        if lost > kind.most:
            writing = max(times) > item.iteration
            seen.append("of those while the next was written" if writing else "of those: late")
        return "", lost, seen


def _is_that_moment(document: Document) -> bool:
    """Whether it is the state that training without a crash leads to, to the bit."""
    trainer = Trainer(document.project)
    state = document.state
    assert state is not None
    trainer.run_iterations(min(state.iteration, 5000))
    if state.iteration <= 5000:
        return trainer.network.theta.tobytes() == state.theta.tobytes()
    # A long run is not trained again; it must go on.
    again = resumed(document)
    return again.run_iterations(10) == 10


def kill_training(kills: int, seed: int = 4, kind: Kind = ENGINE) -> Count:
    """Kill so many processes while they train."""
    count, chance = Count(f"F7 {kind.name}"), random.Random(seed)
    moments = [chance.uniform(0.0, LONGEST * kind.period) for _ in range(kills)]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(partial(kill_once, kind), range(kills), moments))
    for wrong, _, seen in results:
        count.check(not wrong, wrong)
        count.seen.update(seen)
    lost = sorted(seconds for wrong, seconds, _ in results if not wrong)
    if lost:
        count.what += (
            f" (training lost: median {lost[len(lost) // 2]:.2f} s, most {lost[-1]:.2f} s)"
        )
        count.seen[f"lost more than {kind.most} s"] = sum(own > kind.most for own in lost)
    return count


def main() -> int:
    """Kill so many of the engine and of windows as the arguments say."""
    if sys.argv[1:2] == [ENGINE.command]:
        train_for_ever(Path(sys.argv[2]), Path(sys.argv[3]))
    if sys.argv[1:2] == [WINDOW.command]:
        train_in_window(Path(sys.argv[2]), Path(sys.argv[3]))
    kills = [int(own) for own in sys.argv[1:]] or [200, 50]
    kinds = zip(kills, (ENGINE, WINDOW), strict=False)
    return max([kill_training(own, kind=kind).report() for own, kind in kinds])


if __name__ == "__main__":
    sys.exit(main())
