"""Edits while training: everything that can be kept is kept, and what cannot be done is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from small_projects import digits, layer, make, regression, theta_bytes, with_rate, with_training

from simulator.activations import ACTIVATIONS
from simulator.divergence import DivergenceError
from simulator.losses import LOSSES
from simulator.network import Network
from simulator.optimizers import OPTIMIZERS, OptimizerSpec
from simulator.project import Project, ProjectError
from simulator.project.edits import Edit, change_layer, insert_layer, remove_layer
from simulator.project.limits import MAX_LAYERS
from simulator.trainer import Trainer

SMOOTH = sorted(name for name, own in ACTIVATIONS.items() if own.differentiable)


def copy_of(network: Network) -> Network:
    copy = Network(network.spec)
    copy.theta[...] = network.theta
    return copy


def check_layout(trainer: Trainer) -> None:
    """Shapes fit, and W and b are the vector theta itself, all of it, once."""
    network, spec = trainer.network, trainer.project.network
    assert network.spec is spec
    assert network.theta.shape == (spec.parameter_count,)
    numbers = np.arange(1.0, spec.parameter_count + 1)
    before = network.theta.copy()
    network.theta[...] = numbers
    seen: list[float] = []
    for index, own in enumerate(spec.layers):
        assert network.W[index].shape == (own.units, spec.sizes[index])
        assert np.shares_memory(network.W[index], network.theta)
        seen += network.W[index].ravel().tolist()
        biases = network.b[index]
        assert (biases is not None) == own.bias
        if biases is not None:
            assert biases.shape == (own.units,)
            assert np.shares_memory(biases, network.theta)
            seen += biases.tolist()
    network.theta[...] = before
    assert seen == numbers.tolist()


def check_kept(old: Network, new: Network, origin: tuple[int | None, ...]) -> None:
    """Every weight and bias between neurons that were there before is what it was."""
    for index, source in enumerate(origin):
        if source is None:
            continue
        rows = min(len(old.W[source - 1]), len(new.W[index]))
        below_before = source - 1
        below_now = 0 if index == 0 else origin[index - 1]
        if below_now == below_before:
            columns = min(old.W[source - 1].shape[1], new.W[index].shape[1])
            np.testing.assert_array_equal(
                new.W[index][:rows, :columns], old.W[source - 1][:rows, :columns]
            )
        mine, others = new.b[index], old.b[source - 1]
        if mine is not None and others is not None:
            np.testing.assert_array_equal(mine[:rows], others[:rows])


def apply(trainer: Trainer, edit: Edit, memory: Network | None = None) -> None:
    before = copy_of(trainer.network)
    counters = trainer.epoch, trainer.iteration, trainer.history.view()
    trainer.change(edit.project, edit.origin, memory)
    assert trainer.project is edit.project
    check_layout(trainer)
    check_kept(before, trainer.network, edit.origin)
    assert (trainer.epoch, trainer.iteration, trainer.history.view()) == counters


def trained(iterations: int = 8) -> Trainer:
    trainer = Trainer(digits())
    trainer.run_iterations(iterations)
    return trainer


# --- single edits --------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_an_inserted_layer_is_new_and_the_others_are_kept(after: int) -> None:
    trainer = trained()
    biases = [None if b is None else b.copy() for b in trainer.network.b]
    edit = insert_layer(trainer.project, after, units=7)
    assert edit.origin == (*range(1, after + 1), None, *range(after + 1, 5))
    apply(trainer, edit)
    spec = trainer.project.network
    assert spec.depth == 5
    assert spec.layer(after + 1).units == 7
    assert spec.layer(after + 1).dropout_rate == 0.0
    assert spec.layer(after + 1).activation == "relu"
    assert np.abs(trainer.network.W[after]).min() > 0.0
    kept = [b for index, b in enumerate(trainer.network.b) if index != after]
    for mine, others in zip(kept, biases, strict=True):
        np.testing.assert_array_equal(mine, others)
    trainer.run_epochs(2)
    check_layout(trainer)


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_weights_from_another_layer_than_before_are_drawn_anew(after: int) -> None:
    """Also where the shapes happen to fit: the links behind a new layer are new links."""
    trainer = trained()
    before = copy_of(trainer.network)
    apply(trainer, insert_layer(trainer.project, after))
    fresh = Trainer(trainer.project).network
    behind = after + 1
    np.testing.assert_array_equal(trainer.network.W[behind], fresh.W[behind])
    assert not np.isin(trainer.network.W[behind], before.W[after]).any()


def test_a_new_layer_leaves_the_start_of_those_before_it() -> None:
    one, other = Trainer(digits()), Trainer(insert_layer(digits(), 3).project)
    for index in range(3):
        np.testing.assert_array_equal(one.network.W[index], other.network.W[index])


def test_an_inserted_layer_is_like_its_neighbour() -> None:
    project = change_layer(digits(), 2, units=9, activation="tanh").project
    inserted = insert_layer(project, 2).project.network.layer(3)
    assert (inserted.units, inserted.activation, inserted.dropout_rate) == (9, "tanh", 0.0)
    alone = make([[0.0, 1.0]], [[1.0]], [layer(1, "sigmoid")])
    assert insert_layer(alone, 0).project.network.layer(1).units >= 1


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_removed_layer_is_gone_and_the_others_are_kept(number: int) -> None:
    trainer = trained()
    edit = remove_layer(trainer.project, number)
    assert edit.origin == tuple(n for n in (1, 2, 3, 4) if n != number)
    apply(trainer, edit)
    assert trainer.project.network.depth == 3
    trainer.run_epochs(2)


@pytest.mark.parametrize(("number", "units"), [(1, 25), (2, 8), (3, 1), (1, 20), (3, 200)])
def test_more_and_fewer_units(number: int, units: int) -> None:
    trainer = trained()
    old = trainer.project.network.layer(number).units
    apply(trainer, change_layer(trainer.project, number, units=units))
    assert trainer.project.network.layer(number).units == units
    if units > old:
        fresh = Trainer(trainer.project).network
        np.testing.assert_array_equal(
            trainer.network.W[number - 1][old:], fresh.W[number - 1][old:]
        )
        np.testing.assert_array_equal(trainer.network.W[number][:, old:], fresh.W[number][:, old:])
    trainer.run_epochs(2)


@pytest.mark.parametrize(
    "changes",
    [
        {"activation": "sigmoid"},
        {"activation": "softmax"},
        {"dropout_rate": 0.7},
        {"dropout_rate": 0.0},
        {"dropout_style": "classic"},
        {"initializer": "zeros"},
        {"name": "mine"},
    ],
)
@pytest.mark.parametrize("number", [1, 2, 4])
def test_settings_of_a_layer_change_no_parameter(number: int, changes: dict[str, Any]) -> None:
    trainer = trained()
    before = theta_bytes(trainer)
    apply(trainer, change_layer(trainer.project, number, **changes))
    assert theta_bytes(trainer) == before
    trainer.run_epochs(2)
    assert theta_bytes(trainer) != before


@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_loss_and_training_settings_change_no_parameter(loss: str) -> None:
    trainer = trained(7)
    before = theta_bytes(trainer)
    for project in (
        replace(trainer.project, loss=loss),
        with_rate(trainer.project, 0.5),
        with_training(trainer.project, epochs=9, shuffle=False),
        with_training(trainer.project, batch_size=3),
    ):
        trainer.change(project)
        assert theta_bytes(trainer) == before
        assert (trainer.epoch, trainer.iteration) == (1, 7)
    assert trainer.project.batch_size == 3


def test_a_new_learning_rate_counts_from_the_next_iteration_on() -> None:
    project = regression()
    trainer = Trainer(project)
    trainer.run_iterations(3)
    trainer.change(with_rate(project, 0.02))
    trace = trainer.trace_iteration()
    np.testing.assert_allclose(
        trace.theta_after, trace.theta_before - 0.02 * trace.gradient, rtol=1e-13, atol=1e-16
    )


def test_a_change_to_the_same_project_changes_nothing() -> None:
    changed, straight = trained(8), trained(8)
    for _ in range(12):
        changed.change(replace(changed.project))
        changed.run_iterations(1)
        straight.run_iterations(1)
    assert theta_bytes(changed) == theta_bytes(straight)
    np.testing.assert_allclose(
        changed.history.view().loss, straight.history.view().loss, rtol=1e-14
    )


def test_biases_that_come_back_start_at_zero_or_as_remembered() -> None:
    trainer = trained()
    memory = copy_of(trainer.network)
    without = change_layer(trainer.project, 2, bias=False)
    apply(trainer, without)
    assert trainer.network.b[1] is None
    back = change_layer(trainer.project, 2, bias=True)
    apply(trainer, back)
    assert trainer.network.b[1] is not None and not trainer.network.b[1].any()
    apply(trainer, change_layer(trainer.project, 2, bias=False))
    apply(trainer, change_layer(trainer.project, 2, bias=True), memory)
    np.testing.assert_array_equal(trainer.network.b[1], memory.b[1])


@pytest.mark.parametrize(
    "edit",
    [
        lambda project: remove_layer(project, 2),
        lambda project: change_layer(project, 1, units=3),
        lambda project: change_layer(project, 3, units=1),
    ],
)
def test_undo_brings_back_what_an_edit_took_away(edit: Any) -> None:
    trainer = trained()
    before, memory = trainer.project, copy_of(trainer.network)
    made = edit(before)
    apply(trainer, made)
    back: list[int | None] = [None] * before.network.depth
    for number, source in enumerate(made.origin, start=1):
        assert source is not None
        back[source - 1] = number
    trainer.change(before, back, memory)
    check_layout(trainer)
    assert trainer.network.theta.tobytes() == memory.theta.tobytes()


def test_undo_after_training_keeps_what_was_trained_since() -> None:
    trainer = trained()
    before, memory = trainer.project, copy_of(trainer.network)
    apply(trainer, change_layer(before, 3, units=12))
    trainer.run_epochs(1)
    since = copy_of(trainer.network)
    trainer.change(before, [1, 2, 3, 4], memory)
    np.testing.assert_array_equal(trainer.network.W[0], since.W[0])
    np.testing.assert_array_equal(trainer.network.W[2][:12], since.W[2])
    np.testing.assert_array_equal(trainer.network.W[2][12:], memory.W[2][12:])
    np.testing.assert_array_equal(trainer.network.W[3][:, 12:], memory.W[3][:, 12:])


def test_given_start_values_stay_with_their_neurons() -> None:
    W = [[1.0, 2.0]] * 3
    dropout = {"rate": 0.5, "mask": [[1, 0, 1]] * 2}
    project = make(
        [[0, 1], [1, 0]],
        [[0], [1]],
        [layer(3, W=W, b=[1, 2, 3], dropout=dropout), layer(1, W=[[1, 1, 1]])],
    )
    grown = change_layer(project, 1, units=4).project
    first, last = grown.parameters
    drawn = Network(grown.network)
    drawn.initialize(grown.training.seed)
    np.testing.assert_array_equal(first.W, [*W, drawn.W[0][3]])
    np.testing.assert_array_equal(first.b, [1, 2, 3, 0])
    np.testing.assert_array_equal(first.mask, [[1, 0, 1, 1]] * 2)
    np.testing.assert_array_equal(last.W, [[1, 1, 1, drawn.W[1][0, 3]]])
    renamed = change_layer(project, 1, name="first").project
    np.testing.assert_array_equal(renamed.parameters[0].W, W)
    assert renamed.parameters[0].mask is not None
    off = change_layer(project, 1, dropout_rate=0.0).project
    assert off.parameters[0].mask is None and off.parameters[0].W is not None
    between = insert_layer(project, 1).project
    assert [own.W is None for own in between.parameters] == [False, True, True]
    for changed in (grown, renamed, off, between):
        Trainer(changed).run_iterations(4)


def test_training_goes_on_with_other_data() -> None:
    trainer = Trainer(regression(5, batch_size=2))
    trainer.run_iterations(4)
    before = theta_bytes(trainer)
    trainer.change(replace(trainer.project, data=regression(9).data))
    assert theta_bytes(trainer) == before
    visited: list[int] = []
    while trainer.epoch < 2:
        visited += trainer.trace_iteration().samples.tolist()
    assert sorted(visited) == list(range(9))


# --- refusals ------------------------------------------------------------------------------------


REFUSED: dict[str, tuple[Callable[[Project], Edit], str]] = {
    "0 units": (lambda p: change_layer(p, 1, units=0), "units"),
    "-5 units": (lambda p: change_layer(p, 1, units=-5), "-5"),
    "10**9 units": (lambda p: change_layer(p, 1, units=10**9), "1,000,000,000"),
    "another output": (lambda p: change_layer(p, 4, units=6), "data"),
    "behind the output": (lambda p: insert_layer(p, 4), "hidden"),
    "before the input": (lambda p: insert_layer(p, -1), "hidden"),
    "insert 0 units": (lambda p: insert_layer(p, 1, units=0), "units"),
    "insert -5 units": (lambda p: insert_layer(p, 1, units=-5), "units"),
    "insert 10**9 units": (lambda p: insert_layer(p, 1, units=10**9), ""),
    "remove the input": (lambda p: remove_layer(p, 0), "hidden"),
    "remove the output": (lambda p: remove_layer(p, 4), "hidden"),
    "remove layer 9": (lambda p: remove_layer(p, 9), "hidden"),
    "change the input": (lambda p: change_layer(p, 0, units=3), ""),
    "change layer 9": (lambda p: change_layer(p, 9, units=3), ""),
    "unknown activation": (lambda p: change_layer(p, 1, activation="foo"), "foo"),
    "rate 1": (lambda p: change_layer(p, 1, dropout_rate=1.0), "1"),
    "rate -0.1": (lambda p: change_layer(p, 1, dropout_rate=-0.1), "0.1"),
}


@pytest.mark.parametrize(("edit", "word"), REFUSED.values(), ids=REFUSED)
def test_impossible_edits_are_refused_with_a_sentence(
    edit: Callable[[Project], Edit], word: str
) -> None:
    with pytest.raises(ProjectError) as caught:
        edit(digits())
    message = str(caught.value)
    assert "\n" not in message and message.endswith(".")
    assert word in message


def test_there_is_a_most_of_layers() -> None:
    project = change_layer(digits(), 3, units=1).project
    while project.network.depth < MAX_LAYERS:
        project = insert_layer(project, 3, units=1).project
    with pytest.raises(ProjectError, match=f"at most {MAX_LAYERS}"):
        insert_layer(project, 1)
    Trainer(project).run_iterations(2)


def test_an_edit_that_needs_too_much_memory_is_refused() -> None:
    project = change_layer(digits(), 1, units=100_000).project
    with pytest.raises(ProjectError, match="memory"):
        for _ in range(50):
            project = insert_layer(project, 1).project


# --- any sequence of edits -----------------------------------------------------------------------


class Editing(RuleBasedStateMachine):
    """Random edits of a network that trains, with undo."""

    def __init__(self) -> None:
        super().__init__()
        self.trainer = Trainer(regression(5, batch_size=2, epochs=10**6, seed=3))
        self.undo: list[tuple[Project, list[int | None], Network]] = []

    def edit(self, made: Edit) -> None:
        before, memory = self.trainer.project, copy_of(self.trainer.network)
        apply(self.trainer, made)
        back: list[int | None] = [None] * before.network.depth
        for number, source in enumerate(made.origin, start=1):
            if source is not None:
                back[source - 1] = number
        self.undo.append((before, back, memory))

    @rule(data=st.data(), units=st.none() | st.integers(1, 6))
    def insert(self, data: st.DataObject, units: int | None) -> None:
        after = data.draw(st.integers(0, self.trainer.project.network.depth - 1))
        self.edit(insert_layer(self.trainer.project, after, units))

    @precondition(lambda self: self.trainer.project.network.depth > 1)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(1, self.trainer.project.network.depth - 1))
        self.edit(remove_layer(self.trainer.project, number))

    @precondition(lambda self: self.trainer.project.network.depth > 1)
    @rule(data=st.data(), units=st.integers(1, 7))
    def resize(self, data: st.DataObject, units: int) -> None:
        number = data.draw(st.integers(1, self.trainer.project.network.depth - 1))
        self.edit(change_layer(self.trainer.project, number, units=units))

    @rule(
        data=st.data(),
        changes=st.fixed_dictionaries(
            {},
            optional={
                "activation": st.sampled_from(SMOOTH),
                "dropout_rate": st.sampled_from([0.0, 0.3]),
                "dropout_style": st.sampled_from(["inverted", "classic"]),
                "bias": st.booleans(),
            },
        ),
    )
    def set(self, data: st.DataObject, changes: dict[str, Any]) -> None:
        number = data.draw(st.integers(1, self.trainer.project.network.depth))
        self.edit(change_layer(self.trainer.project, number, **changes))

    @rule(rate=st.sampled_from([1e-4, 1e-2]), batch_size=st.integers(1, 6))
    def settings(self, rate: float, batch_size: int) -> None:
        project = with_training(with_rate(self.trainer.project, rate), batch_size=batch_size)
        origin = tuple(range(1, project.network.depth + 1))
        self.edit(Edit(project, origin))

    @rule(count=st.integers(1, 7))
    def train(self, count: int) -> None:
        before = self.trainer.iteration
        try:
            assert self.trainer.run_iterations(count) == count
            assert self.trainer.iteration == before + count
        except DivergenceError:
            # A pile of linear layers with dropout may; what is kept must be usable all the same.
            assert self.trainer.iteration <= before + count
        # What an undo restores is known only while nothing was trained since.
        self.undo.clear()

    @precondition(lambda self: self.undo)
    @rule()
    def take_back(self) -> None:
        project, back, memory = self.undo.pop()
        self.trainer.change(project, back, memory)
        assert self.trainer.network.theta.tobytes() == memory.theta.tobytes()

    @invariant()
    def consistent(self) -> None:
        check_layout(self.trainer)
        assert np.isfinite(self.trainer.network.theta).all()
        assert self.trainer.iterations_to_epoch_end >= 1
        assert self.trainer.iterations_to_epoch_end <= self.trainer.project.iterations_per_epoch


TestAnySequenceOfEdits = Editing.TestCase
TestAnySequenceOfEdits.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_another_learning_rate_keeps_what_the_optimizer_remembers(name: str) -> None:
    """Changing the rate to the same rate must not be noticed in the bytes."""
    project = replace(digits(), optimizer=OptimizerSpec(name, 0.01))
    changed, straight = Trainer(project), Trainer(project)
    changed.run_iterations(12)
    changed.change(replace(project, optimizer=OptimizerSpec(name, 0.01)))
    changed.run_iterations(12)
    straight.run_iterations(24)
    assert changed.network.theta.tobytes() == straight.network.theta.tobytes()


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_what_an_optimizer_remembers_follows_its_layers(name: str) -> None:
    trainer = Trainer(replace(digits(), optimizer=OptimizerSpec(name, 0.01)))
    trainer.run_iterations(7)
    before = trainer.network.spec
    remembered = {k: v.copy() for k, v in trainer._optimizer.slots.items()}
    edit = insert_layer(trainer.project, 2)
    trainer.change(edit.project, edit.origin)
    after = trainer.network.spec
    for slot, values in trainer._optimizer.slots.items():
        for new, old in ((1, 1), (2, 2), (5, 4)):
            np.testing.assert_array_equal(
                after.weights(values, new), before.weights(remembered[slot], old)
            )
    trainer.run_iterations(7)


def test_a_mask_must_have_a_row_a_sample() -> None:
    project = make(
        np.zeros((2, 3)),
        np.zeros((2, 1)),
        [layer(4, dropout={"rate": 0.5, "mask": [[1, 0, 1, 1], [0, 1, 1, 0]]}), layer(1)],
    )
    with pytest.raises(ProjectError, match="2 rows, but there are 5 samples"):
        replace(project, data=regression(5).data)


def test_other_data_begin_the_epoch_again() -> None:
    first, second = with_rate(regression(5), 1e-12), regression(5)
    other = replace(first, data=replace(second.data, targets=second.data.targets + 10.0))
    trainer = Trainer(first)
    trainer.run_iterations(2)
    trainer.change(other)
    trainer.run_iterations(trainer.iterations_to_epoch_end)
    assert trainer.history.view().loss[-1] == pytest.approx(trainer.evaluate().loss, rel=1e-6)


def test_units_are_a_whole_number() -> None:
    with pytest.raises(ProjectError, match="whole number"):
        change_layer(digits(), 1, units=2.5)
