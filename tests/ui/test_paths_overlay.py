"""All paths from the loss to a weight: lit in the network, listed and added up on the card."""

from __future__ import annotations

import math

import pytest
from formula_hands import LEFT, hover, pieces, results, step_to, titles
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from simulator.paths import Path
from simulator.project import load_project
from simulator.quantity import Kind, Quantity, value_of
from simulator.spec import LayerSpec, NetworkSpec
from simulator.trace import Phase, PhaseKind
from ui.editor.hover import Target
from ui.editor.layout import Margins, arrange
from ui.editor.paths_overlay import LitLink, link_path
from ui.formula.blocks import PathPlace
from ui.formula.content import View
from ui.formula.paths_page import lit_links
from ui.main_window import MainWindow


def on_link(window: MainWindow, target: Target) -> QPoint:
    """A point where the link is what the mouse meets."""
    view = window.network_card.view
    layout = view.network_layout()
    path = link_path(layout, target.source, (target.layer, target.neuron))
    for share in range(5, 96):
        point = path.pointAtPercent(share / 100).toPoint()
        if view._scene.target_at(layout, point.toPointF()) == target:
            return point
    raise AssertionError(f"{target} lies under others everywhere")


def choose_link(qtbot: QtBot, window: MainWindow, target: Target) -> None:
    """Click a link in the network."""
    point = on_link(window, target)
    qtbot.mouseClick(window.network_card.view, LEFT, pos=point)
    assert window.network_card.view._scene.link == target


def lit(window: MainWindow) -> tuple[LitLink, ...] | None:
    """The links that are lit."""
    return window.network_card.view._scene.lit


def open_xor(qtbot: QtBot, window: MainWindow) -> None:
    """2-2-1 with several samples an update."""
    window.session.set_project(load_project("xor"))
    qtbot.waitUntil(lambda: window.session.snapshot.spec == window.session.project.network)


def test_every_path_of_a_small_network_is_listed_and_they_add_up(
    qtbot: QtBot, window: MainWindow
) -> None:
    open_xor(qtbot, window)
    step_to(qtbot, window, Phase(PhaseKind.UPDATE, 2))
    spec = window.session.project.network
    target = Target(1, 0, (0, 1))
    choose_link(qtbot, window, target)
    assert lit(window) is None
    QTest.keyClick(window, Qt.Key.Key_P)
    assert titles(window)[0].startswith("All paths to the weight of hidden 1, neuron 1")
    trace = window.session.snapshot.trace
    gradient = value_of(trace, Quantity(Kind.GRADIENT, 1, 0, 0, 1, "W"))
    listed = [piece for piece in pieces(window) if isinstance(piece.asked, PathPlace)]
    assert len(listed) == spec.outputs
    products = math.fsum(float(piece.text.replace("−", "-")) for piece in listed)
    assert products == pytest.approx(gradient, abs=1e-4 * len(listed))
    assert results(window)[-2:] == [pytest.approx(gradient, abs=6e-5)] * 2
    assert {(one.source, one.target) for one in lit(window)} == {
        ((0, 1), (1, 0)),
        ((1, 0), (2, 0)),
    }
    QTest.keyClick(window, Qt.Key.Key_P)
    assert lit(window) is None, "the key takes them away again"


def test_a_large_network_shows_the_largest_and_hovering_lights_one(
    qtbot: QtBot, window: MainWindow
) -> None:
    step_to(qtbot, window, Phase(PhaseKind.UPDATE, 4))
    trace = window.session.snapshot.trace
    gradient = trace.gradient_of(1)[0]
    neuron, column = divmod(int(abs(gradient).argmax()), gradient.shape[1])
    quantity = Quantity(Kind.GRADIENT, 1, neuron, 0, column, "W")
    window.formula.ask(quantity)
    buttons = window.formula.tools.views.buttons()
    qtbot.mouseClick(buttons[View.PATHS], LEFT)
    words = window.formula.sheet.accessibleDescription()
    assert "2,000 paths lead from the loss to this weight; these are the 12 largest" in words
    assert "the other 1,988 together" in words
    assert results(window)[-2:] == [pytest.approx(value_of(trace, quantity), abs=6e-5)] * 2
    every = lit(window)
    listed = [piece for piece in pieces(window) if isinstance(piece.asked, PathPlace)]
    assert len(listed) == 12
    hover(qtbot, window, listed[3])
    alone = lit(window)
    assert len(alone) == 4 < len(every)
    assert {(one.source, one.target) for one in alone} <= {
        (one.source, one.target) for one in every
    }
    shot = window.network_card.view.grab().toImage()
    qtbot.mouseMove(window.formula.sheet, QPoint(2, window.formula.sheet.height() - 2))
    assert lit(window) == every
    assert window.network_card.view.grab().toImage() != shot
    QTest.keyClick(window, Qt.Key.Key_PageUp)
    qtbot.waitUntil(lambda: lit(window) is None)


def test_without_a_gradient_there_are_no_paths_yet(qtbot: QtBot, window: MainWindow) -> None:
    step_to(qtbot, window, Phase(PhaseKind.LOSS, 4))
    choose_link(qtbot, window, Target(4, 1, (3, 19)))
    assert window.formula.explanation.quantity.kind is Kind.PARAMETER
    QTest.keyClick(window, Qt.Key.Key_P)
    assert "Not computed yet" in window.formula.sheet.accessibleDescription()
    assert lit(window) is None


def test_without_a_link_the_key_does_nothing(qtbot: QtBot, window: MainWindow) -> None:
    step_to(qtbot, window, Phase(PhaseKind.DELTA, 4))
    before = window.formula.sheet.blocks
    QTest.keyClick(window, Qt.Key.Key_P)
    assert window.formula.sheet.blocks == before and lit(window) is None


def test_links_are_as_strong_as_what_runs_through_them() -> None:
    paths = (
        Path(((2, 0), (1, 0), (0, 1)), (), 3.0),
        Path(((2, 1), (2, 0), (1, 0), (0, 1)), (), -1.0),
        Path(((2, 1), (1, 0), (0, 1)), (), -4.0),
    )
    found = {(one.source, one.target): one.share for one in lit_links(paths)}
    assert found == {
        ((1, 0), (2, 0)): pytest.approx(4 / 8),
        ((1, 0), (2, 1)): pytest.approx(-4 / 8),
        ((0, 1), (1, 0)): -1.0,
    }
    assert lit_links(()) == ()


def test_a_link_without_a_place_has_no_way() -> None:
    spec = NetworkSpec(2, (LayerSpec(500, "relu"), LayerSpec(1, "sigmoid")))
    layout = arrange(700, 400, spec, None, Margins())
    hidden = sorted(set(range(500)) - set(layout.columns[1].shown.tolist()))
    assert hidden
    assert link_path(layout, (0, 0), (1, hidden[0])) is None
    way = link_path(layout, (0, 0), (1, 0))
    assert way is not None
    assert way.pointAtPercent(1.0).y() == pytest.approx(float(layout.columns[1].link_y[0]))
