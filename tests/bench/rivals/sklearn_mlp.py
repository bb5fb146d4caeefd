"""scikit-learn's MLPClassifier."""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from tests.bench.rivals.contender import Contender
from tests.bench.rivals.work import Work

warnings.filterwarnings("ignore", category=ConvergenceWarning)


class ScikitLearn(Contender):
    """One long ``fit``; its updates come in whole epochs."""

    name = "scikit-learn"

    def __init__(self, work: Work) -> None:
        inputs, targets = work.arrays
        self._work = work
        self._inputs, self._classes = inputs, targets.argmax(axis=1)
        self.unit = -(-len(inputs) // work.batch_size)
        self.reset()

    def reset(self) -> None:
        work = self._work
        self._model = MLPClassifier(
            hidden_layer_sizes=work.sizes[1:-1],
            activation=work.hidden,
            solver=work.optimizer,
            learning_rate_init=work.learning_rate,
            momentum=0.0,
            nesterovs_momentum=False,
            alpha=0.0,
            batch_size=work.batch_size,
            shuffle=False,
            max_iter=1,
            tol=0.0,
            n_iter_no_change=10**9,
            warm_start=True,
        )
        # A first epoch makes the model; with warm_start the next fit goes on from its weights.
        self._model.fit(self._inputs, self._classes)
        self._model.coefs_ = [np.ascontiguousarray(W.T) for W, _ in work.start]
        self._model.intercepts_ = [b.copy() for _, b in work.start]

    def run(self, updates: int) -> None:
        self._model.set_params(max_iter=updates // self.unit)
        self._model.fit(self._inputs, self._classes)

    def loss(self) -> float:
        probabilities = self._model.predict_proba(self._inputs)
        right = probabilities[np.arange(len(self._classes)), self._classes]
        return float(-np.log(right).mean())
