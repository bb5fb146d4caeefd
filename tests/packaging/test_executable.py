"""What goes into the executable, and with whose licences; building it is `make package`."""

from __future__ import annotations

import email.message
import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QT = "PySide6/Qt"


@pytest.fixture(autouse=True)
def _packaging(monkeypatch):
    """Its modules can be imported by name, as when it runs."""
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))


def shipped_folders():
    """The folders of resources that the spec lists: it is run with PyInstaller's names empty."""
    text = (ROOT / "packaging" / "backlit.spec").read_text(encoding="utf-8")
    start = text.index("resources = [")
    names = {"ROOT": ROOT}
    exec(text[start : text.index("packages_data = ")], names)
    return {target for _, target in names["resources"]}


def test_every_folder_of_resources_ships():
    folders = {
        f"resources/{path.name}"
        for path in (ROOT / "resources").iterdir()
        if path.is_dir() and path.name not in ("pictures", "__pycache__")
    }
    assert len(folders) >= 5
    assert shipped_folders() == folders | {"resources"}


@pytest.mark.parametrize(
    ("destination", "ships"),
    [
        (f"{QT}/plugins/platforms/libqxcb.so", True),
        (f"{QT}/plugins/platforms/libqwayland.so", True),
        (f"{QT}/plugins/platforms/libqoffscreen.so", True),
        (f"{QT}/plugins/platforms/libqeglfs.so", False),
        ("PySide6/plugins/platforms/qwindows.dll", True),
        (f"{QT}/plugins/platforms/libqcocoa.dylib", True),
        (f"{QT}/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so", False),
        (f"{QT}/plugins/iconengines/libqsvgicon.so", True),
        (f"{QT}/plugins/tls/libqopensslbackend.so", False),
        (f"{QT}/translations/qtbase_de.qm", False),
        (f"{QT}/lib/libQt6Core.so.6", True),
        (f"{QT}/lib/libQt6Qml.so.6", False),
        ("PySide6/Qt6Quick.dll", False),
        ("PySide6/opengl32sw.dll", False),
        (f"{QT}/lib/QtGui.framework/Versions/A/QtGui", True),
        (f"{QT}/lib/QtQuick.framework/Versions/A/QtQuick", False),
        ("libpython3.11.so.1.0", True),
        ("libxcb-cursor.so.0", True),
        ("libstdc++.so.6", False),
        ("libglib-2.0.so.0", False),
        ("numpy.libs/libscipy_openblas64_-32a4b2a6.so", True),
        ("ziamath/fonts/STIXTwoMath-Regular.ttf", True),
        ("resources/icons/backlit.svg", True),
        ("pyqtgraph/icons/peegee/peegee_512px@2x.png", False),
    ],
)
def test_what_ships(destination, ships):
    from contents import keep

    assert keep(destination, linux=True) is ships


def test_system_libraries_of_windows_and_macos_are_left_to_pyinstaller():
    from contents import keep

    assert keep("libffi-8.dll", linux=False)
    assert keep("libcrypto.3.dylib", linux=False)


def test_nothing_the_program_imports_is_left_out():
    """Every module of Backlit loads where those that stay behind cannot be imported."""
    from contents import UNUSED_MODULES

    code = f"""
import sys, pkgutil, importlib
for name in {UNUSED_MODULES!r}:
    sys.modules[name] = None
import simulator, ui
for package in (simulator, ui):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
import ziamath, tqdm, PIL.WebPImagePlugin
from PIL import Image
Image.init()
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr


def test_licences_of_everything_that_ships(tmp_path, monkeypatch):
    import licences

    wanted = ("numpy", "pyqtgraph", "PySide6_Essentials", "shiboken6", "tqdm", "ziamath")
    shipped = [importlib.metadata.distribution(name) for name in wanted]
    monkeypatch.setattr(licences, "_shipped", lambda: shipped)
    licences.collect(ROOT, tmp_path / "LICENSES")
    index = json.loads((tmp_path / "LICENSES" / "index.json").read_text(encoding="utf-8"))
    names = {entry["name"] for entry in index}
    assert {"Backlit", "Python", "Qt and PySide6", "numpy", "Inter", "STIX Two Math"} <= names
    for entry in index:
        text = (tmp_path / "LICENSES" / entry["file"]).read_text(encoding="utf-8")
        assert len(text) > 300, entry["name"]
        assert entry["licence"], entry["name"]
    qt = (tmp_path / "LICENSES" / "Qt and PySide6.txt").read_text(encoding="utf-8")
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in qt


def test_a_component_without_a_licence_stops_the_build(tmp_path, monkeypatch):
    import licences

    class Nameless:
        name, version, files = "nameless", "1.0", ()
        metadata = email.message.Message()

    monkeypatch.setattr(licences, "_shipped", lambda: [Nameless()])
    with pytest.raises(SystemExit, match="nameless"):
        licences.collect(ROOT, tmp_path / "LICENSES")
