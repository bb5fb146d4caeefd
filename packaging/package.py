"""Builds what users download, and tries it out: ``make package``.

Runs in the environment of ``requirements-package.txt`` and leaves in ``dist``: on Linux an archive
and a Debian package, on Windows a zip, on macOS a zip of the application. Nothing counts as built
before the executable has passed its self-test where there is no Python.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

import archives
import check
import elf
import icons
import licences
import windows_version

from simulator import __version__

ROOT = Path(__file__).resolve().parent.parent
MADE = ROOT / "build" / "package"
BUILT = MADE / "dist"
DIST = ROOT / "dist"
LINUX = sys.platform.startswith("linux")


def main() -> None:
    """Build, check, pack; say what came out of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-archives", action="store_true", help="build and check only")
    given = parser.parse_args()
    start = time.monotonic()
    shutil.rmtree(BUILT, ignore_errors=True)
    icons.make_icons(ROOT / "resources" / "icons", MADE / "icons")
    licences.collect(ROOT, MADE / "LICENSES")
    windows_version.write(MADE / "version.txt", __version__)
    _build()
    program = finished()
    if LINUX:
        _finish_linux(BUILT / "backlit")
    say(f"built in {time.monotonic() - start:.0f} s: {megabytes(BUILT / 'backlit')} MB unpacked")
    check.check(program, MADE / "check")
    if not given.no_archives:
        made = archives.make(BUILT, DIST, MADE, __version__, machine())
        for path in made:
            say(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1e6:.1f} MB")
    say(f"done after {time.monotonic() - start:.0f} s")


def finished() -> Path:
    """The executable that was built."""
    if sys.platform == "darwin":
        return BUILT / "Backlit.app" / "Contents" / "MacOS" / "backlit"
    if sys.platform == "win32":
        return BUILT / "backlit" / "backlit-cli.exe"
    return BUILT / "backlit" / "backlit"


def machine() -> str:
    """The system and processor, as they stand in the names of what users download."""
    system = {"darwin": "macos", "win32": "windows"}.get(sys.platform, "linux")
    processor = platform.machine().lower()
    return f"{system}-{ {'amd64': 'x86_64', 'aarch64': 'arm64'}.get(processor, processor) }"


def _build() -> None:
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "1",  # the same archive of modules every time
        "SOURCE_DATE_EPOCH": str(archives.date_of(ROOT)),
        "PYQTGRAPH_QT_LIB": "PySide6",
        "QT_QPA_PLATFORM": "offscreen",
    }
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"]
    command += ["--distpath", str(BUILT), "--workpath", str(MADE / "work")]
    subprocess.run(
        [*command, str(ROOT / "packaging" / "backlit.spec")], check=True, env=environment
    )


def _finish_linux(folder: Path) -> None:
    """Strip, add the licences of the system libraries that ship, and what desktops want to know."""
    inside = folder / "_internal"
    elf.strip_debugging(inside)
    shipped = [path.name for path in inside.glob("lib*.so*") if "libpython" not in path.name]
    libraries = [path for name in shipped if (path := elf.installed(name)) is not None]
    licences.collect(ROOT, inside / "LICENSES", libraries)
    (folder / "LICENSES").symlink_to("_internal/LICENSES")
    source = ROOT / "packaging" / "linux"
    for name in ("README.txt", "install.sh"):
        shutil.copy(source / name, folder / name)
    archives.share(source, MADE / "icons", folder / "share")


def megabytes(folder: Path) -> int:
    """The size of all files below a folder."""
    return round(sum(p.lstat().st_size for p in folder.rglob("*") if not p.is_dir()) / 1e6)


def say(sentence: str) -> None:
    """Print at once: the steps take their time."""
    print(f"package: {sentence}", flush=True)


if __name__ == "__main__":
    main()
