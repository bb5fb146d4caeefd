"""The licence of everything that ships, as text files: ``LICENSES/<component>.txt``.

What ships is known from the finished build: its distributions (from their metadata), Python, Qt
and, on Linux, the system libraries that go along. A component without a licence text stops the
build, so none can be forgotten.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
import shutil
import subprocess
import sysconfig
from collections.abc import Iterable, Sequence
from pathlib import Path

from simulator import __version__

KEPT = Path(__file__).parent / "licences"
"""Texts of components that come without one."""
NOT_SHIPPED = {"altgraph", "macholib", "packaging", "pefile", "pip", "pywin32-ctypes", "setuptools"}
"""Distributions that build the executable and are not part of it (PyInstaller's starter is)."""
NOT_SHIPPED |= {"pyinstaller-hooks-contrib", "wheel", "backlit"}
QT = {"pyside6-essentials", "shiboken6"}


def collect(root: Path, folder: Path, libraries: Sequence[str] = ()) -> None:
    """Write the licences and ``index.json``: a list of name, version, licence and file.

    ``libraries`` are the paths of system libraries that ship.

    Raises
    ------
    SystemExit : a component has no licence text.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    index: list[dict[str, str]] = []

    def add(name: str, version: str, licence: str, texts: Iterable[Path]) -> None:
        content = [path.read_text(encoding="utf-8", errors="replace").strip() for path in texts]
        if not any(content):
            raise SystemExit(f"{name} ships, and no text of its licence was found")
        file = f"{name}.txt"
        rule = "\n\n" + 78 * "-" + "\n\n"
        (folder / file).write_text(rule.join(dict.fromkeys(content)) + "\n", encoding="utf-8")
        index.append({"name": name, "version": version, "licence": licence, "file": file})

    python = Path(sysconfig.get_path("stdlib"))
    fonts = root / "resources" / "fonts"
    add("Backlit", __version__, "MIT", [root / "LICENSE"])
    add("Inter", "", "SIL Open Font License 1.1", [fonts / "Inter-OFL.txt"])
    add("JetBrains Mono", "", "SIL Open Font License 1.1", [fonts / "JetBrainsMono-OFL.txt"])
    add("Lucide icons", "", "ISC", [root / "resources" / "icons" / "LUCIDE-LICENSE.txt"])
    add(
        "Python",
        platform.python_version(),
        "PSF-2.0",
        _existing(python, "LICENSE.txt", "../LICENSE.txt"),
    )
    add("STIX Two Math", "", "SIL Open Font License 1.1", [KEPT / "STIX-OFL.txt"])
    add("DejaVu Sans", "", "Bitstream Vera", [KEPT / "DejaVu.txt"])
    for distribution in _shipped():
        name = distribution.name
        version = distribution.version
        if _plain(name) in QT:
            if _plain(name) == "shiboken6":
                continue
            texts = [KEPT / "Qt.txt", KEPT / "LGPL-3.0.txt", KEPT / "GPL-3.0.txt"]
            add("Qt and PySide6", version, "LGPL-3.0-only", texts)
        else:
            texts = _texts(distribution) or _existing(KEPT, f"{name}.txt")
            add(name, version, _licence(distribution), texts)
    for package, version, text in _packages(libraries):
        add(package, version, "see text", [text])
    index.sort(key=lambda entry: (entry["name"] != "Backlit", entry["name"].lower()))
    (folder / "index.json").write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")


def _existing(folder: Path, *names: str) -> list[Path]:
    return [folder / name for name in names if (folder / name).is_file()][:1]


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def _shipped() -> list[importlib.metadata.Distribution]:
    every = {_plain(found.name): found for found in importlib.metadata.distributions()}
    return [found for name, found in sorted(every.items()) if name not in NOT_SHIPPED]


def _licence(distribution: importlib.metadata.Distribution) -> str:
    metadata = distribution.metadata
    stated = metadata.get("License-Expression") or metadata.get("License") or ""
    if not stated or "\n" in stated:
        kinds = metadata.get_all("Classifier") or []
        stated = ", ".join(k.rsplit(" :: ", 1)[1] for k in kinds if k.startswith("License ::"))
    return stated or "see text"


def _texts(distribution: importlib.metadata.Distribution) -> list[Path]:
    """The licence files of its metadata, those of its bundled parts included."""
    found = []
    for file in distribution.files or ():
        upper = file.name.upper()
        inside = any(part.endswith(".dist-info") for part in file.parts)
        if inside and upper.startswith(("LICEN", "COPYING", "NOTICE", "AUTHORS")):
            found.append(Path(str(file.locate())))
    return sorted(found, key=lambda path: (len(path.parts), str(path)))


def _packages(libraries: Sequence[str]) -> list[tuple[str, str, Path]]:
    """(name, version, text) of the Debian packages that these libraries are from."""
    found: dict[str, tuple[str, str, Path]] = {}
    for library in libraries:
        package = owner(library)
        if package is None:
            raise SystemExit(f"{library} ships, and no package says under which licence")
        text = Path("/usr/share/doc", package.split(":")[0], "copyright")
        show = ["dpkg-query", "--show", "--showformat", "${Version}", package]
        version = subprocess.run(show, capture_output=True, text=True, check=True).stdout
        found[package] = (package.split(":")[0], version, text)
    return sorted(found.values())


def owner(library: str) -> str | None:
    """The Debian package a library is from, or None."""
    for path in dict.fromkeys((library, str(Path(library).resolve()))):
        for spelled in (path, path.removeprefix("/usr")):
            asked = subprocess.run(
                ["dpkg-query", "--search", spelled], capture_output=True, text=True, check=False
            )
            if asked.returncode == 0:
                return asked.stdout.split(": ")[0].split(",")[0]
    return None
