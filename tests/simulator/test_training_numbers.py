"""Numbers that cannot train, or not as meant: each gets its sentence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_projects import layer, make, regression

from simulator.advice import advice
from simulator.data.splits import k_fold
from simulator.divergence import DivergenceError
from simulator.project import Project, ProjectError, builtin_projects, load_project
from simulator.project.edits import change_layer
from simulator.spec import LayerSpec, NetworkSpec
from simulator.trainer import Trainer


def test_num_lr_1e6() -> None:
    """It stops, says at which step, and the weights of a good moment are kept."""
    project = regression(samples=8)
    wild = replace(project, optimizer=replace(project.optimizer, learning_rate=1e6))
    trainer = Trainer(wild)
    with pytest.raises(DivergenceError, match=r"iteration \d+") as stopped:
        trainer.run_epochs(50)
    assert "learning rate" in str(stopped.value)
    assert np.isfinite(trainer.network.theta).all()


def test_num_nan_data() -> None:
    project = regression()
    inputs = project.data.inputs.copy()
    inputs[[0, 1, 4], [0, 2, 1]] = [np.nan, np.inf, -np.inf]
    broken = replace(project.data, inputs=inputs)
    assert broken.not_finite == 3
    with pytest.raises(ProjectError, match="Training cannot start: 3 values of the data are not"):
        replace(project, data=broken)


def test_finite_values_whose_sum_is_not_are_no_mistake() -> None:
    project = regression()
    assert replace(project.data, inputs=np.full((5, 3), 1e308)).not_finite == 0


def test_num_huge_net() -> None:
    project = regression()
    wide = change_layer(project, 1, units=20_000).project
    with pytest.raises(ProjectError, match=r"needs [\d,.]+ GB of memory; this computer has"):
        replace_layers(wide, 100_000)


def replace_layers(project: Project, units: int) -> Project:
    layers = (LayerSpec(units, "tanh"), LayerSpec(units, "tanh"), project.network.layers[-1])
    wide = replace(project, network=NetworkSpec(3, layers), parameters=())
    return change_layer(wide, 1, units=units).project


def test_num_batch_0() -> None:
    with pytest.raises(ProjectError, match="batch_size must be a whole number from 1"):
        regression(batch_size=0)


def test_num_batch_gt_n() -> None:
    project = regression(samples=5, batch_size=500)
    assert project.batch_size == 5 and Trainer(project).project.iterations_per_epoch == 1
    assert any(
        "mini-batch is reduced to 5 (all training samples)" in own for own in advice(project)
    )


def test_num_val_split_1() -> None:
    for share in (1.0, 1.5):
        with pytest.raises(ProjectError, match="validation_split must be a number from 0 to below"):
            regression(validation_split=share)
    with pytest.raises(ProjectError, match="No sample would be left for training"):
        regression(samples=2, validation_split=0.9)


def test_num_one_sample() -> None:
    """One sample trains, as worked by hand in lectures; nothing can be kept back of it."""
    project = regression(samples=1)
    Trainer(project).run_epochs(1)
    with pytest.raises(ValueError, match="at least 2 folds and a sample for each"):
        k_fold(project.data, 2, seed=0)
    with pytest.raises(ProjectError, match="No sample would be left for training"):
        regression(samples=1, validation_split=0.5)


def test_num_const_target() -> None:
    project = make([[0.0], [1.0]], [[5.0], [5.0]], [layer(1, "linear")])
    assert any(
        "The target is always 5: there is nothing to learn" in own for own in advice(project)
    )


def test_the_built_in_projects_get_no_such_advice() -> None:
    for name in builtin_projects():
        for sentence in advice(load_project(name)):
            assert "mini-batch is reduced" not in sentence and "is always" not in sentence
