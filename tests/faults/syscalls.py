"""F2: every system call of a save fails once with every errno, and the process is killed at it.

``python -m tests.faults.syscalls`` takes minutes; it needs strace, which injects the faults.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from simulator.document import write_document
from simulator.document.durable import TEMPORARY, backup_of
from simulator.project import ProjectError
from tests.faults.counting import ROOT, Count, NotPossibleError, contents

ERRORS = ("ENOSPC", "EIO", "EDQUOT", "EROFS", "EACCES", "EPERM", "EINTR")
KILL = "signal=SIGKILL"
BEGIN, END = "the-save-begins", "the-save-ends"
_CALL = re.compile(r"(\w+)\(")
# Python's own memory and locks: no call that a save makes, and no error they could give.
_NOT_OURS = frozenset(
    {"brk", "mmap", "munmap", "mremap", "madvise", "mprotect", "futex", "rt_sigaction", "gettid"}
)


class Place(NamedTuple):
    """The ``number``-th time that a process makes system call ``name``."""

    name: str
    number: int


def save_once(path: Path, content: Path) -> None:
    """Save between two marks, and say how it went."""
    new = content.read_bytes()
    os.path.exists(BEGIN)
    try:
        said = f"saved {write_document(path, new)}"
    except ProjectError as problem:
        said = f"refused {problem}"
    os.path.exists(END)
    print(said, flush=True)


def traced(folder: Path, fault: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """One save in ``folder``, with a fault for strace to inject, and the calls it made."""
    log = folder / "calls"
    command = ["strace", "-qq", "-o", str(log), *(("-e", f"inject={fault}") if fault else ())]
    module = [sys.executable, "-m", "tests.faults.syscalls", "save"]
    ended = subprocess.run(
        [*command, *module, str(folder / "work" / "work.backlit"), str(folder / "new")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        # So that each process makes the same calls as the one before.
        env={**os.environ, "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"},
        check=False,
    )
    return ended, log.read_text("utf-8", errors="replace").splitlines()


def calls_of(lines: list[str]) -> list[Place]:
    """The system calls between the marks."""
    numbers: dict[str, int] = {}
    places: list[Place] = []
    inside = False
    for line in lines:
        found = _CALL.match(line)
        if found is None:
            continue
        name = found[1]
        numbers[name] = numbers.get(name, 0) + 1
        if BEGIN in line or END in line:
            inside = BEGIN in line
        elif inside and name not in _NOT_OURS:
            places.append(Place(name, numbers[name]))
    return places


def prepared(folder: Path, versions: list[bytes]) -> Path:
    """A document saved before, with its backup, and the bytes to save now."""
    (folder / "work").mkdir()
    path = folder / "work" / "work.backlit"
    backup_of(path).write_bytes(versions[0])
    path.write_bytes(versions[1])
    (folder / "new").write_bytes(versions[2])
    return path


def fault_once(versions: list[bytes], place: Place, fault: str) -> tuple[str, str]:
    """One save with one fault: ("" or what was wrong, what else was seen)."""
    folder = Path(tempfile.mkdtemp())
    try:
        path = prepared(folder, versions)
        ended, lines = traced(folder, f"{place.name}:{fault}:when={place.number}")
        return _judged(versions, path, ended, lines, f"{place.name} {place.number} {fault}")
    finally:
        shutil.rmtree(folder)


def _judged(
    versions: list[bytes],
    path: Path,
    ended: subprocess.CompletedProcess[str],
    lines: list[str],
    fault: str,
) -> tuple[str, str]:
    older, old, new = versions
    kept = path.read_bytes() if path.exists() else b""
    backup = backup_of(path).read_bytes() if backup_of(path).exists() else older
    said, _, sentence = ended.stdout.partition(" ")
    stray = any(TEMPORARY.fullmatch(own.name) for own in path.parent.iterdir())
    seen = "left a temporary file" if stray else "left nothing behind"
    state = "new" if kept == new else "old" if kept == old else f"DAMAGED ({len(kept)} bytes)"
    if backup not in (older, old) or state.startswith("DAMAGED"):
        return f"{fault}: the file is {state}, its backup {len(backup)} bytes", seen
    if "SIGKILL" in fault:
        return "", seen
    if not any("(INJECTED)" in line for line in lines):
        return f"{fault}: was not reached", seen
    agrees = state == ("new" if said == "saved" else "old")
    clear = sentence.strip() == "" or sentence.startswith(("Saved, but ", "Not saved: “work.backl"))
    if said not in ("saved", "refused") or not agrees or not clear:
        return f"{fault}: said {ended.stdout!r}{ended.stderr[-300:]!r}, the file is {state}", seen
    return "", f"{said}, {seen}"


def fail_every_call(most: int = 10**9, seed: int = 1) -> Count:
    """Fail every call, or ``most`` of all these faults, chosen at random.

    Raises
    ------
    NotPossibleError : without strace.
    """
    if shutil.which("strace") is None:
        raise NotPossibleError("strace is needed, which fails system calls; install it")
    count = Count("F2 every system call of a save fails")
    versions = contents(3)
    with tempfile.TemporaryDirectory() as name:
        path = prepared(Path(name), versions)
        ended, lines = traced(Path(name), "")
        if ended.stdout.strip() != "saved" or path.read_bytes() != versions[2]:
            raise NotPossibleError(f"strace cannot trace here: {ended.stderr[-200:]}")
    faults = [
        (place, fault)
        for place in calls_of(lines)
        for fault in (KILL, *(f"error={own}" for own in ERRORS))
    ]
    if most < len(faults):
        faults = random.Random(seed).sample(faults, most)
    with ThreadPoolExecutor(2) as pool:
        for wrong, seen in pool.map(lambda own: fault_once(versions, *own), faults):
            count.check(not wrong, wrong)
            count.seen[seen] += 1
    count.seen["system calls"] = len({place for place, _ in faults})
    return count


def main() -> int:
    """Fail every call."""
    if sys.argv[1:2] == ["save"]:
        save_once(Path(sys.argv[2]), Path(sys.argv[3]))
        return 0
    return fail_every_call(int(sys.argv[1]) if len(sys.argv) > 1 else 10**9).report()


if __name__ == "__main__":
    sys.exit(main())
