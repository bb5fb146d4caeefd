"""What is selected, and what is left of it when the network changes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulator.spec import LayerSpec, NetworkSpec
from ui.editor.gestures import chosen
from ui.editor.gestures.chosen import Bundle
from ui.editor.gestures.gesture import link_of, target_of
from ui.editor.gestures.joining import BACKWARDS, INTO_INPUT, refusal
from ui.held import Held
from ui.selection import Selection


def network(*sizes: int, bias: bool = True) -> NetworkSpec:
    """A chain of layers."""
    return NetworkSpec(sizes[0], tuple(LayerSpec(units, "tanh", bias) for units in sizes[1:]))


SHORTCUT = NetworkSpec(2, (LayerSpec(3), LayerSpec(4), LayerSpec(2, sources=(0, 2))))

places = st.tuples(st.integers(0, 5), st.integers(0, 5))
links = st.tuples(st.integers(1, 4), st.integers(0, 5), st.integers(-1, 6))
actions = st.one_of(
    st.tuples(st.just("select"), places),
    st.tuples(st.just("toggle"), places),
    st.tuples(st.just("toggle_layer"), st.integers(0, 5)),
    st.tuples(st.just("toggle_link"), links),
    st.tuples(st.just("select_link"), links),
    st.tuples(st.just("many"), st.tuples(st.sets(places), st.sets(links))),
    st.tuples(st.just("fit"), st.lists(st.integers(1, 6), min_size=2, max_size=6)),
    st.tuples(st.just("clear"), st.none()),
)


def do(selection: Selection, name: str, value: object) -> None:
    match name:
        case "select":
            selection.select(*value)
        case "toggle":
            selection.toggle(*value)
        case "toggle_layer":
            selection.toggle(value)
        case "toggle_link":
            selection.toggle_link(value)
        case "select_link":
            selection.select_link(value)
        case "many":
            selection.select_many(value[0], value[1])
        case "fit":
            selection.fit(network(*value))
        case "clear":
            selection.clear()


@given(st.lists(actions, max_size=15))
def test_what_is_shown_alone_is_always_one_of_what_is_selected(steps: list) -> None:
    selection = Selection()
    changes = []
    spec = None
    selection.changed.connect(lambda: changes.append(1))
    for name, value in steps:
        before = (selection.layers, selection.neurons, selection.links)
        told = len(changes)
        do(selection, name, value)
        if before != (selection.layers, selection.neurons, selection.links):
            assert len(changes) == told + 1, "each change is told once"
        if selection.layer is None:
            assert selection.neuron is None
            assert not selection.layers and not selection.neurons
        elif selection.neuron is None:
            assert selection.layer in selection.layers
        else:
            assert (selection.layer, selection.neuron) in selection.neurons
        assert (selection.link is None) == (not selection.links)
        assert selection.link is None or selection.link in selection.links
        if name == "fit":
            spec = network(*value)
        if spec is not None:
            sizes = spec.sizes
            assert all(n < len(sizes) for n in selection.layers)
            assert all(n < len(sizes) and unit < sizes[n] for n, unit in selection.neurons)
            assert all(
                n < len(sizes) and unit < sizes[n] and column < spec.fan_in(n)
                for n, unit, column in selection.links
            )


def test_links_are_dropped_when_they_may_be_others_and_kept_when_weights_change() -> None:
    selection = Selection()
    selection.fit(network(2, 3, 1))
    selection.select_link((1, 2, 1))
    selection.fit(network(2, 3, 1, bias=True))
    assert selection.links == {(1, 2, 1)}
    selection.fit(network(3, 3, 1))
    assert not selection.links


def test_the_layer_of_a_neuron_that_is_gone_stays_selected() -> None:
    selection = Selection()
    selection.select(1, 4)
    selection.fit(network(2, 3, 1))
    assert (selection.layer, selection.neuron) == (1, None)
    selection.select(2, 0)
    selection.fit(network(2, 1))
    assert selection.empty


@given(st.integers(1, 3), st.data())
def test_links_and_targets_are_the_same_thing(number: int, data: st.DataObject) -> None:
    column = data.draw(st.integers(-1, SHORTCUT.fan_in(number) - 1))
    neuron = data.draw(st.integers(0, SHORTCUT.sizes[number] - 1))
    link = number, neuron, column
    target = target_of(SHORTCUT, link)
    assert link_of(SHORTCUT, target) == link
    if column >= 0:
        assert target.source == SHORTCUT.source_of(number, column)


def test_bundles_are_those_of_the_chosen_link_or_of_two_layers() -> None:
    selection = Selection()
    selection.select_link((3, 1, 1))
    assert chosen.bundle_of(selection, SHORTCUT) == Bundle(0, 3)
    assert set(Bundle(0, 3).links(SHORTCUT)) == {(3, n, c) for n in range(2) for c in range(2)}
    selection.select_link((3, 1, 2))
    assert chosen.bundle_of(selection, SHORTCUT) == Bundle(2, 3)
    selection.select_link((3, 1, -1))
    assert chosen.bundle_of(selection, SHORTCUT) is None, "a bias is in no bundle"
    selection.select_many(layers=[1, 3])
    assert chosen.bundle_of(selection, SHORTCUT) is None
    selection.select_many(layers=[2, 1])
    assert chosen.bundle_of(selection, SHORTCUT) == Bundle(1, 2)


def test_delete_says_what_it_removes() -> None:
    selection = Selection()
    for select, words in (
        ({"links": [(2, 0, 0)]}, "Cut link"),
        ({"links": [(2, 0, 0), (2, 1, 0)]}, "Cut 2 links"),
        ({"links": [(2, 0, -1)]}, ""),
        ({"neurons": [(1, 0)]}, "Remove neuron"),
        ({"neurons": [(1, 0), (1, 1), (0, 0)]}, "Remove 2 neurons"),
        ({"layers": [1, 2]}, "Remove 2 layers"),
        ({"layers": [0, 3]}, ""),
        ({}, ""),
    ):
        selection.select_many(**select)
        assert chosen.removal_text(selection, SHORTCUT) == words


def test_where_no_link_can_be_drawn() -> None:
    held = Held()
    assert refusal(SHORTCUT, held, (1, 0), 3, 1) == ""
    assert refusal(SHORTCUT, held, (1, 0), 3, None) == ""
    assert refusal(SHORTCUT, held, (2, 0), 3, 1) == "There is a link already"
    assert "already" in refusal(SHORTCUT, held, (0, 0), 3, None)
    assert refusal(SHORTCUT, held, (2, 0), 1, 1) == BACKWARDS
    assert refusal(SHORTCUT, held, (2, 0), 2, 1) == BACKWARDS
    assert refusal(SHORTCUT, held, (2, 0), 0, 1) == INTO_INPUT
