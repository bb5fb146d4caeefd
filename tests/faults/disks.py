"""F4: disks that are full or read-only, and files and folders that cannot be written to.

``python -m tests.faults.disks`` needs root for the disks of every size; the other cases run as a
user without rights, since nothing is forbidden to root.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from simulator.document import load_document, write_document
from simulator.document.durable import TEMPORARY, backup_of
from simulator.project import ProjectError
from tests.faults.counting import ROOT, Count, NotPossibleError, contents
from tests.faults.power import run

NOBODY = 65534
STEPS = 82
"""Sizes of disks, from one that is full to one with room for half as much again."""


@contextmanager
def disk(size: int, options: str = "") -> Iterator[Path]:
    """An empty disk of so many bytes.

    Raises
    ------
    NotPossibleError : where it cannot be mounted.
    """
    folder = Path(tempfile.mkdtemp())
    try:
        run("mount", "-t", "tmpfs", "-o", f"size={size}{options}", "tmpfs", str(folder))
    except (OSError, subprocess.CalledProcessError):
        folder.rmdir()
        raise NotPossibleError("full disks need root, to mount small ones") from None
    try:
        yield folder
    finally:
        run("umount", str(folder))
        folder.rmdir()


def fill_disks(steps: int = STEPS) -> Count:
    """Save onto disks with ever more room, from none to enough.

    Raises
    ------
    NotPossibleError : without root.
    """
    count = Count("F4 disk full")
    small, large = contents(1, 200)[0], contents(2, 2400)[1]
    for step in range(steps):
        size = 8192 + -(-len(small) // 4096) * 4096 + step * 3 * len(large) // (2 * steps)
        with disk(size) as folder:
            path = folder / "work.backlit"
            path.write_bytes(small)
            try:
                said = write_document(path, large)
                good = path.read_bytes() == large and said in (
                    "",
                    "Saved, but the previous version could not be kept: the disk is full.",
                )
                count.seen["saved"] += 1
            except ProjectError as problem:
                good = path.read_bytes() == small and str(problem) == (
                    "Not saved: “work.backlit”: the disk is full. What is open is unchanged. "
                    "The file on disk is the previous version."
                )
                count.seen["not saved"] += 1
            load_document(path)
            strays = [own.name for own in folder.iterdir() if TEMPORARY.fullmatch(own.name)]
            count.check(good and not strays, f"{size} bytes: {strays}")
    return count


Case = tuple[Callable[[Path], None], str]


def _folder_0555(path: Path) -> None:
    path.chmod(0o666)
    path.parent.chmod(0o555)


def _into_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _link(path: Path) -> None:
    path.rename(path.with_name("real"))
    path.symlink_to("real")


def _dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere/real")


def _gone(path: Path) -> None:
    path.unlink()
    path.parent.rmdir()


NOT_SAVED = "refused Not saved: “work.backlit”: "
SAME = ". What is open is unchanged."
PREVIOUS = f"{SAME} The file on disk is the previous version."
CASES: dict[str, Case] = {
    "a usual file": (lambda path: None, "saved "),
    "a file that is read-only": (
        lambda path: path.chmod(0o444),
        f"{NOT_SAVED}the file is read-only{PREVIOUS}",
    ),
    "a folder that is read-only": (
        _folder_0555,
        f"{NOT_SAVED}the folder does not allow it{PREVIOUS}",
    ),
    "a folder of this name": (_into_folder, f"{NOT_SAVED}it is a folder{SAME}"),
    "a link": (_link, "saved "),
    "a link to nothing": (
        _dangling,
        "refused Not saved: “real”: No such file or directory" + SAME,
    ),
    "a file with two names": (lambda path: os.link(path, path.with_name("other")), "saved "),
    "a folder that is gone": (_gone, f"{NOT_SAVED}No such file or directory{SAME}"),
}


def save_as_nobody(path: Path, content: bytes) -> str:
    """Save in a process without rights; what it said."""
    (path.parent.parent / "content").write_bytes(content)
    ended = subprocess.run(
        [sys.executable, "-m", "tests.faults.disks", "save", str(path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    return ended.stdout.rstrip("\n") or ended.stderr[-300:]


def _save(path: Path) -> None:
    content = (path.parent.parent / "content").read_bytes()
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    try:
        print(f"saved {write_document(path, content)}")
    except ProjectError as problem:
        print(f"refused {problem}")


def forbidden_places(names: list[str] | None = None) -> Count:
    """Save to each of these places (all of the :data:`CASES`)."""
    count = Count("F4 places that cannot be written to")
    old, new = contents(2)
    for name in CASES if names is None else names:
        prepare, wanted = CASES[name]
        folder = Path(tempfile.mkdtemp())
        folder.chmod(0o777)
        path = folder / "own" / "work.backlit"
        path.parent.mkdir()
        path.parent.chmod(0o777)
        path.write_bytes(old)
        path.chmod(0o666)
        prepare(path)
        said = save_as_nobody(path, new)
        if path.parent.exists():
            path.parent.chmod(0o777)
        wrong = "" if said == wanted else f"said {said!r}"
        if path.is_file():
            there = path.read_bytes()
            wrong = wrong or ("" if there == (new if said == "saved " else old) else "other bytes")
        left = [own.name for own in folder.rglob("*") if TEMPORARY.fullmatch(own.name)]
        if name == "a link":
            wrong = wrong or ("" if path.is_symlink() else "the link is gone")
        count.check(not wrong and not left, f"{name}: {wrong} {left}")
        shutil.rmtree(folder)
    return count


def read_only_disk() -> Count:
    """Save onto a disk that has become read-only.

    Raises
    ------
    NotPossibleError : without root.
    """
    count = Count("F4 a disk that is read-only")
    old, new = contents(2)
    with disk(2**20) as folder:
        path = folder / "work.backlit"
        path.write_bytes(old)
        run("mount", "-o", "remount,ro", str(folder))
        try:
            said = write_document(path, new)
        except ProjectError as problem:
            said = str(problem)
        good = said.startswith("Not saved: “work.backlit”: the ") and "read-only" in said
        count.check(good and path.read_bytes() == old and not backup_of(path).exists(), said)
    return count


def main() -> int:
    """All of it."""
    if sys.argv[1:2] == ["save"]:
        _save(Path(sys.argv[2]))
        return 0
    status = forbidden_places().report()
    for test in (fill_disks, read_only_disk):
        try:
            status |= test().report()
        except NotPossibleError as problem:
            print(f"F4: NOT TRIED: {problem}")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
