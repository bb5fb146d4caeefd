"""The activation of a layer whose neurons have different ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.activations import Activation
from simulator.arrays import Array


@dataclass(frozen=True)
class Mixed(Activation):
    """Each neuron with an activation of its own (not softmax, which needs the whole layer).

    ``parts`` : the functions, each with the columns (neurons) it is for.
    """

    name: ClassVar[str] = "mixed"
    parts: tuple[tuple[Activation, NDArray[np.intp]], ...]

    def forward(self, z: Array, out: Array, rows: Array) -> None:
        for function, columns in self.parts:
            own = np.empty((len(z), len(columns)), z.dtype)
            function.forward(z[:, columns], own, rows)
            out[:, columns] = own

    def backward(
        self, z: Array, activation: Array, error: Array, delta: Array, rows: Array
    ) -> None:
        for function, columns in self.parts:
            own = np.empty((len(z), len(columns)), z.dtype)
            function.backward(z[:, columns], activation[:, columns], error[:, columns], own, rows)
            delta[:, columns] = own


def mix_activations(functions: Sequence[Activation]) -> Activation:
    """One activation for a layer whose neurons have these, one each."""
    columns: dict[Activation, list[int]] = {}
    for column, function in enumerate(functions):
        columns.setdefault(function, []).append(column)
    if len(columns) == 1:
        return functions[0]
    return Mixed(tuple((own, np.array(where)) for own, where in columns.items()))
