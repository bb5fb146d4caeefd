"""What a long lesson leaves in memory: pictures of nodes, and edits to be undone, are bounded.

The C library says how much of its memory is in use, which is what Qt's pictures are made of.
"""

from __future__ import annotations

import ctypes
import gc
import weakref
from itertools import pairwise
from typing import ClassVar

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from simulator.project import Project, load_project
from ui import session as session_module
from ui.canvas.drawing_command import ChangeDrawing, Drawing
from ui.editor.layout import Margins, arrange
from ui.editor.nodes import NodePainter
from ui.editor.readings import LayerReading, Readings
from ui.pictures import settled
from ui.session import FEWEST_EDITS, MOST_EDITS, Session
from ui.theme import LIGHT

pytestmark = pytest.mark.usefixtures("qapp")
MIB = 2**20


class _Memory(ctypes.Structure):
    """What mallinfo2 of the GNU C library says."""

    _fields_: ClassVar = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]


def in_use() -> int:
    """Bytes that have been asked for and not given back."""
    gc.collect()
    library = ctypes.CDLL(None)
    library.mallinfo2.restype = _Memory
    memory = library.mallinfo2()
    return int(memory.uordblks + memory.hblkhd)


def painted(side: int) -> QPixmap:
    picture = QPixmap(side, side)
    picture.setDevicePixelRatio(2.0)
    picture.fill(LIGHT.colour("panel"))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(LIGHT.colour("accent"))
    painter.drawEllipse(2, 2, side // 2 - 4, side // 2 - 4)
    painter.end()
    return picture


def test_a_settled_picture_looks_the_same_and_takes_little_more_than_its_pixels() -> None:
    first = painted(32)
    assert settled(first).toImage() == first.toImage()
    assert settled(first).devicePixelRatio() == 2.0
    before = in_use()
    kept = [settled(painted(32)) for _ in range(300)]
    assert in_use() - before < 1.5 * 4 * 32 * 32 * len(kept)


def test_pictures_of_nodes_stay_within_their_bound_whatever_values_come_up() -> None:
    """In an hour of training every fill meets every ring, in 30 MiB if they are all kept."""
    spec = load_project("digits-5x5").network
    layout = arrange(1280.0, 800.0, spec, None, Margins())
    painter = NodePainter(LIGHT)
    screen = QImage(1280, 800, QImage.Format.Format_ARGB32_Premultiplied)
    chance = np.random.default_rng(3)

    def paint() -> None:
        layers = tuple(
            LayerReading(
                activation=chance.uniform(-1.0, 1.0, units),
                delta=chance.uniform(-1.0, 1.0, units),
                largest_delta=1.0,
            )
            for units in spec.sizes
        )
        pen = QPainter(screen)
        painter.paint(pen, layout, Readings(layers, None, 0))
        pen.end()

    paint()
    before = in_use()
    for _ in range(150):
        paint()
    assert in_use() - before < 6 * MIB


@pytest.fixture
def project() -> Project:
    return load_project("digits-5x5")


def test_the_oldest_of_very_many_edits_is_forgotten(qapp: QApplication, project: Project) -> None:
    session = Session(project)
    values = np.zeros(25)
    drawings = [Drawing(values + step, None) for step in range(MOST_EDITS + 21)]
    shown: list[Drawing] = []
    for before, after in pairwise(drawings):
        session.undo_stack.push(ChangeDrawing("Draw", before, after, shown.append))
    assert session.undo_stack.count() == MOST_EDITS
    oldest, still = weakref.ref(drawings[0]), weakref.ref(drawings[20])
    del drawings, before, after
    gc.collect()
    assert oldest() is None
    while session.undo_stack.canUndo():
        session.undo_stack.undo()
    assert len(shown) == MOST_EDITS and shown[-1] is still()


def test_fewer_edits_of_large_data_are_kept(
    monkeypatch: pytest.MonkeyPatch, project: Project
) -> None:
    session = Session(project)
    assert session.undo_stack.undoLimit() == MOST_EDITS
    size = project.data.inputs.nbytes + project.data.targets.nbytes
    monkeypatch.setattr(session_module, "UNDO_BYTES", 200 * size)
    session.set_project(project)
    assert session.undo_stack.undoLimit() == 200
    monkeypatch.setattr(session_module, "UNDO_BYTES", 1)
    session.set_learning_rate(0.5)
    session.set_project(project)
    assert session.undo_stack.undoLimit() == FEWEST_EDITS
