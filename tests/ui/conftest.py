"""Widgets in the application's look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from ui.style import apply_theme
from ui.theme import DARK, LIGHT, Theme


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def theme(request: pytest.FixtureRequest, qapp: QApplication) -> Theme:
    """Each theme in turn, applied to the application."""
    apply_theme(qapp, request.param)
    return request.param


@pytest.fixture
def light(qapp: QApplication) -> Theme:
    """The light theme, applied to the application."""
    apply_theme(qapp, LIGHT)
    return LIGHT


@pytest.fixture
def large(qapp: QApplication) -> Iterator[Theme]:
    """The light theme at presentation size."""
    apply_theme(qapp, LIGHT, 1.6)
    yield LIGHT
    apply_theme(qapp, LIGHT)
