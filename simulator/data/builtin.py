"""The data sets that ship with Backlit."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from simulator.data.dataset import Dataset, Picture
from simulator.resource_files import resource_path


def digits_5x5() -> Dataset:
    """The five digits of deck B, each a 5 x 5 picture unpacked column by column."""
    content = json.loads(resource_path("datasets", "digits-5x5.json").read_text("utf-8"))
    picture = Picture(5, 5, "column")
    pixels = [[[float(dot) for dot in row] for row in rows] for rows in content["pictures"]]
    return Dataset(
        inputs=np.stack([picture.unpack(np.array(rows)) for rows in pixels]),
        targets=np.eye(len(pixels)),
        classes=tuple(content["classes"]),
        picture=picture,
        builtin="digits-5x5",
    )


def _gate(name: str, outputs: tuple[float, ...]) -> Callable[[], Dataset]:
    """A truth table over all 0/1 inputs, counted up in binary."""

    def make() -> Dataset:
        width = len(outputs).bit_length() - 1
        rows = [
            [float(row >> bit & 1) for bit in reversed(range(width))] for row in range(2**width)
        ]
        return Dataset(
            inputs=np.array(rows),
            targets=np.array(outputs)[:, None],
            classes=("0", "1"),
            input_names=tuple(f"x{column}" for column in range(1, width + 1)),
            builtin=name,
        )

    return make


BUILTIN_DATA: Mapping[str, Callable[[], Dataset]] = MappingProxyType(
    {
        "digits-5x5": digits_5x5,
        "xor": _gate("xor", (0.0, 1.0, 1.0, 0.0)),
        "and": _gate("and", (0.0, 0.0, 0.0, 1.0)),
        "or": _gate("or", (0.0, 1.0, 1.0, 1.0)),
        "not": _gate("not", (1.0, 0.0)),
    }
)


def builtin_data(name: str) -> Dataset:
    """The built-in data set of this name, a key of :data:`BUILTIN_DATA`."""
    return BUILTIN_DATA[name]()
