"""PyTorch, eager, as its tutorials write a training loop."""

from __future__ import annotations

from itertools import cycle, islice
from typing import Any

import torch
from torch import nn

from tests.bench.rivals.contender import Contender
from tests.bench.rivals.work import Work

torch.set_num_threads(1)

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh}
LOSSES = {"categorical_crossentropy": nn.CrossEntropyLoss, "mse": nn.MSELoss}
OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}


class PyTorch(Contender):
    """zero_grad, forward, loss, backward, step.

    The data lies in memory as tensors and is cut into mini-batches once, as views, which spares
    PyTorch the DataLoader and any copying.  ``options`` go to the optimizer.
    """

    def __init__(self, work: Work, name: str = "PyTorch", **options: Any) -> None:
        self.name = name
        self._work = work
        self._options = options | ({"eps": work.epsilon} if work.optimizer == "adam" else {})
        self._dtype = getattr(torch, work.precision)
        inputs, targets = work.arrays
        self._inputs = torch.tensor(inputs, dtype=self._dtype)
        self._targets = torch.tensor(targets, dtype=self._dtype)
        if work.loss == "categorical_crossentropy":
            self._targets = self._targets.argmax(dim=1)
        self._criterion = LOSSES[work.loss]()
        self.reset()

    def reset(self) -> None:
        work = self._work
        layers: list[nn.Module] = []
        for W, b in work.start:
            linear = nn.Linear(W.shape[1], W.shape[0], dtype=self._dtype)
            with torch.no_grad():
                linear.weight.copy_(torch.tensor(W))
                linear.bias.copy_(torch.tensor(b))
            layers += [linear, ACTIVATIONS[work.hidden]()]
        # CrossEntropyLoss contains the softmax.
        layers[-1:] = [ACTIVATIONS[work.output]()] if work.output != "softmax" else []
        self._model = nn.Sequential(*layers)
        self._optimizer = OPTIMIZERS[work.optimizer](
            self._model.parameters(), lr=work.learning_rate, **self._options
        )
        self._batches = cycle(
            list(
                zip(
                    self._inputs.split(work.batch_size),
                    self._targets.split(work.batch_size),
                    strict=True,
                )
            )
        )

    def run(self, updates: int) -> None:
        model, criterion, optimizer = self._model, self._criterion, self._optimizer
        for x, target in islice(self._batches, updates):
            optimizer.zero_grad()
            loss = criterion(model(x), target)
            loss.backward()
            optimizer.step()

    def loss(self) -> float:
        with torch.no_grad():
            return self._criterion(self._model(self._inputs), self._targets).item()
