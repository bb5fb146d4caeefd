"""Packs the finished build: the archive of each system, and the Debian package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import elf
import licences

MAINTAINER = "Backlit contributors <backlit@localhost>"
_CONTROL = """Package: backlit
Version: {version}
Architecture: amd64
Maintainer: {maintainer}
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: libcups2, xkb-data
Section: education
Priority: optional
Description: neural network simulator for teaching
 Draw a digit on a 5x5 grid, watch a network learn it, stop it anywhere and step
 through backpropagation one operation at a time, with the numbers of this network
 in every equation.
 .
 Python, Qt and all else it is made of are inside; only the libraries of the desktop
 are needed.
"""


def make(built: Path, dist: Path, made: Path, version: str, machine: str) -> list[Path]:
    """Pack what was built; return the files."""
    dist.mkdir(exist_ok=True)
    name = f"backlit-{version}-{machine}"
    if sys.platform.startswith("linux"):
        return [
            _tar(built / "backlit", dist / f"{name}.tar.xz", made, f"backlit-{version}"),
            _deb(built / "backlit", dist / f"backlit_{version}_amd64.deb", made, version),
        ]
    path = dist / f"{name}.zip"
    path.unlink(missing_ok=True)
    if sys.platform == "darwin":
        # ditto keeps the links and signatures inside the application.
        bundle = built / "Backlit.app"
        subprocess.run(["ditto", "-c", "-k", "--keepParent", bundle, path], check=True)
    else:
        shutil.make_archive(str(path.with_suffix("")), "zip", built, "backlit")
    return [path]


def date_of(root: Path) -> int:
    """The date of the last change in seconds, for archives that are the same every time."""
    stated = os.environ.get("SOURCE_DATE_EPOCH", "")
    if stated.isdigit():
        return int(stated)
    asked = subprocess.run(
        ["git", "-C", str(root), "log", "-1", "--format=%ct"],
        capture_output=True,
        text=True,
        check=False,
    )
    return int(asked.stdout) if asked.returncode == 0 and asked.stdout.strip() else 0


def share(source: Path, icons: Path, folder: Path) -> None:
    """The desktop entry, the type of .backlit files and the icons, in their usual places."""
    for place, name in (("applications", "backlit.desktop"), ("mime/packages", "backlit.xml")):
        (folder / place).mkdir(parents=True, exist_ok=True)
        shutil.copy(source / name, folder / place / name)
    shutil.copytree(icons / "hicolor", folder / "icons" / "hicolor", dirs_exist_ok=True)


def _tar(folder: Path, path: Path, made: Path, name: str) -> Path:
    date = date_of(Path(__file__).parent)
    pack = ["tar", "--create", f"--transform=s,^{folder.name},{name},", "--sort=name"]
    pack += [f"--mtime=@{date}", "--owner=0", "--group=0", "--numeric-owner"]
    pack += ["--directory", str(folder.parent), folder.name]
    squeeze = ["xz", "--threads=2", "-1", "--stdout"]
    with path.open("wb") as stream:
        packing = subprocess.Popen(pack, stdout=subprocess.PIPE)
        subprocess.run(squeeze, stdin=packing.stdout, stdout=stream, check=True)
        if packing.wait() != 0:
            raise SystemExit("tar could not pack the archive")
    return path


def _deb(folder: Path, path: Path, made: Path, version: str) -> Path:
    root = made / "deb"
    shutil.rmtree(root, ignore_errors=True)
    program = root / "usr/lib/backlit"
    shutil.copytree(folder, program, symlinks=True)
    for name in ("install.sh", "README.txt", "LICENSES"):
        (program / name).unlink()
    shutil.move(program / "share", root / "usr/share")
    documents = root / "usr/share/doc/backlit"
    documents.mkdir(parents=True)
    (documents / "copyright").write_text(_copyright(program / "_internal/LICENSES"))
    (root / "usr/bin").mkdir()
    (root / "usr/bin/backlit").symlink_to("../lib/backlit/backlit")
    size = sum(p.lstat().st_size for p in root.rglob("*") if not p.is_dir())
    (root / "DEBIAN").mkdir()
    (root / "DEBIAN/control").write_text(
        _CONTROL.format(
            version=version,
            maintainer=MAINTAINER,
            kilobytes=size // 1024,
            depends=", ".join(depends(folder)),
        )
    )
    for place in root.rglob("*"):
        if not place.is_symlink():
            place.chmod(0o755 if place.is_dir() or os.access(place, os.X_OK) else 0o644)
    build = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z1", "--build", str(root), str(path)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(date_of(Path(__file__).parent))}
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL, env=environment)
    return path


def depends(folder: Path) -> list[str]:
    """The Debian packages with the libraries that the build needs and does not bring."""
    libraries, missing = elf.outside(folder)
    if missing:
        raise SystemExit(f"not installed here, but needed: {', '.join(sorted(missing))}")
    places = [libraries[name] for name in elf.needed(folder) if name in libraries]
    owners = {licences.owner(str(place)) for place in places}
    packages = {owner.split(":")[0] for owner in owners if owner is not None}
    major, minor = elf.glibc(folder)
    return sorted(packages - {"libc6"} | {f"libc6 (>= {major}.{minor})"})


def _copyright(folder: Path) -> str:
    return (
        "Backlit is under the MIT licence. It contains other works, whose licences are in "
        f"/usr/lib/backlit/_internal/{folder.name}.\n\n"
        + (folder / "Backlit.txt").read_text(encoding="utf-8")
    )
