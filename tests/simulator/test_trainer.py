"""Training: what an epoch is, that all is a function of the seed, and what divergence does."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_projects import (
    digits,
    layer,
    make,
    reference,
    regression,
    theta_bytes,
    with_rate,
    with_training,
)

from simulator.backprop import Pass
from simulator.divergence import DivergenceError
from simulator.history import CAPACITY, History
from simulator.losses import LOSSES
from simulator.network import Network
from simulator.project import Project, load_project
from simulator.project.limits import EVALUATION_ROWS
from simulator.runner import Runner
from simulator.trainer import Trainer


def dropout_project(rate: float, style: str = "inverted", **training: Any) -> Project:
    """Twenty rows, two wide hidden layers with dropout."""
    rng = np.random.default_rng(0)
    dropout = {"rate": rate, "style": style}
    return make(
        rng.normal(size=(20, 3)),
        rng.normal(size=(20, 2)),
        [layer(50, dropout=dropout), layer(40, dropout=dropout), layer(2, "linear")],
        learning_rate=0.01,
        **training,
    )


# --- epochs and iterations -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("samples", "batch_size", "sizes"),
    [
        (5, 1, [1, 1, 1, 1, 1]),
        (5, 2, [2, 2, 1]),
        (5, 5, [5]),
        (5, 100, [5]),
        (6, 3, [3, 3]),
        (1, 1, [1]),
    ],
)
def test_an_epoch_visits_every_sample_once(samples: int, batch_size: int, sizes: list[int]) -> None:
    trainer = Trainer(regression(samples, batch_size=batch_size))
    for epoch in range(1, 4):
        visited: list[int] = []
        for number, size in enumerate(sizes, start=1):
            assert trainer.epoch == epoch - 1
            trace = trainer.trace_iteration()
            assert len(trace.samples) == size
            assert trace.epoch == epoch
            assert trace.iteration == trainer.iteration == (epoch - 1) * len(sizes) + number
            np.testing.assert_array_equal(trace.x, trainer.project.data.inputs[trace.samples])
            np.testing.assert_array_equal(trace.target, trainer.project.data.targets[trace.samples])
            visited += trace.samples.tolist()
        assert trainer.epoch == epoch
        assert sorted(visited) == list(range(samples))


@given(samples=st.integers(1, 7), batch_size=st.integers(1, 8), count=st.integers(0, 30))
def test_counters_after_any_number_of_iterations(samples: int, batch_size: int, count: int) -> None:
    trainer = Trainer(regression(samples, batch_size=batch_size, epochs=4))
    per_epoch = math.ceil(samples / batch_size)
    made = trainer.run_iterations(count)
    assert made == trainer.iteration == min(count, 4 * per_epoch)
    assert trainer.epoch == made // per_epoch
    assert trainer.iterations_to_epoch_end == per_epoch - made % per_epoch
    assert trainer.finished == (trainer.epoch == 4)


@given(before=st.integers(0, 5), epochs=st.integers(1, 4))
def test_run_epochs_stops_at_the_end_of_an_epoch(before: int, epochs: int) -> None:
    trainer = Trainer(regression(5, batch_size=2))
    trainer.run_iterations(before)
    goal = trainer.epoch + epochs
    assert trainer.run_epochs(epochs) == trainer.iteration - before
    assert (trainer.epoch, trainer.iteration) == (goal, 3 * goal)


def test_training_stops_at_the_projects_epochs() -> None:
    trainer = Trainer(regression(5, batch_size=2, epochs=3))
    assert trainer.run_iterations(10**9) == 9
    assert trainer.finished
    before = theta_bytes(trainer)
    assert trainer.run_iterations(1) == 0
    assert trainer.run_epochs(1) == 0
    assert theta_bytes(trainer) == before
    assert trainer.history.view().epoch.tolist() == [1, 2, 3]


def test_a_finished_training_has_no_next_iteration_to_lay_open() -> None:
    trainer = Trainer(regression(5, batch_size=2, epochs=3))
    trainer.run_iterations(9)
    before = theta_bytes(trainer)
    with pytest.raises(RuntimeError):
        trainer.trace_iteration()
    assert (theta_bytes(trainer), trainer.iteration) == (before, 9)


def test_an_extended_training_goes_on_as_if_it_had_been_longer() -> None:
    trainer, longer = (Trainer(regression(5, batch_size=2, epochs=n)) for n in (3, 5))
    trainer.run_iterations(100)
    trainer.extend(2)
    assert not trainer.finished
    assert trainer.run_iterations(100) == 6
    assert longer.run_iterations(100) == 15
    assert theta_bytes(trainer) == theta_bytes(longer)
    assert trainer.history.view().loss.tolist() == longer.history.view().loss.tolist()


def test_the_smaller_last_batch_is_a_mean_over_its_own_size() -> None:
    """Its update is that of a network that is trained on these samples alone."""
    project = regression(5, batch_size=3, shuffle=False)
    trainer = Trainer(project)
    trainer.run_iterations(1)
    data = project.data
    alone = Trainer(
        make(data.inputs[3:], data.targets[3:], [layer(4), layer(2, "linear")], batch_size=2)
    )
    alone.network.theta[...] = trainer.network.theta
    shown, wanted = trainer.trace_iteration(), alone.trace_iteration()
    assert sorted(wanted.samples.tolist()) == [0, 1]
    np.testing.assert_allclose(shown.gradient, wanted.gradient, rtol=1e-13, atol=1e-16)
    assert shown.loss == pytest.approx(wanted.loss, rel=1e-14)
    assert len(shown.z[0]) == len(shown.delta[1]) == len(shown.loss_per_sample) == 2


def test_nothing_of_the_smaller_batch_leaks_into_the_next_epoch() -> None:
    """The third iteration equals the first iteration of a fresh trainer with those weights."""
    project = regression(5, batch_size=3, shuffle=False)
    trainer, fresh = Trainer(project), Trainer(project)
    trainer.run_iterations(2)
    fresh.network.theta[...] = trainer.network.theta
    third, first = trainer.trace_iteration(), fresh.trace_iteration()
    assert third.gradient.tobytes() == first.gradient.tobytes()
    assert third.theta_after.tobytes() == first.theta_after.tobytes()
    assert third.loss == first.loss


# --- the same numbers ----------------------------------------------------------------------------


def noisy(**changes: Any) -> Project:
    """Dropout, shuffle and a smaller last batch."""
    return digits(batch_size=2, epochs=50, **changes)


def straight(count: int, seed: int = 0) -> Trainer:
    trainer = Trainer(noisy(seed=seed))
    trainer.run_iterations(count)
    return trainer


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=12), st.integers(0, 2**63 - 1)
)
def test_the_same_bytes_however_a_run_is_cut(cuts: list[tuple[int, bool]], seed: int) -> None:
    trainer = Trainer(noisy(seed=seed))
    for count, traced in cuts:
        if traced:
            for _ in range(count):
                trainer.trace_iteration()
        else:
            trainer.run_iterations(count)
        trainer.evaluate()
        trainer.probe(trainer.project.data.inputs[0], trainer.network.theta)
    whole = straight(sum(count for count, _ in cuts), seed)
    assert theta_bytes(trainer) == theta_bytes(whole)
    assert (trainer.epoch, trainer.iteration) == (whole.epoch, whole.iteration)
    mine, others = trainer.history.view(), whole.history.view()
    for name in ("epoch", "loss", "accuracy"):
        # The losses of an epoch are summed piece by piece, so the last bit may differ.
        np.testing.assert_allclose(getattr(mine, name), getattr(others, name), rtol=1e-14)


def test_different_seeds_differ() -> None:
    starts = {theta_bytes(Trainer(noisy(seed=seed))) for seed in range(20)}
    ends = {theta_bytes(straight(10, seed)) for seed in range(20)}
    assert len(starts) == len(ends) == 20


def test_the_seed_also_decides_shuffle_and_dropout() -> None:
    """From the same weights, two seeds train differently."""
    one, other = Trainer(noisy(seed=1)), Trainer(noisy(seed=2))
    other.network.theta[...] = one.network.theta
    mine, others = one.trace_iteration(), other.trace_iteration()
    assert mine.mask[1] is not None and others.mask[1] is not None
    assert mine.mask[1].tobytes() != others.mask[1].tobytes()
    orders = {tuple(Trainer(noisy(seed=seed)).trace_iteration().samples) for seed in range(20)}
    assert len(orders) > 5


def test_reset_returns_the_same_start_weights() -> None:
    runner = Runner(noisy(seed=7))
    start = theta_bytes(runner.trainer)
    runner.run()
    runner.advance(40)
    assert theta_bytes(runner.trainer) != start
    runner.reset()
    assert theta_bytes(runner.trainer) == start
    assert (runner.trainer.epoch, runner.trainer.iteration) == (0, 0)
    assert len(runner.trainer.history.view().epoch) == 0


def test_changing_one_layer_leaves_the_start_of_the_others() -> None:
    one = Trainer(digits())
    project = digits()
    layers = list(project.network.layers)
    layers[3] = replace(layers[3], initializer="he_normal")
    other = Trainer(replace(project, network=replace(project.network, layers=tuple(layers))))
    for index in range(3):
        np.testing.assert_array_equal(one.network.W[index], other.network.W[index])
    assert (one.network.W[3] != other.network.W[3]).all()


@pytest.mark.parametrize(
    ("initializer", "spread", "limit"),
    [
        ("glorot_uniform", math.sqrt(2 / 500), math.sqrt(6 / 500)),
        ("glorot_normal", math.sqrt(2 / 500), None),
        ("he_uniform", math.sqrt(2 / 200), math.sqrt(6 / 200)),
        ("he_normal", math.sqrt(2 / 200), None),
        ("zeros", 0.0, 0.0),
    ],
)
def test_start_weights_have_the_spread_they_should(
    initializer: str, spread: float, limit: float | None
) -> None:
    project = make(
        np.zeros((1, 200)), [[0.0]], [layer(300, initializer=initializer), layer(1)], seed=3
    )
    network = Trainer(project).network
    weights = network.W[0]
    assert weights.std() == pytest.approx(spread, rel=0.02)
    assert abs(weights.mean()) <= 0.02 * spread
    if limit is not None:
        assert np.abs(weights).max() <= limit
        assert np.abs(weights).max() >= 0.99 * limit
    assert network.b[0] is not None and not network.b[0].any()


# --- order of the samples ------------------------------------------------------------------------


def test_shuffles_are_permutations_and_differ() -> None:
    trainer = Trainer(regression(20, batch_size=10, seed=4))
    orders = [
        [row for _ in range(2) for row in trainer.trace_iteration().samples.tolist()]
        for _ in range(50)
    ]
    assert all(sorted(order) == list(range(20)) for order in orders)
    assert len({tuple(order) for order in orders}) == 50
    firsts = [order[0] for order in orders]
    assert len(set(firsts)) > 10


def test_a_mini_batch_of_all_samples_has_no_order() -> None:
    trainer = Trainer(regression(20, batch_size=20, shuffle=True))
    for _ in range(3):
        assert trainer.trace_iteration().samples.tolist() == list(range(20))


def test_without_shuffle_the_order_is_that_of_the_data() -> None:
    trainer = Trainer(regression(5, batch_size=2, shuffle=False))
    seen = [trainer.trace_iteration().samples.tolist() for _ in range(6)]
    assert seen == [[0, 1], [2, 3], [4]] * 2


# --- dropout -------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0.05, 0.2, 0.5, 0.9])
@pytest.mark.parametrize("style", ["inverted", "classic"])
def test_the_rate_is_the_share_of_dropped_outputs(rate: float, style: str) -> None:
    trainer = Trainer(dropout_project(rate, style, batch_size=20, seed=11))
    dropped: list[float] = []
    for _ in range(100):
        trace = trainer.trace_iteration()
        assert trace.mask[2] is None
        for mask in trace.mask[:2]:
            assert mask is not None and set(np.unique(mask)) <= {0.0, 1.0}
            dropped.append(1.0 - float(mask.mean()))
    # 180,000 draws: six standard deviations are at most 0.007.
    assert np.mean(dropped) == pytest.approx(rate, abs=0.007)
    # No neuron and no sample is favoured.
    assert np.std(dropped) < 0.03


def test_masks_are_drawn_anew_each_iteration_layer_and_sample() -> None:
    trainer = Trainer(dropout_project(0.5, batch_size=20, shuffle=False))
    masks = []
    for _ in range(80):
        trace = trainer.trace_iteration()
        for mask in trace.mask[:2]:
            assert mask is not None
            masks.append(mask[:, :40].tobytes())
            assert len({row.tobytes() for row in mask}) == len(mask)
    assert len(set(masks)) == len(masks)


def masks_of(project: Project, before: int) -> list[bytes]:
    trainer = Trainer(project)
    trainer.run_iterations(before)
    return [mask.tobytes() for mask in trainer.trace_iteration().mask if mask is not None]


def test_a_mask_depends_on_seed_iteration_and_layer_alone() -> None:
    base = dropout_project(0.5, batch_size=20, seed=1)
    wanted = masks_of(base, 70)
    assert len(wanted) == 2
    # Not on weights, learning rate, order, or how many iterations an epoch has had.
    assert masks_of(with_rate(base, 0.001), 70) == wanted
    assert masks_of(with_training(base, shuffle=False), 70) == wanted
    # Nor on the batch size: the first rows are the same.
    row = 8 * 50
    assert masks_of(with_training(base, batch_size=4), 70)[0] == wanted[0][: 4 * row]
    # But on the seed and on the iteration.
    assert masks_of(with_training(base, seed=2), 70) != wanted
    assert masks_of(base, 69) != wanted
    # The layer is its number: a layer put in front of it changes which mask it gets.
    assert wanted[0][:row] != wanted[1][:row]


def test_dropout_scales_in_training_or_at_test_time() -> None:
    """Rate 0.2: inverted multiplies kept outputs by 1.25, classic all test outputs by 0.8."""
    for style, training, test in (("inverted", 1.25, 1.0), ("classic", 1.0, 0.8)):
        trainer = Trainer(dropout_project(0.2, style, batch_size=20))
        trace = trainer.trace_iteration()
        for index in range(2):
            mask = trace.mask[index]
            assert mask is not None
            np.testing.assert_allclose(
                trace.output[index], trace.activation[index] * mask * training, rtol=1e-14
            )
        probe = trainer.probe(trainer.project.data.inputs[3], trainer.network.theta)
        below = probe.x
        for index in range(3):
            W, b = trainer.network.W[index], trainer.network.b[index]
            assert b is not None
            z = W @ below + b
            np.testing.assert_allclose(probe.z[index], z, rtol=1e-12, atol=1e-14)
            below = np.tanh(z) * test if index < 2 else z
            np.testing.assert_allclose(probe.activation[index], below, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("style", ["inverted", "classic"])
def test_the_mean_over_all_masks_of_a_linear_neuron(style: str) -> None:
    """Two inputs behind a dropout of 0.5: the four masks' mean is the test-time output."""
    facts = reference("facts")["dropout_of_a_two_input_linear_neuron"]
    W = [facts["w"]]
    outputs = []
    for first in (0, 1):
        for second in (0, 1):
            dropout = {"rate": facts["rate"], "style": style, "mask": [[first, second]]}
            hidden = layer(2, "linear", W=[[1, 0], [0, 1]], dropout=dropout)
            project = make([facts["x"]], [[0.0]], [hidden, layer(1, "linear", W=W)])
            trainer = Trainer(project)
            evaluated = float(trainer.evaluate().outputs[0, 0])
            trace = trainer.trace_iteration()
            np.testing.assert_array_equal(trace.mask[0], [[first, second]])
            outputs.append(float(trace.output[-1][0, 0]))
    full = facts["test_output_with_full_weights"]
    mean = facts["mean_over_the_four_masks"]
    assert np.mean(outputs) == pytest.approx(mean if style == "classic" else full, rel=1e-14)
    assert evaluated == pytest.approx(mean if style == "classic" else full, rel=1e-14)


def test_given_masks_follow_their_samples_through_the_shuffle() -> None:
    rng = np.random.default_rng(0)
    mask = rng.integers(0, 2, size=(5, 4))
    hidden = layer(4, dropout={"rate": 0.4, "mask": mask.tolist()})
    project = make(
        rng.normal(size=(5, 3)), rng.normal(size=(5, 1)), [hidden, layer(1)], batch_size=2
    )
    trainer = Trainer(project)
    for _ in range(9):
        trace = trainer.trace_iteration()
        np.testing.assert_array_equal(trace.mask[0], mask[trace.samples])


@pytest.mark.parametrize("rate", [1e-17, 1e-300, 5e-324, 1 - 2**-53])
def test_extreme_rates_train(rate: float) -> None:
    """Every rate from 0 to below 1 is allowed, so every one must work."""
    trainer = Trainer(dropout_project(rate, batch_size=20))
    trace = trainer.trace_iteration()
    share = 1.0 if rate < 0.5 else 0.0
    assert trace.mask[0] is not None and trace.mask[0].mean() == share


# --- divergence ----------------------------------------------------------------------------------


def check_divergence(project: Project) -> tuple[Trainer, str]:
    trainer = Trainer(project)
    start = trainer.evaluate().loss
    with pytest.raises(DivergenceError) as caught:
        trainer.run_iterations(10_000)
    message = str(caught.value)
    assert "\n" not in message and message.endswith(".")
    assert np.isfinite(trainer.network.theta).all()
    per_epoch = project.iterations_per_epoch
    assert trainer.iteration == trainer.epoch * per_epoch
    assert trainer.iterations_to_epoch_end == per_epoch
    assert f"weights of iteration {trainer.iteration:,} are kept" in message
    assert f"{project.optimizer.learning_rate:g}" in message
    history = trainer.history.view()
    assert np.isfinite(history.loss).all()
    assert len(history.epoch) == trainer.epoch
    # What is kept is of use: it is not the blown-up network.
    assert trainer.evaluate().loss <= 1000.0 * max(1.0, start)
    return trainer, message


def test_divergence_names_the_iteration_and_keeps_the_weights() -> None:
    project = with_rate(digits(), 1e6)
    failing = Trainer(project)
    failed = 0
    while failed < 100:
        failed += 1
        try:
            failing.trace_iteration()
        except DivergenceError:
            break
    trainer, message = check_divergence(project)
    assert f"at iteration {failed:,}" in message
    assert theta_bytes(trainer) == theta_bytes(Trainer(project))


@pytest.mark.parametrize("rate", [1e6, 1e155, 1e308])
@pytest.mark.parametrize("batch_size", [1, 2, 5])
@pytest.mark.parametrize("activation", ["linear", "relu"])
def test_divergence_keeps_a_network_of_use(activation: str, batch_size: int, rate: float) -> None:
    rng = np.random.default_rng(0)
    project = make(
        rng.normal(size=(5, 3)),
        rng.normal(size=(5, 2)),
        [layer(4, activation), layer(2, "linear")],
        learning_rate=rate,
        batch_size=batch_size,
        epochs=1000,
        seed=2,
    )
    check_divergence(project)


def test_after_divergence_a_smaller_rate_trains_on() -> None:
    trainer, _ = check_divergence(with_rate(digits(), 1e6))
    trainer.change(digits(epochs=30))
    assert trainer.run_epochs(30) == 150
    same = Trainer(digits(epochs=30))
    same.run_epochs(30)
    assert theta_bytes(trainer) == theta_bytes(same)
    np.testing.assert_allclose(trainer.history.view().loss, same.history.view().loss, rtol=1e-14)


def test_an_epoch_that_was_changed_and_then_diverged_still_has_the_mean_of_its_samples() -> None:
    project = with_rate(regression(5, shuffle=False), 1e-12)
    trainer = Trainer(project)
    trainer.run_iterations(2)
    trainer.change(with_rate(project, 1e300))
    with pytest.raises(DivergenceError):
        trainer.run_iterations(100)
    trainer.change(project)
    trainer.run_iterations(trainer.iterations_to_epoch_end)
    # The weights hardly move, so an epoch's mean loss is that of the network.
    assert trainer.history.view().loss[-1] == pytest.approx(trainer.evaluate().loss, rel=1e-6)


# --- history -------------------------------------------------------------------------------------


@pytest.mark.parametrize("batch_size", [1, 2, 3, 5])
def test_the_loss_of_an_epoch_is_the_mean_over_its_samples(batch_size: int) -> None:
    trainer = Trainer(noisy(seed=1) if batch_size == 2 else digits(batch_size=batch_size))
    for epoch in range(1, 6):
        losses: list[float] = []
        while trainer.epoch < epoch:
            losses += trainer.trace_iteration().loss_per_sample.tolist()
        assert len(losses) == 5
        history = trainer.history.view()
        assert history.epoch.tolist() == list(range(1, epoch + 1))
        assert history.loss[-1] == pytest.approx(np.mean(losses), rel=1e-14)
        assert history.accuracy[-1] == trainer.evaluate().accuracy


@pytest.mark.parametrize("to", [2, 5])
def test_a_new_batch_size_within_an_epoch_loses_and_repeats_no_sample(to: int) -> None:
    project = with_rate(regression(5, batch_size=1), 1e-12)
    trainer = Trainer(project)
    visited = (
        trainer.trace_iteration().samples.tolist() + trainer.trace_iteration().samples.tolist()
    )
    trainer.change(with_training(project, batch_size=to))
    while trainer.epoch == 0:
        visited += trainer.trace_iteration().samples.tolist()
    # Either the epoch goes on or it begins again; its mean is over five samples in both cases.
    assert sorted(visited[-5:]) == list(range(5))
    assert trainer.history.view().loss[-1] == pytest.approx(trainer.evaluate().loss, rel=1e-6)


def test_a_smaller_batch_size_within_an_epoch_loses_and_repeats_no_sample() -> None:
    project = with_rate(regression(5, batch_size=3), 1e-12)
    trainer = Trainer(project)
    visited = trainer.trace_iteration().samples.tolist()
    trainer.change(with_training(project, batch_size=1))
    while trainer.epoch == 0:
        visited += trainer.trace_iteration().samples.tolist()
    assert sorted(visited[-5:]) == list(range(5))
    assert trainer.history.view().loss[-1] == pytest.approx(trainer.evaluate().loss, rel=1e-6)


def test_history_is_bounded_and_thins_evenly() -> None:
    history = History()
    epochs = 3 * CAPACITY + 17
    for epoch in range(1, epochs + 1):
        if history.wants(epoch):
            history.append(epoch, {"loss": 0.5 * epoch, "accuracy": -1.0 * epoch})
    view = history.view()
    assert len(view.epoch) <= CAPACITY
    assert len(view.epoch) >= CAPACITY // 2
    strides = set(np.diff(view.epoch).tolist())
    assert len(strides) == 1 and view.epoch[0] == strides.pop()
    assert epochs - view.epoch[-1] < view.epoch[0]
    np.testing.assert_array_equal(view.loss, 0.5 * view.epoch)
    np.testing.assert_array_equal(view.accuracy, -1.0 * view.epoch)


@pytest.mark.parametrize("count", [0, 1, 1023, 1024, 1025, 5000, CAPACITY])
def test_history_keeps_every_epoch_while_there_is_room(count: int) -> None:
    history = History()
    for epoch in range(1, count + 1):
        assert history.wants(epoch)
        history.append(epoch, {"loss": float(epoch)})
    assert history.view().epoch.tolist() == list(range(1, count + 1))
    assert history.view().loss.tolist() == list(range(1, count + 1))


def test_a_view_of_the_history_does_not_change() -> None:
    trainer = Trainer(digits())
    trainer.run_epochs(3)
    view = trainer.history.view()
    assert trainer.history.view() is view
    loss = view.loss.copy()
    trainer.run_epochs(3)
    np.testing.assert_array_equal(view.loss, loss)
    assert len(trainer.history.view().loss) == 6
    with pytest.raises(ValueError):
        view.loss[0] = 0.0


# --- evaluation ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rows", [1, EVALUATION_ROWS - 1, EVALUATION_ROWS, 2 * EVALUATION_ROWS + 77]
)
def test_evaluate_sees_every_row_once(rows: int) -> None:
    rng = np.random.default_rng(0)
    targets = np.eye(3)[rng.integers(3, size=rows)]
    dropout = {"rate": 0.3, "style": "classic"}
    project = make(
        rng.normal(size=(rows, 2)),
        targets,
        [layer(5, dropout=dropout), layer(3, "softmax")],
        "categorical_crossentropy",
        batch_size=7,
    )
    trainer = Trainer(project)
    trainer.run_iterations(3)
    found = trainer.evaluate()
    W, b = trainer.network.W, trainer.network.b
    hidden = 0.7 * np.tanh(project.data.inputs @ W[0].T + b[0])
    z = hidden @ W[1].T + b[1]
    y = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found.outputs, y, rtol=1e-12)
    assert found.loss == pytest.approx(-np.log((y * targets).sum(axis=1)).mean(), rel=1e-12)
    if rows > 1:
        assert found.accuracy == (y.argmax(axis=1) == targets.argmax(axis=1)).mean()
    for row in (0, rows // 2, rows - 1):
        probe = trainer.probe(project.data.inputs[row], trainer.network.theta)
        np.testing.assert_allclose(probe.prediction, found.outputs[row], rtol=1e-13)


def test_a_probe_uses_the_parameters_it_is_given_and_leaves_the_live_ones() -> None:
    trainer = Trainer(regression())
    before = theta_bytes(trainer)
    other = np.linspace(-1.0, 1.0, len(trainer.network.theta))
    probe = trainer.probe(np.ones(3), other)
    spec = trainer.network.spec
    biases = spec.biases(other, 1)
    assert biases is not None
    np.testing.assert_allclose(probe.z[0], spec.weights(other, 1).sum(axis=1) + biases, rtol=1e-13)
    assert theta_bytes(trainer) == before
    with pytest.raises(ValueError):
        probe.x[0] = 1.0


def test_evaluating_does_not_disturb_training() -> None:
    project = noisy()
    network = Network(project.network)
    network.initialize(0)
    current = Pass(network, LOSSES[project.loss], 2)
    current.x[...] = project.data.inputs[:2]
    current.draw(0, 1)
    current.forward()
    trained = current.output[-1].copy()
    current.infer()
    assert (current.output[-1] != trained).any()
    current.forward()
    np.testing.assert_array_equal(current.output[-1], trained)


def test_regression_has_no_accuracy() -> None:
    trainer = Trainer(regression())
    trainer.run_epochs(2)
    assert math.isnan(trainer.evaluate().accuracy)
    assert np.isnan(trainer.history.view().accuracy).all()


# --- learning ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_the_digits_are_learnt(seed: int) -> None:
    trainer = Trainer(digits(seed=seed, epochs=500))
    trainer.run_epochs(500)
    assert trainer.evaluate().accuracy == 1.0


@pytest.mark.parametrize("name", ["and", "or", "not"])
@pytest.mark.parametrize("seed", range(3))
def test_gates_are_learnt(name: str, seed: int) -> None:
    trainer = Trainer(with_training(load_project(name), seed=seed))
    trainer.run_epochs(trainer.project.training.epochs)
    assert trainer.finished
    assert trainer.evaluate().accuracy == 1.0


def test_xor_is_learnt_from_most_starts() -> None:
    right = 0
    for seed in range(5):
        trainer = Trainer(with_training(load_project("xor"), seed=seed))
        trainer.run_epochs(trainer.project.training.epochs)
        right += trainer.evaluate().accuracy == 1.0
    assert right >= 3


def test_one_neuron_cannot_learn_xor() -> None:
    xor = load_project("xor").data
    for seed in range(3):
        trainer = Trainer(
            make(
                xor.inputs,
                xor.targets,
                [layer(1, "sigmoid")],
                "binary_crossentropy",
                learning_rate=0.5,
                epochs=500,
                seed=seed,
            )
        )
        trainer.run_epochs(500)
        assert trainer.evaluate().accuracy < 1.0


def test_plain_gradient_descent_goes_downhill() -> None:
    trainer = Trainer(regression(5, batch_size=5, epochs=300))
    trainer.run_epochs(300)
    losses = trainer.history.view().loss
    assert all(later < earlier for earlier, later in pairwise(losses))
    assert losses[-1] < 0.5 * losses[0]
