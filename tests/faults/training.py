"""F7: ``kill -9`` while a network is trained and autosaved every half second.

``python -m tests.faults.training 200`` kills so many processes at a random moment.  The user's own
file must be what it was, and what is recovered no older than the last autosave.
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
from simulator.trainer import Trainer
from tests.faults.counting import ROOT, Count

PERIOD = 0.5
SLACK = 0.1
LONGEST = 4 * PERIOD
SLICE = 64


def train_for_ever(path: Path, folder: Path) -> None:
    """Train a document; every half second another thread packs and writes an autosave.

    Prints the iteration of each when it is taken, with the time, and when it is written.
    """
    runner, store, key = resumed_runner(load_document(path)), AutosaveStore(folder), new_key()
    taken: queue.Queue[Document] = queue.Queue()

    def write() -> None:
        while True:
            document = taken.get()
            state = document.state
            assert state is not None
            store.write(key, path, pack_document(document), "work", state.epoch, state.iteration)
            _say(f"written {state.iteration}")

    threading.Thread(target=write, daemon=True).start()
    _say(f"taken {runner.trainer.iteration} {time.time()}")
    runner.run()
    due = time.monotonic() + PERIOD
    while True:
        runner.advance(SLICE)
        if time.monotonic() >= due:
            due += PERIOD
            taken.put(document_of(runner))
            _say(f"taken {runner.trainer.iteration} {time.time()}")


def _say(line: str) -> None:
    # In one piece: two threads say something, and print writes a line and its end apart.
    os.write(1, f"{line}\n".encode())


def kill_once(number: int, moment: float) -> tuple[str, float, list[str]]:
    """Kill one process: "" or what was lost, the seconds of training lost, what else was seen."""
    with tempfile.TemporaryDirectory() as name:
        folder, path = Path(name, "autosaves"), Path(name, "work.backlit")
        start = Trainer(load_project("digits-5x5").with_epochs(10**6))
        start.run_iterations(100)
        save_document(path, start)
        before = path.read_bytes()
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.training", "train", str(path), str(folder)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert process.stdout is not None
        said = [process.stdout.readline().split()]
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        killed = time.time()
        said += [line.split() for line in process.communicate()[0].splitlines()]
        times = {int(own[1]): float(own[2]) for own in said if own[0] == "taken" and own[2:]}
        written = [int(own[1]) for own in said if own[0] == "written" and own[1:]]
        seen = []
        if path.read_bytes() != before:
            return f"kill {number}: the user's file was changed", 0.0, seen
        found = AutosaveStore(folder).found()
        if found and any(TEMPORARY.fullmatch(own.name) for own in folder.iterdir()):
            seen.append("left a temporary file")
        if not found:
            wrong = f"kill {number}: {written[-1]} was written and is not found" if written else ""
            return wrong, killed - min(times.values()), ["killed before the first autosave"]
        (item,) = found
        if item.damaged or item.document != path or item.iteration < max(written, default=0):
            return f"kill {number}: {item}, written {written}", 0.0, seen
        if not _is_that_moment(load_document(item.path)):
            return f"kill {number}: {item.iteration} is not what training gives", 0.0, seen
        # One that was written and could not be announced was taken before the kill all the same.
        return "", killed - times.get(item.iteration, killed), [*seen, "recovered"]


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


def kill_training(kills: int, seed: int = 4) -> Count:
    """Kill so many processes while they train."""
    count, chance = Count("F7 kill -9 while training"), random.Random(seed)
    moments = [chance.uniform(0.0, LONGEST) for _ in range(kills)]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(kill_once, range(kills), moments))
    for wrong, _, seen in results:
        count.check(not wrong, wrong)
        count.seen.update(seen)
    lost = sorted(seconds for wrong, seconds, _ in results if not wrong)
    if lost:
        late = sum(seconds > PERIOD + SLACK for seconds in lost)
        count.what += f" (lost: median {lost[len(lost) // 2]:.2f} s, most {lost[-1]:.2f} s)"
        count.seen[f"lost more than {PERIOD + SLACK} s"] = late
    return count


def main() -> int:
    """Kill so many as the first argument says."""
    if sys.argv[1:2] == ["train"]:
        train_for_ever(Path(sys.argv[2]), Path(sys.argv[3]))
    return kill_training(int(sys.argv[1]) if len(sys.argv) > 1 else 200).report()


if __name__ == "__main__":
    sys.exit(main())
