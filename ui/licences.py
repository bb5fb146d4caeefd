"""What Backlit is made of, and under which licences: in an executable and in an installation."""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from simulator import __version__
from simulator.resource_files import resource_path

_OFL = "SIL Open Font License 1.1"
_NAME = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Component:
    """A work of somebody that ships or is used; ``text`` is its licence, or ""."""

    name: str
    version: str
    licence: str
    text: str


def components() -> tuple[Component, ...]:
    """Backlit first, then everything in it by name.

    An executable carries the list and the texts in a folder; elsewhere the installed packages are
    asked.
    """
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is not None:
        return _carried(Path(bundle, "LICENSES"))
    fonts, icons = resource_path("fonts"), resource_path("icons")
    own = (
        Component("Inter", "", _OFL, _text(fonts / "Inter-OFL.txt")),
        Component(
            "JetBrains Mono",
            "",
            "SIL Open Font License 1.1",
            _text(fonts / "JetBrainsMono-OFL.txt"),
        ),
        Component("Lucide icons", "", "ISC", _text(icons / "LUCIDE-LICENSE.txt")),
        *_installed("backlit"),
    )
    licence = _text(Path(__file__).parent.parent / "LICENSE")
    backlit = Component("Backlit", __version__, "MIT", licence)
    return backlit, *sorted(own, key=lambda component: component.name.lower())


def _carried(folder: Path) -> tuple[Component, ...]:
    index = _text(folder / "index.json")
    return tuple(
        Component(entry["name"], entry["version"], entry["licence"], _text(folder / entry["file"]))
        for entry in json.loads(index or "[]")
    )


def _installed(package: str) -> list[Component]:
    """What a package needs, and what that needs."""
    wanted, found = [package], dict[str, Component]()
    while wanted:
        name = wanted.pop()
        if name.lower() in found:
            continue
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        found[name.lower()] = _described(distribution)
        needs = [need for need in distribution.requires or () if "extra ==" not in need]
        wanted += [match[0] for need in needs if (match := _NAME.match(need))]
    found.pop(package, None)
    return list(found.values())


def _described(distribution: importlib.metadata.Distribution) -> Component:
    metadata = distribution.metadata
    licence = str(metadata.get("License-Expression") or metadata.get("License") or "")
    texts = [
        _text(Path(str(file.locate())))
        for file in distribution.files or ()
        if file.name.upper().startswith(("LICEN", "COPYING"))
    ]
    return Component(
        distribution.name, distribution.version, licence.partition("\n")[0], "\n\n".join(texts)
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
