"""Cards, segmented controls, numbers, bars, hints, icons."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontDatabase, QFontInfo, QIcon
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from ui.resources import icon, icon_file, load_fonts, tinted_file
from ui.style import current_scale, numbers_font, words_font
from ui.theme import DARK, LIGHT
from ui.widgets.bars import ClassBars
from ui.widgets.card import Card
from ui.widgets.labels import ElidedLabel, EmptyHint, Heading
from ui.widgets.segmented import SegmentedControl
from ui.widgets.value_label import ValueLabel, format_value

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def control(qtbot: QtBot, light) -> SegmentedControl:
    widget = SegmentedControl(["Phase", "Iteration", "Epoch"])
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_a_click_chooses_a_segment(qtbot, control):
    with qtbot.waitSignal(control.currentChanged) as changed:
        qtbot.mouseClick(control.buttons()[1], LEFT)
    assert changed.args == [1] and control.current() == 1
    with qtbot.assertNotEmitted(control.currentChanged):
        qtbot.mouseClick(control.buttons()[1], LEFT)


def test_arrow_keys_go_round(qtbot, control):
    control.buttons()[0].setFocus()
    qtbot.keyClick(control.buttons()[0], Qt.Key.Key_Right)
    assert control.current() == 1
    qtbot.keyClick(control.buttons()[1], Qt.Key.Key_Left)
    qtbot.keyClick(control.buttons()[0], Qt.Key.Key_Left)
    assert control.current() == 2
    assert [button.isChecked() for button in control.buttons()] == [False, False, True]


def test_setting_a_segment_is_silent(qtbot, control):
    with qtbot.assertNotEmitted(control.currentChanged):
        control.set_current(2)
    assert control.buttons()[2].isChecked()
    with pytest.raises(IndexError):
        control.set_current(3)


def test_segments_are_reachable_and_keep_their_width(qtbot, control):
    assert [button.accessibleName() for button in control.buttons()] == [
        "Phase",
        "Iteration",
        "Epoch",
    ]
    assert control.height() >= 28
    widths = [button.width() for button in control.buttons()]
    control.set_current(2)
    assert [button.width() for button in control.buttons()] == widths


def test_a_card_has_a_header_and_a_body(qtbot, theme):
    card = Card("Network")
    qtbot.addWidget(card)
    card.set_caption("25 – 20 – 5")
    button = QPushButton("More")
    card.add_header_widget(button)
    card.body.addWidget(QLabel("body"), 1)
    card.resize(400, 200)
    card.show()
    assert card.title() == card.accessibleName() == "Network"
    assert card.caption() == "25 – 20 – 5"
    assert button.geometry().right() <= 400 - 12 and button.geometry().top() < 20
    card.set_title("Other")
    assert card.title() == "Other"


def test_a_long_caption_is_cut_not_clipped(qtbot, light):
    label = ElidedLabel("a caption that is much too long for its place", heading=True)
    qtbot.addWidget(label)
    assert label.minimumSizeHint().width() <= 24
    assert label.sizeHint().width() > 200
    label.resize(60, 18)
    assert not label.grab().isNull()
    assert Heading("Samples").text() == "Samples"


def test_a_caption_gives_way_to_a_shorter_one(qtbot, light):
    label = ElidedLabel(heading=True)
    qtbot.addWidget(label)
    label.setText("25 – 20 – 5 · 625 parameters", "25 – 20 – 5", "")
    whole = label.sizeHint().width()
    for width, seen in (
        (whole, "25 – 20 – 5 · 625 PARAMETERS"),
        (whole - 4, "25 – 20 – 5"),
        (whole // 2, "25 – 20 – 5"),
        (20, ""),
    ):
        label.resize(width, 18)
        assert label.fitting() == seen
    label.setText("25 – 20 – 5")
    assert label.fitting().endswith("…") and label.text() == "25 – 20 – 5"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, " 0.0000"),
        (-0.0, " 0.0000"),
        (0.4073, " 0.4073"),
        (-0.01, "-0.0100"),
        (12.34567, " 12.346"),
        (-1234.5678, "-1234.6"),
        (9999.99, " 10000.0"),
        (3.14e-7, " 3.1e-07"),
        (-2.4e12, "-2.4e+12"),
        (float("inf"), " inf"),
        (float("-inf"), "-inf"),
        (float("nan"), "not a number"),
        (np.float32(0.5), " 0.5000"),
    ],
)
def test_numbers(value, text):
    assert format_value(value) == text


def test_numbers_keep_their_width():
    texts = [format_value(value) for value in (0.001, -0.5, 9.99994, 9.99999, -31.4, 314.15, -3e3)]
    assert {len(text) for text in texts} == {7}


def test_a_value_label_never_changes_its_width(qtbot, light):
    label = ValueLabel()
    qtbot.addWidget(label)
    assert label.text() == "–"
    width = label.width()
    for value in (0.1, -1e300, float("nan"), 12345.0, 1e-12, None):
        label.set_value(value)
        assert label.width() == width
        assert label.fontMetrics().horizontalAdvance(label.text()) <= width
    assert label.value() is None


@pytest.fixture
def bars(qtbot: QtBot, light) -> ClassBars:
    widget = ClassBars(light)
    qtbot.addWidget(widget)
    widget.set_classes(["1", "2", "3"])
    widget.resize(200, 66)
    return widget


def test_bars_show_and_say_the_values(bars):
    empty = bars.grab().toImage()
    bars.set_values([0.1, 0.7, 0.2])
    assert bars.winner() == 1
    assert bars.accessibleDescription() == "1: 0.100, 2: 0.700, 3: 0.200"
    assert bars.grab().toImage() != empty
    bars.set_values(None)
    assert bars.values() is None and bars.grab().toImage() == empty


def test_longer_bars_for_larger_values(bars):
    def filled(row: int) -> int:
        image = bars.grab().toImage()
        colour, ratio = LIGHT.colour("activation").rgb(), image.devicePixelRatio()
        y = round((row * 22 + 11) * ratio)
        return round(sum(image.pixel(x, y) == colour for x in range(image.width())) / ratio)

    bars.set_values([0.25, 0.5, 1.0])
    assert 0 < filled(0) < filled(1) < filled(2)
    assert filled(2) == pytest.approx(2 * filled(1), abs=4)


def test_numbers_of_the_bars_are_painted(bars):
    bars.set_values([0.25, 0.5, 1.0])
    image = bars.grab().toImage()
    ratio = image.devicePixelRatio()
    across = range(int(160 * ratio), int(200 * ratio))
    down = range(int(44 * ratio), int(66 * ratio))
    darkest = min(image.pixelColor(x, y).lightness() for x in across for y in down)
    assert darkest < 60


def test_odd_values_do_not_break_the_bars(bars):
    for values in ([np.nan] * 3, [-1.0, 5.0, 1e30], [np.inf, 0.0, -np.inf]):
        bars.set_values(values)
        assert not bars.grab().isNull()
    with pytest.raises(ValueError):
        bars.set_values([0.5, 0.5])
    bars.set_classes([])
    assert not bars.grab().isNull()


def test_a_single_output_has_no_winner(bars):
    bars.set_classes(["y"])
    bars.set_values([0.9])
    assert bars.winner() is None


def test_hints_wrap(qtbot, light):
    hint = EmptyHint("Draw a digit, then press Run")
    qtbot.addWidget(hint)
    hint.resize(100, 100)
    assert hint.heightForWidth(90) > hint.heightForWidth(400)


def test_bundled_fonts_are_used(qapp, light):
    families = load_fonts()
    assert {"Inter", "JetBrains Mono"} <= set(families) <= set(QFontDatabase.families())
    assert QFontInfo(words_font()).family() == "Inter"
    assert QFontInfo(numbers_font()).family() == "JetBrains Mono"


def test_fonts_grow_in_presentation(large):
    assert current_scale() == 1.6
    assert words_font(10).pixelSize() == 16


def test_icons_are_tinted_and_cached(qapp):
    assert icon_file("play").exists()
    light, dark = icon("play", LIGHT), icon("play", DARK)
    assert icon("play", LIGHT).cacheKey() == light.cacheKey()
    for each, colour in ((light, LIGHT.text), (dark, DARK.text)):
        assert _strongest(each, QIcon.Mode.Normal)[0] == colour.lower()
    assert _strongest(icon("play", LIGHT, colour="#123456"), QIcon.Mode.Normal)[0] == "#123456"
    assert _strongest(light, QIcon.Mode.Disabled)[1] < 0.5
    sharp = light.pixmap(QSize(20, 20), 2.0)
    assert sharp.width() == 40 and sharp.devicePixelRatio() == 2.0


def _strongest(each: QIcon, mode: QIcon.Mode) -> tuple[str, float]:
    image = each.pixmap(QSize(20, 20), 2.0, mode).toImage()
    spots = (image.pixelColor(x, y) for x in range(40) for y in range(40))
    colour = max(spots, key=lambda spot: spot.alpha())
    return colour.name(), colour.alphaF()


def test_missing_icons_are_empty_not_errors(qapp):
    assert icon("no such icon", LIGHT).isNull()
    assert tinted_file("no such icon", "#000000") is None
