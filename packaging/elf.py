"""What the libraries of a Linux build need: of each other, and of the system."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

_LINE = re.compile(r"^\s*(\S+) => (\S+)", re.MULTILINE)
_NEEDED = re.compile(r"^\s*NEEDED\s+(\S+)", re.MULTILINE)
_VERSION = re.compile(r"GLIBC_(\d+)\.(\d+)")


def elf_files(folder: Path) -> Iterator[Path]:
    """The executables and libraries below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as stream:
                if stream.read(4) == b"\x7fELF":
                    yield path


def strip_debugging(folder: Path) -> None:
    """Take debugging symbols out.

    The libraries that wheels carry in ``*.libs`` stay as they are: their loading addresses were
    rewritten, and strip damages such files.
    """
    for path in elf_files(folder):
        if path.parent.name.endswith(".libs"):
            continue
        subprocess.run(["strip", "--strip-unneeded", str(path)], check=True)


def needed(folder: Path) -> set[str]:
    """The names of the libraries that this build asks for itself."""
    names: set[str] = set()
    for path in _loaded(folder):
        table = subprocess.run(
            ["objdump", "-p", str(path)], capture_output=True, text=True, check=True
        ).stdout
        names.update(_NEEDED.findall(table))
    return names


def outside(folder: Path) -> tuple[dict[str, Path], set[str]]:
    """The system libraries that this build needs and that those need, by name, and the names of
    those not found here."""
    inside = {path.name for path in folder.rglob("*.so*")}
    search = sorted({str(path.parent) for path in elf_files(folder) if ".so" in path.name})
    environment = {**os.environ, "LD_LIBRARY_PATH": ":".join(search), "LC_ALL": "C"}
    found: dict[str, Path] = {}
    missing: set[str] = set()
    for path in _loaded(folder):
        listed = subprocess.run(
            ["ldd", str(path)], capture_output=True, text=True, check=False, env=environment
        ).stdout
        for name, place in _LINE.findall(listed):
            if place == "not":
                missing.add(name)
            elif name not in inside:
                found[name] = Path(place)
    return found, missing


def _loaded(folder: Path) -> Iterator[Path]:
    """All but the plugin for printers: without their library Qt prints into files."""
    return (path for path in elf_files(folder) if path.parent.name != "printsupport")


def glibc(folder: Path) -> tuple[int, int]:
    """The oldest version of the C library that has all that is called here."""
    newest = (2, 17)
    for path in elf_files(folder):
        table = subprocess.run(
            ["objdump", "-T", str(path)], capture_output=True, text=True, check=False
        ).stdout
        for major, minor in _VERSION.findall(table):
            newest = max(newest, (int(major), int(minor)))
    return newest


def installed(name: str) -> str | None:
    """Where the system keeps the library of this name, or None."""
    cache = subprocess.run(
        ["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True
    ).stdout
    for line in cache.splitlines():
        library, _, place = line.strip().partition(" => ")
        if library.split(" ")[0] == name:
            return place
    return None
