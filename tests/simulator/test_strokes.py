"""Pictures as large as MNIST's: ten signs, moved, and a network of 784-50-10 that learns them."""

from __future__ import annotations

import numpy as np

from simulator.data.generators import GeneratorSpec, generate
from simulator.data.strokes import MOVES, signs
from simulator.project import load_project
from simulator.trainer import Trainer


def test_pictures_are_signs_moved_and_made_fainter() -> None:
    data = generate(GeneratorSpec("strokes", 3, 0.0, 5))
    assert data.inputs.shape == (30, 784) and data.targets.shape == (30, 10)
    assert data.picture is not None and (data.picture.rows, data.picture.columns) == (28, 28)
    assert data.target_classes is not None
    assert data.target_classes.tolist() == [number for number in range(10) for _ in range(3)]
    moves, drawn = range(-MOVES, MOVES + 1), signs()
    for inputs, sign in zip(data.inputs, data.target_classes, strict=True):
        picture = inputs.reshape(28, 28)
        strength = picture.max() / drawn[sign].max()
        assert 0.6 <= strength <= 1.0
        shifts = [
            np.roll(drawn[sign], (down, right), axis=(0, 1)) for down in moves for right in moves
        ]
        assert any(np.allclose(picture, strength * shifted) for shifted in shifts)


def test_noise_stays_within_the_grey_levels_and_seeds_differ() -> None:
    one = generate(GeneratorSpec("strokes", 2, 0.5, 1))
    other = generate(GeneratorSpec("strokes", 2, 0.5, 2))
    assert one.inputs.min() == 0.0 and one.inputs.max() == 1.0
    assert one.inputs.tobytes() != other.inputs.tobytes()
    assert one.inputs.tobytes() == generate(GeneratorSpec("strokes", 2, 0.5, 1)).inputs.tobytes()


def test_no_two_signs_are_alike() -> None:
    flat = signs().reshape(10, -1)
    apart = np.linalg.norm(flat[:, None] - flat[None], axis=2)
    assert apart[~np.eye(10, dtype=bool)].min() > 3.0
    assert signs()[:, :4].max() < 0.05, "the edge is empty, so that moving cuts nothing off"


def test_784_50_10_learns_them_in_ten_epochs_with_mini_batches_of_1024() -> None:
    project = load_project("strokes-784-50-10")
    assert project.network.sizes == (784, 50, 10)
    assert (project.training.epochs, project.batch_size) == (10, 1024)
    assert [len(project.prepared.part(part)) for part in ("training", "validation", "test")] == [
        *(4000, 2000, 1000)
    ]
    trainer = Trainer(project)
    assert trainer.network.theta.dtype == np.float32
    trainer.run_epochs(10)
    assert trainer.epoch == 10
    assert trainer.evaluate("test").accuracy >= 0.9
    history = trainer.history.view()
    assert len(history.epoch) == 10
    assert np.isfinite(history["val_loss"]).all()
