"""Everything that is to be read or told apart can be, in both themes (WCAG 2.2, 1.4.3, 1.4.11)."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLineEdit, QListWidget
from pytestqt.qtbot import QtBot

from ui.desk.looks import class_colour
from ui.stylesheet import mixed
from ui.theme import CLASS_COLOURS, DARK, LIGHT, Theme, contrast

TEXT, GRAPHICS = 4.5, 3.0
both = pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])


def test_the_ratio_is_that_of_the_standard() -> None:
    black, white = QColor("#000000"), QColor("#FFFFFF")
    assert contrast(black, white) == contrast(white, black) == pytest.approx(21.0)
    assert contrast(white, white) == 1.0
    # The well-known grey that is just dark enough on white.
    assert contrast(QColor("#767676"), white) == pytest.approx(4.54, abs=0.005)


@both
@pytest.mark.parametrize("token", ["text", "muted", "accent", "negative_text"])
def test_text_can_be_read(look: Theme, token: str) -> None:
    soft = mixed(look.panel, look.accent, 0.16)
    grounds = [look.background, look.panel]
    grounds += [look.zero, soft] if token in ("text", "muted") else []
    for ground in grounds:
        assert contrast(look.colour(token), QColor(ground)) >= TEXT, ground


@both
def test_words_on_the_accent_can_be_read(look: Theme) -> None:
    for share in (0.0, 0.14, 0.26):
        ground = QColor(mixed(look.accent, look.text, share))
        assert contrast(look.colour("on_accent"), ground) >= TEXT


@both
@pytest.mark.parametrize("token", ["accent", "positive", "negative", "activation"])
def test_values_can_be_told_from_the_ground(look: Theme, token: str) -> None:
    for ground in (look.background, look.panel):
        assert contrast(look.colour(token), QColor(ground)) >= GRAPHICS


@both
def test_classes_can_be_told_from_the_ground(look: Theme) -> None:
    for number in range(len(CLASS_COLOURS)):
        assert contrast(class_colour(look, number), look.colour("panel")) >= GRAPHICS


@both
def test_numbers_on_cells_are_in_the_better_ink(look: Theme) -> None:
    for table in (look.signed_table, look.activation_table):
        for red, green, blue, _ in table[::15].tolist():
            ground = QColor(red, green, blue)
            assert contrast(look.colour(look.ink_on(ground)), ground) >= 3.8
    assert look.ink_on(look.colour("activation")) == ("background" if look is DARK else "panel")


def test_a_placeholder_is_muted_not_faint(qtbot: QtBot, theme: Theme) -> None:
    for field in (QLineEdit(), QListWidget()):
        qtbot.addWidget(field)
        field.ensurePolished()
        found = field.palette().color(QPalette.ColorRole.PlaceholderText)
        assert contrast(found, theme.colour("panel")) >= TEXT
        assert found.alpha() == 255
