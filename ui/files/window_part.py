"""What a document keeps of the window: where its docks are, what is drawn, a picture of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt, qVersion
from PySide6.QtWidgets import QSplitter

from simulator.document import Document
from ui.canvas.drawing_command import Drawing
from ui.settings import LAYOUT_VERSION

if TYPE_CHECKING:
    from ui.main_window import MainWindow

THUMBNAIL = 320
"""Pixels of the picture's longer side at most."""
MOST_DRAWN = 4096
_DIGEST = 64


def sealed(state: QByteArray) -> bytes:
    """A layout with a checksum that only the Qt it comes from gives."""
    return _digest(state.data()) + state.data()


def unsealed(content: bytes) -> QByteArray | None:
    """The layout, None if a byte of it is another or it is of another Qt: one can crash Qt."""
    digest, state = content[:_DIGEST], content[_DIGEST:]
    return QByteArray(state) if state and digest == _digest(state) else None


def _digest(state: bytes) -> bytes:
    salt = f"{qVersion()} {LAYOUT_VERSION} ".encode()
    return hashlib.sha256(salt + state).hexdigest().encode()


def window_part(window: MainWindow) -> dict[str, Any]:
    """What the window adds to a document, by the names of the document's fields."""
    return {
        "layout": _layout(window),
        "view": _view(window),
        "runs": window.lab.runs.runs,
        "breakpoints": window.session.time.breakpoints,
        "thumbnail": _thumbnail(window),
    }


def show_window_part(window: MainWindow, document: Document) -> None:
    """Have the window as a document says; what does not fit stays as it is."""
    window.lab.runs.restore(document.runs)
    state = unsealed(document.layout)
    if state is not None:
        window.presentation.leave()
        window.restore_layout(state)
    for splitter, name in _splitters(window):
        sizes = document.view.get(name)
        if _is_numbers(sizes) and len(sizes) == splitter.count() and all(n >= 0 for n in sizes):
            splitter.setSizes([int(n) for n in sizes])
    _show_drawing(window, document.view)


def _layout(window: MainWindow) -> bytes:
    # In presentation mode the panels stand elsewhere, which nobody wants to open a file with.
    before = window.presentation.docks_before
    return sealed(window.saveState(LAYOUT_VERSION) if before is None else before)


def _view(window: MainWindow) -> dict[str, Any]:
    view: dict[str, Any] = {}
    if not window.presentation.on:
        view.update({name: splitter.sizes() for splitter, name in _splitters(window)})
    values = window.data_card.drawing()
    if values.size <= MOST_DRAWN:
        view["drawing"] = values.ravel().tolist()
    if window.data_card.sample is not None:
        view["sample"] = window.data_card.sample
    return view


def _show_drawing(window: MainWindow, view: Mapping[str, Any]) -> None:
    values, sample, card = view.get("drawing"), view.get("sample"), window.data_card
    shape = card.drawing().shape
    if _is_numbers(values) and len(values) == int(np.prod(shape)):
        drawn = np.array(values, dtype=float).reshape(shape)
        known = isinstance(sample, int) and 0 <= sample < len(window.session.project.data)
        card.show_drawing(Drawing(drawn, sample if known else None))


def _is_numbers(values: object) -> bool:
    return isinstance(values, list) and all(
        isinstance(own, int | float) and abs(own) < 1e9 for own in values
    )


def _splitters(window: MainWindow) -> tuple[tuple[QSplitter, str], ...]:
    return ((window.columns, "columns"), (window.right, "right"))


def _thumbnail(window: MainWindow) -> bytes:
    """The network as it is on show, as a PNG."""
    view = window.network_card.view
    if view.size().isEmpty() or not view.isVisible():
        return b""
    picture = view.grab().toImage()
    picture = picture.scaled(
        *(THUMBNAIL, THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatio),
        Qt.TransformationMode.SmoothTransformation,
    )
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    return content.data()
