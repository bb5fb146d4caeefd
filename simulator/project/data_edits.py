"""Edits of a project's data: the changed project, and what becomes of its weights.

The samples themselves are changed by :mod:`simulator.data.editing`; here the project goes along:
dropout masks given by sample, the output layer when a class comes or goes, the weights from the
inputs when these change places.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.arrays import Array
from simulator.data.dataset import Dataset, Order, Picture
from simulator.data.editing import NEW, DataEdit
from simulator.data.editing import add_class as with_class
from simulator.data.editing import remove_class as without_class
from simulator.network import LayerParameters, Network
from simulator.project.edits import Edit
from simulator.project.errors import ProjectError
from simulator.project.model import Project, check_memory
from simulator.spec import LayerSpec, NetworkSpec, Parameters

LARGEST_EDGE = 28
"""Rows and columns a grid to draw on can have."""


@dataclass(frozen=True, eq=False)
class NeuronMap:
    """Which old input (n_in,) and output (n_out,) each new one was, ``NEW`` for none.

    None where they are the same ones.
    """

    inputs: NDArray[np.intp] | None = None
    outputs: NDArray[np.intp] | None = None


@dataclass(frozen=True, eq=False)
class CarriedEdit:
    """A changed project whose inputs or outputs have other places.

    ``there`` leads from the old network to the new one, ``back`` from the new to the old one, for
    undo; ``origin`` as in :class:`~simulator.project.edits.Edit`.
    """

    project: Project
    origin: tuple[int | None, ...]
    there: NeuronMap
    back: NeuronMap


def carried(live: Network, base: Network, places: NeuronMap) -> Network:
    """``base`` with all parameters of ``live`` that ``places`` finds, each in its new place.

    Both networks have the same layers and differ in the inputs, and in the units of the output
    layer, only.  ``base`` is changed and returned.
    """
    for index, weights in enumerate(base.W):
        last = index + 1 == base.spec.depth
        rows = places.outputs if last and places.outputs is not None else _same(len(weights))
        old_columns = dict(live.spec.source_columns(index + 1))
        kept = rows != NEW
        for source, columns in base.spec.source_columns(index + 1):
            width = columns.stop - columns.start
            moved = source == 0 and places.inputs is not None
            own = places.inputs if moved and places.inputs is not None else _same(width)
            there = own != NEW
            block = live.W[index][:, old_columns[source]]
            target = weights[:, columns]
            target[np.ix_(kept, there)] = block[np.ix_(rows[kept], own[there])]
        for new, old in (
            (base.b[index], live.b[index]),
            (base.gamma[index], live.gamma[index]),
            (base.beta[index], live.beta[index]),
            (base.moving_mean[index], live.moving_mean[index]),
            (base.moving_variance[index], live.moving_variance[index]),
        ):
            if new is not None and old is not None:
                new[kept] = old[rows[kept]]
    return base


def edit_data(project: Project, make: Callable[[Dataset], DataEdit]) -> Project:
    """The project with its data as ``make`` makes them; inputs and outputs stay as many.

    Dropout masks given by sample follow their samples; a new sample drops nothing.

    Raises
    ------
    ProjectError : one sentence, if ``make`` refuses with a ValueError or the parts do not go
        together any more.
    """
    edit = _made(project.data, make)
    check_memory(project.network, len(edit.data), project.training.batch_size)
    return replace(project, data=edit.data, parameters=_followed(project, edit.rows))


def add_class(project: Project, name: str) -> Edit:
    """One more class, and a neuron for it in the output layer; all weights are kept.

    Raises
    ------
    ProjectError : one sentence.
    """
    edit = _made(project.data, lambda data: with_class(data, name))
    units = edit.data.n_outputs
    layer = project.network.layers[-1]
    each = layer.neuron_activations
    network = _with_outputs(project.network, replace(layer, units=units), (*each, *each[-1:]))
    parameters = tuple(
        _resized(own, units) if number == project.network.depth else own
        for number, own in enumerate(project.parameters, start=1)
    )
    changed = replace(project, network=network, data=edit.data, parameters=parameters)
    return Edit(changed, tuple(range(1, network.depth + 1)))


def remove_class(project: Project, number: int) -> CarriedEdit:
    """Without class ``number`` (from 0), its samples and its neuron; all others are kept.

    Raises
    ------
    ProjectError : one sentence.
    """
    edit = _made(project.data, lambda data: without_class(data, number))
    depth, units = project.network.depth, project.network.outputs
    kept = np.delete(_same(units), number)
    layer = project.network.layers[-1]
    each = tuple(own for place, own in enumerate(layer.neuron_activations) if place != number)
    network = _with_outputs(project.network, replace(layer, units=units - 1), each)
    parameters = tuple(
        _selected(own, kept) if place == depth else own
        for place, own in enumerate(_followed(project, edit.rows), start=1)
    )
    changed = replace(project, network=network, data=edit.data, parameters=parameters)
    origin = (*range(1, depth), None)
    return CarriedEdit(
        changed, origin, NeuronMap(None, kept), NeuronMap(None, _inverse(kept, units))
    )


def change_order(project: Project, order: Order) -> CarriedEdit:
    """The pictures unpacked in another order; the weights move along, so the answers stay.

    Raises
    ------
    ProjectError : one sentence, if the inputs are no picture.
    """
    picture = _picture(project)
    other = replace(picture, order=order)
    places = np.empty(picture.rows * picture.columns, dtype=np.intp)
    places[other.index] = picture.index
    inputs = project.data.inputs[:, places]
    return _with_inputs(project, other, inputs, places)


def change_grid(project: Project, rows: int, columns: int) -> CarriedEdit:
    """The pictures on a grid of another size, in its middle; what has no place there is lost.

    Weights from pixels that are still there are kept.

    Raises
    ------
    ProjectError : one sentence, if the inputs are no picture or the grid is too large.
    """
    picture = _picture(project)
    if not (1 <= rows <= LARGEST_EDGE and 1 <= columns <= LARGEST_EDGE):
        raise ProjectError(f"A grid has 1 to {LARGEST_EDGE} rows and columns.")
    other = replace(picture, rows=rows, columns=columns)
    pixels = np.full((rows, columns), NEW, dtype=np.intp)
    new_rows, old_rows = _overlap(rows, picture.rows)
    new_columns, old_columns = _overlap(columns, picture.columns)
    pixels[new_rows, new_columns] = picture.index[old_rows, old_columns]
    places = np.empty(rows * columns, dtype=np.intp)
    places[other.index] = pixels
    inputs = np.zeros((len(project.data), rows * columns))
    there = places != NEW
    inputs[:, there] = project.data.inputs[:, places[there]]
    check_memory(
        replace(project.network, inputs=rows * columns),
        len(project.data),
        project.training.batch_size,
    )
    return _with_inputs(project, other, inputs, places)


def _overlap(new: int, old: int) -> tuple[slice, slice]:
    """Where the middle of ``old`` places lies among ``new`` ones, and which of the old it is."""
    size = min(new, old)
    first, start = (new - size) // 2, (old - size) // 2
    return slice(first, first + size), slice(start, start + size)


def _with_inputs(
    project: Project, picture: Picture, inputs: Array, places: NDArray[np.intp]
) -> CarriedEdit:
    network = replace(project.network, inputs=inputs.shape[1])
    # Names belong to the old places; pixels are named by their rows and columns.
    names = project.data.input_names
    names = tuple(names[old] for old in places) if names and (places != NEW).all() else ()
    data = replace(
        project.data, inputs=inputs, input_names=names, picture=picture, builtin="", generated=None
    )
    parameters = []
    for number, own in enumerate(project.parameters, start=1):
        if 0 not in project.network.sources(number):
            parameters.append(own)
            continue
        before = dict(project.network.source_columns(number))
        fields: dict[str, Array | None] = {}
        for field, missing in (("W", None), ("links", 1.0), ("frozen_W", 0.0)):
            values = getattr(own, field)
            if values is None or (missing is None and (places == NEW).any()):
                fields[field] = None
                continue
            blocks = []
            for source, _ in network.source_columns(number):
                block = values[:, before[source]]
                if source == 0:
                    block = np.where(places == NEW, missing or 0.0, block[:, places])
                blocks.append(block)
            fields[field] = np.concatenate(blocks, axis=1)
        parameters.append(replace(own, **fields))
    changed = replace(project, network=network, data=data, parameters=tuple(parameters))
    origin = tuple(
        None if 0 in network.sources(number) else number for number in range(1, network.depth + 1)
    )
    back = _inverse(places, project.network.inputs)
    return CarriedEdit(changed, origin, NeuronMap(places), NeuronMap(back))


def _made(data: Dataset, make: Callable[[Dataset], DataEdit]) -> DataEdit:
    try:
        return make(data)
    except ValueError as problem:
        raise ProjectError(str(problem)) from None


def _picture(project: Project) -> Picture:
    if project.data.picture is None:
        raise ProjectError("The inputs of these data are no picture.")
    return project.data.picture


def _followed(project: Project, rows: NDArray[np.intp]) -> tuple[LayerParameters, ...]:
    """What is given by sample, for the samples as they are now."""
    followed = []
    for own in project.parameters:
        if own.mask is not None:
            mask = own.mask[np.maximum(rows, 0)]
            mask[rows == NEW] = 1.0
            own = replace(own, mask=mask)
        followed.append(own)
    return tuple(followed)


def _with_outputs(
    network: NetworkSpec, layer: LayerSpec, each: tuple[tuple[str, Parameters], ...]
) -> NetworkSpec:
    changed = replace(layer, neuron_activations=each if len(set(each)) > 1 else ())
    return replace(network, layers=(*network.layers[:-1], changed))


def _resized(own: LayerParameters, units: int) -> LayerParameters:
    """For one neuron more: it has all links, learns, and starts as it is drawn."""

    def grown(values: Array | None, new: float) -> Array | None:
        if values is None:
            return None
        return np.concatenate([values, np.full((units - len(values), *values.shape[1:]), new)])

    return LayerParameters(
        links=grown(own.links, 1.0),
        frozen_W=grown(own.frozen_W, 0.0),
        frozen_b=grown(own.frozen_b, 0.0),
    )


def _selected(own: LayerParameters, kept: NDArray[np.intp]) -> LayerParameters:
    def rows(values: Array | None) -> Array | None:
        return None if values is None else values[kept]

    return LayerParameters(
        W=rows(own.W),
        b=rows(own.b),
        mask=None if own.mask is None else own.mask[:, kept],
        links=rows(own.links),
        frozen_W=rows(own.frozen_W),
        frozen_b=rows(own.frozen_b),
    )


def _inverse(places: NDArray[np.intp], size: int) -> NDArray[np.intp]:
    back = np.full(size, NEW, dtype=np.intp)
    there = places != NEW
    back[places[there]] = np.flatnonzero(there)
    return back


def _same(size: int) -> NDArray[np.intp]:
    return np.arange(size, dtype=np.intp)
