"""Advice on settings that go together badly; training is possible, but not what was meant.

Each piece is one sentence or two: what does not fit, and what to use instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from simulator.project import Project
from simulator.rules import BACKPROPAGATION

RANGES = {
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
    "relu": (0.0, np.inf),
    "softplus": (0.0, np.inf),
    "step": (0.0, 1.0),
    "sign": (-1.0, 1.0),
}
"""What each bounded activation can give."""


def advice(project: Project) -> tuple[str, ...]:
    """What a teacher would say about the project before it is trained; often nothing."""
    return tuple(sentence for check in _CHECKS for sentence in check(project))


def _loss_and_targets(project: Project) -> Iterator[str]:
    low, high = float(project.data.targets.min()), float(project.data.targets.max())
    name = project.loss
    if name.endswith("crossentropy") and (low < 0.0 or high > 1.0):
        yield (
            f"{name} needs targets from 0 to 1, but these reach from {low:g} to {high:g}: use mse "
            f"or hinge with a tanh output, or targets 0 and 1."
        )
    values = set(np.unique(project.data.targets)[:3].tolist())
    if name == "hinge" and not values <= {-1.0, 1.0}:
        yield "hinge needs targets of −1 and +1: use a cross-entropy for targets of 0 and 1."


def _loss_and_output(project: Project) -> Iterator[str]:
    last = project.network.layers[-1]
    output, loss = last.activation, project.loss
    if last.neuron_activations or project.training.rule != BACKPROPAGATION:
        return
    if output == "softmax" and last.units == 1:
        yield "softmax of a single output is always 1: use sigmoid with binary_crossentropy."
    elif output == "softmax" and loss == "hinge":
        yield (
            "softmax does not go with hinge: use categorical_crossentropy with softmax, or hinge "
            "with a linear or tanh output."
        )
    elif output == "softmax" and loss == "binary_crossentropy":
        yield "softmax goes with categorical_crossentropy; binary_crossentropy goes with sigmoid."
    if loss == "categorical_crossentropy" and output != "softmax":
        better = "softmax" if last.units > 1 else "sigmoid and binary_crossentropy"
        yield f"categorical_crossentropy needs outputs that add up to 1: use {better}."
    if loss == "binary_crossentropy" and output not in ("sigmoid", "hard_sigmoid", "softmax"):
        yield f"binary_crossentropy needs outputs between 0 and 1: use sigmoid, not {output}."
    if loss.endswith("crossentropy") and last.dropout_rate:
        yield "Dropout of the output layer spoils its probabilities: use it in hidden layers."


def _output_and_targets(project: Project) -> Iterator[str]:
    last = project.network.layers[-1]
    if last.neuron_activations or last.activation not in RANGES:
        return
    if project.loss.endswith("crossentropy") or project.loss == "hinge":
        return  # their own advice is about the same targets
    if project.training.rule == "adaline":
        return  # it is corrected before the threshold
    least, most = RANGES[last.activation]
    low, high = float(project.data.targets.min()), float(project.data.targets.max())
    if low < least or high > most:
        limits = f"between {least:g} and {most:g}" if most < np.inf else f"above {least:g}"
        yield (
            f"The outputs of {last.activation} lie {limits}, but the targets reach from {low:g} to "
            f"{high:g}: use another activation for the output, or other targets."
        )


def _start(project: Project) -> Iterator[str]:
    for number, layer in enumerate(project.network.layers[:-1], start=1):
        given = project.parameters[number - 1].W if number <= len(project.parameters) else None
        if layer.initializer in ("zeros", "constant") and layer.units > 1 and given is None:
            yield (
                f"With initializer {layer.initializer} all neurons of layer {number} stay equal: "
                f"use glorot_uniform or he_uniform."
            )


def _small_batches(project: Project) -> Iterator[str]:
    normalized = any(layer.batch_normalization for layer in project.network.layers)
    if normalized and project.batch_size == 1:
        yield (
            "Batch normalization of a single sample makes every neuron's output the same: use a "
            "mini-batch of at least 2, better 16 or more."
        )


def _without_effect(project: Project) -> Iterator[str]:
    training = project.training
    if training.augmentation.shift and project.data.picture is None:
        yield "The samples are not pictures, so augmentation cannot shift them."
    if training.stop.accuracy is not None and project.data.target_classes is None:
        yield "The targets name no classes, so training cannot stop at an accuracy."


def _samples(project: Project) -> Iterator[str]:
    training = project.training
    if training.batch_size > project.training_size > 1:
        yield (
            f"The mini-batch is reduced to {project.training_size:,} (all training samples): there "
            f"are no {training.batch_size:,}."
        )
    targets = project.data.targets
    if len(targets) > 1 and (targets == targets[0]).all():
        value = f"{targets[0, 0]:g}" if targets.shape[1] == 1 else "the same"
        yield f"The target is always {value}: there is nothing to learn, and R² is undefined."


_CHECKS: tuple[Callable[[Project], Iterator[str]], ...] = (
    _loss_and_targets,
    _loss_and_output,
    _output_and_targets,
    _start,
    _small_batches,
    _without_effect,
    _samples,
)
