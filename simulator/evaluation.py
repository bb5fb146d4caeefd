"""The test-time network on a part of the data: loss, accuracy, outputs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.arrays import Array
from simulator.backprop import Pass
from simulator.data.prepared import Part
from simulator.losses import make_loss
from simulator.metrics import ClassReport, class_report, confusion_matrix, r_squared
from simulator.network import Network
from simulator.project import Project
from simulator.project.limits import EVALUATION_ROWS


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The test-time network (dropout and noise off) on one part of the data, of N samples.

    Attributes
    ----------
    loss : mean over the samples, without the penalty.
    penalty : what the regularizers add to the loss.
    accuracy : share of right classes, NaN where the targets name no classes.
    outputs, targets : (N, n_out).
    rows : (N,) which samples of the data set these are.
    actual, predicted : (N,) class numbers, or None where the targets name no classes.
    classes : the names of the classes, or empty.
    """

    loss: float
    accuracy: float
    outputs: Array
    targets: Array
    rows: NDArray[np.intp]
    penalty: float = 0.0
    actual: NDArray[np.intp] | None = None
    predicted: NDArray[np.intp] | None = None
    classes: tuple[str, ...] = ()

    @property
    def r2(self) -> float:
        """Coefficient of determination, mean over the outputs; NaN for fewer than two samples."""
        if len(self.rows) < 2:
            return math.nan
        return r_squared(self.targets, self.outputs)

    @property
    def confusion(self) -> NDArray[np.intp] | None:
        """(C, C) samples by actual (row) and predicted class, or None without classes."""
        if self.actual is None or self.predicted is None:
            return None
        return confusion_matrix(self.actual, self.predicted, len(self.classes))

    @property
    def report(self) -> ClassReport | None:
        """Precision, recall and F1 of each class, or None without classes."""
        confusion = self.confusion
        return None if confusion is None else class_report(confusion)


class Evaluator:
    """Sends parts of a project's data through ``network`` in passes of equal size."""

    def __init__(self, project: Project, network: Network) -> None:
        self._project = project
        self._network = network
        self._loss = make_loss(project.loss, dict(project.loss_parameters))
        self._passes: dict[int, Pass] = {}

    def use(self, theta: Array, moving: Array) -> None:
        """Set the network's parameters, and the moving averages of batch normalization."""
        self._network.theta[...] = theta
        self._network.moving[...] = moving

    def evaluate(self, part: str = "training") -> Evaluation:
        """The network's answers to one of :data:`~simulator.data.dataset.PARTS`.

        An empty part has loss and accuracy NaN.
        """
        own = self._project.prepared.part(part)
        data = self._project.data
        outputs = np.empty((len(own), data.n_outputs))
        loss_sum = 0.0
        for start, first, current in self._test_passes(own):
            current.compute_loss()
            outputs[first : first + current.size] = current.output[-1]
            loss_sum += float(current.loss_per_sample[start - first :].sum())
        actual = None if data.target_classes is None else data.target_classes[own.rows]
        predicted = data.predicted_classes(outputs) if len(own) else None
        if actual is None or predicted is None:
            actual = predicted = None
        return Evaluation(
            loss=loss_sum / len(own) if len(own) else math.nan,
            accuracy=_share_right(actual, predicted),
            outputs=outputs,
            targets=own.targets,
            rows=own.rows,
            penalty=self.penalty,
            actual=actual,
            predicted=predicted,
            classes=data.class_names,
        )

    def first_loss(self) -> float:
        """The mean loss of the first training samples, as many as are evaluated at once."""
        own = self._project.prepared.training
        _, _, current = next(self._test_passes(own))
        current.compute_loss()
        return float(current.loss_per_sample.mean())

    @property
    def penalty(self) -> float:
        """What the regularizers add to the loss now."""
        return self._pass_of(1).penalty()

    def accuracy(self, part: str = "training") -> float:
        """Share of right classes; NaN where the targets name none, or the part is empty."""
        own = self._project.prepared.part(part)
        data = self._project.data
        if data.target_classes is None or len(own) == 0:
            return math.nan
        right = 0
        for start, first, current in self._test_passes(own):
            predicted = data.predicted_classes(current.output[-1])
            if predicted is not None:
                wanted = data.target_classes[own.rows[first : first + current.size]]
                right += int(np.count_nonzero((predicted == wanted)[start - first :]))
        return right / len(own)

    def _test_passes(self, part: Part) -> Iterator[tuple[int, int, Pass]]:
        """Test-time passes over a part: (first new row, first row, the pass).

        The last rows are taken together with some before them, so every pass has the same size.
        """
        size = min(len(part), EVALUATION_ROWS)
        if size == 0:
            return
        current = self._pass_of(size)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            for start in range(0, len(part), size):
                first = min(start, len(part) - size)
                current.x[...] = part.inputs[first : first + size]
                current.target[...] = part.targets[first : first + size]
                current.infer()
                yield start, first, current

    def _pass_of(self, size: int) -> Pass:
        if size not in self._passes:
            self._passes[size] = Pass(self._network, self._loss, size)
        return self._passes[size]


def _share_right(actual: NDArray[np.intp] | None, predicted: NDArray[np.intp] | None) -> float:
    if actual is None or predicted is None or len(actual) == 0:
        return math.nan
    return int(np.count_nonzero(actual == predicted)) / len(actual)
