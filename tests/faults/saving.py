"""F1: ``kill -9`` while a document is being saved; what was said to be saved is there.

``python -m tests.faults.saving 200`` kills so many processes, each in the middle of saving one
version of a document of some 2 MB after the other.
"""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from simulator.document import load_document, write_document
from simulator.document.durable import TEMPORARY, backup_of
from simulator.project import ProjectError
from tests.faults.counting import ROOT, Count, contents

GENERATIONS = 6
SAMPLES = 10_500
LONGEST = 0.08
"""Seconds of saving before the kill, at most."""


def save_for_ever(folder: Path, name: str) -> None:
    """Save version after version, and print the number of each that is saved."""
    versions = [(folder / f"{n}.version").read_bytes() for n in range(GENERATIONS)]
    print("ready", flush=True)
    number = 0
    while True:
        number += 1
        write_document(folder / name / "work.backlit", versions[number % GENERATIONS])
        print(number, flush=True)


def kill_once(versions: list[bytes], folder: Path, number: int, moment: float) -> tuple[str, str]:
    """Kill one process: ("" or what was lost, what else was seen)."""
    own = folder / f"kill{number}"
    own.mkdir()
    path = own / "work.backlit"
    path.write_bytes(versions[0])
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.saving", "save", str(folder), own.name],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    said = process.communicate()[0].split()
    last = int(said[-1]) if said else 0
    allowed = [versions[n % GENERATIONS] for n in (last, last + 1)]
    seen = "kills that left a temporary file"
    stray = any(TEMPORARY.fullmatch(entry.name) for entry in own.iterdir())
    try:
        load_document(path)
        if backup_of(path).exists():
            load_document(backup_of(path))
    except ProjectError as problem:
        return f"kill {number} after {last} saves: {problem}", seen if stray else ""
    wrong = "" if path.read_bytes() in allowed else f"kill {number}: not one of the last two saves"
    shutil.rmtree(own)
    return wrong, seen if stray else ""


def kill_saving(kills: int, seed: int = 1) -> Count:
    """Kill so many processes while they save."""
    count, chance = Count("F1 kill -9 while saving"), random.Random(seed)
    versions = contents(GENERATIONS, SAMPLES)
    moments = [chance.uniform(0.0, LONGEST) for _ in range(kills)]
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(2) as pool:
        folder = Path(name)
        for number, content in enumerate(versions):
            (folder / f"{number}.version").write_bytes(content)
        jobs = [
            pool.submit(kill_once, versions, folder, number, moment)
            for number, moment in enumerate(moments)
        ]
        for job in jobs:
            wrong, seen = job.result()
            count.check(not wrong, wrong)
            if seen:
                count.seen[seen] += 1
    return count


def main() -> int:
    """Kill so many as the first argument says."""
    if sys.argv[1:2] == ["save"]:
        save_for_ever(Path(sys.argv[2]), sys.argv[3])
    return kill_saving(int(sys.argv[1]) if len(sys.argv) > 1 else 200).report()


if __name__ == "__main__":
    sys.exit(main())
