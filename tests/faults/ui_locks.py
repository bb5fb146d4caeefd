"""F8: many windows want one file at once, holders are killed, locks are damaged: one has it.

``python -m tests.faults.ui_locks 5`` plays so many rounds of twenty processes each.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.counting import ROOT, Count
from ui.files.lock import FileLock, Holding, lock_path

STARTERS = 20
HOLDER = """
import sys, time
from pathlib import Path
from ui.files.lock import FileLock
path, start = Path(sys.argv[1]), float(sys.argv[2])
time.sleep(max(0.0, start - time.time()))
lock = FileLock(path)
print(lock.take().holding.value, flush=True)
sys.stdin.readline()
"""
DAMAGES = {
    "empty": b"",
    "garbage": b"\x00\xff\x80 not a lock \n\n",
    "a number alone": b"12345",
    "nobody's process": b"999999999\nbacklit\nelsewhere\n\n\n",
}


def start(path: Path, when: float) -> subprocess.Popen[str]:
    """A process that tries to have the file at a moment, says what came of it, and waits."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path), str(when)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def said(process: subprocess.Popen[str]) -> str:
    """What a process said came of it."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: subprocess.Popen[str]) -> None:
    """Let a process go."""
    process.communicate("\n", timeout=30)


def compete(count: Count, path: Path, starters: int) -> None:
    """So many processes at once: one has the file, and the next has it when that one is killed."""
    when = time.time() + 0.1 * starters
    processes = [start(path, when) for _ in range(starters)]
    answers = [said(process) for process in processes]
    count.check(answers.count(Holding.OURS.value) == 1, f"{answers.count('ours')} winners")
    count.check(set(answers) <= {"ours", "other"}, f"answers {sorted(set(answers))}")
    for process, answer in zip(processes, answers, strict=True):
        if answer == Holding.OURS.value:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        else:
            end(process)
    after = FileLock(path)
    count.check(after.take().holding is Holding.OURS, "not free behind a killed holder")
    after.release()
    count.seen["rounds"] += 1


def damage(count: Count, path: Path) -> None:
    """A lock that nobody holds and nobody can read is told apart, and can be taken over."""
    for name, content in DAMAGES.items():
        lock_path(path).write_bytes(content)
        lock = FileLock(path)
        holding = lock.take().holding
        if holding is not Holding.OURS:
            count.check(holding in (Holding.UNREADABLE, Holding.OTHER), f"{name}: {holding}")
            holding = lock.take_anyway().holding
        count.check(holding is Holding.OURS, f"{name}: a dead end, {holding}")
        lock.release()
        count.seen["damaged locks"] += 1


def run(rounds: int, starters: int = STARTERS) -> Count:
    """So many rounds, and every damage."""
    count = Count("F8 locks")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "lesson.backlit")
        path.write_bytes(b"x")
        for _ in range(rounds):
            compete(count, path, starters)
        damage(count, path)
    return count


def main() -> int:
    """Play so many rounds as the first argument says; 0 if there was one winner in each."""
    return run(int(sys.argv[1]) if len(sys.argv) > 1 else 5).report()


if __name__ == "__main__":
    sys.exit(main())
