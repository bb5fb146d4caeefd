"""A project: everything the user made, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from simulator.data import Dataset
from simulator.network import LayerParameters, NetworkSpec
from simulator.optimizers import OptimizerSpec
from simulator.project.errors import ProjectError

MAX_UNITS = 100_000
MAX_LAYERS = 100
MAX_EPOCHS = 1_000_000_000
MAX_SEED = 2**63 - 1
EVALUATION_ROWS = 1024
"""Samples sent through the network at once when it is evaluated."""


@dataclass(frozen=True, slots=True)
class TrainingSpec:
    """How training runs.

    Attributes
    ----------
    epochs : training stops after so many passes over the data.
    batch_size : samples in a mini-batch; 1 trains point by point.
    shuffle : whether each epoch visits the samples in a new order.
    seed : of the start weights, the shuffles and the dropout masks.
    """

    epochs: int = 500
    batch_size: int = 1
    shuffle: bool = True
    seed: int = 0


@dataclass(frozen=True)
class Project:
    """A network, how it is trained, and on what.

    ``parameters`` holds, per layer, start values given instead of drawn; it may be shorter than
    the network.  ``loss_parameters`` are (name, value) of those that differ from the defaults.
    """

    network: NetworkSpec
    loss: str
    data: Dataset
    optimizer: OptimizerSpec = field(default_factory=OptimizerSpec)
    training: TrainingSpec = field(default_factory=TrainingSpec)
    parameters: tuple[LayerParameters, ...] = ()
    name: str = "untitled"
    title: str = ""
    loss_parameters: tuple[tuple[str, float], ...] = ()
    about: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        for number, given in enumerate(self.parameters, start=1):
            if given.mask is not None and len(given.mask) != len(self.data):
                raise ProjectError(
                    f"layer {number}: the dropout mask has {len(given.mask):,} rows, but there are "
                    f"{len(self.data):,} samples; give one row a sample, or no mask."
                )

    @property
    def batch_size(self) -> int:
        """Samples a mini-batch really holds: no more than there are."""
        return min(self.training.batch_size, len(self.data))

    @property
    def iterations_per_epoch(self) -> int:
        """Updates in one epoch; the last may have a smaller mini-batch."""
        return -(-len(self.data) // self.batch_size)

    def with_seed(self, seed: int) -> Project:
        """The same project with another seed."""
        return replace(self, training=replace(self.training, seed=seed))

    def with_epochs(self, epochs: int) -> Project:
        """The same project, training for so many epochs."""
        return replace(self, training=replace(self.training, epochs=epochs))


def check_memory(network: NetworkSpec, samples: int, batch_size: int) -> None:
    """Refuse a network that would not fit, before a byte of it is allocated.

    Counted in whole numbers of any size: theta, gradient, two buffers and two slots of the
    optimizer, two copies for viewers and three states to fall back to, plus some ten buffers a
    neuron and sample of a mini-batch, and of the rows that are evaluated at once.

    Raises
    ------
    ProjectError : if more than half of the memory that is free now would be needed.
    """
    parameters = network.parameter_count
    neurons = sum(network.sizes)
    rows = min(batch_size, samples) + min(samples, EVALUATION_ROWS)
    needed = 8 * (17 * parameters + 10 * rows * neurons)
    free = _free_memory()
    if needed > free // 2:
        raise ProjectError(
            f"a network of {parameters:,} parameters and {neurons:,} neurons needs "
            f"{needed / 2**30:,.1f} GB of memory; "
            f"this computer has {free / 2**30:,.1f} GB free; use fewer units."
        )


def _free_memory() -> int:
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 4 * 2**30
