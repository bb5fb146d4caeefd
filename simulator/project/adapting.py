"""A project on other data: what of its network can stay, and what must fit the new samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from simulator.data.dataset import Dataset
from simulator.data.splits import SplitSpec
from simulator.network import LayerParameters
from simulator.optimizers import OptimizerSpec
from simulator.project.edits import Edit
from simulator.project.errors import ProjectError
from simulator.project.limits import MAX_LAYERS, MAX_UNITS
from simulator.project.model import Project, StopSpec, TrainingSpec, check_memory
from simulator.rules import BACKPROPAGATION
from simulator.spec import LayerSpec, NetworkSpec, Parameters

DEFAULT_VALIDATION = 0.2
_FEWEST_TO_SPLIT = 50
"""With fewer samples every one is needed for training."""


def suggested_hidden(inputs: int) -> tuple[int, ...]:
    """Units of the hidden layers that a teacher would begin with: 784-50-10 for MNIST."""
    return (50,) if inputs >= 100 else (16,) if inputs >= 10 else (8,)


def suggested_scaling(data: Dataset) -> str:
    """Pictures are from 0 to 1 as they are; columns of a table may be of any size."""
    return "none" if data.picture is not None else "standardize"


def suggested_split(data: Dataset) -> SplitSpec:
    """A fifth validates, if there are samples to spare; what the data say themselves holds."""
    training = len(data) if data.parts is None else int((data.parts == 0).sum())
    if training < _FEWEST_TO_SPLIT or data.has_part("validation"):
        return SplitSpec()
    return SplitSpec(validation=DEFAULT_VALIDATION)


def new_project(
    data: Dataset,
    title: str,
    hidden: Sequence[int] | None = None,
    scaling: str | None = None,
    split: SplitSpec | None = None,
) -> Project:
    """A project on these data, with everything that is not given as suggested.

    Raises
    ------
    ProjectError : one sentence.
    """
    samples = len(data)
    training = TrainingSpec(
        epochs=20 if samples >= 5000 else 100 if samples >= 200 else 300,
        batch_size=32 if samples >= 500 else 10 if samples >= 50 else 1,
        scaling=suggested_scaling(data) if scaling is None else scaling,
    )
    network, loss = _suggested(data, suggested_hidden(data.n_inputs) if hidden is None else hidden)
    check_memory(network, samples, training.batch_size)
    optimizer = OptimizerSpec("adam", 0.001 if samples >= 500 else 0.01)

    def made(part: SplitSpec) -> Project:
        return Project(
            network=network,
            loss=loss,
            data=data,
            optimizer=optimizer,
            training=replace(training, split=part),
            name=title or "untitled",
            title=title,
        )

    if split is not None:
        return made(split)
    try:
        return made(suggested_split(data))
    except ProjectError:
        # A class so rare that a part would take all of it.
        return made(SplitSpec())


def _suggested(data: Dataset, hidden: Sequence[int]) -> tuple[NetworkSpec, str]:
    if len(hidden) >= MAX_LAYERS or not all(1 <= units <= MAX_UNITS for units in hidden):
        raise ProjectError(
            f"A network can have up to {MAX_LAYERS - 1} hidden layers of 1 to {MAX_UNITS:,} units."
        )
    layers = tuple(LayerSpec(units, "tanh") for units in hidden)
    output, loss = _output(data)
    return NetworkSpec(data.n_inputs, (*layers, output)), loss


def _output(data: Dataset) -> tuple[LayerSpec, str]:
    if data.target_classes is not None and data.n_outputs > 1:
        return LayerSpec(data.n_outputs, "softmax"), "categorical_crossentropy"
    return LayerSpec(data.n_outputs, "linear"), "mse"


@dataclass(frozen=True, slots=True)
class Adapted:
    """The edit that puts other data into a project, and sentences on what else had to change."""

    edit: Edit
    notes: tuple[str, ...]


def with_data(
    project: Project, data: Dataset, title: str = "", scaling: str | None = None
) -> Adapted:
    """The project on other data: hidden layers stay, the first and last are made to fit.

    Weights stay between layers whose sizes stay.  The output's activation and the loss stay where
    the old targets were of the same sort.  What cannot go along, such as callbacks that watch
    what there is no more, is left out, and said.

    Raises
    ------
    ProjectError : one sentence, if there is too little memory.
    """
    network, loss, parameters_of_loss, origin = _fitted(project, data)
    training = project.training
    check_memory(network, len(data), training.batch_size)
    if scaling is not None:
        training = replace(training, scaling=scaling)
    notes: list[str] = []
    drawn = _without_given_parts(training.split, data)
    if drawn != training.split:
        training = replace(training, split=drawn)
        notes.append("The parts that the data bring along replace those drawn by chance.")

    def made(spec: TrainingSpec) -> Project:
        return replace(
            project,
            network=network,
            loss=loss,
            loss_parameters=parameters_of_loss,
            data=data,
            training=spec,
            parameters=_parameters(project, network, origin, len(data)),
            name=title or project.name,
            title=title or project.title,
            about="",
        )

    # What a project may lack, in the order in which it is missed least.
    attempts = (
        (training, ""),
        (replace(training, rule=BACKPROPAGATION), "It learns by backpropagation now."),
        (
            replace(training, rule=BACKPROPAGATION, callbacks=(), stop=StopSpec()),
            "Callbacks and stop criteria of the old data are left out.",
        ),
        (
            replace(
                training, rule=BACKPROPAGATION, callbacks=(), stop=StopSpec(), split=SplitSpec()
            ),
            "No samples are kept for validation: a class would have no training example.",
        ),
    )
    refusal: ProjectError | None = None
    for spec, note in attempts:
        if note:
            notes = [*notes, note]
        try:
            changed = made(spec)
        except ProjectError as problem:
            refusal = problem
            continue
        kept = [own for own in notes if own != attempts[1][1] or spec.rule != training.rule]
        return Adapted(Edit(changed, origin), tuple(kept))
    assert refusal is not None
    raise refusal


def _without_given_parts(split: SplitSpec, data: Dataset) -> SplitSpec:
    """The shares that are still to be drawn."""
    return replace(
        split,
        validation=0.0 if data.has_part("validation") else split.validation,
        test=0.0 if data.has_part("test") else split.test,
    )


def _fitted(
    project: Project, data: Dataset
) -> tuple[NetworkSpec, str, Parameters, tuple[int | None, ...]]:
    old = project.network
    layers = list(old.layers)
    origin: list[int | None] = [*range(1, old.depth + 1)]
    if old.inputs != data.n_inputs:
        for number in range(1, old.depth + 1):
            if 0 in old.sources(number):
                origin[number - 1] = None
    loss, parameters_of_loss = project.loss, project.loss_parameters
    output, suggested_loss = _output(data)
    if not _same_task(project.data, data):
        layers[-1] = replace(
            layers[-1],
            units=output.units,
            activation=output.activation,
            activation_parameters=(),
            neuron_activations=(),
        )
        loss, parameters_of_loss = suggested_loss, ()
        origin[-1] = None
    elif layers[-1].units != output.units:
        layers[-1] = replace(layers[-1], units=output.units, neuron_activations=())
        origin[-1] = None
    network = replace(old, inputs=data.n_inputs, layers=tuple(layers))
    return network, loss, parameters_of_loss, tuple(origin)


def _same_task(one: Dataset, other: Dataset) -> bool:
    """Whether targets are of the same sort: classes of the same two values, or numbers."""
    if (one.target_classes is None) != (other.target_classes is None):
        return False
    if other.target_classes is None:
        return True
    if (one.n_outputs == 1) != (other.n_outputs == 1):
        return False
    ends = [(float(data.targets.min()), float(data.targets.max())) for data in (one, other)]
    return ends[0] == ends[1]


def _parameters(
    project: Project, network: NetworkSpec, origin: Sequence[int | None], samples: int
) -> tuple[LayerParameters, ...]:
    """What is given for the layers that stay; masks by sample go with the samples."""
    given = []
    for number, own in enumerate(project.parameters, start=1):
        if origin[number - 1] is None:
            own = LayerParameters()
        elif own.mask is not None and len(own.mask) != samples:
            own = replace(own, mask=None)
        given.append(own)
    return tuple(given)
