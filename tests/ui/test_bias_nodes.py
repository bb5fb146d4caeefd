"""Biases drawn as links from a node whose output is 1, where the notation says so (M2)."""

from __future__ import annotations

from formula_hands import LEFT, step_to
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from simulator.notation import load_notation
from simulator.quantity import Kind, Quantity, value_of
from simulator.trace import Phase, PhaseKind
from ui.editor.bias_nodes import BiasNode
from ui.editor.hover import BIAS, Target
from ui.main_window import MainWindow


def nodes(window: MainWindow) -> tuple[BiasNode, ...]:
    """The bias nodes in the network."""
    view = window.network_card.view
    view.network_layout()
    view.grab()
    return view._scene.link_layer.bias_nodes


def test_the_notation_draws_them_above_each_layer_that_feeds_biases(
    qtbot: QtBot, window: MainWindow
) -> None:
    assert nodes(window) == ()
    assert load_notation("deck-a").bias_as_node
    plain = window.network_card.view.network_layout()
    window.notation.choose("deck-a")
    found = nodes(window)
    layout = window.network_card.view.network_layout()
    assert [node.layer for node in found] == [1, 2, 3, 4]
    assert layout.body.y > plain.body.y, "they have room of their own"
    for node in found:
        below = layout.columns[node.layer - 1]
        assert node.x == below.centre
        assert node.y + node.radius < min(below.y) - below.radius
        assert node.y - node.radius > 0
    window.notation.choose("neutral")
    assert nodes(window) == ()


def test_a_node_says_what_it_is_and_its_links_are_the_biases(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.notation.choose("deck-a")
    step_to(qtbot, window, Phase(PhaseKind.UPDATE, 4))
    view = window.network_card.view
    node = nodes(window)[3]
    qtbot.mouseMove(view, QPoint(round(node.x), round(node.y)))
    label = view.label()
    assert label.heading == "A node whose output is 1" and "output" in label.detail
    qtbot.mouseClick(view, LEFT, pos=QPoint(round(node.x), round(node.y)))
    assert (window.session.selection.layer, window.session.selection.neuron) == (4, None)
    assert view._scene.link is None
    biases = view._scene.link_layer.biases[3]
    assert biases.layer == 4 and biases.source.tolist() == [BIAS] * 5
    along, height = biases.curves.points(65)
    spot = next(
        QPoint(round(along[n]), round(height[2, n]))
        for n in range(64)
        if view._scene.target_at(
            view.network_layout(), QPoint(round(along[n]), round(height[2, n])).toPointF()
        )
        == Target(4, 2, (3, BIAS))
    )
    qtbot.mouseMove(view, spot)
    qtbot.mouseClick(view, LEFT, pos=spot)
    trace = window.session.snapshot.trace
    updated = Quantity(Kind.UPDATED, 4, 2, parameter="b")
    shown = f"{value_of(trace, updated):+.4f}".replace("-", "−")
    label = view.label()
    assert label.heading == f"w₃₀⁽⁴⁾ = {shown}"
    assert window.formula.explanation.quantity == updated
    gradient = value_of(trace, Quantity(Kind.GRADIENT, 4, 2, parameter="b"))
    assert dict(label.rows)["gradient"] == f"{gradient:+.4f}".replace("-", "−")
