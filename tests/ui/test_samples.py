"""The strip of samples."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QToolTip
from pytestqt.qtbot import QtBot

from ui.canvas.samples import SampleStrip
from ui.theme import Theme

LEFT = Qt.MouseButton.LeftButton


def make(qtbot: QtBot, theme: Theme, count: int, width: int = 226) -> SampleStrip:
    strip = SampleStrip(theme)
    qtbot.addWidget(strip)
    images = np.random.default_rng(0).random((count, 5, 5))
    strip.set_samples(images, [str(n) for n in range(count)])
    strip.resize(width, 120)
    strip.show()
    qtbot.waitExposed(strip)
    return strip


def test_a_click_chooses(qtbot, light):
    strip = make(qtbot, light, 12)
    with qtbot.waitSignal(strip.chosen) as chosen:
        qtbot.mouseClick(strip, LEFT, pos=strip.tile_rect(7).center())
    assert chosen.args == [7]
    assert strip.selected() == 7
    assert strip.accessibleDescription() == "sample 8 of 12, 7"


def test_a_click_beside_the_samples_chooses_nothing(qtbot, light):
    strip = make(qtbot, light, 6)
    with qtbot.assertNotEmitted(strip.chosen):
        qtbot.mouseClick(strip, LEFT, pos=strip.tile_rect(6).center())
        qtbot.mouseClick(strip, LEFT, pos=QPoint(strip.width() - 1, 4))


def test_arrow_keys(qtbot, light):
    strip = make(qtbot, light, 12)
    per_row = strip.per_row()
    strip.setFocus()
    keys = Qt.Key
    for key, wanted in [
        (keys.Key_Right, 0),
        (keys.Key_Right, 1),
        (keys.Key_Down, 1 + per_row),
        (keys.Key_Up, 1),
        (keys.Key_Left, 0),
        (keys.Key_Left, 0),
        (keys.Key_End, 11),
        (keys.Key_Home, 0),
    ]:
        qtbot.keyClick(strip, key)
        assert strip.selected() == wanted


def test_samples_wrap_and_never_overlap(qtbot, light):
    strip = make(qtbot, light, 12, width=120)
    tiles = [strip.tile_rect(n) for n in range(12)]
    for n, tile in enumerate(tiles):
        assert tile.left() >= 0 and tile.right() < strip.width()
        assert not any(tile.intersects(other) for other in tiles[n + 1 :])
        assert strip.index_at(QPointF(tile.center())) == n
    assert tiles[-1].bottom() <= strip.minimumHeight()


def test_a_thousand_samples_paint_only_what_is_seen(qtbot, light, monkeypatch):
    strip = SampleStrip(light)
    strip.set_samples(np.zeros((1000, 5, 5)), [str(n) for n in range(1000)])
    area = QScrollArea()
    qtbot.addWidget(area)
    area.setWidgetResizable(True)
    area.setWidget(strip)
    area.resize(240, 150)
    painted: list[int] = []
    original = strip._paint_tile
    monkeypatch.setattr(strip, "_paint_tile", lambda p, n: (painted.append(n), original(p, n)))
    area.show()
    qtbot.waitExposed(area)
    area.grab()
    assert 0 < len(set(painted)) < 40
    strip.setFocus()
    qtbot.keyClick(strip, Qt.Key.Key_End)
    qtbot.keyClick(strip, Qt.Key.Key_End)
    assert strip.selected() == 999
    assert area.verticalScrollBar().value() > 0.9 * area.verticalScrollBar().maximum()


def test_marks_are_painted(qtbot, theme):
    strip = make(qtbot, theme, 5)

    def accented() -> int:
        image = strip.grab().toImage()
        accent = theme.colour("accent").rgb()
        spots = ((x, y) for x in range(image.width()) for y in range(image.height()))
        return sum(image.pixel(x, y) == accent for x, y in spots)

    assert accented() == 0
    strip.set_training(1)
    marked = accented()
    assert marked > 10
    strip.set_selected(3)
    assert accented() > marked + 50
    strip.set_training(None)
    strip.set_selected(None)
    assert accented() == 0


def test_marks_out_of_range_are_none(qtbot, light):
    strip = make(qtbot, light, 3)
    strip.set_selected(7)
    strip.set_training(-1)
    assert strip.selected() is None and strip.training() is None


def test_plain_values_instead_of_pictures(qtbot, light):
    strip = SampleStrip(light)
    qtbot.addWidget(strip)
    strip.set_samples([[0.0, 0.0], [0.0, 1.0]], ["0", "1"])
    strip.resize(200, 60)
    assert not strip.grab().isNull()
    strip.set_samples(np.ones((2, 40)), ["a", "b"])
    assert strip.tile_rect(0).width() < 120
    strip.set_samples(np.zeros((0, 4)), [])
    assert strip.count() == 0 and not strip.grab().isNull()


def test_wrong_shapes_are_refused(qtbot, light):
    strip = SampleStrip(light)
    qtbot.addWidget(strip)
    with pytest.raises(ValueError):
        strip.set_samples(np.zeros((2, 5, 5)), ["only one"])
    with pytest.raises(ValueError):
        strip.set_samples(np.zeros(5), ["a"] * 5)


def test_tooltip_names_the_sample(qtbot, light):
    strip = make(qtbot, light, 3)
    strip.set_training(1)
    spot = strip.tile_rect(1).center()
    event = QHelpEvent(QEvent.Type.ToolTip, spot, strip.mapToGlobal(spot))
    QApplication.sendEvent(strip, event)
    assert QToolTip.text() == "Sample 2: 1, in training now"


def test_samples_that_are_not_trained_on_are_tagged(qtbot, light):
    strip = make(qtbot, light, 6)
    before = strip.grab().toImage()
    strip.set_parts([1, 4], [5])
    tagged = strip.grab().toImage()
    changed = [tagged.copy(strip.tile_rect(n)) != before.copy(strip.tile_rect(n)) for n in range(6)]
    assert changed == [False, True, False, False, True, True]
    assert tagged.copy(strip.tile_rect(4)) != tagged.copy(strip.tile_rect(5))
    for index, words in ((4, "a validation sample"), (5, "a test sample"), (0, "Sample 1")):
        at = strip.tile_rect(index).center()
        QToolTip.hideText()
        help_event = QHelpEvent(QEvent.Type.ToolTip, at, strip.mapToGlobal(at))
        QApplication.sendEvent(strip, help_event)
        assert words in QToolTip.text()
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip.tile_rect(4).center())
    assert strip.accessibleDescription().endswith("validation")
    strip.set_samples(np.zeros((3, 2)), ["a", "b", "c"])
    strip.set_selected(1)
    assert "validation" not in strip.accessibleDescription()
