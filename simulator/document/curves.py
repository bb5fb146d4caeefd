"""Curves as JSON and arrays, and back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from simulator.document.values import read_array
from simulator.history import CAPACITY
from simulator.project import ProjectError
from simulator.project.archive import PartWriter
from simulator.project.fields import Fields
from simulator.snapshot import FIGURES, HistoryView

_MOST = 2**62


def curves_value(
    history: HistoryView, stride: int, parts: PartWriter, name: str = "history"
) -> dict[str, Any]:
    """Curves as JSON; their numbers go into ``parts``."""
    return {
        "stride": stride,
        "names": list(FIGURES),
        "epoch": parts.array(f"{name}_epoch", history.epoch),
        "figures": parts.array(f"{name}_figures", history.figures),
    }


def read_curves(fields: Fields, last: int) -> tuple[HistoryView, int]:
    """The curves, which end at epoch ``last`` at the latest, and their stride.

    Raises
    ------
    ProjectError : one sentence.
    """
    names = fields.items("names", 0, 100)
    stride = fields.integer("stride", 1, _MOST)
    epochs = fields.raw("epoch")
    size = len(epochs) if isinstance(epochs, np.ndarray) and epochs.ndim == 1 else 0
    epochs = read_array(fields, "epoch", (size,), "int64")
    given = read_array(fields, "figures", (len(names), size), "float64")
    fields.finish()
    rising = bool((np.diff(epochs, prepend=0) > 0).all()) and not (epochs % stride).any()
    ended = bool(size == 0 or epochs[-1] <= last)
    if not (rising and ended and size <= CAPACITY and stride & stride - 1 == 0):
        where = fields.path("").partition(".json")[0]
        raise ProjectError(f"{where}.json: the curves do not belong to this training.")
    figures = np.full((len(FIGURES), size), math.nan)
    for row, name in enumerate(names):
        if name in FIGURES:
            figures[FIGURES.index(name)] = given[row]
    return HistoryView(epochs, figures), stride
