"""The About box: what runs here, and the licence of everything in it."""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from simulator import __version__
from ui.dialogs.about import show_about
from ui.licences import components


def test_versions_can_be_copied(window, qtbot):
    dialog = show_about(window)
    qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith(f"Backlit {__version__}")
    assert {"Python", "Qt", "NumPy"} <= {line.split()[0] for line in copied.splitlines()}
    assert dialog.copy_button.text() == "Copied"
    qtbot.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()


def test_each_component_shows_its_licence(window, qtbot):
    dialog = show_about(window)
    assert dialog.list.count() == len(components()) > 5
    assert "MIT License" in dialog.text.toPlainText()
    texts = set()
    for _ in range(dialog.list.count()):
        texts.add(dialog.text.toPlainText())
        qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
    assert len(texts) > 5 and all(texts)
    dialog.close()


def test_what_is_installed_is_listed_with_backlit_first():
    found = components()
    assert found[0].name == "Backlit" and "MIT" in found[0].text
    names = {component.name.lower() for component in found}
    assert {"numpy", "pyqtgraph", "inter", "jetbrains mono", "lucide icons"} <= names
    numpy = next(component for component in found if component.name.lower() == "numpy")
    assert numpy.version and "BSD" in numpy.licence and len(numpy.text) > 1000


def test_an_executable_reads_its_own_list(monkeypatch, tmp_path):
    folder = tmp_path / "LICENSES"
    folder.mkdir()
    entry = {"name": "Qt", "version": "6.11", "licence": "LGPL", "file": "Qt.txt"}
    (folder / "index.json").write_text(json.dumps([entry]))
    (folder / "Qt.txt").write_text("GNU LESSER GENERAL PUBLIC LICENSE")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    (only,) = components()
    assert (only.name, only.version, only.licence) == ("Qt", "6.11", "LGPL")
    assert only.text.startswith("GNU LESSER")


def test_an_executable_without_its_list_has_none(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert components() == ()
