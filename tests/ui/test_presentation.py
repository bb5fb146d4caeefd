"""Presentation mode through its keys: one panel at a time, and everything back as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fresh_window import end_window, open_window, settle, take_the_keys
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from simulator.snapshot import RunState
from ui.main_window import MainWindow
from ui.presentation import SCALE
from ui.style import current_scale
from ui.theme import BODY_SIZE

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


def enter(qtbot: QtBot, window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_F11, SHIFT)
    assert window.presentation.on
    QApplication.processEvents()


def on_show(window: MainWindow) -> list[str]:
    """The network and the panels that can be seen."""
    found = ["network"] if window.network_card.isVisible() else []
    return found + [p.panel_id for p in window.docks.panels if p.isVisible()]


def geometries(window: MainWindow) -> dict[str, QRect]:
    """Where everything of the window stands."""
    parts: dict[str, QWidget] = {
        "menu": window.menuBar(),
        "data": window.data_card,
        "network": window.network_card,
        "formula": window.formula,
        "inspector": window.inspector,
        "transport": window.transport,
        "timeline": window.timeline,
    }
    parts |= {p.panel_id: window.docks.dock(p.panel_id) for p in window.docks.panels}
    return {
        name: QRect(part.mapTo(window, part.rect().topLeft()), part.size())
        for name, part in parts.items()
        if part.isVisible() and not part.visibleRegion().isEmpty()
    }


@pytest.fixture(scope="class")
def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MainWindow]:
    qtbot = QtBot(request)
    window = open_window(qtbot, tmp_path_factory.mktemp("stage") / "settings.ini")
    enter(qtbot, window)
    yield window
    window.presentation.leave()
    end_window(window)


@pytest.fixture
def presented(qtbot: QtBot, stage: MainWindow) -> MainWindow:
    assert stage.presentation.on
    stage.presentation.show_page(0)
    stage.session.reset()
    settle(stage, qtbot)
    take_the_keys(stage, qtbot)
    return stage


class TestPresented:
    """All of these in one window, which is entered once; each begins with the first page."""

    def test_the_network_and_its_formula_come_first_and_nothing_else(
        self, presented: MainWindow
    ) -> None:
        assert on_show(presented) == ["network"]
        assert presented.formula.isVisible()
        for part in (
            *(presented.menuBar(), presented.data_card, presented.inspector),
            *(presented.transport, presented.timeline),
        ):
            assert not part.isVisible()

    def test_digits_and_arrows_choose_the_panel(self, qtbot: QtBot, presented: MainWindow) -> None:
        panels = [panel.panel_id for panel in presented.docks.panels]
        QTest.keyClick(presented, Qt.Key.Key_2)
        assert on_show(presented) == [panels[0]]
        QTest.keyClick(presented, Qt.Key.Key_5)
        assert on_show(presented) == [panels[3]]
        QTest.keyClick(presented, Qt.Key.Key_Right)
        assert on_show(presented) == [panels[4]]
        QTest.keyClick(presented, Qt.Key.Key_Left)
        QTest.keyClick(presented, Qt.Key.Key_Left)
        assert on_show(presented) == [panels[2]]
        QTest.keyClick(presented, Qt.Key.Key_Tab, CONTROL)
        assert on_show(presented) == [panels[3]]
        QTest.keyClick(presented, Qt.Key.Key_1)
        assert on_show(presented) == ["network"]
        QTest.keyClick(presented, Qt.Key.Key_Left)
        assert on_show(presented) == [panels[-1]]
        qtbot.mouseClick(presented.presentation.bar.next, LEFT)
        assert on_show(presented) == ["network"]

    def test_a_panel_fills_the_window(self, qtbot: QtBot, presented: MainWindow) -> None:
        QTest.keyClick(presented, Qt.Key.Key_3)
        dock = presented.docks.dock("weights")
        qtbot.waitUntil(lambda: dock.height() > 0.75 * presented.height())
        assert dock.width() > 0.95 * presented.width()

    def test_the_remote_steps_forward_and_back(self, qtbot: QtBot, presented: MainWindow) -> None:
        for _ in range(3):
            QTest.keyClick(presented, Qt.Key.Key_PageDown)
        qtbot.waitUntil(lambda: presented.session.snapshot.cursor == 2)
        QTest.keyClick(presented, Qt.Key.Key_PageUp)
        qtbot.waitUntil(lambda: presented.session.snapshot.cursor == 1)

    def test_run_is_pause_while_it_runs(self, qtbot: QtBot, presented: MainWindow) -> None:
        button, session = presented.presentation.bar.steps["run"], presented.session
        resting = button.icon().pixmap(18).toImage()
        assert button.accessibleName() == "Run"
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: session.state is RunState.RUNNING)
        qtbot.waitUntil(lambda: button.accessibleName() == "Pause")
        assert button.icon().pixmap(18).toImage() != resting
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: session.state is RunState.PAUSED)
        qtbot.waitUntil(lambda: button.accessibleName() == "Run")

    @pytest.mark.parametrize("key", [Qt.Key.Key_B, Qt.Key.Key_Period])
    def test_the_remotes_black_key_blanks_the_screen(
        self, qtbot: QtBot, presented: MainWindow, key: Qt.Key
    ) -> None:
        QTest.keyClick(presented, key)
        qtbot.waitUntil(lambda: presented.grab().toImage().pixelColor(300, 300).lightness() == 0)
        QTest.keyClick(presented, Qt.Key.Key_PageDown)
        qtbot.waitUntil(lambda: presented.grab().toImage().pixelColor(4, 300).lightness() > 0)
        assert presented.presentation.on

    def test_a_field_keeps_its_digits(self, qtbot: QtBot, presented: MainWindow) -> None:
        presented.presentation.show_page(len(presented.docks.panels))
        panel = presented.docks.panel("gradient_check")
        panel.layer.setFocus()
        panel.layer.selectAll()
        QTest.keyClick(panel.layer, Qt.Key.Key_3)
        QTest.keyClick(panel.layer, Qt.Key.Key_Return)
        assert panel.layer.value() == 3
        assert "gradient_check" in on_show(presented)


def test_type_and_lines_are_larger(qtbot: QtBot, window: MainWindow) -> None:
    enter(qtbot, window)
    assert current_scale() == SCALE
    assert QApplication.font().pixelSize() == round(SCALE * BODY_SIZE)
    assert window.presentation.bar.leave_button.height() >= 44
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert current_scale() == 1.0
    assert QApplication.font().pixelSize() == BODY_SIZE


def test_keys_mean_nothing_special_outside(qtbot: QtBot, window: MainWindow) -> None:
    before = on_show(window)
    for key in (Qt.Key.Key_2, Qt.Key.Key_B, Qt.Key.Key_Right, Qt.Key.Key_Escape):
        QTest.keyClick(window, key)
    assert on_show(window) == before


@pytest.mark.parametrize("size", [(1280, 800), (1024, 768), (1440, 900), (1920, 1080)])
def test_nothing_makes_the_window_larger_and_leaving_restores_everything(
    qtbot: QtBot, window: MainWindow, size: tuple[int, int]
) -> None:
    window.resize(*size)
    window.docks.dock("gradients").raise_()
    window.docks.dock("masks").close()
    QTest.qWait(50)
    before = geometries(window)
    enter(qtbot, window)
    for _ in window.docks.panels:
        QTest.keyClick(window, Qt.Key.Key_Right)
        QApplication.processEvents()
        assert (window.width(), window.height()) == size
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.presentation.on
    qtbot.waitUntil(lambda: geometries(window) == before)
    assert not window.docks.dock("masks").isVisible()
    assert (window.width(), window.height()) == size


def test_closing_while_presenting_stores_the_usual_layout(qtbot: QtBot, window: MainWindow) -> None:
    enter(qtbot, window)
    QTest.keyClick(window, Qt.Key.Key_3)
    window.close()
    assert current_scale() == 1.0
    assert not window.presentation.on
    assert not window.menuBar().isHidden()
