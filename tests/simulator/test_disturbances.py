"""What disturbs training on purpose: noise, dropout of inputs, augmented pictures, max-norm."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_projects import build, layer, normal_data, reference, theta_bytes, with_training
from test_project_reader import refused

from simulator.arrays import Array
from simulator.data.augmentation import shifted
from simulator.optimizers import OPTIMIZERS
from simulator.project import Project, project_from_value
from simulator.trainer import Trainer

# --- Gaussian noise ------------------------------------------------------------------------------


def noisy(samples: int = 200, seed: int = 1, **network: Any) -> Project:
    layers = [layer(30, "tanh", noise=0.5), layer(20, "tanh", noise=2.0), layer(1, "linear")]
    return build(
        layers,
        normal_data(samples, 10, 1),
        optimizer=1e-300,
        network=network,
        batch_size=samples,
        seed=seed,
    )


def test_noise_has_the_mean_and_deviation_it_should() -> None:
    """Some 10^5 draws: the mean within 5 standard errors, and the deviation; both sides too."""
    trainer = Trainer(noisy(input_noise=0.25))
    drawn: dict[float, list[Array]] = {0.25: [], 0.5: [], 2.0: []}
    for _ in range(25):
        trace = trainer.trace_iteration()
        np.testing.assert_array_equal(trace.input, trace.x + trace.input_noise)
        for index in (0, 1):
            np.testing.assert_array_equal(
                trace.output[index], trace.activation[index] + trace.noise[index]
            )
        for deviation, values in zip(drawn, (trace.input_noise, *trace.noise[:2]), strict=True):
            drawn[deviation].append(values.ravel())
        assert trace.noise[2] is None
    for deviation, parts in drawn.items():
        values = np.concatenate(parts) / deviation
        error = 1.0 / math.sqrt(len(values))
        assert abs(values.mean()) < 5 * error
        assert abs(values.std() - 1.0) < 5 * error
        assert abs((values > 0).mean() - 0.5) < 3 * error
        assert abs((np.abs(values) < 1.0).mean() - 0.6827) < 5 * error
        # No iteration repeats another.
        assert len(np.unique(values)) == len(values)


def test_noise_is_off_at_test_time() -> None:
    project = noisy(20, input_noise=0.5)
    quiet = build([layer(30), layer(20), layer(1, "linear")], normal_data(20, 10, 1), seed=1)
    one, other = Trainer(project), Trainer(quiet)
    assert one.evaluate().outputs.tobytes() == other.evaluate().outputs.tobytes()
    x = project.data.inputs[3]
    found = [own.probe(x, own.network.theta).prediction.tolist() for own in (one, other)]
    assert found[0] == found[1]
    assert one.trace_iteration().loss != other.evaluate().loss


def test_noise_is_a_function_of_seed_layer_and_iteration_alone() -> None:
    """Neither the run before nor the batch size, the rate or other layers' noise change it."""
    whole, cut = Trainer(noisy(8)), Trainer(noisy(8))
    traces = [whole.trace_iteration() for _ in range(6)]
    cut.run_iterations(5)
    cut.evaluate()
    last = cut.trace_iteration()
    np.testing.assert_array_equal(last.noise[0], traces[5].noise[0])
    smaller = Trainer(with_training(noisy(8), batch_size=3)).trace_iteration()
    np.testing.assert_array_equal(smaller.noise[0], traces[0].noise[0][:3])
    with_more = Trainer(noisy(8, input_noise=0.1)).trace_iteration()
    np.testing.assert_array_equal(with_more.noise[0], traces[0].noise[0])
    other = Trainer(noisy(8, seed=2)).trace_iteration()
    assert (other.noise[0] != traces[0].noise[0]).all()
    # Layer 2 of the same width would not have layer 1's noise.
    assert (traces[0].noise[1] / 2.0 != traces[0].noise[0][:, :20] / 0.5).all()


def test_noise_adds_nothing_to_the_slope() -> None:
    """a = w x + noise: dE/dw = (a - t) x with the noisy a, and the error goes back unchanged."""
    layers = [
        layer(1, "linear", W=[[2]], bias=False, noise=1),
        layer(1, "linear", W=[[3]], bias=False),
    ]
    trace = Trainer(build(layers, ([[5]], [[0]]), "half_squared_error")).trace_iteration()
    a = 10.0 + trace.noise[0].item()
    np.testing.assert_allclose(trace.gradient, [9 * a * 5, 3 * a * a], rtol=1e-14)


# --- dropout of inputs ---------------------------------------------------------------------------

FACTS = reference("facts")["dropout_of_a_two_input_linear_neuron"]


def dropped(style: str, rate: float = 0.5, **training: Any) -> Project:
    """The two-input linear neuron of the decks, its inputs dropped."""
    own = layer(1, "linear", W=[FACTS["w"]], bias=False)
    return build(
        [own],
        ([FACTS["x"]], [[0]]),
        optimizer=1e-300,
        network={"input_dropout": {"rate": rate, "style": style}},
        **training,
    )


@pytest.mark.parametrize(("style", "scale"), [("inverted", 2.0), ("classic", 1.0)])
def test_the_four_masks_of_the_decks(style: str, scale: float) -> None:
    """Their mean is half the output with full weights: what the classic style gives at test time,
    and what the inverted style makes up for in training.
    """
    trainer = Trainer(dropped(style))
    found: dict[Any, float] = {}
    for _ in range(60):
        trace = trainer.trace_iteration()
        np.testing.assert_array_equal(trace.input, trace.x * trace.input_mask * scale)
        found[tuple(trace.input_mask[0])] = trace.output[0].item()
    assert len(found) == 4
    mean = sum(found.values()) / 4
    assert mean == pytest.approx(FACTS["mean_over_the_four_masks"] * scale)
    at_test = trainer.evaluate().outputs.item()
    assert at_test == pytest.approx(mean)
    full = FACTS["test_output_with_full_weights"]
    assert at_test == pytest.approx(full if style == "inverted" else full / 2)
    probe = trainer.probe(np.array(FACTS["x"]), trainer.network.theta)
    assert probe.prediction.item() == pytest.approx(at_test)


@pytest.mark.parametrize("style", ["inverted", "classic"])
def test_at_a_rate_of_a_fifth_four_of_five_inputs_are_kept(style: str) -> None:
    own = layer(1, "linear", bias=False)
    project = build(
        [own],
        normal_data(100, 50, 1),
        optimizer=1e-300,
        network={"input_dropout": {"rate": 0.2, "style": style}},
        batch_size=100,
    )
    trainer = Trainer(project)
    kept = np.mean([trainer.trace_iteration().input_mask.mean() for _ in range(10)])
    assert kept == pytest.approx(0.8, abs=0.01)


def test_a_weight_of_a_dropped_input_has_no_gradient() -> None:
    trainer = Trainer(dropped("inverted"))
    for _ in range(20):
        trace = trainer.trace_iteration()
        assert ((trace.gradient == 0.0) == (trace.input_mask[0] == 0.0)).all() or (
            trace.output[0].item() == 0.0
        )


def test_a_mask_is_for_layers_of_which_every_sample_has_a_row() -> None:
    """Of the inputs no mask can be given, so one that is given is not silently ignored."""
    network = {"input_dropout": {"rate": 0.5, "mask": [[1, 0]]}}
    assert "mask" in refused(lambda: build([layer(1)], "and", network=network))


# --- augmentation --------------------------------------------------------------------------------


def pictures(rows: int, columns: int, order: str = "row", **training: Any) -> Project:
    """40 pictures of numbers above 2, so that a 0 is what came in from the edge."""
    rng = np.random.default_rng(0)
    inputs = np.round(rng.uniform(2.0, 9.0, size=(40, rows * columns)), 3)
    return project_from_value(
        {
            "network": {"inputs": rows * columns, "layers": [layer(1, "linear")]},
            "loss": "mse",
            "optimizer": {"name": "sgd", "learning_rate": 1e-300},
            "training": {"batch_size": 40, "shuffle": False, **training},
            "data": {
                "inputs": inputs.tolist(),
                "targets": rng.normal(size=(40, 1)).tolist(),
                "picture": {"rows": rows, "columns": columns, "order": order},
            },
        }
    )


def move_of(before: Array, after: Array, furthest: int) -> tuple[int, int] | None:
    """(down, right) by which a picture was moved, found by trying all, or None."""
    rows, columns = before.shape
    for down in range(-furthest, furthest + 1):
        for right in range(-furthest, furthest + 1):
            wanted = np.zeros_like(before)
            for row in range(rows):
                for column in range(columns):
                    if 0 <= row - down < rows and 0 <= column - right < columns:
                        wanted[row, column] = before[row - down, column - right]
            if np.array_equal(wanted, after):
                return down, right
    return None


@pytest.mark.parametrize(
    ("rows", "columns", "order", "shift"), [(4, 5, "row", 1), (4, 5, "column", 2), (3, 2, "row", 3)]
)
def test_pictures_move_by_at_most_so_many_pixels_and_0_comes_in(
    rows: int, columns: int, order: str, shift: int
) -> None:
    project = pictures(rows, columns, order, augmentation={"shift": shift})
    before = project.data.inputs.tobytes()
    trainer = Trainer(project)
    moves = []
    for _ in range(4):
        trace = trainer.trace_iteration()
        for sample, x in zip(trace.samples, trace.x, strict=True):
            was, now = (project.data.picture.pack(own) for own in (project.data.inputs[sample], x))
            moves.append(move_of(was, now, shift))
    assert None not in moves
    if shift < min(rows, columns):
        assert {abs(own) for move in moves for own in move} == set(range(shift + 1))
    assert len({trace.x.tobytes() for trace in (trainer.trace_iteration() for _ in range(5))}) == 5
    assert project.data.inputs.tobytes() == before
    np.testing.assert_array_equal(project.prepared.training.inputs, project.data.inputs)


@given(
    rows=st.integers(1, 4),
    columns=st.integers(1, 4),
    down=st.integers(-9, 9),
    right=st.integers(-9, 9),
)
def test_a_picture_moved_out_of_sight_is_all_0(
    rows: int, columns: int, down: int, right: int
) -> None:
    pixels = np.arange(1.0, rows * columns + 1).reshape(rows, columns)
    moved = shifted(pixels, down, right)
    seen = max(0, rows - abs(down)) * max(0, columns - abs(right))
    assert np.count_nonzero(moved) == seen
    if seen:
        kept = moved[max(down, 0) : rows + min(down, 0), max(right, 0) : columns + min(right, 0)]
        first, left = max(-down, 0), max(-right, 0)
        part = pixels[first : first + kept.shape[0], left : left + kept.shape[1]]
        np.testing.assert_array_equal(kept, part)


def test_a_shift_beyond_the_picture_trains_too() -> None:
    trainer = Trainer(pictures(2, 3, augmentation={"shift": 1000}))
    trace = trainer.trace_iteration()
    assert (trace.x == 0.0).mean() > 0.9


def test_the_share_of_flipped_pixels() -> None:
    """A pixel x becomes 1 - x with the probability asked for; 0.5 would stay itself."""
    project = pictures(5, 5, augmentation={"flip_probability": 0.1})
    trainer = Trainer(project)
    flipped = []
    for _ in range(30):
        trace = trainer.trace_iteration()
        was = project.data.inputs[trace.samples]
        now = trace.x != was
        np.testing.assert_array_equal(trace.x[now], 1.0 - was[now])
        flipped.append(now.mean())
    assert np.mean(flipped) == pytest.approx(0.1, abs=5 * math.sqrt(0.09 / 30_000))
    assert len(set(flipped)) > 10


def test_inputs_that_are_no_pictures_are_flipped_but_not_moved() -> None:
    data = normal_data(50, 4, 1)
    both = {"flip_probability": 0.5, "shift": 3}
    project = build([layer(1, "linear")], data, batch_size=50, shuffle=False, augmentation=both)
    trace = Trainer(project).trace_iteration()
    same, turned = trace.x == data[0], trace.x == 1.0 - data[0]
    assert (same ^ turned).all()
    assert 0.3 < turned.mean() < 0.7


@pytest.mark.parametrize("scaling", ["standardize", "min_max"])
def test_pictures_are_disturbed_before_they_are_scaled(scaling: str) -> None:
    """The edge is black as it is in the picture: 0 before scaling, whatever that is after."""
    project = pictures(3, 3, scaling=scaling, augmentation={"shift": 1, "flip_probability": 0.1})
    plain = with_training(project, scaling="none")
    scaler = project.prepared.scaler
    one, other = Trainer(project).trace_iteration(), Trainer(plain).trace_iteration()
    np.testing.assert_array_equal(one.x, scaler.transform(other.x))
    raw = project.data.inputs
    offset = raw.mean(axis=0) if scaling == "standardize" else raw.min(axis=0)
    np.testing.assert_allclose(scaler.offset, offset)


def test_only_what_is_trained_on_is_disturbed() -> None:
    """Evaluation, validation and probes see the pictures as they are."""
    disturbed = pictures(3, 3, augmentation={"shift": 1}, validation_split=0.25)
    plain = with_training(disturbed, augmentation=type(disturbed.training.augmentation)())
    one, other = Trainer(disturbed), Trainer(plain)
    for part in ("training", "validation"):
        assert one.evaluate(part).loss == other.evaluate(part).loss
    x = disturbed.data.inputs[0]
    np.testing.assert_array_equal(one.probe(x, one.network.theta).x, x)


# --- max-norm ------------------------------------------------------------------------------------


@settings(max_examples=15)
@given(name=st.sampled_from(sorted(OPTIMIZERS)), limit=st.sampled_from([0.05, 0.5, 1.5]))
def test_no_neuron_has_longer_weights_after_any_update(name: str, limit: float) -> None:
    layers = [layer(5, max_norm=limit), layer(2, "linear", max_norm=2 * limit)]
    optimizer = {"name": name, "learning_rate": 0.3}
    project = build(layers, normal_data(6, 3, 2), optimizer=optimizer, batch_size=2)
    trainer = Trainer(project)
    at_limit = 0
    for _ in range(9):
        trace = trainer.trace_iteration()
        for number, longest in ((1, limit), (2, 2 * limit)):
            weights, _ = trace.updated(number)
            lengths = np.linalg.norm(weights, axis=1)
            assert (lengths <= longest * (1 + 1e-12)).all()
            at_limit += int((lengths > longest * (1 - 1e-12)).sum())
    assert at_limit or limit > 1.0 or name == "adadelta"


def test_max_norm_by_hand() -> None:
    """(3, 4) is 5 long: scaled back to (0.6, 0.8) · 2; (0.3, 0.4) and the biases are let be."""
    own = layer(2, "linear", W=[[3, 4], [0.3, 0.4]], b=[7, 9], max_norm=2)
    data = (np.zeros((1, 2)), [[7, 9]])
    trainer = Trainer(build([own], data, batch_size=1))
    trainer.run_iterations(1)
    np.testing.assert_allclose(trainer.network.W[0], [[1.2, 1.6], [0.3, 0.4]], rtol=1e-15)
    assert trainer.network.b[0].tolist() == [7, 9]


def test_a_limit_that_is_never_reached_changes_not_a_bit() -> None:
    trainers = []
    for limit in (0.0, 1e6):
        layers = [layer(3, max_norm=limit), layer(1, "linear", max_norm=limit)]
        trainers.append(Trainer(build(layers)))
        trainers[-1].run_epochs(3)
    assert theta_bytes(trainers[0]) == theta_bytes(trainers[1])
