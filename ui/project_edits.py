"""Edits of a project's settings, for the inspector: each returns the changed project.

Edits of layers, links and rules are the engine's (:mod:`simulator.project.edits`); here is what
the forms ask for besides.  What cannot be done is refused with a ``ProjectError`` sentence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from simulator.callbacks import CALLBACKS, CallbackSpec
from simulator.data.generators import GENERATORS, GeneratorSpec, generate
from simulator.project import Project, ProjectError
from simulator.project.carrying import given_of as given_of
from simulator.project.edits import (
    Edit,
    change_layer,
    change_neuron_activation,
    set_frozen,
)
from simulator.project.model import check_memory
from simulator.spec import Parameters

FORBIDDEN_IN_FILES = '/\\:*?"<>|'
_Spec = TypeVar("_Spec", bound=CallbackSpec)


def with_parameter(
    defaults: Mapping[str, float], given: Parameters, name: str, value: float
) -> Parameters:
    """What differs from ``defaults`` once ``name`` has this value."""
    values = {**defaults, **dict(given), name: value}
    return tuple((own, values[own]) for own in defaults if values[own] != defaults[own])


def change_optimizer(project: Project, **changes: Any) -> Project:
    """Other fields of :class:`~simulator.optimizers.OptimizerSpec`."""
    if changes.get("name", project.optimizer.name) != project.optimizer.name:
        changes = {"parameters": (), **changes}
    return replace(project, optimizer=replace(project.optimizer, **changes))


def change_schedule(project: Project, name: str, parameters: Parameters) -> Project:
    """Another schedule of the learning rate, or other parameters of it."""
    schedule = replace(project.optimizer.schedule, name=name, parameters=parameters)
    return change_optimizer(project, schedule=schedule)


def change_clipping(project: Project, **changes: float) -> Project:
    """Other limits on the gradient; 0 for none."""
    return change_optimizer(project, clipping=replace(project.optimizer.clipping, **changes))


def change_loss(project: Project, name: str, parameters: Parameters = ()) -> Project:
    """Another loss, or other parameters of it."""
    return replace(project, loss=name, loss_parameters=parameters)


def change_training(project: Project, **changes: Any) -> Project:
    """Other fields of :class:`~simulator.project.TrainingSpec`."""
    return replace(project, training=replace(project.training, **changes))


def change_part_of_training(project: Project, part: str, **changes: Any) -> Project:
    """Other fields of one of its parts: ``split``, ``augmentation`` or ``stop``."""
    changed = replace(getattr(project.training, part), **changes)
    return change_training(project, **{part: changed})


def change_inputs(project: Project, **changes: Any) -> Project:
    """Other fields of :class:`~simulator.spec.NetworkSpec`: what drops and disturbs the inputs."""
    return replace(project, network=replace(project.network, **changes))


def callback_of(project: Project, kind: type[_Spec]) -> _Spec | None:
    """The project's first callback of a kind, or None."""
    found = (own for own in project.training.callbacks if isinstance(own, kind))
    return next(found, None)


def new_callback(project: Project, kind: type[_Spec]) -> _Spec:
    """A callback of a kind that fits the project: it watches what there is to watch."""
    callback = kind()
    monitor = getattr(callback, "monitor", "")
    if monitor.startswith("val_") and not len(project.prepared.validation):
        return replace(callback, monitor=monitor.removeprefix("val_"))
    return callback


def switch_callback(project: Project, kind: type[CallbackSpec], on: bool) -> Project:
    """With a new callback of a kind, or with none; all others stay."""
    callbacks = [own for own in project.training.callbacks if not isinstance(own, kind)]
    if on:
        callbacks.append(new_callback(project, kind))
        order = list(CALLBACKS.values())
        callbacks.sort(key=lambda own: order.index(type(own)))
    return change_training(project, callbacks=tuple(callbacks))


def change_callback(project: Project, kind: type[CallbackSpec], **changes: Any) -> Project:
    """Other fields of the first callback of a kind; all others stay."""
    if "file" in changes:
        _check_file(changes["file"])
    callbacks = list(project.training.callbacks)
    for place, own in enumerate(callbacks):
        if isinstance(own, kind):
            callbacks[place] = replace(own, **changes)
            break
    return change_training(project, callbacks=tuple(callbacks))


def _check_file(name: str) -> None:
    if not name or name in (".", "..") or any(sign in name for sign in FORBIDDEN_IN_FILES):
        raise ProjectError(
            f"“{name}” is no file name; give one without a folder and without "
            f"{' '.join(FORBIDDEN_IN_FILES)}."
        )


def rates_as_text(rates: tuple[tuple[int, float], ...]) -> str:
    """How the rates of epochs are written: "100: 0.001, 200: 0.0001"."""
    return ", ".join(f"{epoch}: {rate!r}" for epoch, rate in rates)


def rates_from_text(text: str) -> tuple[tuple[int, float], ...]:
    """The rates of epochs that a text says.

    Raises
    ------
    ProjectError : one sentence on how to write them.
    """
    rates = []
    try:
        for entry in text.split(","):
            epoch, rate = entry.split(":")
            rates.append((int(epoch), float(rate)))
        if not all(epoch >= 1 and 0.0 < rate < float("inf") for epoch, rate in rates):
            raise ValueError(text)
    except ValueError:
        raise ProjectError(
            f"“{text}” names no rates; write epoch: rate, as in “100: 0.001, 200: 0.0001”."
        ) from None
    return tuple(sorted(rates))


def change_generator(project: Project, **changes: Any) -> Project:
    """Data generated anew with other fields of :class:`~simulator.data.generators.GeneratorSpec`.

    Another generator begins with its own samples and noise, and the same seed.
    """
    spec = project.data.generated
    if spec is None:
        raise ProjectError("Only generated data can be made anew; these samples were given.")
    if changes.get("name", spec.name) != spec.name:
        other = GENERATORS[changes["name"]]
        changes = {"samples": other.samples, "noise": other.noise, **changes}
    spec = replace(spec, **changes)
    check_memory(project.network, spec.samples, project.training.batch_size)
    try:
        data = generate(spec)
    except ValueError as problem:
        raise ProjectError(str(problem)) from None
    if (data.n_inputs, data.n_outputs) != (project.data.n_inputs, project.data.n_outputs):
        raise ProjectError(
            f"{_title(spec)} has {_counted(data.n_inputs, 'input')} and "
            f"{_counted(data.n_outputs, 'output')}, but the network has "
            f"{project.data.n_inputs:,} and {project.data.n_outputs:,}."
        )
    return replace(project, data=replace(data, generated=spec))


def _title(spec: GeneratorSpec) -> str:
    return f"“{GENERATORS[spec.name].title}”"


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def change_neuron(
    project: Project, number: int, neuron: int, activation: str, parameters: Parameters = ()
) -> Edit:
    """Another activation of one neuron, with parameters of its own."""
    edit = change_neuron_activation(project, number, neuron, activation)
    layer = edit.project.network.layer(number)
    each = [layer.activation_of(place) for place in range(layer.units)]
    each[neuron] = (activation, parameters)
    return change_layer(
        project,
        number,
        activation=each[0][0],
        activation_parameters=each[0][1],
        neuron_activations=tuple(each) if len(set(each)) > 1 else (),
    )


def change_neuron_as_others(project: Project, number: int, neuron: int) -> Edit:
    """The activation that most of the layer's other neurons have."""
    layer = project.network.layer(number)
    others = [layer.activation_of(place) for place in range(layer.units) if place != neuron]
    if not others or not layer.neuron_activations:
        return change_layer(project, number)
    name, parameters = Counter(others).most_common(1)[0][0]
    return change_neuron(project, number, neuron, name, parameters)


def freeze_weights(project: Project, number: int, neuron: int, frozen: bool) -> Edit:
    """Hold all weights into a neuron as they are, or let all of them learn."""
    network, given = project.network, given_of(project, number)
    shape = (network.layer(number).units, network.fan_in(number))
    W = np.zeros(shape) if given.frozen_W is None else given.frozen_W.copy()
    W[neuron] = float(frozen)
    return set_frozen(project, number, W, given.frozen_b)


def freeze_bias(project: Project, number: int, neuron: int, frozen: bool) -> Edit:
    """Hold the bias of a neuron as it is, or let it learn."""
    given = given_of(project, number)
    b = given.frozen_b
    b = np.zeros(project.network.layer(number).units) if b is None else b.copy()
    b[neuron] = float(frozen)
    return set_frozen(project, number, given.frozen_W, b)
