"""A project: everything the user made, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from simulator.callbacks import CallbackSpec
from simulator.data import Dataset
from simulator.data.augmentation import AugmentationSpec
from simulator.data.prepared import PreparedData, prepare, prepare_split
from simulator.data.splits import Split, SplitSpec
from simulator.network import LayerParameters
from simulator.optimizers import OptimizerSpec
from simulator.project.checks import check
from simulator.project.errors import ProjectError
from simulator.project.limits import EVALUATION_ROWS
from simulator.rules import BACKPROPAGATION
from simulator.spec import NetworkSpec


@dataclass(frozen=True, slots=True)
class StopSpec:
    """When training ends before its last epoch; None never.

    Attributes
    ----------
    loss : at an epoch whose mean training loss is at or below this.
    accuracy : at an epoch with at least this accuracy on the training data, in (0, 1].
    weight_change : at an epoch in which no parameter changed by more than this.
    """

    loss: float | None = None
    accuracy: float | None = None
    weight_change: float | None = None


@dataclass(frozen=True, slots=True)
class TrainingSpec:
    """How training runs.

    Attributes
    ----------
    epochs : training stops after so many passes over the data.
    batch_size : samples in a mini-batch; 1 trains point by point.
    shuffle : whether each epoch visits the samples in a new order.
    seed : of the start weights, the shuffles, the dropout masks and all other noise.
    rule : a key of :data:`simulator.rules.RULES`.
    precision : "float64", or "float32" for big data.
    split, split_seed : which samples are kept for validation and test; with another seed others.
    scaling : a key of :data:`simulator.data.scaling.SCALINGS`, fitted on the training part.
    augmentation : how pictures are disturbed when they are trained on.
    validation_freq : epochs between two evaluations of accuracy and validation loss.
    stop : when training ends early.
    callbacks : what else happens at the end of each epoch.
    """

    epochs: int = 500
    batch_size: int = 1
    shuffle: bool = True
    seed: int = 0
    rule: str = BACKPROPAGATION
    precision: str = "float64"
    split: SplitSpec = SplitSpec()  # noqa: RUF009 - frozen
    split_seed: int = 0
    scaling: str = "none"
    augmentation: AugmentationSpec = AugmentationSpec()  # noqa: RUF009 - frozen
    validation_freq: int = 1
    stop: StopSpec = StopSpec()
    callbacks: tuple[CallbackSpec, ...] = ()


@dataclass(frozen=True)
class Project:
    """A network, how it is trained, and on what.

    ``parameters`` holds, per layer, start values given instead of drawn; it may be shorter than
    the network.  ``loss_parameters`` are (name, value) of those that differ from the defaults.

    Raises
    ------
    ProjectError : when the parts do not go together: what cannot be trained, or watched, or split.
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
        check(self)

    @cached_property
    def prepared(self) -> PreparedData:
        """The data as training uses it: in parts, and scaled."""
        training = self.training
        try:
            return prepare(self.data, training.split, training.split_seed, training.scaling)
        except ValueError as problem:
            raise ProjectError(str(problem)) from None

    @property
    def training_size(self) -> int:
        """Samples in the training part."""
        return len(self.prepared.training)

    @property
    def batch_size(self) -> int:
        """Samples a mini-batch really holds: no more than there are."""
        return min(self.training.batch_size, self.training_size)

    @property
    def iterations_per_epoch(self) -> int:
        """Updates in one epoch; the last may have a smaller mini-batch."""
        return -(-self.training_size // self.batch_size)

    def with_split(self, rows: Split) -> Project:
        """The same project with its samples split this way instead of its own."""
        other = replace(self)
        # A project works its split out once; this one has it already.
        other.__dict__["prepared"] = prepare_split(self.data, rows, self.training.scaling)
        return other

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
    free = free_memory()
    if needed > free // 2:
        raise ProjectError(
            f"a network of {parameters:,} parameters and {neurons:,} neurons needs "
            f"{needed / 2**30:,.1f} GB of memory; "
            f"this computer has {free / 2**30:,.1f} GB free; use fewer units."
        )


def free_memory() -> int:
    """Bytes of memory that are free now; 4 GB where the system does not say."""
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 4 * 2**30
