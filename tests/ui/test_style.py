"""The look: contrast, a style sheet Qt understands, sizes of controls."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import qInstallMessageHandler
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QMenu,
    QMenuBar,
    QPushButton,
    QSlider,
    QSpinBox,
    QTabBar,
    QTableWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.style import apply_theme, build_palette, system_theme, words_font
from ui.stylesheet import build_stylesheet, mixed
from ui.theme import BODY_SIZE, CONTROL_HEIGHT, DARK, LIGHT, Theme

READABLE = 4.5
VISIBLE = 3.0


def luminance(colour: str) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in QColor(colour).getRgbF()[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Contrast ratio after WCAG 2.2, 1 to 21."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_right():
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read(look: Theme):
    hover = mixed(look.background, look.text, 0.06)
    segment = mixed(look.panel, look.text, 0.09)
    soft = mixed(look.panel, look.accent, 0.16)
    pairs = [
        (text, ground)
        for text in (look.text, look.muted)
        for ground in (look.panel, look.background, hover)
    ]
    pairs += [(look.text, look.zero), (look.text, segment), (look.text, soft)]
    pairs += [(look.accent, look.panel), (look.on_accent, look.accent)]
    pairs += [(look.on_accent, mixed(look.accent, look.text, share)) for share in (0.14, 0.26)]
    for text, ground in pairs:
        assert contrast(text, ground) >= READABLE, (text, ground)


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_what_is_not_text_can_be_seen(look: Theme):
    assert contrast(look.accent, look.panel) >= VISIBLE
    assert contrast(look.accent, look.background) >= VISIBLE
    assert contrast(look.activation, look.zero) >= VISIBLE
    assert contrast(look.activation, look.panel) >= VISIBLE


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("scale", [1.0, 1.6])
def test_qt_understands_every_rule(qapp, look: Theme, scale: float):
    said: list[str] = []
    old = qInstallMessageHandler(lambda kind, context, text: said.append(text))
    try:
        apply_theme(qapp, look, scale)
        window = every_control()
        window.show()
        window.grab()
        window.close()
    finally:
        qInstallMessageHandler(old)
        apply_theme(qapp, look)
    assert [text for text in said if "propagateSizeHints" not in text] == []


def every_control() -> QWidget:
    window = QWidget()
    layout = QVBoxLayout(window)
    box = QComboBox()
    box.addItems(["ReLU", "softmax"])
    tabs = QTabBar()
    tabs.addTab("Loss")
    tabs.addTab("Accuracy")
    menu_bar = QMenuBar()
    menu_bar.addMenu(QMenu("File", menu_bar))
    for widget in (
        menu_bar,
        box,
        tabs,
        QPushButton("Run"),
        QToolButton(),
        QSpinBox(),
        QDoubleSpinBox(),
        QLineEdit("text"),
        QSlider(),
        QCheckBox("check"),
        QTableWidget(2, 2),
    ):
        layout.addWidget(widget)
    for role in ("heading", "caption", "muted", "title", "number", "equation", "result"):
        label = QLabel(role)
        label.setProperty("role", role)
        layout.addWidget(label)
    return window


def test_no_token_is_left_unfilled():
    for look in (LIGHT, DARK):
        sheet = build_stylesheet(look)
        assert "@" not in re.sub(r'url\("[^"]*"\)', "", sheet)
        assert sheet.count("{") == sheet.count("}")


def test_lines_stay_thin_in_presentation():
    sheet = build_stylesheet(LIGHT, 1.6)
    assert "border: 1px solid" in sheet and "font-size: 18px" in sheet


def test_controls_are_high_enough_to_hit(qtbot, light):
    window = every_control()
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    for kind in (QPushButton, QComboBox, QSpinBox, QLineEdit):
        control = window.findChild(kind)
        assert control.height() >= CONTROL_HEIGHT, kind
    assert window.findChild(QToolButton).height() >= 28


def test_focus_can_be_seen(qtbot, theme):
    window = every_control()
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    accent = theme.colour("accent").rgb()

    def accented(widget: QWidget) -> int:
        image = widget.grab().toImage()
        spots = ((x, y) for x in range(image.width()) for y in range(image.height()))
        return sum(image.pixel(x, y) == accent for x, y in spots)

    for kind in (QPushButton, QToolButton, QComboBox, QSpinBox, QLineEdit, QSlider):
        control = window.findChild(kind)
        control.clearFocus()
        before = accented(control)
        control.setFocus()
        assert control.hasFocus()
        assert accented(control) > before + 20, kind


def test_the_palette_has_the_tokens(qapp):
    palette = build_palette(DARK)
    role = QPalette.ColorRole
    for each, token in [
        (role.Window, DARK.background),
        (role.Base, DARK.panel),
        (role.Text, DARK.text),
        (role.Mid, DARK.line),
        (role.PlaceholderText, DARK.muted),
        (role.Highlight, DARK.accent),
    ]:
        assert palette.color(each).name() == token.lower()


def test_base_of_the_application(qapp, theme):
    assert qapp.property("backlit_base_style") == "Fusion"
    assert qapp.font().pixelSize() == words_font(BODY_SIZE).pixelSize() == BODY_SIZE
    assert system_theme(qapp) in (LIGHT, DARK)
