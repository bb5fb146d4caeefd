"""What training measured, and what the network predicts, as CSV.

Comma-separated with a point in numbers, UTF-8, a row of names first (RFC 4180).  A text that a
spreadsheet would take for a formula gets an apostrophe in front, as OWASP advises; numbers never
do.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence

import numpy as np

from simulator.arrays import Array
from simulator.evaluation import Evaluator
from simulator.exchange.model import Exported, Trained
from simulator.project.errors import ProjectError
from simulator.snapshot import FIGURES

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?")
Cell = str | float | int


def training_log(trained: Trained) -> Exported:
    """The figures of every recorded epoch, a row each; those never measured are left out.

    Raises
    ------
    ProjectError : if no epoch has been trained.
    """
    history = trained.history
    if not len(history.epoch):
        raise ProjectError("There is no training to write down yet; train at least one epoch.")
    names = [name for name in FIGURES if np.isfinite(history[name]).any()]
    rows: list[list[Cell]] = [["epoch", *names]]
    for place, epoch in enumerate(history.epoch.tolist()):
        rows.append([epoch, *(_figure(float(history[name][place])) for name in names)])
    return Exported(_written(rows))


def predictions(trained: Trained) -> Exported:
    """Every sample with its inputs, targets, outputs of the test-time network, class and part."""
    data = trained.project.data
    outputs, part = _outputs(trained)
    names = _output_names(trained)
    inputs = data.input_names or [f"x{number + 1}" for number in range(data.n_inputs)]
    target_classes = data.target_classes
    found = data.predicted_classes(outputs)
    head = ["sample", "part", *inputs, *(f"target {own}" for own in names)]
    head += [f"output {own}" for own in names]
    if target_classes is not None:
        head += ["class", "predicted class", "right"]
    rows: list[list[Cell]] = [list(head)]
    for row in range(len(data)):
        cells: list[Cell] = [row + 1, part[row]]
        for values in (data.inputs, data.targets, outputs):
            cells += [float(value) for value in values[row]]
        if target_classes is not None and found is not None:
            true, guessed = int(target_classes[row]), int(found[row])
            cells += [data.class_name(true), data.class_name(guessed), int(true == guessed)]
        rows.append(cells)
    return Exported(_written(rows))


def _outputs(trained: Trained) -> tuple[Array, Sequence[str]]:
    """The outputs of all samples (N, n_out), and the part that each is in."""
    project = trained.project
    evaluator = Evaluator(project, trained.network)
    outputs = np.zeros((len(project.data), project.network.outputs))
    part = [""] * len(project.data)
    for name in ("training", "validation", "test"):
        rows = project.prepared.part(name).rows
        if len(rows):
            outputs[rows] = evaluator.evaluate(name).outputs
            for row in rows.tolist():
                part[row] = name
    return outputs, part


def _output_names(trained: Trained) -> Sequence[str]:
    data = trained.project.data
    if data.n_outputs > 1 and data.target_classes is not None:
        return data.class_names
    return [f"y{number + 1}" for number in range(data.n_outputs)]


def _figure(value: float) -> Cell:
    return "" if math.isnan(value) else value


def _written(rows: Sequence[Sequence[Cell]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([_cell(own) for own in row] for row in rows)
    return text.getvalue().encode()


def _cell(value: Cell) -> str:
    if not isinstance(value, str):
        return repr(value)
    if not value.startswith(_FORMULA_STARTS) or _NUMBER.fullmatch(value):
        return value
    return f"'{value}"
