"""F3: the power goes off while a document is being saved, or right after.

``python -m tests.faults.power 50`` saves to a file system in an image, copies the image while the
writer stands still (what was only in the memory of the computer is not in it), mounts the copy and
opens the document.  It needs root, loop mounts and mkfs.ext4.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from simulator.document import load_document
from simulator.document.durable import backup_of
from simulator.project import ProjectError
from tests.faults.counting import ROOT, Count, NotPossibleError, contents
from tests.faults.saving import GENERATIONS

OPTIONS = ("defaults,commit=1", "noauto_da_alloc,commit=1")
SAMPLES = 1500
MEGABYTES = 48
SHORTEST, LONGEST = 0.3, 2.0


def run(*command: str) -> None:
    """Run a command, which must succeed."""
    subprocess.run(command, check=True, capture_output=True)


def make_image(path: Path) -> None:
    """An empty file system in a file.

    Raises
    ------
    NotPossibleError : where it cannot be made or mounted.
    """
    if os.name != "posix" or os.geteuid() != 0:
        raise NotPossibleError("power cuts need root, to mount images of disks")
    with path.open("wb") as stream:
        stream.truncate(MEGABYTES * 2**20)
    try:
        run("mkfs.ext4", "-q", "-F", str(path))
        with mounted(path, "defaults"):
            pass
    except (OSError, subprocess.CalledProcessError) as problem:
        raise NotPossibleError(f"power cuts need mkfs.ext4 and loop mounts ({problem})") from None


class mounted:  # noqa: N801 - used as a function
    """An image, mounted as long as the block lasts."""

    def __init__(self, image: Path, options: str) -> None:
        self._image, self._options = image, options

    def __enter__(self) -> Path:
        self._folder = Path(tempfile.mkdtemp())
        run("mount", "-o", f"loop,{self._options}", str(self._image), str(self._folder))
        return self._folder

    def __exit__(self, *problem: object) -> None:
        run("umount", str(self._folder))
        self._folder.rmdir()


def cut_once(folder: Path, versions: list[bytes], options: str, moment: float) -> str:
    """One cut: "" or what was lost."""
    image, copy = folder / "disk", folder / "after"
    shutil.copyfile(folder / "empty", image)
    with mounted(image, options) as disk:
        path = disk / "work" / "work.backlit"
        path.parent.mkdir()
        path.write_bytes(versions[0])
        for number, content in enumerate(versions):
            (disk / f"{number}.version").write_bytes(content)
        os.sync()
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.saving", "save", str(disk), "work"],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        time.sleep(moment)
        process.send_signal(signal.SIGSTOP)
        shutil.copyfile(image, copy)
        process.kill()
        said = process.communicate()[0].split()
    last = int(said[-1]) if said else 0
    with mounted(copy, "defaults") as disk:
        path = disk / "work" / "work.backlit"
        try:
            load_document(path)
            if backup_of(path).exists():
                load_document(backup_of(path))
        except (ProjectError, OSError) as problem:
            return f"after {last} saves: {problem}"
        allowed = [versions[n % GENERATIONS] for n in (last, last + 1)]
        return "" if path.read_bytes() in allowed else f"after {last} saves: an older one is there"


def cut_often(cuts: int, seed: int = 2) -> Count:
    """So many cuts, with each of the :data:`OPTIONS` in turn.

    Raises
    ------
    NotPossibleError : without root or loop mounts.
    """
    count, chance = Count("F3 power cut while saving"), random.Random(seed)
    versions = contents(GENERATIONS, SAMPLES)
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        folder = Path(name)
        make_image(folder / "empty")
        for number in range(cuts):
            options = OPTIONS[number % len(OPTIONS)]
            wrong = cut_once(folder, versions, options, chance.uniform(SHORTEST, LONGEST))
            count.check(not wrong, f"{options}: {wrong}")
            count.seen[options.partition(",")[0]] += 1
    return count


def main() -> int:
    """Cut the power so often as the first argument says."""
    try:
        return cut_often(int(sys.argv[1]) if len(sys.argv) > 1 else 50).report()
    except NotPossibleError as problem:
        print(f"F3: NOT TRIED: {problem}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
