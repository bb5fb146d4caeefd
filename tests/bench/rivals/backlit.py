"""Backlit itself."""

from __future__ import annotations

from functools import cache
from typing import Any

from simulator import Project, Trainer, project_from_value
from tests.bench.rivals.contender import Contender
from tests.bench.rivals.work import Work

EPOCHS = 10**9


@cache
def project(work: Work) -> Project:
    """The work as a project."""
    inputs, targets = work.arrays
    activations = [work.hidden] * (len(work.sizes) - 2) + [work.output]
    layers = [
        {"units": len(b), "activation": activation, "W": W.tolist(), "b": b.tolist()}
        for (W, b), activation in zip(work.start, activations, strict=True)
    ]
    value: dict[str, Any] = {
        "network": {"inputs": work.sizes[0], "layers": layers},
        "loss": work.loss,
        "optimizer": {"name": work.optimizer, "learning_rate": work.learning_rate},
        "training": {
            "epochs": EPOCHS,
            "batch_size": work.batch_size,
            "shuffle": False,
            "precision": work.precision,
            "validation_freq": EPOCHS,
        },
        "data": {"inputs": inputs.tolist(), "targets": targets.tolist()},
    }
    if work.optimizer == "adam":
        value["optimizer"]["epsilon"] = work.epsilon
    return project_from_value(value)


class Backlit(Contender):
    """``Trainer.run_iterations``, all updates in one call."""

    name = "Backlit"

    def __init__(self, work: Work) -> None:
        self._project = project(work)
        self._dtype = work.dtype
        self.reset()

    def reset(self) -> None:
        self._trainer = Trainer(self._project)
        if self._trainer.network.theta.dtype != self._dtype:
            raise AssertionError(f"Backlit does not compute in {self._dtype}")

    def run(self, updates: int) -> None:
        self._trainer.run_iterations(updates)

    def loss(self) -> float:
        return self._trainer.evaluate().loss


class OneByOne(Backlit):
    """A call for each update."""

    name = "run_iterations(1)"

    def run(self, updates: int) -> None:
        for _ in range(updates):
            self._trainer.run_iterations(1)


class Traced(Backlit):
    """A call for each update that also lays it open."""

    name = "trace_iteration()"

    def run(self, updates: int) -> None:
        for _ in range(updates):
            self._trainer.trace_iteration()
