"""The window on small laptops and old projectors: nothing is cut off, nothing overlaps."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget, QScrollArea, QToolBar, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.main_window import SMALLEST_SIZE, MainWindow, first_size
from ui.panel_frame import LEAST, PanelScroll
from ui.presentation import LARGEST_GROWTH, SCALE, scale_for
from ui.settings import Settings
from ui.style import current_scale

SIZES = ((1366, 700), (1280, 720), (1024, 738), (960, 600))


def place(widget: QWidget, window: QWidget) -> QRect:
    """Where a widget stands in the window."""
    return QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())


def parts(window: MainWindow) -> list[QWidget]:
    """What the window is made of, as far as it is on show."""
    docks = [dock for dock in window.findChildren(QDockWidget) if not dock.isFloating()]
    bars = window.findChildren(QToolBar)
    cards = (window.data_card, window.network_card, window.formula, window.inspector)
    widgets = (window.menuBar(), *bars, *cards, *docks)
    return [part for part in widgets if part.isVisible() and not part.visibleRegion().isEmpty()]


def resized(qtbot: QtBot, window: MainWindow, size: tuple[int, int]) -> None:
    """Give the window a size, and the layout it has at first in this size."""
    window.resize(*size)
    window.docks.reset()
    qtbot.wait(20)
    window.docks.set_height()
    qtbot.wait(20)


@pytest.mark.parametrize("size", SIZES)
def test_everything_stands_in_the_window_and_beside_everything_else(
    qtbot: QtBot, window: MainWindow, size: tuple[int, int]
) -> None:
    resized(qtbot, window, size)
    assert window.size().toTuple() == size
    shown = parts(window)
    assert len(shown) >= 11
    for part in shown:
        assert window.rect().contains(place(part, window)), part.objectName() or part
        assert part.height() >= part.minimumSizeHint().height(), part.objectName() or part
        assert part.width() >= part.minimumSizeHint().width(), part.objectName() or part
    for first, second in combinations(shown, 2):
        assert not place(first, window).intersects(place(second, window)), (first, second)
    bar = window.transport
    controls = [each for each in bar.findChildren(QWidget) if each.isVisibleTo(bar)]
    direct = [each for each in controls if each.parent() is bar]
    for each in direct:
        assert bar.rect().contains(each.geometry()), each.objectName() or each
    for first, second in combinations(direct, 2):
        assert not first.geometry().intersects(second.geometry()), (first, second)


@pytest.mark.parametrize("bars", [0, 2])
def test_the_smallest_window_is_large_enough_for_what_it_holds(
    qtbot: QtBot, window: MainWindow, bars: int
) -> None:
    if bars:
        window.show_notice("Something could not be done.")
        window.actions_by_id["predict"].trigger()
    qtbot.wait(20)
    needed = window.minimumSizeHint()
    assert needed.width() <= SMALLEST_SIZE.width()
    assert needed.height() <= (700 if bars else SMALLEST_SIZE.height())


@pytest.mark.parametrize("size", [(1366, 700), (1280, 720)])
def test_a_sample_is_chosen_with_its_class_in_sight_on_a_small_laptop(
    qtbot: QtBot, window: MainWindow, size: tuple[int, int]
) -> None:
    resized(qtbot, window, size)
    card = window.data_card
    tile = card.strip.tile_rect(1)
    assert card.strip.visibleRegion().contains(tile)
    assert card.bars.visibleRegion().contains(card.bars.rect())
    QTest.mouseClick(card.strip, Qt.MouseButton.LeftButton, pos=tile.center())
    assert card.sample == 1


def test_where_the_data_card_is_too_low_all_of_it_scrolls(qtbot: QtBot, window: MainWindow) -> None:
    resized(qtbot, window, (960, 600))
    window.show_notice("Something could not be done.")
    window.actions_by_id["predict"].trigger()
    qtbot.wait(20)
    card = window.data_card
    area = card.body.itemAt(0).widget()
    assert isinstance(area, QScrollArea)
    assert area.verticalScrollBar().maximum() > 0
    area.ensureWidgetVisible(card.strip_area)
    tile = card.strip.tile_rect(0)
    QTest.mouseClick(card.strip, Qt.MouseButton.LeftButton, pos=tile.center())
    assert card.sample == 0


def test_the_formula_has_what_room_the_inspector_can_spare(
    qtbot: QtBot, window: MainWindow
) -> None:
    resized(qtbot, window, (1366, 700))
    assert window.formula.height() > 1.5 * window.inspector.height()
    assert window.inspector.height() >= window.inspector.minimumSizeHint().height()


def test_a_panel_scrolls_rather_than_keep_its_dock_large(qtbot: QtBot) -> None:
    panel, content = QWidget(), QWidget()
    content.setMinimumSize(500, 300)
    QVBoxLayout(panel).addWidget(content)
    area = PanelScroll(panel)
    qtbot.addWidget(area)
    area.resize(300, 120)
    area.show()
    qtbot.waitExposed(area)
    assert area.minimumSizeHint() == LEAST
    assert area.verticalScrollBar().maximum() > 0 and area.horizontalScrollBar().maximum() > 0
    area.resize(620, 420)
    qtbot.waitUntil(lambda: panel.size() == area.viewport().size())


@pytest.mark.parametrize("stored", [False, True])
def test_where_its_usual_size_has_no_room_the_window_fills_the_screen_unless_it_was_sized(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, stored: bool
) -> None:
    # The screen of the tests has 800 × 800.
    assert first_size(window.screen().availableSize()) != QSize(1440, 900)
    settings = Settings(str(tmp_path / "other.ini"))
    if stored:
        settings.save_window(window)
    other = MainWindow(window.session, settings)
    qtbot.addWidget(other)
    other.show_at_start()
    assert other.isMaximized() is not stored


def test_a_sharper_projector_gets_larger_type_half_as_fast(
    qtbot: QtBot, window: MainWindow
) -> None:
    sharp = QSize(1920, 1080)
    assert scale_for(QSize(800, 600)) == scale_for(QSize(1280, 800)) == SCALE
    assert 1.2 * SCALE <= scale_for(sharp) <= 1.3 * SCALE
    assert scale_for(QSize(7680, 4320)) == pytest.approx(LARGEST_GROWTH * SCALE)
    window.presentation.enter()
    assert current_scale() == SCALE
    window.resize(sharp)
    qtbot.waitUntil(lambda: current_scale() == scale_for(sharp))
    assert window.size() == sharp
    window.presentation.leave()
    assert current_scale() == 1.0
