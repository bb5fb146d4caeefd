"""Pictures of the network and the panels: SVG, PDF, PNG, clipboard and printer."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from ui.figures import figure
from ui.figures.figure_dialog import FigureDialog
from ui.main_window import MainWindow
from ui.theme import LIGHT

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(window: MainWindow, qtbot: QtBot) -> FigureDialog:
    """The dialog, opened with its key."""
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(window, Qt.Key.Key_S, modifiers)
    opened = window.figures.dialog
    assert opened is not None
    qtbot.waitExposed(opened)
    return opened


def choose(dialog: FigureDialog, name: str) -> None:
    """Choose what the picture shows."""
    dialog.parts.setCurrentIndex(dialog.parts.findText(name))


def save(dialog: FigureDialog, qtbot: QtBot, monkeypatch, path: Path, kind: str = "") -> Path:
    """Save under a name given to the file dialog; returns the file that was asked for."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), kind))
    qtbot.mouseClick(dialog.save_button, LEFT)
    return path


def pixels(picture: QImage) -> np.ndarray:
    """Grey levels (rows, columns)."""
    grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return rows[:, : grey.width()].astype(float)


def drawn_svg(content: bytes, like: QImage) -> QImage:
    """An SVG as pixels."""
    renderer = QSvgRenderer(QByteArray(content))
    assert renderer.isValid()
    picture = QImage(like.size(), QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.white)
    painter = QPainter(picture)
    renderer.render(painter)
    painter.end()
    return picture


def test_every_open_part_makes_a_picture_of_what_is_on_the_screen(
    window: MainWindow, dialog: FigureDialog
) -> None:
    assert [part.id for part in window.figures.parts()][:3] == ["network", "formula", "window"]
    assert len(window.figures.parts()) >= 10
    for part in window.figures.parts():
        content = window.figures.content(part, ".png", None, 2.0)
        picture = QImage.fromData(content)
        assert picture.width() == 2 * part.widget.width(), part.name
        assert np.ptp(pixels(picture)) > 60, f"{part.name} is empty"
        root = ET.fromstring(window.figures.content(part, ".svg", None, 1.0))
        assert root.tag.endswith("svg") and len(list(root.iter())) > 10
        assert window.figures.content(part, ".pdf", None, 1.0).startswith(b"%PDF")


def test_an_svg_shows_what_the_screen_shows(window: MainWindow, dialog: FigureDialog) -> None:
    for part in window.figures.parts():
        if part.id in ("loss", "weights", "deltas"):
            content = window.figures.content(part, ".svg", None, 1.0)
            on_screen = part.widget.grab().toImage()
            difference = np.abs(pixels(on_screen) - pixels(drawn_svg(content, on_screen)))
            assert difference.mean() < 6.0, part.name


def test_light_colours_in_a_dark_window(window: MainWindow, dialog: FigureDialog) -> None:
    window.actions_by_id["theme_dark"].trigger()
    network = window.figures.parts()[0]
    window.network_card.view.settle()
    before = pixels(network.widget.grab().toImage()).mean()
    as_shown = QImage.fromData(window.figures.content(network, ".png", None, 1.0))
    light = QImage.fromData(window.figures.content(network, ".png", LIGHT, 1.0))
    assert pixels(as_shown).mean() < 100 < 200 < pixels(light).mean()
    assert window.looks.theme.name == "dark"
    window.network_card.view.settle()
    assert pixels(network.widget.grab().toImage()).mean() == pytest.approx(before, abs=1.0)


@pytest.mark.parametrize(
    ("name", "kind", "written", "start"),
    [
        ("net.svg", "", "net.svg", b"<?xml"),
        ("net.pdf", "", "net.pdf", b"%PDF"),
        ("net.PNG", "", "net.PNG", b"\x89PNG"),
        ("net", "PDF (*.pdf)", "net.pdf", b"%PDF"),
        ("net.v2", "Pixels (*.png)", "net.v2.png", b"\x89PNG"),
    ],
)
def test_the_ending_decides_the_kind(
    dialog: FigureDialog, qtbot: QtBot, monkeypatch, tmp_path: Path, name, kind, written, start
) -> None:
    save(dialog, qtbot, monkeypatch, tmp_path / name, kind)
    assert (tmp_path / written).read_bytes().startswith(start)
    assert written in dialog.message.text()
    assert [own.name for own in tmp_path.iterdir() if own.name.startswith("net")] == [written]


def test_what_cannot_be_written_is_told_and_leaves_nothing(
    dialog: FigureDialog, qtbot: QtBot, monkeypatch, tmp_path: Path
) -> None:
    save(dialog, qtbot, monkeypatch, tmp_path / "missing" / "net.svg")
    assert "could not be written" in dialog.message.text()
    assert not (tmp_path / "missing").exists()


def test_copying(window: MainWindow, dialog: FigureDialog, qtbot: QtBot) -> None:
    choose(dialog, "Weights")
    qtbot.mouseClick(dialog.copy_button, LEFT)
    data = QApplication.clipboard().mimeData()
    width = window.docks.panel("weights").width()
    assert data.hasImage() and QApplication.clipboard().image().width() == 2 * width
    assert b"<svg" in data.data("image/svg+xml").data()


def test_the_key_copies_the_network(window: MainWindow, qtbot: QtBot) -> None:
    QApplication.clipboard().clear()
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(window, Qt.Key.Key_C, modifiers)
    assert QApplication.clipboard().image().width() == 2 * window.network_card.view.width()


def test_a_panel_behind_another_is_drawn_first(
    window: MainWindow, dialog: FigureDialog, qtbot: QtBot
) -> None:
    hidden = window.docks.panel("activations")
    assert hidden.visibleRegion().isEmpty()
    choose(dialog, "Activations")
    assert not hidden.visibleRegion().isEmpty()
    assert dialog.preview.pixmap().width() > 200


def test_printing(window: MainWindow, tmp_path: Path) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    figure.print_on(printer, window.network_card.view)
    assert (tmp_path / "printed.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "printed.pdf").stat().st_size > 5000


def test_the_network_is_lines_and_circles_with_every_link(
    window: MainWindow, dialog: FigureDialog
) -> None:
    network = window.figures.parts()[0]
    content = window.figures.content(network, ".svg", None, 1.0)
    assert b"<image" not in content
    spec = window.session.project.network
    links = sum(layer.units * spec.fan_in(n) for n, layer in enumerate(spec.layers, start=1))
    assert content.count(b"<path") >= links
    on_screen = network.widget.grab().toImage()
    difference = np.abs(pixels(on_screen) - pixels(drawn_svg(content, on_screen)))
    assert difference.mean() < 8.0
