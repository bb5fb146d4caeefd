"""What is trained: networks, data and start weights, the same for every contender."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from simulator import load_project

SEED = 7
CLASSES = 10
PICTURES = 4096  # a whole number of mini-batches of every size measured
POINTS = 1000
WORDS = {"relu": "ReLU", "sgd": "SGD", "adam": "Adam"}


@dataclass(frozen=True)
class Work:
    """A network and how it is trained; ``key`` is what ``--only`` knows it by.

    ``epsilon`` is Adam's.
    """

    key: str
    data: str
    sizes: tuple[int, ...]
    hidden: str
    output: str
    loss: str
    optimizer: str
    learning_rate: float
    batch_size: int
    precision: str
    epsilon: float = 1e-8

    @property
    def title(self) -> str:
        """What the table calls it."""
        shape = "-".join(map(str, self.sizes))
        hidden, optimizer = WORDS.get(self.hidden, self.hidden), WORDS[self.optimizer]
        return f"{shape} {hidden}, batch {self.batch_size:,}, {optimizer}, {self.precision}"

    @property
    def dtype(self) -> np.dtype[Any]:
        """The precision as NumPy has it."""
        return np.dtype(self.precision)

    @property
    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """Inputs (N, n_in) and targets (N, n_out), float64."""
        return DATA[self.data]()

    @property
    def start(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """W (units, fan_in) and b (units,) that each layer starts from, float64.

        W uniform within sqrt(3 / fan_in), twice that variance before ReLU; b in [0, 0.1): not 0, so
        that forgetting the biases would show.
        """
        generator = np.random.default_rng(SEED)
        gain = 6.0 if self.hidden == "relu" else 3.0
        return [
            (
                generator.uniform(-1.0, 1.0, (units, fan_in)) * np.sqrt(gain / fan_in),
                generator.uniform(0.0, 0.1, units),
            )
            for fan_in, units in zip(self.sizes, self.sizes[1:], strict=False)
        ]


@cache
def digits() -> tuple[np.ndarray, np.ndarray]:
    """The five digits of 5 x 5 dots."""
    data = load_project("digits-5x5").data
    return data.inputs.astype(np.float64), data.targets.astype(np.float64)


@cache
def pictures() -> tuple[np.ndarray, np.ndarray]:
    """28 x 28 pictures of ten classes, made to be like handwritten digits.

    Strokes in 256 greys on an empty ground (a fifth of the pixels are not 0, the border never is).
    One label in ten is wrong, so that the loss does not vanish however long training runs: its
    gradients would become denormal numbers, which are slow for everyone.
    """
    generator = np.random.default_rng(SEED)
    row, column = np.mgrid[0:28, 0:28]
    prototypes = np.zeros((CLASSES, 28, 28))
    for prototype in prototypes:
        for y, x in generator.uniform(7.0, 20.0, (6, 2)):
            prototype += np.exp(-((row - y) ** 2 + (column - x) ** 2) / 5.0)
    classes = generator.integers(0, CLASSES, PICTURES)
    inputs = prototypes[classes] * generator.uniform(0.7, 1.3, (PICTURES, 1, 1))
    inputs += generator.normal(0.0, 0.15, inputs.shape) * (inputs > 0.1)
    inputs[inputs < 0.3] = 0.0
    inputs = np.round(np.clip(inputs, 0.0, 1.0) * 255.0) / 255.0
    wrong = generator.random(PICTURES) < 0.1
    classes[wrong] = generator.integers(0, CLASSES, int(wrong.sum()))
    return inputs.reshape(PICTURES, -1), np.eye(CLASSES)[classes]


@cache
def points() -> tuple[np.ndarray, np.ndarray]:
    """Points in a square; the target is 0.8 where both coordinates have one sign, else -0.8."""
    inputs = np.random.default_rng(SEED).uniform(-1.0, 1.0, (POINTS, 2))
    return inputs, 0.8 * np.sign(inputs[:, :1] * inputs[:, 1:])


DATA = {"digits": digits, "pictures": pictures, "points": points}

_CLASSIFY = {"output": "softmax", "loss": "categorical_crossentropy"}
_FIT = {"output": "tanh", "loss": "mse"}

DIGITS = Work(
    "digits", "digits", (25, 20, 20, 20, 5), "relu", **_CLASSIFY,
    optimizer="sgd", learning_rate=0.01, batch_size=1, precision="float64",
)  # fmt: skip
PICTURES_SMALL = {
    size: Work(
        f"pictures-{size}", "pictures", (784, 50, 10), "tanh", **_CLASSIFY,
        optimizer="adam", learning_rate=0.001, batch_size=size, precision="float32",
    )
    for size in (32, 128, 1024)
}  # fmt: skip
PICTURES_WIDE = Work(
    "wide", "pictures", (784, 512, 512, 10), "relu", **_CLASSIFY,
    optimizer="adam", learning_rate=0.001, batch_size=128, precision="float32",
)  # fmt: skip
POINTS_ALL = [
    Work(
        f"points-{'-'.join(map(str, sizes))}-{precision}", "points", sizes, "tanh", **_FIT,
        optimizer="sgd", learning_rate=0.1, batch_size=POINTS, precision=precision,
    )
    for sizes in ((2, 2, 1), (2, 8, 8, 1))
    for precision in ("float64", "float32")
]  # fmt: skip
