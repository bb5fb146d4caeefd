"""Networks that are no chain: what a layer receives, edits of it, and links that are not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_projects import build, layer, normal_data, theta_bytes
from test_project_reader import refused

from simulator.network import Network
from simulator.optimizers import OPTIMIZERS
from simulator.project import Project
from simulator.project.edits import (
    Edit,
    change_layer,
    change_sources,
    insert_layer,
    remove_layer,
    set_frozen,
    set_links,
)
from simulator.spec import LayerSpec
from simulator.trainer import Trainer

DATA = normal_data(6, 3, 2)


def dag(*sources: Any, **training: Any) -> Project:
    """Tanh layers of 2, 3, 4 ... neurons and 2 linear outputs with these sources, on DATA."""
    own = [{} if given is None else {"inputs_from": given} for given in sources]
    layers = [layer(place, **fields) for place, fields in enumerate(own[:-1], start=2)]
    return build([*layers, layer(2, "linear", **own[-1])], DATA, **training)


def sources_of(project: Project) -> list[tuple[int, ...]]:
    network = project.network
    return [network.sources(number) for number in range(1, network.depth + 1)]


def outputs_by_hand(project: Project, network: Network) -> Any:
    """The answers of tanh layers and a linear last one, each joining what it receives."""
    known = [np.array(project.data.inputs)]
    for index, W in enumerate(network.W):
        z = np.hstack([known[source] for source in sources_of(project)[index]]) @ W.T
        z = z + network.b[index]
        known.append(z if index == len(network.W) - 1 else np.tanh(z))
    return known[-1]


# --- what a layer receives -----------------------------------------------------------------------


@st.composite
def dags(draw: st.DrawFn) -> list[list[int]]:
    """Sources of each layer; who is used by nobody is joined to the last one."""
    depth = draw(st.integers(1, 5))
    chosen = [
        draw(st.sets(st.integers(0, number - 1), min_size=1)) for number in range(1, depth + 1)
    ]
    used = set().union(*chosen)
    chosen[-1] |= {number for number in range(1, depth) if number not in used}
    return [draw(st.permutations(sorted(own))) for own in chosen]


@settings(max_examples=60)
@given(dags())
def test_any_dag_answers_as_by_hand(sources: list[list[int]]) -> None:
    project = dag(*sources, batch_size=2)
    trainer = Trainer(project)
    trainer.run_epochs(2)
    wanted = outputs_by_hand(project, trainer.network)
    np.testing.assert_allclose(trainer.evaluate().outputs, wanted, rtol=1e-12, atol=1e-13)
    assert sources_of(project) == [tuple(sorted(own)) for own in sources]
    sizes = project.network.sizes
    units = [
        sizes[number] * (1 + sum(sizes[source] for source in own))
        for number, own in enumerate(sources, start=1)
    ]
    assert project.network.parameters_per_layer == tuple(units)
    assert project.network.parameter_count == sum(units) == len(trainer.network.theta)


def test_a_shortcut_by_hand() -> None:
    """a = 2 x1 - x2 = 3, y = 10 x1 + 100 x2 + 1000 a + 1 = 3121 for x = (2, 1).

    With mse dE/dy = 2 (3121 - 3120) = 2; the hidden neuron gets 2000, its weights 4000 and 2000.
    """
    layers = [
        layer(1, "linear", W=[[2, -1]], bias=False),
        layer(1, "linear", W=[[10, 100, 1000]], b=[1], inputs_from=[1, 0]),
    ]
    project = build(layers, ([[2, 1]], [[3120]]))
    trace = Trainer(project).trace_iteration()
    np.testing.assert_array_equal(trace.received(2), [[2, 1, 3]])
    np.testing.assert_array_equal(trace.output[1], [[3121]])
    np.testing.assert_array_equal(trace.gradient, [4000, 2000, 4, 2, 6, 2])
    np.testing.assert_array_equal(trace.error[0], [[2000]])


def test_an_error_comes_back_from_every_layer_that_receives() -> None:
    """x = 1 goes through a = x to b = 2a, c = 3b + 5a = 11 and y = 7c + 11b + 13a = 112.

    dE/dy = 2 for a target of 111; dE/dc = 14, dE/db = 22 + 3 · 14 = 64, dE/da = 26 + 70 + 128.
    """
    layers = [
        layer(1, "linear", W=[[1]], bias=False),
        layer(1, "linear", W=[[2]], bias=False),
        layer(1, "linear", W=[[5, 3]], bias=False, inputs_from=[1, 2]),
        layer(1, "linear", W=[[13, 11, 7]], bias=False, inputs_from=[1, 2, 3]),
    ]
    trace = Trainer(build(layers, ([[1]], [[111]]))).trace_iteration()
    assert [error.item() for error in trace.error] == [224, 64, 14, 2]
    np.testing.assert_array_equal(trace.gradient, [224, 64, 14, 28, 2, 4, 22])


def test_every_column_knows_where_it_comes_from() -> None:
    network = dag([0], [0, 1], [0, 2]).network
    assert network.source_columns(3) == ((0, slice(0, 3)), (2, slice(3, 6)))
    found = [network.source_of(3, column) for column in range(6)]
    assert found == [(0, 0), (0, 1), (0, 2), (2, 0), (2, 1), (2, 2)]
    assert network.consumers == ((1, 2, 3), (2,), (3,), ())
    assert not network.is_chain
    with pytest.raises(IndexError):
        network.source_of(3, 6)


def test_naming_the_layer_before_is_naming_nothing() -> None:
    assert dag([0], [1]).network == dag(None, None).network
    assert dag([0], [1]).network.is_chain


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong", [[], [2], [3], [-1], [0, 0], ["0"], [True], [0.5], [None], 1, "0", {}, [10**30]]
)
def test_sources_that_cannot_be_are_refused(wrong: Any) -> None:
    assert "inputs_from" in refused(lambda: dag([0], wrong, [1, 2]))


def test_a_layer_that_nobody_receives_from_is_refused() -> None:
    said = refused(lambda: dag([0], [0], [2]))
    assert "layer 1" in said and "no other layer" in said


@pytest.mark.parametrize("wrong", [(1, 2), (1, 5), (-1, 1), (0, 1, 99)])
def test_sources_are_checked_in_projects_made_in_python_too(wrong: tuple[int, ...]) -> None:
    good = dag([0], [0, 1])
    network = replace(good.network, layers=(good.network.layers[0], LayerSpec(2, sources=wrong)))
    assert "inputs_from" in refused(lambda: replace(good, network=network))
    said = refused(lambda: change_sources(good, 2, wrong))
    assert "layer 2" in said


def test_a_layer_must_receive_something() -> None:
    assert "at least one" in refused(lambda: change_sources(dag([0], [1]), 2, []))


@pytest.mark.parametrize("number", [-1, 0, 3])
def test_a_layer_that_is_not_there_cannot_be_edited(number: int) -> None:
    project = dag([0], [1])
    for edit in (
        lambda: change_sources(project, number, [0]),
        lambda: set_links(project, number, np.zeros((2, 2))),
        lambda: set_frozen(project, number, None, np.ones(2)),
    ):
        refused(edit)


# --- edits ---------------------------------------------------------------------------------------

EDITS: list[tuple[Callable[[Project], Edit], list[tuple[int, ...]], tuple[int | None, ...]]] = [
    (lambda p: insert_layer(p, 0, 5), [(0,), (1,), (0, 2), (0, 2, 3)], (None, 1, 2, 3)),
    (lambda p: insert_layer(p, 1, 5), [(0,), (1,), (0, 2), (0, 1, 3)], (1, None, 2, 3)),
    (lambda p: insert_layer(p, 2, 5), [(0,), (0, 1), (2,), (0, 1, 3)], (1, 2, None, 3)),
    (lambda p: remove_layer(p, 1), [(0,), (0, 1)], (2, 3)),
    (lambda p: remove_layer(p, 2), [(0,), (0, 1)], (1, 3)),
    (lambda p: change_sources(p, 3, [2, 1]), [(0,), (0, 1), (1, 2)], (1, 2, 3)),
    (lambda p: change_layer(p, 2, units=7), [(0,), (0, 1), (0, 1, 2)], (1, 2, 3)),
]


@pytest.mark.parametrize(("edit", "sources", "origin"), EDITS)
def test_an_edit_renumbers_and_keeps_every_link_there_still_is(
    edit: Callable[[Project], Edit],
    sources: list[tuple[int, ...]],
    origin: tuple[int | None, ...],
) -> None:
    """Every weight is told by the neurons it joins: old layer and number of each."""
    project = dag([0], [0, 1], [0, 1, 2])
    trainer = Trainer(project)
    trainer.run_epochs(2)
    before = links_by_name(trainer.network, (1, 2, 3))
    done = edit(project)
    assert (sources_of(done.project), done.origin) == (sources, origin)
    trainer.change(done.project, done.origin)
    after = links_by_name(trainer.network, origin)
    kept = before.keys() & after.keys()
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert len(kept) > 10
    # Nothing that could be kept was given another name.
    names = {name for name in before if joined(name, done)}
    assert kept == names
    np.testing.assert_allclose(
        trainer.evaluate().outputs, outputs_by_hand(done.project, trainer.network), rtol=1e-12
    )
    trainer.run_epochs(2)


def links_by_name(network: Network, origin: tuple[int | None, ...]) -> dict[Any, float]:
    """Each weight under (layer, neuron, source layer, source neuron), layers as in ``origin``."""
    names = (0, *origin)
    found = {}
    for number, old in enumerate(origin, start=1):
        for neuron, row in enumerate(network.W[number - 1]):
            for column, weight in enumerate(row):
                source, place = network.spec.source_of(number, column)
                if old is not None and names[source] is not None:
                    found[old, neuron, names[source], place] = float(weight)
    return found


def joined(name: Any, done: Edit) -> bool:
    """Whether the new network still has the link that was called so."""
    number, _, source, _ = name
    numbers = {0: 0, **{old: new for new, old in enumerate(done.origin, start=1)}}
    if number not in numbers or source not in numbers:
        return False
    return numbers[source] in done.project.network.sources(numbers[number])


def test_undo_brings_back_the_links_an_edit_took_away() -> None:
    project = dag([0], [0, 1], [0, 1, 2])
    trainer = Trainer(project)
    trainer.run_epochs(2)
    before, memory = theta_bytes(trainer), Network(project.network)
    memory.theta[...] = trainer.network.theta
    done = change_sources(project, 3, [2])
    assert sources_of(change_sources(project, 3, [1, 2]).project)[2] == (1, 2)
    refused(lambda: change_sources(project, 2, [2]))
    trainer.change(done.project, done.origin)
    trainer.change(project, (1, 2, 3), memory)
    assert theta_bytes(trainer) == before


def test_undo_brings_back_the_weight_of_a_link_that_was_removed() -> None:
    project = dag([0], [1])
    trainer = Trainer(project)
    trainer.run_epochs(2)
    before, memory = theta_bytes(trainer), Network(project.network)
    memory.theta[...] = trainer.network.theta
    trainer.change(set_links(project, 1, LINKS).project)
    assert theta_bytes(trainer) != before
    trainer.change(project, memory=memory)
    assert theta_bytes(trainer) == before


def test_a_layer_can_be_inserted_where_the_next_one_receives_from_elsewhere() -> None:
    """Layer 2 receives from the input alone, so behind layer 1 comes what layer 3 receives."""
    done = insert_layer(dag([0], [0], [1, 2]), 1, 5)
    assert done.project.network.depth == 4
    assert done.origin == (1, None, 2, 3)
    Trainer(done.project).run_epochs(1)


# --- links that are removed, parameters that are frozen ------------------------------------------

LINKS = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])


@pytest.mark.parametrize("extra", [{}, {"regularizer": "l1"}, {"max_norm": 0.5}])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_removed_link_is_exactly_0_for_good(name: str, extra: dict[str, Any]) -> None:
    """From the start, and when it is removed in the middle of training, with momentum behind."""
    optimizer = {"name": name, "learning_rate": 0.05}
    plain = build([layer(2, **extra), layer(2, "linear")], DATA, optimizer=optimizer, batch_size=4)
    started = Trainer(set_links(plain, 1, LINKS).project)
    edited = Trainer(plain)
    edited.run_epochs(3)
    assert np.abs(edited.network.W[0]).min() > 0.0
    edited.change(set_links(plain, 1, LINKS).project)
    for trainer in (started, edited):
        for _ in range(8):
            np.testing.assert_array_equal(trainer.network.W[0][LINKS == 0.0], 0.0)
            trace = trainer.trace_iteration()
            np.testing.assert_array_equal(trace.gradient_of(1)[0][LINKS == 0.0], 0.0)
        assert np.abs(trainer.network.W[0][LINKS == 1.0]).min() > 0.0


@pytest.mark.parametrize(
    "optimizer_fields", [{}, {"global_clipnorm": 0.1}, {"clipnorm": 0.1}, {"clipvalue": 0.01}]
)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_what_is_frozen_keeps_its_bytes(name: str, optimizer_fields: dict[str, Any]) -> None:
    """Frozen in the middle of training, by weight, by bias and by layer; the rest goes on."""
    optimizer = {"name": name, "learning_rate": 0.05, **optimizer_fields}
    layers = [layer(2), layer(2, batch_normalization=True), layer(2, "linear")]
    plain = build(layers, DATA, optimizer=optimizer, batch_size=4)
    trainer = Trainer(plain)
    trainer.run_epochs(3)
    done = set_frozen(plain, 1, LINKS, np.array([0.0, 1.0])).project
    trainer.change(change_layer(done, 2, trainable=False).project)
    before = Network(plain.network)
    before.theta[...] = trainer.network.theta
    trainer.run_epochs(3)
    now = trainer.network
    moved = now.W[0] != before.W[0]
    np.testing.assert_array_equal(moved, LINKS == 0.0)
    np.testing.assert_array_equal(now.b[0] != before.b[0], [True, False])
    own = plain.network.layer_slices[1]
    assert now.theta[own].tobytes() == before.theta[own].tobytes()
    assert (now.W[2] != before.W[2]).all()


@pytest.mark.parametrize("how", [{"trainable": False}, {"frozen": {"W": LINKS.tolist()}}])
def test_max_norm_does_not_move_what_is_frozen(how: dict[str, Any]) -> None:
    layers = [layer(2, max_norm=0.01, W=np.ones((2, 3)).tolist(), **how), layer(2, "linear")]
    trainer = Trainer(build(layers, DATA))
    trainer.run_epochs(1)
    frozen = np.ones((2, 3)) if "trainable" in how else LINKS
    np.testing.assert_array_equal(trainer.network.W[0][frozen == 1.0], 1.0)


@pytest.mark.parametrize("name", ["momentum", "nesterov", "adam"])
@pytest.mark.parametrize("learned_before", [0, 2])
def test_what_is_thawed_has_not_gathered_speed(name: str, learned_before: int) -> None:
    """While a weight was frozen its gradients went nowhere, so it starts again from rest.

    From rest the first change is no longer than the learning rate times what a first step of this
    optimizer may be: (1 + momentum) |g|, or some three learning rates with Adam.
    """
    optimizer = {"name": name, "learning_rate": 0.001}
    plain = build([layer(2, "linear")], DATA, optimizer=optimizer, batch_size=6)
    frozen = set_frozen(plain, 1, np.ones((2, 3)), None).project
    trainer = Trainer(plain)
    trainer.run_iterations(learned_before)
    trainer.change(frozen)
    trainer.run_iterations(60)
    trainer.change(plain)
    trace = trainer.trace_iteration()
    change = np.abs(trace.theta_after - trace.theta_before)[:6]
    longest = 0.0032 if name == "adam" else 1.91 * 0.001 * np.abs(trace.gradient[:6])
    assert (change <= longest).all()
