"""Why is a number what it is: from any number back to pixels and start weights."""

from __future__ import annotations

import pytest
from formula_hands import LEFT, click, formulas, piece_of, pieces, results, step_to
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from simulator.quantity import Kind, Quantity, value_of
from simulator.snapshot import RunState
from simulator.trace import Phase, PhaseKind
from ui.editor.hover import Target
from ui.formula.blocks import Crumb, Made, Numbers
from ui.formula.trail import Trail
from ui.main_window import MainWindow
from ui.panels.cell_panel import CellPanel


def shown(window: MainWindow) -> Quantity:
    """The number the card explains."""
    return window.formula.explanation.quantity


def crumbs(window: MainWindow) -> list[str]:
    """The way to the page on show; empty without a page."""
    first = window.formula.sheet.blocks[0]
    if not isinstance(first, Numbers):
        return []
    return [chip.text for chip in first.chips if "›" not in chip.text]


def node(window: MainWindow, layer: int, neuron: int) -> QPoint:
    """Where a neuron stands in the network."""
    column = window.network_card.view.network_layout().columns[layer]
    place = column.place_of(neuron)
    return QPoint(round(column.x[place]), round(column.y[place]))


def test_from_a_delta_back_to_a_pixel(qtbot: QtBot, window: MainWindow) -> None:
    step_to(qtbot, window, Phase(PhaseKind.DELTA, 1))
    session = window.session
    trace = session.snapshot.trace
    assert shown(window).kind is Kind.DELTA and crumbs(window) == []
    to_the_loss = (Kind.ERROR, Kind.DELTA) * 3
    to_a_pixel = (Kind.ACTIVATION, Kind.PREACTIVATION) * 2 + (Kind.OUTPUT, Kind.ACTIVATION)
    to_a_pixel += (Kind.PREACTIVATION, Kind.ACTIVATION, Kind.PREACTIVATION, Kind.INPUT)
    way = []
    for kind in (*to_the_loss, *to_a_pixel):
        wanted = piece_of(window, kind)
        click(qtbot, window, wanted)
        assert shown(window) == wanted.asked
        way.append(wanted.asked)
        value = value_of(trace, wanted.asked)
        assert results(window)[-1] == pytest.approx(value, abs=6e-5)
    assert crumbs(window)[0] == "this step" and len(crumbs(window)) == 5 < len(way)
    back = [piece.asked.place for piece in pieces(window) if isinstance(piece.asked, Crumb)]
    assert back == [-1, len(way) - 4, len(way) - 3, len(way) - 2]
    pixel = shown(window)
    assert results(window) == [value_of(trace, pixel)]
    assert "Pixel in row" in window.formula.sheet.accessibleDescription()
    assert window.network_card.view._scene.pointed == Target(0, pixel.neuron), "it is ringed"


def test_the_way_back(qtbot: QtBot, window: MainWindow) -> None:
    step_to(qtbot, window, Phase(PhaseKind.ERROR, 2))
    formula, root = window.formula, shown(window)
    click(qtbot, window, piece_of(window, Kind.DELTA))
    first = shown(window)
    click(qtbot, window, piece_of(window, Kind.ERROR))
    second = shown(window)
    sheet = formula.sheet
    sheet.setFocus()
    QTest.keyClick(sheet, Qt.Key.Key_Backspace)
    assert shown(window) == first
    QTest.keyClick(sheet, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert shown(window) == second
    qtbot.mouseClick(formula.back_button, LEFT)
    assert shown(window) == first
    qtbot.mouseClick(formula.forward_button, LEFT)
    assert shown(window) == second
    QTest.keyClick(sheet, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(sheet, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert shown(window) == root and crumbs(window) == []
    assert not formula.back_button.isVisible()
    qtbot.mouseClick(formula.forward_button, LEFT)
    qtbot.mouseClick(formula.forward_button, LEFT)
    crumb = next(p for p in pieces(window) if p.asked == Crumb(0))
    click(qtbot, window, crumb)
    assert shown(window) == first
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert shown(window) == root and crumbs(window) == []


def test_the_keyboard_alone_goes_from_number_to_number(qtbot: QtBot, window: MainWindow) -> None:
    step_to(qtbot, window, Phase(PhaseKind.ERROR, 3))
    sheet = window.formula.sheet
    sheet.setFocus()
    asked = [piece.asked for piece in pieces(window)]
    QTest.keyClick(sheet, Qt.Key.Key_Down)
    QTest.keyClick(sheet, Qt.Key.Key_Down)
    assert window.formula._name_of(asked[1]) in sheet.accessibleDescription()
    QTest.keyClick(sheet, Qt.Key.Key_Return)
    assert shown(window) == asked[1]


def test_a_click_in_the_network_asks_too(qtbot: QtBot, window: MainWindow) -> None:
    step_to(qtbot, window, Phase(PhaseKind.DELTA, 2))
    view = window.network_card.view
    qtbot.mouseClick(view, LEFT, pos=node(window, 2, 3))
    assert shown(window) == Quantity(Kind.DELTA, 2, 3) and crumbs(window) == []
    qtbot.mouseClick(view, LEFT, pos=node(window, 1, 5))
    assert shown(window) == Quantity(Kind.ACTIVATION, 1, 5), "its delta is not there yet"
    assert window.session.selection.layer == 1
    qtbot.mouseClick(view, LEFT, pos=node(window, 4, 1))
    assert shown(window) == Quantity(Kind.DELTA, 4, 1)
    qtbot.mouseClick(view, LEFT, pos=node(window, 0, 7))
    assert shown(window) == Quantity(Kind.INPUT, 0, 7)
    # The value written beside an output is that output's.
    layout = view.network_layout()
    column = layout.columns[4]
    beside = QPoint(round(column.right + 20), round(column.y[2]))
    qtbot.mouseClick(view, LEFT, pos=beside)
    assert shown(window) == Quantity(Kind.DELTA, 4, 2)
    # A page that was left for another is opened again by a click on the same neuron.
    click(qtbot, window, piece_of(window, Kind.ACTIVATION))
    qtbot.mouseClick(view, LEFT, pos=beside)
    assert shown(window) == Quantity(Kind.DELTA, 4, 2)


def test_a_weight_leads_to_the_update_that_made_it(qtbot: QtBot, window: MainWindow) -> None:
    step_to(qtbot, window, Phase(PhaseKind.PREACTIVATION, 2))
    click(qtbot, window, piece_of(window, Kind.PARAMETER))
    assert "drawn by" in window.formula.sheet.accessibleDescription().lower()
    assert not any(isinstance(piece.asked, Made) for piece in pieces(window))
    QTest.keyClick(window, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: window.session.snapshot.cursor is None)
    step_to(qtbot, window, Phase(PhaseKind.PREACTIVATION, 2))
    weight = piece_of(window, Kind.PARAMETER)
    click(qtbot, window, weight)
    made = next(piece for piece in pieces(window) if isinstance(piece.asked, Made))
    value = value_of(window.session.snapshot.trace, weight.asked)
    click(qtbot, window, made)
    qtbot.waitUntil(lambda: window.session.snapshot.phase == Phase(PhaseKind.UPDATE, 2))
    trace = window.session.snapshot.trace
    assert trace.iteration == 1
    asked = weight.asked
    after = Quantity(Kind.UPDATED, 2, asked.neuron, source=asked.source, parameter="W")
    assert value_of(trace, after) == value


def test_panels_and_the_inspector_ask_too(qtbot: QtBot, window: MainWindow) -> None:
    step_to(qtbot, window, Phase(PhaseKind.GRADIENT, 3))
    panel = window.docks.panel("deltas")
    assert isinstance(panel, CellPanel)
    block = panel.view.blocks[2]
    at = panel.view.mapFromScene(block.cells_rect(0, 6).center())
    qtbot.mouseClick(panel.view.viewport(), LEFT, pos=at)
    assert shown(window) == Quantity(Kind.DELTA, 3, 6)
    blank = panel.view.blocks[0]
    at = panel.view.mapFromScene(blank.cells_rect(0, 6).center())
    qtbot.mouseClick(panel.view.viewport(), LEFT, pos=at)
    assert window.formula.explanation is None
    assert "Not computed yet" in window.formula.sheet.accessibleDescription()
    window.session.selection.select(3, 2)
    label = window.inspector.neuron_form.table.findChild(object, "neuron_bias")
    qtbot.mouseClick(label, LEFT)
    assert shown(window) == Quantity(Kind.PARAMETER, 3, 2, parameter="b")
    label = window.inspector.neuron_form.table.findChild(object, "neuron_z")
    label.setFocus()
    QTest.keyClick(label, Qt.Key.Key_Return)
    assert shown(window) == Quantity(Kind.PREACTIVATION, 3, 2)


def test_a_weight_in_its_panel_asks_for_the_new_one_behind_the_update(
    qtbot: QtBot, window: MainWindow
) -> None:
    step_to(qtbot, window, Phase(PhaseKind.UPDATE, 3))
    panel = window.docks.panel("weights")
    for layer, kind in ((3, Kind.UPDATED), (4, Kind.PARAMETER)):
        block = next(b for b in panel.view.blocks if b.name == ("weights", layer))
        at = panel.view.mapFromScene(block.cells_rect(2, 5).center())
        qtbot.mouseClick(panel.view.viewport(), LEFT, pos=at)
        assert shown(window) == Quantity(kind, layer, 2, source=5, parameter="W")
        value = value_of(window.session.snapshot.trace, shown(window))
        assert results(window)[-1] == pytest.approx(value, abs=6e-5)


def test_running_closes_the_pages(qtbot: QtBot, window: MainWindow) -> None:
    step_to(qtbot, window, Phase(PhaseKind.ERROR, 3))
    click(qtbot, window, piece_of(window, Kind.DELTA))
    QTest.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: window.session.state is RunState.RUNNING)
    qtbot.waitUntil(lambda: window.formula.explanation is None)
    assert not formulas(window) and not window.formula.back_button.isVisible()
    window.formula.ask(Quantity(Kind.DELTA, 3, 1))
    assert window.formula.explanation is None


def test_a_trail_goes_on_from_where_the_user_is() -> None:
    pages = [Quantity(Kind.DELTA, 1, n) for n in range(4)]
    trail = Trail()
    for page in pages[:3]:
        trail.open(page)
    trail.open(pages[2])
    assert trail.way == tuple(pages[:3]), "the page on show is not opened twice"
    trail.back()
    trail.open(pages[3])
    assert trail.way == (pages[0], pages[1], pages[3]) and not trail.can_go_forward
    trail.go_to(0)
    assert trail.current == pages[0] and trail.can_go_forward
    trail.back()
    trail.back()
    assert trail.current is None and not trail.can_go_back
    trail.forward()
    assert trail.current == pages[0]
    for number in range(200):
        trail.open(Quantity(Kind.DELTA, 2, number))
    assert len(trail.way) == 60 and trail.current == Quantity(Kind.DELTA, 2, 199)
