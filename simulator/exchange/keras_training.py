"""Optimizer and loss of a project as Keras's compile config."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.clipping import ClippingSpec
from simulator.exchange.keras_layers import Config, KerasLayer, keras_object
from simulator.exchange.keras_names import LOSSES, OPTIMIZERS, SCHEDULES
from simulator.exchange.model import Trained
from simulator.losses import loss_parameters
from simulator.optimizers import OPTIMIZERS as OWN_OPTIMIZERS
from simulator.optimizers import OptimizerSpec, nadam_product, optimizer_parameters
from simulator.rules import follows_gradient
from simulator.schedules import schedule_parameters
from simulator.spec import NetworkSpec


class KerasTraining:
    """``config`` is the compile config; ``notes`` say what it has no place for."""

    def __init__(self, trained: Trained) -> None:
        self.notes: list[str] = []
        project = trained.project
        loss, weight = self._loss(trained)
        self.config: Config = {
            "optimizer": self._optimizer(project.optimizer, trained.state.rate),
            "loss": loss,
            "loss_weights": weight,
            "metrics": ["accuracy"] if project.data.target_classes is not None else None,
            "weighted_metrics": None,
            "run_eagerly": False,
            "steps_per_execution": 1,
            "jit_compile": False,
        }
        rule = project.training.rule
        if not follows_gradient(rule):
            self.notes.append(f"Keras trains by the gradient, not by the rule {rule}.")

    def _loss(self, trained: Trained) -> tuple[Any, float | None]:
        project = trained.project
        name, outputs = project.loss, project.network.outputs
        if name in ("squared_error", "half_squared_error"):
            # Keras averages over the outputs; the weight takes the average back.
            weight = outputs * (1.0 if name == "squared_error" else 0.5)
            return _loss_object("mse", {}), None if weight == 1.0 else weight
        last = project.network.layers[-1].activation
        if name == "categorical_crossentropy" and last != "softmax":
            self.notes.append(
                f"Keras divides outputs by their sum before categorical_crossentropy, so its loss "
                f"differs behind {last}."
            )
        given = loss_parameters(name, project.loss_parameters)
        return _loss_object(name, given), None

    def _optimizer(self, spec: OptimizerSpec, rate: tuple[float, float, float]) -> Config:
        kind, name = OPTIMIZERS[spec.name]
        given: dict[str, Any] = {**optimizer_parameters(spec.name, spec.parameters)}
        if kind == "SGD":
            given = {"momentum": given.get("momentum", 0.0), "nesterov": spec.name == "nesterov"}
        config = {
            "name": name,
            "learning_rate": self._rate(spec, rate[0] * rate[1]),
            "weight_decay": given.pop("weight_decay", None),
            **self._clipping(spec.clipping),
            **given,
        }
        return keras_object("keras.optimizers", kind, config)

    def _rate(self, spec: OptimizerSpec, initial: float) -> Any:
        schedule = spec.schedule
        given = schedule_parameters(schedule.name, schedule.parameters)
        if given.pop("warmup_steps"):
            self.notes.append("The warm-up of the learning rate is left out.")
        if schedule.name == "constant":
            return initial
        if schedule.name == "step_decay":
            given["decay_rate"] = given.pop("drop")
        if schedule.name != "cosine_decay":
            given["staircase"] = schedule.name == "step_decay"
        config = {"initial_learning_rate": initial, **given}
        return keras_object("keras.optimizers.schedules", SCHEDULES[schedule.name], config)

    def _clipping(self, spec: ClippingSpec) -> dict[str, float | None]:
        limits = {
            "clipnorm": spec.clipnorm or None,
            "global_clipnorm": spec.global_clipnorm or None,
            "clipvalue": spec.clipvalue or None,
        }
        used = [name for name, limit in limits.items() if limit]
        if len(used) > 1:
            self.notes.append(
                f"Keras limits the gradient in one way at a time: {used[0]} is kept, "
                f"{' and '.join(used[1:])} left out."
            )
            limits.update(dict.fromkeys(used[1:]))
        return limits


def _loss_object(name: str, given: dict[str, float]) -> Config:
    config: dict[str, Any] = {"name": name, "reduction": "sum_over_batch_size", **given}
    if name.endswith("crossentropy"):
        config |= {"from_logits": False, "label_smoothing": 0.0, "axis": -1}
    return keras_object("keras.losses", LOSSES[name], config)


def optimizer_variables(
    trained: Trained, layers: list[KerasLayer], scheduled: bool
) -> list[NDArray[Any]]:
    """What Keras's optimizer holds, in its order, so that training can go on there.

    iteration, learning rate (unless a schedule gives it), then the slots of each trainable array.
    """
    project, state = trained.project, trained.state
    precision = project.training.precision
    values: list[NDArray[Any]] = [np.array(state.updates[0], np.int32)]
    if not scheduled:
        values.append(np.array(state.rate[0] * state.rate[1], precision))
    names = OWN_OPTIMIZERS[project.optimizer.name].slot_names
    if project.optimizer.name == "momentum" and not _momentum(project.optimizer):
        names = ()
    for layer in layers:
        for number, part in layer.learning:
            for name in names:
                values.append(_part(project.network, state.slots[name], number, part))
    if project.optimizer.name == "nadam":
        beta_1 = optimizer_parameters("nadam", project.optimizer.parameters)["beta_1"]
        values.append(np.array(nadam_product(beta_1, state.updates[0]), precision))
    return values


def _momentum(spec: OptimizerSpec) -> float:
    return optimizer_parameters(spec.name, spec.parameters)["momentum"]


def _part(spec: NetworkSpec, flat: NDArray[Any], number: int, part: str) -> NDArray[Any]:
    own = spec.array_of(flat, number, part)
    assert own is not None
    return np.ascontiguousarray(own.T)
