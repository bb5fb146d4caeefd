"""An edited network: what is said of its links, neurons and start values goes along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulator.alteration import NewValues
from simulator.arrays import Array
from simulator.lineage import NEW, Lineage, Neurons, Places, take_over
from simulator.network import LayerParameters, Network
from simulator.project.checks import check_sources
from simulator.project.model import Project, check_memory
from simulator.spec import LayerSpec, NetworkSpec


@dataclass(frozen=True, slots=True)
class Edit:
    """A changed project, and for each of its layers the number it had before, or None.

    ``neurons`` says the same of neurons; see :data:`simulator.lineage.Neurons`.  ``values`` are
    given to parameters of the changed network.
    """

    project: Project
    origin: tuple[int | None, ...]
    neurons: Neurons = ()
    values: NewValues | None = None


def given_of(project: Project, number: int) -> LayerParameters:
    """What is given for the parameters of a layer."""
    known = number <= len(project.parameters)
    return project.parameters[number - 1] if known else LayerParameters()


def with_given(project: Project, given: dict[int, LayerParameters]) -> Project:
    """The project with something else given for some of its layers."""
    every = [given_of(project, number) for number in range(1, project.network.depth + 1)]
    for number, own in given.items():
        every[number - 1] = own
    return replace(project, parameters=tuple(every))


def start_weights(project: Project, spec: NetworkSpec | None = None) -> Network:
    """A network as the project starts with it; where ``spec`` is given, drawn with all links."""
    given = () if spec else project.parameters
    network = Network(spec or project.network, given)
    network.initialize(project.training.seed, given)
    return network


def edited(
    project: Project,
    layers: Sequence[LayerSpec],
    origin: Sequence[int | None],
    neurons: Neurons = (),
) -> Edit:
    """The project with these layers.

    Raises
    ------
    ProjectError : for a network that cannot be, or that there is too little memory for.
    """
    network = replace(project.network, layers=tuple(layers))
    check_sources(network)
    check_memory(network, len(project.data), project.training.batch_size)
    lineage = Lineage.of(project.network, network, origin, neurons)
    changed = replace(
        project, network=network, parameters=_carried_parameters(project, network, lineage)
    )
    return Edit(changed, tuple(origin), neurons)


def _carried_parameters(
    project: Project, network: NetworkSpec, lineage: Lineage
) -> tuple[LayerParameters, ...]:
    if not any(_says_something(own) for own in project.parameters):
        return ()
    before = project.network
    places = lineage.parameters(before, network)
    links = _vector(project, "links", "", 1.0)
    frozen = _vector(project, "frozen_W", "frozen_b", 0.0)
    start = _vector(project, "W", "b", np.nan)
    links, frozen, start = (
        _moved(own, places, network, new)
        for own, new in ((links, 1.0), (frozen, 0.0), (start, np.nan))
    )
    drawn = start_weights(project, network)
    given = []
    for number, layer in enumerate(network.layers, start=1):
        index, old = number - 1, lineage.layers[number - 1]
        own = LayerParameters() if old is None else given_of(project, old)
        b = network.biases(frozen, number)
        found = LayerParameters(
            W=_filled(network.weights(start, number), drawn.W[index]),
            b=_filled(network.biases(start, number), drawn.b[index]),
            mask=_carried_mask(own, layer, lineage.neurons[number]),
            links=_unless_all(network.weights(links, number), 1.0),
            frozen_W=_unless_all(network.weights(frozen, number), 0.0),
            frozen_b=None if b is None else _unless_all(b, 0.0),
        )
        given.append(own if _same(own, found) else found)
    return tuple(given)


def _says_something(own: LayerParameters) -> bool:
    return any(getattr(own, name) is not None for name in own.__dataclass_fields__)


def _vector(project: Project, weights: str, biases: str, missing: float) -> Array:
    """What is given of all weights and biases, laid out as theta."""
    spec = project.network
    vector: Array = np.full(spec.parameter_count, missing)
    for number in range(1, spec.depth + 1):
        own = given_of(project, number)
        matrix = getattr(own, weights)
        if matrix is not None:
            spec.weights(vector, number)[...] = matrix
        row = getattr(own, biases) if biases else None
        place = spec.biases(vector, number)
        if row is not None and place is not None:
            place[...] = row
    return vector


def _moved(vector: Array, places: Places | None, network: NetworkSpec, new: float) -> Array:
    moved: Array = np.full(network.parameter_count, new)
    take_over(moved, vector, places)
    return moved


def _filled(given: Array | None, drawn: Array | None) -> Array | None:
    """The given start values, drawn ones where there are none; None if none is given."""
    if given is None or drawn is None or np.isnan(given).all():
        return None
    return np.where(np.isnan(given), drawn, given)


def _unless_all(values: Array, usual: float) -> Array | None:
    return None if (values == usual).all() else values.copy()


def _carried_mask(own: LayerParameters, layer: LayerSpec, neurons: Places) -> Array | None:
    """The dropout masks of the neurons that are still there; a new neuron is never dropped."""
    if own.mask is None or layer.dropout_rate == 0.0:
        return None
    mask = own.mask[:, np.maximum(neurons, 0)]
    mask[:, neurons == NEW] = 1.0
    return mask


def _same(one: LayerParameters, other: LayerParameters) -> bool:
    """Whether both say the same, to the bit."""
    for name in one.__dataclass_fields__:
        mine, theirs = getattr(one, name), getattr(other, name)
        if (mine is None) != (theirs is None):
            return False
        if mine is not None and (mine.shape != theirs.shape or (mine != theirs).any()):
            return False
    return True
