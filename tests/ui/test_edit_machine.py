"""Random edits of a network, undone and made again between training steps, through the session."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from PySide6.QtWidgets import QApplication

from simulator.optimizers import OptimizerSpec
from simulator.project import Project
from simulator.project.carrying import given_of
from simulator.runner import Runner
from simulator.spec import NetworkSpec
from tests.simulator.small_projects import layer, make
from tests.ui.prompt_session import PromptSession

RNG = np.random.default_rng(8)
INPUTS, TARGETS = RNG.normal(size=(5, 3)), RNG.normal(size=(5, 2))
VALUES = st.sampled_from([0.0, -0.5, 2 / 3, 1.25])
MOST_UNITS, MOST_LAYERS = 6, 5


def start() -> Project:
    """3 inputs; 4 with batch normalization and given masks; 3; 2 from all of them."""
    masks = (RNG.random((5, 4)) < 0.7).astype(float).tolist()
    project = make(
        INPUTS,
        TARGETS,
        [
            layer(4, batch_normalization=True, dropout={"rate": 0.3, "mask": masks}),
            layer(3, ["tanh", "sigmoid", "relu"]),
            layer(2, "linear", inputs_from=[0, 1, 2]),
        ],
        batch_size=2,
        epochs=10**6,
        learning_rate=0.01,
    )
    return replace(project, optimizer=OptimizerSpec("adam", 0.01))


class Editing(RuleBasedStateMachine):
    """A session whose commands are carried out at once."""

    def __init__(self) -> None:
        super().__init__()
        self.session = PromptSession(start())
        self.show()

    @property
    def runner(self) -> Runner:
        return self.session.runner

    def show(self) -> None:
        self.session.show()
        self.was, self.place = self.everything(), self.session.undo_stack.index()

    @property
    def spec(self) -> NetworkSpec:
        return self.session.project.network

    def everything(self) -> tuple[Any, ...]:
        """What is learned, to the bit, and the project."""
        return self.session.learned(), self.session.project

    def edit(self, done: bool) -> None:
        """An edit was made, or refused; undo gives back every bit, and so does redo."""
        was, place, stack = self.was, self.place, self.session.undo_stack
        assert done or self.session.refusals[-1].endswith(".")
        self.show()
        if stack.index() != place + 1:
            return
        there = self.everything()
        stack.undo()
        self.show()
        assert self.everything() == was
        stack.redo()
        self.show()
        assert self.everything() == there

    # --- Rules ------------------------------------------------------------------------------------

    def a_layer(self, data: st.DataObject, hidden: bool = False) -> int:
        return data.draw(st.integers(1, self.spec.depth - (hidden and self.spec.depth > 1)))

    def around(self, number: int) -> list[np.ndarray]:
        """The weights and biases into and out of each neuron of a layer, a row a neuron."""
        network = self.runner.trainer.network
        found = [network.W[number - 1], network.b[number - 1], network.gamma[number - 1]]
        for consumer in self.spec.consumers[number]:
            columns = dict(self.spec.source_columns(consumer))[number]
            found.append(network.W[consumer - 1][:, columns].T)
        return [own.copy() for own in found if own is not None]

    def a_parameter(self, data: st.DataObject) -> tuple[int, int, int]:
        number = self.a_layer(data)
        neuron = data.draw(st.integers(0, self.spec.sizes[number] - 1))
        return number, neuron, data.draw(st.integers(-1, self.spec.fan_in(number) - 1))

    @rule(data=st.data(), units=st.none() | st.integers(1, 3))
    def insert_layer(self, data: st.DataObject, units: int | None) -> None:
        if self.spec.depth < MOST_LAYERS:
            after = data.draw(st.integers(0, self.spec.depth - 1))
            self.edit(self.session.edits.insert_layer(after, units))

    @rule(data=st.data())
    def remove_layer(self, data: st.DataObject) -> None:
        self.edit(self.session.edits.remove_layer(self.a_layer(data)))

    @rule(data=st.data())
    def move_layer(self, data: st.DataObject) -> None:
        after = data.draw(st.integers(0, self.spec.depth - 1))
        self.edit(self.session.edits.move_layer(self.a_layer(data), after))

    @rule(data=st.data())
    def insert_neuron(self, data: st.DataObject) -> None:
        number = self.a_layer(data, hidden=True)
        if self.spec.sizes[number] < MOST_UNITS:
            at = data.draw(st.none() | st.integers(0, self.spec.sizes[number]))
            before = self.around(number)
            done = self.session.edits.insert_neuron(number, at)
            self.edit(done)
            if done:
                place = self.spec.sizes[number] - 1 if at is None else at
                after = [np.delete(own, place, axis=0) for own in self.around(number)]
                assert [own.tobytes() for own in after] == [own.tobytes() for own in before]

    @rule(data=st.data())
    def remove_neurons(self, data: st.DataObject) -> None:
        number = self.a_layer(data, hidden=True)
        places = st.sets(st.integers(0, self.spec.sizes[number] - 1), min_size=1, max_size=2)
        gone, before = data.draw(places), self.around(number)
        done = self.session.edits.remove_neurons(number, gone)
        self.edit(done)
        if done:
            wanted = [np.delete(own, list(gone), axis=0) for own in before]
            after = self.around(number)
            assert [own.tobytes() for own in after] == [own.tobytes() for own in wanted]

    @rule(data=st.data(), value=VALUES)
    def set_parameter(self, data: st.DataObject, value: float) -> None:
        link = self.a_parameter(data)
        self.edit(self.session.edits.set_parameter(*link, value))

    @rule(data=st.data(), values=st.lists(VALUES, min_size=2, max_size=3))
    def drag(self, data: st.DataObject, values: list[float]) -> None:
        """Several values of one parameter in a row are one step back."""
        link, done = self.a_parameter(data), True
        index = self.session.undo_stack.index()
        for value in values:
            done = self.session.edits.set_parameter(*link, value)
        assert self.session.undo_stack.index() <= index + 1
        self.edit(done)
        if done:
            assert self.runner.trainer.network.theta[self.spec.place_of(*link)] == values[-1]

    @rule(data=st.data())
    def cut(self, data: st.DataObject) -> None:
        links = [self.a_parameter(data) for _ in range(data.draw(st.integers(1, 3)))]
        self.edit(self.session.edits.cut_links(links))

    @rule(data=st.data())
    def cut_and_draw(self, data: st.DataObject) -> None:
        """A link that is drawn again has the weight it had."""
        number, neuron, column = self.a_parameter(data)
        place = self.spec.place_of(number, neuron, column)
        weight = self.runner.trainer.network.theta[place]
        if self.session.edits.cut_links([(number, neuron, column)]):
            self.show()
            source = self.spec.source_of(number, column)
            self.edit(self.session.edits.draw_link(source, (number, neuron)))
            assert self.runner.trainer.network.theta[place] == weight

    @rule(data=st.data())
    def draw(self, data: st.DataObject) -> None:
        source = data.draw(st.integers(0, self.spec.depth - 1))
        target = data.draw(st.integers(source + 1, self.spec.depth))
        ends = [
            (number, data.draw(st.integers(0, self.spec.sizes[number] - 1)))
            for number in (source, target)
        ]
        self.edit(self.session.edits.draw_link(*ends))

    @rule(data=st.data())
    def join(self, data: st.DataObject) -> None:
        source = data.draw(st.integers(0, self.spec.depth - 1))
        target = data.draw(st.integers(source + 1, self.spec.depth))
        self.edit(self.session.edits.draw_layer_link(source, target))

    @rule(data=st.data())
    def connect(self, data: st.DataObject) -> None:
        number = data.draw(st.none() | st.integers(1, self.spec.depth))
        self.edit(self.session.edits.connect_fully(number))

    @rule(data=st.data(), frozen=st.booleans())
    def freeze(self, data: st.DataObject, frozen: bool) -> None:
        links = [self.a_parameter(data) for _ in range(data.draw(st.integers(1, 3)))]
        self.edit(self.session.edits.freeze(links, frozen))

    @rule(data=st.data(), frozen=st.booleans())
    def freeze_layer(self, data: st.DataObject, frozen: bool) -> None:
        self.edit(self.session.edits.freeze_layer(self.a_layer(data), frozen))

    @rule(data=st.data())
    def initialise_again(self, data: st.DataObject) -> None:
        number = self.a_layer(data)
        neuron = (number, data.draw(st.integers(0, self.spec.sizes[number] - 1)))
        what = data.draw(st.sampled_from([(None, None), ([number], None), (None, [neuron])]))
        self.edit(self.session.edits.initialise_again(*what))

    @rule(data=st.data(), name=st.sampled_from(["tanh", "relu", "sigmoid"]))
    def activation(self, data: st.DataObject, name: str) -> None:
        number = self.a_layer(data)
        neuron = data.draw(st.integers(0, self.spec.sizes[number] - 1))
        chosen = data.draw(st.sampled_from([None, [neuron]]))
        self.edit(self.session.edits.set_activation(number, name, chosen))

    @rule(data=st.data(), rate=st.sampled_from([0.0, 0.2]))
    def dropout(self, data: st.DataObject, rate: float) -> None:
        number = data.draw(st.integers(0, self.spec.depth))
        self.edit(self.session.edits.set_dropout(number, rate))

    @rule(data=st.data(), field=st.sampled_from(["bias", "batch_normalization"]), on=st.booleans())
    def switch(self, data: st.DataObject, field: str, on: bool) -> None:
        number = self.a_layer(data)
        value: Any = on
        if field == "batch_normalization":
            value = start().network.layer(1).batch_normalization if on else None
        self.edit(self.session.change_layer(number, f"Change {field}", **{field: value}))

    @rule(data=st.data())
    def copy_and_paste(self, data: st.DataObject) -> None:
        numbers = data.draw(st.sets(st.integers(1, self.spec.depth), min_size=1, max_size=2))
        if self.spec.depth + len(numbers) <= MOST_LAYERS:
            text = self.session.edits.copy_layers(numbers)
            after = data.draw(st.integers(0, self.spec.depth - 1))
            self.edit(self.session.edits.paste_layers(text, after))

    @rule(name=st.sampled_from(["sgd", "adam", "adagrad"]))
    def optimizer(self, name: str) -> None:
        self.edit(self.session.set_optimizer(name))

    @rule(count=st.integers(1, 7))
    def train(self, count: int) -> None:
        held = self.held()
        self.session.train(count)
        self.show()
        assert self.held() == held

    @rule(back=st.integers(1, 6))
    def step_back(self, back: int) -> None:
        for _ in range(back):
            self.session.time.step_back("Iteration")
        self.show()

    @rule()
    def step(self) -> None:
        held = self.held()
        before = self.session.project
        self.session.time.step("Iteration")
        self.show()
        if self.session.project is before:
            assert self.held() == held

    @rule()
    def there_and_back(self) -> None:
        """A step back over edits and forward again gives the same bits."""
        runner = self.runner
        if runner.trainer.iteration > runner.timeline.start and not self.session.time.in_past:
            there = self.everything()
            self.session.time.seek(runner.trainer.iteration - 1)
            self.show()
            self.session.time.go_to_newest()
            self.show()
            assert self.everything()[0] == there[0]

    @rule()
    def undo(self) -> None:
        self.session.undo_stack.undo()
        self.show()

    @rule()
    def redo(self) -> None:
        self.session.undo_stack.redo()
        self.show()

    @rule()
    def all_the_way(self) -> None:
        """Undo to the start and redo to the end: the same bits."""
        stack = self.session.undo_stack
        there, place = self.everything(), stack.index()
        stack.setIndex(0)
        self.show()
        stack.setIndex(place)
        self.show()
        assert self.everything() == there

    # --- What always holds ------------------------------------------------------------------------

    def held(self) -> bytes:
        """What is frozen or removed, to the bit."""
        network = self.runner.trainer.network
        mask = network.trainable_mask
        return b"" if mask is None else network.theta[mask == 0.0].tobytes()

    @invariant()
    def consistent(self) -> None:
        trainer, project = self.runner.trainer, self.session.project
        assert self.runner.project is project
        spec, network = project.network, trainer.network
        assert network.spec == spec
        assert network.theta.shape == (spec.parameter_count,)
        assert np.isfinite(network.theta).all()
        count = 0
        for number in range(1, spec.depth + 1):
            own, one = given_of(project, number), spec.layer(number)
            shape = (one.units, spec.fan_in(number))
            count += shape[0] * shape[1] + one.units * (
                one.bias + 2 * (one.batch_normalization is not None)
            )
            assert network.W[number - 1].shape == shape
            for values, wanted in (
                (own.W, shape),
                (own.links, shape),
                (own.frozen_W, shape),
                (own.b, shape[:1]),
                (own.frozen_b, shape[:1]),
                (own.mask, (len(INPUTS), one.units)),
            ):
                assert values is None or values.shape == wanted
            assert len(one.neuron_activations) in (0, one.units)
            if own.links is not None:
                removed = network.W[number - 1][own.links == 0.0]
                assert removed.tobytes() == np.zeros(len(removed)).tobytes()
        assert count == spec.parameter_count
        assert network.moving.size == sum(
            2 * own.units for own in spec.layers if own.batch_normalization
        )
        for name, values in trainer.state().slots.items():
            assert values.shape == network.theta.shape
            if network.trainable_mask is not None and name != "accumulator":
                assert not values[network.trainable_mask == 0.0].any()

    def teardown(self) -> None:
        self.all_the_way()


@pytest.fixture(autouse=True)
def application(qapp: QApplication) -> Iterator[None]:
    yield


def test_a_weight_that_was_0_when_its_link_was_cut_is_0_again() -> None:
    session = PromptSession(make([[0.0], [1.0]], [[0.0], [1.0]], [layer(1, "linear", W=[[0]])]))
    session.train(2)
    session.edits.cut_links([(1, 0, 0)])
    session.show()
    session.time.seek(0)
    session.show()
    there, stack = session.learned(), session.undo_stack
    assert [stack.text(n) for n in range(stack.count())] == ["Cut 1 link", "Go to another time"]
    stack.setIndex(0)
    session.show()
    stack.setIndex(2)
    session.show()
    assert session.learned() == there


def test_any_sequence_of_edits() -> None:
    run_state_machine_as_test(
        Editing,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
