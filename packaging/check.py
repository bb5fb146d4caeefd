"""Tries the finished executable out where there is no Python and nothing else to lean on.

On Linux that is a bare root with the executable, the system libraries it names and not one file
more, entered without privileges (unshare); where the system forbids that, and on other systems, an
empty environment: no PATH, no variables, a home of its own.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import time
from pathlib import Path

import elf

SIZE = (1280, 800)
SECONDS = 300
_LOCALE = Path("/usr/lib/locale/C.utf8")
"""Every machine has one with UTF-8; without it Qt complains."""


def check(program: Path, folder: Path) -> None:
    """Run the executable's commands.

    Raises
    ------
    SystemExit : one of them failed.
    """
    shutil.rmtree(folder, ignore_errors=True)
    home = folder / "root" / "home"
    home.mkdir(parents=True)
    start, place = _entrance(program, folder / "root")
    picture = "picture.png"
    for arguments in (
        ["--version"],
        ["--self-test"],
        ["train", "digits-5x5", "--epochs", "20"],
        ["screenshot", "digits-5x5", picture, "--size", f"{SIZE[0]}x{SIZE[1]}"],
    ):
        _run(start, place, arguments, home)
    header = (home / picture).read_bytes()[16:24]
    if struct.unpack(">II", header) != SIZE:
        raise SystemExit(f"{picture} has not the size that was asked for")


def _entrance(program: Path, root: Path) -> tuple[list[str], str]:
    """The command that starts the executable in an empty place, and what that place is called."""
    unshare = shutil.which("unshare")
    if unshare is not None:
        inside = _bare_root(program, root)
        start = [unshare, "--user", "--map-root-user", f"--root={root}", "--wd=/home", inside]
        if _succeeds([*start, "--version"]):
            return start, "in a bare root"
    return [str(program)], "in an empty environment"


def _succeeds(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, env={}, check=False).returncode == 0
    except OSError:
        return False


def _bare_root(program: Path, root: Path) -> str:
    """Fill ``root``; returns the executable's path in it."""
    place = root / "opt" / "backlit"
    shutil.copytree(program.parent, place, symlinks=True, copy_function=_link)
    libraries, missing = elf.outside(program.parent)
    if missing:
        raise SystemExit(f"not installed here, but needed: {', '.join(sorted(missing))}")
    loader = Path("/lib64/ld-linux-x86-64.so.2")
    for library in [*libraries.values(), loader]:
        there = root / library.relative_to("/")
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(library, there)
    if _LOCALE.is_dir():
        shutil.copytree(_LOCALE, root / _LOCALE.relative_to("/"))
    (root / "tmp").mkdir()
    return f"/opt/backlit/{program.name}"


def _link(source: str, target: str) -> None:
    """Both are in build; a link costs no space and no time."""
    os.link(source, target)


def _run(start: list[str], place: str, arguments: list[str], home: Path) -> None:
    began = time.monotonic()
    ended = subprocess.run(
        [*start, *arguments],
        cwd=home,
        env=_environment(home, bare=len(start) > 1),
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=SECONDS,
        check=False,
    )
    took = time.monotonic() - began
    print(f"package: {place}: backlit {' '.join(arguments)}: {took:.1f} s", flush=True)
    if ended.returncode != 0 or "--self-test" in arguments:
        print(ended.stdout + ended.stderr, flush=True)
    if ended.returncode != 0:
        raise SystemExit(f"backlit {' '.join(arguments)} ended with {ended.returncode}")


def _environment(home: Path, bare: bool) -> dict[str, str]:
    environment = {"PATH": "/nonexistent", "LANG": "C.UTF-8", "HOME": "/home"}
    if bare:
        return environment
    environment["HOME"] = str(home)
    for name in ("SYSTEMROOT", "TEMP", "TMP"):  # Windows starts nothing without them
        if name in os.environ:
            environment[name] = os.environ[name]
    return environment
