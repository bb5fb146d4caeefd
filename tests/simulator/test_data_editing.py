"""Samples added, changed, doubled, moved and taken away; classes that come and go."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import small_projects as small
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.data import Dataset
from simulator.data import editing as edit
from simulator.data.augmentation import shifted
from simulator.data.builtin import builtin_data
from simulator.data.generators import GeneratorSpec, generate
from simulator.network import LayerParameters
from simulator.project import ProjectError, load_project
from simulator.project.data_edits import edit_data
from simulator.trainer import Trainer


def numbered(samples: int, classes: int = 3) -> Dataset:
    """Samples whose first input is their number, so that they can be told apart."""
    inputs = np.arange(samples, dtype=float)[:, None] + np.array([0.0, 0.5])
    return Dataset(inputs, np.eye(classes)[np.arange(samples) % classes], ("a", "b", "c")[:classes])


def numbers(data: Dataset) -> list[float]:
    return data.inputs[:, 0].tolist()


def test_a_sample_is_added_last_or_where_it_is_wanted():
    data = numbered(3)
    target = edit.class_target(data, 1)
    last = edit.add_samples(data, [[9.0, 9.0]], [target])
    assert numbers(last.data) == [0, 1, 2, 9] and last.rows.tolist() == [0, 1, 2, edit.NEW]
    assert last.data.target_classes.tolist() == [0, 1, 2, 1]
    second = edit.add_samples(data, [[9.0, 9.0], [8.0, 8.0]], [target, target], at=1)
    assert numbers(second.data) == [0, 9, 8, 1, 2]
    assert second.rows.tolist() == [0, edit.NEW, edit.NEW, 1, 2]
    assert numbers(data) == [0, 1, 2]


def test_the_target_of_a_class_is_what_the_other_samples_have():
    assert edit.class_target(builtin_data("xor"), 1).tolist() == [1.0]
    noisy = generate(GeneratorSpec("noisy_xor", 5, 0.1, 0))
    assert [edit.class_target(noisy, own).tolist() for own in (0, 1)] == [[-1.0], [1.0]]
    assert edit.class_target(builtin_data("digits-5x5"), 3).tolist() == [0, 0, 0, 1, 0]


def test_relabelling_and_changing():
    data = numbered(4)
    assert edit.relabel(data, [0, 3], 2).data.target_classes.tolist() == [2, 1, 2, 2]
    assert numbers(edit.change_inputs(data, 2, [7.0, 7.0]).data) == [0, 1, 7, 3]
    assert edit.change_targets(data, 0, [0.0, 0.0, 1.0]).data.target_classes.tolist() == [
        2,
        1,
        2,
        0,
    ]


def test_doubles_stand_behind_their_originals():
    change = edit.duplicate(numbered(3), [2, 0])
    assert numbers(change.data) == [0, 0, 1, 2, 2] and change.rows.tolist() == [0, 0, 1, 2, 2]


@pytest.mark.parametrize(
    ("rows", "to", "wanted"),
    [
        ([0], 3, [1, 2, 0, 3, 4]),
        ([4], 0, [4, 0, 1, 2, 3]),
        ([1, 3], 5, [0, 2, 4, 1, 3]),
        ([1, 3], 2, [0, 1, 3, 2, 4]),
        ([2], 2, [0, 1, 2, 3, 4]),
        ([2], 3, [0, 1, 2, 3, 4]),
    ],
)
def test_samples_are_moved_in_front_of_another(rows, to, wanted):
    assert numbers(edit.move(numbered(5), rows, to).data) == wanted


def test_deleting():
    assert numbers(edit.delete(numbered(4), [1, 2]).data) == [0, 3]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_edit_loses_or_invents_a_sample(data):
    start = numbered(data.draw(st.integers(2, 12)))
    rows = data.draw(st.sets(st.integers(0, len(start) - 1), min_size=1))
    rows = sorted(rows)
    moved = edit.move(start, rows, data.draw(st.integers(0, len(start))))
    assert sorted(numbers(moved.data)) == numbers(start)
    assert numbers(moved.data) == start.inputs[moved.rows, 0].tolist()
    doubled = edit.duplicate(start, rows)
    back = edit.delete(doubled.data, np.flatnonzero(np.diff(doubled.rows, prepend=-1) == 0))
    assert numbers(back.data) == numbers(start)
    assert np.array_equal(back.data.targets, start.targets)
    for before, change in ((start, moved), (start, doubled), (doubled.data, back)):
        assert np.array_equal(change.data.inputs, before.inputs[change.rows])
        assert np.array_equal(change.data.targets, before.targets[change.rows])


def test_variants_differ_from_each_other_and_stay_pictures():
    data = builtin_data("digits-5x5")
    change = edit.noisy_variants(data, range(5), 7, flip_probability=0.1, shift=1, seed=4)
    assert len(change.data) == 40
    assert np.bincount(change.rows).tolist() == [8] * 5
    for number in range(5):
        own = change.data.inputs[change.rows == number]
        assert np.array_equal(own[0], data.inputs[number])
        assert len(np.unique(own, axis=0)) > 4
    assert set(np.unique(change.data.inputs)) == {0.0, 1.0}
    assert np.array_equal(change.data.targets, data.targets[change.rows])
    again = edit.noisy_variants(data, range(5), 7, flip_probability=0.1, shift=1, seed=4)
    other = edit.noisy_variants(data, range(5), 7, flip_probability=0.1, shift=1, seed=5)
    assert np.array_equal(again.data.inputs, change.data.inputs)
    assert not np.array_equal(other.data.inputs, change.data.inputs)


def test_noise_on_numbers():
    data = generate(GeneratorSpec("circles", 10, 0.1, 0))
    change = edit.noisy_variants(data, [0], 200, noise=0.5, seed=1)
    moved = change.data.inputs[1:201] - data.inputs[0]
    assert np.abs(moved.std(axis=0) - 0.5).max() < 0.1
    assert np.array_equal(change.data.inputs[201:], data.inputs[1:])


def test_classes_get_names():
    data = builtin_data("digits-5x5")
    assert edit.rename_class(data, 0, " one ").data.class_names == ("one", "2", "3", "4", "5")
    assert edit.rename_class(builtin_data("xor"), 1, "differ").data.class_names == ("0", "differ")


def test_a_class_comes_and_goes():
    data = builtin_data("digits-5x5")
    more = edit.add_class(data, "6").data
    assert more.n_outputs == 6 and more.class_names[-1] == "6"
    assert more.target_classes.tolist() == [0, 1, 2, 3, 4]
    fewer = edit.remove_class(data, 1)
    assert fewer.data.class_names == ("1", "3", "4", "5")
    assert fewer.rows.tolist() == [0, 2, 3, 4]
    assert np.array_equal(fewer.data.targets, np.eye(4))


def test_edited_data_are_given_data():
    digits = builtin_data("digits-5x5")
    spec = GeneratorSpec("circles", 10, 0.1, 0)
    circles = replace(generate(spec), generated=spec)
    for data in (digits, circles):
        changes = (
            edit.duplicate(data, [0]),
            edit.delete(data, [0]),
            edit.move(data, [0], 2),
            edit.relabel(data, [0], 1),
            edit.change_inputs(data, 0, data.inputs[1]),
            edit.rename_class(data, 0, "other"),
        )
        for change in changes:
            assert change.data.builtin == "" and change.data.generated is None


XOR = builtin_data("xor")
DIGITS = builtin_data("digits-5x5")
REGRESSION = generate(GeneratorSpec("sine", 5, 0.1, 0))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: edit.delete(DIGITS, []), "Choose a sample first."),
        (lambda: edit.delete(DIGITS, [5]), "There is no sample 6; there are 5."),
        (lambda: edit.delete(DIGITS, [-1]), "There is no sample 0; there are 5."),
        (lambda: edit.delete(DIGITS, range(5)), "At least one sample must be left"),
        (lambda: edit.delete(XOR, [1, 2]), "Each of the two classes needs a sample"),
        (lambda: edit.relabel(XOR, [0, 3], 1), "Each of the two classes needs a sample"),
        (lambda: edit.relabel(DIGITS, [0], 5), "There is no class 6; there are 5."),
        (lambda: edit.relabel(REGRESSION, [0], 0), "are numbers, not classes"),
        (lambda: edit.change_targets(DIGITS, 0, [1, 1, 0, 0, 0]), "These targets name classes"),
        (lambda: edit.change_targets(XOR, 0, [0.5]), "Each of the two classes needs a sample"),
        (lambda: edit.change_inputs(DIGITS, 0, np.ones(24)), "A sample has 25 inputs."),
        (lambda: edit.change_inputs(XOR, 0, [np.nan, 0]), "must be a finite number"),
        (lambda: edit.add_samples(XOR, [[np.inf, 0]], [[0]]), "must be a finite number"),
        (lambda: edit.add_samples(XOR, [[0, 0]], [[0], [1]]), "cannot have 2 targets"),
        (lambda: edit.move(DIGITS, [0], 6), "There is no place 7 among 5 samples."),
        (lambda: edit.noisy_variants(DIGITS, [0], 0, 0.1), "There can be 1 to 1,000 variants"),
        (lambda: edit.noisy_variants(DIGITS, [0], 3), "Choose a noise or a shift"),
        (lambda: edit.noisy_variants(DIGITS, [0], 3, 1.0), "below 100 %"),
        (lambda: edit.noisy_variants(DIGITS, [0], 3, noise=np.nan), "must be 0 or more"),
        (lambda: edit.noisy_variants(XOR, [0], 3, shift=1), "Only pictures have pixels"),
        (lambda: edit.rename_class(DIGITS, 0, "2"), "There is a class “2” already."),
        (lambda: edit.rename_class(DIGITS, 0, "  "), "A class needs a name."),
        (lambda: edit.rename_class(REGRESSION, 0, "x"), "are numbers, not classes"),
        (lambda: edit.add_class(XOR, "2"), "needs an output a class"),
        (lambda: edit.add_class(DIGITS, "5"), "There is a class “5” already."),
        (lambda: edit.remove_class(XOR, 0), "At least two classes must be left"),
        (lambda: edit.remove_class(DIGITS, 9), "There is no class 10; there are 5."),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(make, sentence):
    with pytest.raises(ValueError) as problem:
        make()
    assert sentence in str(problem.value)


def test_a_class_with_all_samples_is_not_removed():
    data = edit.delete(numbered(3), [1, 2]).data
    with pytest.raises(ValueError, match="All samples are of class “a”"):
        edit.remove_class(data, 0)


def test_too_many_samples_are_refused_before_they_are_made():
    data = Dataset(np.zeros((600, 1)), np.arange(600.0)[:, None])
    with pytest.raises(ValueError, match="at most 1,000,000 samples"):
        edit.noisy_variants(
            Dataset(np.zeros((2000, 1)), data.targets[:1].repeat(2000, 0)),
            range(2000),
            1000,
            noise=1.0,
        )


# In a project ---------------------------------------------------------------------------------


def test_dropout_masks_given_by_sample_follow_their_samples():
    layers = [
        {"units": 3, "activation": "tanh", "dropout": 0.5},
        {"units": 1, "activation": "linear"},
    ]
    mask = np.array([[1, 0, 1], [0, 1, 1], [1, 1, 0], [0, 0, 1.0]])
    project = replace(small.build(layers), parameters=(LayerParameters(mask=mask),))
    target = project.data.targets[:1]
    changed = edit_data(project, lambda data: edit.add_samples(data, data.inputs[:1], target, at=1))
    followed = changed.parameters[0].mask
    assert np.array_equal(np.delete(followed, 1, axis=0), mask)
    assert followed[1].tolist() == [1.0] * mask.shape[1]
    Trainer(changed).run_iterations(3)


def test_a_refusal_is_a_project_error():
    project = load_project("xor")
    with pytest.raises(ProjectError, match="Each of the two classes"):
        edit_data(project, lambda data: edit.delete(data, [1, 2]))
    split = small.build(
        [{"units": 2, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}],
        ([[0, 0], [0, 1], [1, 0], [1, 1]] * 2, [[0], [1], [1], [0]] * 2),
        validation_split=0.5,
    )
    with pytest.raises(ProjectError, match="for training"):
        edit_data(split, lambda data: edit.delete(data, [2, 5, 6]))


def answers(project, pictures: np.ndarray, epochs: int) -> np.ndarray:
    """What a network trained for so many epochs says to pictures (N, rows, columns)."""
    trainer = Trainer(project.with_epochs(epochs))
    trainer.run_iterations(epochs * project.iterations_per_epoch)
    picture = project.data.picture
    theta = trainer.network.theta
    return np.array(
        [
            project.data.predicted_classes(
                trainer.probe(picture.unpack(own), theta).prediction[None]
            )[0]
            for own in pictures
        ]
    )


def test_digits_with_seven_noisy_variants_each_are_learned_and_recognised():
    project = load_project("digits-5x5")
    variants = edit.noisy_variants(project.data, range(5), 7, flip_probability=0.08, seed=1)
    noisy = edit_data(project, lambda data: variants)
    assert len(noisy.data) == 40
    drawn = noisy.data.inputs[:, noisy.data.picture.index]
    right = answers(noisy, drawn, 150) == noisy.data.target_classes
    assert right.mean() >= 0.95
    clean = np.flatnonzero(np.diff(variants.rows, prepend=-1))
    assert len(clean) == 5 and right[clean].all()


def test_a_one_drawn_a_pixel_off_is_recognised_only_after_augmentation():
    project = load_project("digits-5x5")
    one = project.data.picture.pack(project.data.inputs[0])
    # The user draws the sample's "1" one pixel to the right, and one to the left.
    drawn = np.stack([shifted(one, 0, 1), shifted(one, 0, -1)])
    assert answers(project, one[None], 150).tolist() == [0]
    assert (answers(project, drawn, 150) != 0).all()
    augmented = edit_data(
        project,
        lambda data: edit.noisy_variants(data, range(5), 20, 0.02, shift=1, seed=1),
    )
    assert answers(augmented, one[None], 100).tolist() == [0]
    assert (answers(augmented, drawn, 100) == 0).all()
