"""Layers as a text for the clipboard, and back.

The text is JSON: ``kind``, ``version``, and a small network: its layers as in project files, with
their weights, fed by ``inputs`` numbers; what batch normalization has learned stands beside them.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np

from simulator.alteration import NewValues, Piece, no_piece
from simulator.arrays import Array
from simulator.network import LayerParameters, Network
from simulator.project import strict_json
from simulator.project.carrying import Edit, edited, given_of, with_given
from simulator.project.checks import check_sources
from simulator.project.edits import checked_layer
from simulator.project.errors import ProjectError
from simulator.project.fields import Fields
from simulator.project.limits import MAX_LAYERS
from simulator.project.model import Project, check_memory
from simulator.project.network_reader import read_network, read_parameters
from simulator.project.writer import layer_value
from simulator.spec import LayerSpec, NetworkSpec, renumbered

KIND = "backlit-layers"
VERSION = 1
_NORMALIZATION = ("gamma", "beta", "moving_mean", "moving_variance")


def copy_layers(project: Project, numbers: Collection[int], theta: Array, moving: Array) -> str:
    """These layers with their parameters as they are in ``theta`` and ``moving``.

    Links that lead out of the chosen layers are left behind, dropout masks of single samples too.

    Raises
    ------
    ProjectError : if no layer with weights is chosen, or they are too large for a clipboard.
    """
    chosen = sorted(number for number in set(numbers) if number)
    if not chosen:
        raise ProjectError("Select a layer behind the input to copy it.")
    network = Network(project.network)
    for number in chosen:
        checked_layer(project, number)
    network.theta[...] = theta
    network.moving[...] = moving
    too_large = ProjectError("These layers have too many weights for the clipboard.")
    # A number takes two bytes at least: what is far too large is not written out to be counted.
    if 2 * sum(network.W[number - 1].size for number in chosen) > strict_json.MAX_BYTES:
        raise too_large
    feeds = _feeds(project.network, chosen)
    layers, normalization = [], []
    for place, (number, feed) in enumerate(zip(chosen, feeds, strict=True), start=1):
        layer = project.network.layer(number)
        layer = replace(layer, sources=renumbered(sorted(feed), place))
        layers.append(layer_value(layer, _given(project, network, number, feed), place))
        normalization.append(_normalization(network, number))
    nearest = feeds[0][0] or 0
    text = json.dumps(
        {
            "kind": KIND,
            "version": VERSION,
            "inputs": project.network.sizes[nearest],
            "layers": layers,
            "normalization": normalization,
        },
        ensure_ascii=False,
    )
    if len(text.encode()) > strict_json.MAX_BYTES:
        raise too_large
    return text


def _feeds(spec: NetworkSpec, chosen: list[int]) -> list[dict[int, int | None]]:
    """Per chosen layer what it receives from: place in the copy -> old number, None for new links.

    Place 0 is what the copy will be fed by.
    """
    places = {number: place for place, number in enumerate(chosen, start=1)}
    feeds: list[dict[int, int | None]] = [{0: spec.sources(chosen[0])[-1]}]
    for place, number in enumerate(chosen[1:], start=2):
        inside: dict[int, int | None] = {
            places[source]: source for source in spec.sources(number) if source in places
        }
        feeds.append(inside or {place - 1: None})
    for place in range(1, len(chosen)):
        if not any(place in feed for feed in feeds[place:]):
            feeds[place][place] = None
    return feeds


def _given(
    project: Project, network: Network, number: int, feed: dict[int, int | None]
) -> LayerParameters:
    own, index = given_of(project, number), number - 1
    b = network.b[index]
    kept = LayerParameters(b=b, frozen_b=own.frozen_b)
    columns = dict(project.network.source_columns(number))
    old = [feed[place] for place in sorted(feed)]
    if None in old:
        return kept

    def chosen(matrix: Array | None) -> Array | None:
        if matrix is None:
            return None
        return np.concatenate([matrix[:, columns[source or 0]] for source in old], axis=1)

    return replace(
        kept,
        W=chosen(network.W[index]),
        links=chosen(own.links),
        frozen_W=chosen(own.frozen_W),
    )


def _normalization(network: Network, number: int) -> dict[str, Any] | None:
    values = {name: getattr(network, name)[number - 1] for name in _NORMALIZATION}
    if values["gamma"] is None:
        return None
    return {name: own.tolist() for name, own in values.items()}


def paste_layers(project: Project, text: str, after: int) -> Edit:
    """The layers of a clipboard text behind layer ``after`` (0 is the input).

    They keep their weights where these fit; the next layer that received from ``after`` receives
    from the last of them instead.

    Raises
    ------
    ProjectError : for any other text, for layers that cannot be, and where they cannot be put.
    """
    network = project.network
    if not 0 <= after < network.depth:
        raise ProjectError("Layers can be pasted behind the input or behind a hidden layer.")
    pasted, given, normalization = _read(text, len(project.data))
    count = pasted.depth
    if network.depth + count > MAX_LAYERS:
        raise ProjectError(f"A network can have at most {MAX_LAYERS} layers.")
    heir = network.consumers[after][0]
    layers: list[LayerSpec] = []
    for number, layer in enumerate(network.layers, start=1):
        sources = [s + count if s > after else s for s in network.sources(number)]
        if number == heir:
            sources = [after + count if s == after else s for s in sources]
        moved = number + count if number > after else number
        layers.append(replace(layer, sources=renumbered(sources, moved)))
    added = []
    for place, layer in enumerate(pasted.layers, start=1):
        sources = [after + source for source in pasted.sources(place)]
        added.append(replace(layer, sources=renumbered(sources, after + place)))
    layers[after:after] = added
    origin: list[int | None] = [*range(1, network.depth + 1)]
    origin[after:after] = [None] * count
    edit = edited(project, layers, origin)
    return _with_values(edit, after, given, normalization)


def _with_values(
    edit: Edit,
    after: int,
    given: tuple[LayerParameters, ...],
    normalization: list[dict[str, Array] | None],
) -> Edit:
    """The edit with what the pasted layers bring along, as far as it fits."""
    spec = edit.project.network
    fitting = {}
    for number, own in enumerate(given, start=after + 1):
        shape = (spec.layer(number).units, spec.fan_in(number))
        if own.W is None or own.W.shape != shape:
            own = replace(own, W=None, links=None, frozen_W=None)
        fitting[number] = own
    places = Network(spec)
    places.theta[...] = np.arange(len(places.theta))
    places.moving[...] = np.arange(len(places.moving))
    found: dict[bool, list[tuple[Array, Array]]] = {True: [], False: []}
    for number, learned in enumerate(normalization, start=after + 1):
        for name, values in (learned or {}).items():
            own_places = getattr(places, name)[number - 1]
            if own_places is not None:
                found[name.startswith("moving")].append((own_places, values))
    learned_values = NewValues(_piece(found[False]), _piece(found[True]))
    return replace(edit, project=with_given(edit.project, fitting), values=learned_values)


def _piece(parts: list[tuple[Array, Array]]) -> Piece:
    if not parts:
        return no_piece()
    places, values = zip(*parts, strict=True)
    return Piece(np.concatenate(places).astype(np.intp), np.concatenate(values))


def _read(
    text: str, samples: int
) -> tuple[NetworkSpec, tuple[LayerParameters, ...], list[dict[str, Array] | None]]:
    other = ProjectError("The clipboard does not hold layers; copy a layer first.")
    if KIND not in text[:200]:
        raise other
    try:
        value = strict_json.parse(text.encode("utf-8", "replace"))
        if not isinstance(value, dict) or value.get("kind") != KIND:
            raise other
        fields = Fields(value, "")
        fields.raw("kind")
        fields.integer("version", 1, VERSION)
        network_fields = Fields(
            {name: fields.raw(name) for name in ("inputs", "layers")}, "the layers"
        )
        spec = read_network(network_fields)
        normalization = _read_normalization(fields, spec)
        fields.finish()
        check_sources(spec)
        check_memory(spec, samples, 1)
        given = read_parameters(network_fields, spec, samples)
    except ProjectError as problem:
        if problem is other:
            raise
        raise ProjectError(f"The layers on the clipboard cannot be used: {problem}") from None
    return spec, given, normalization


def _read_normalization(fields: Fields, spec: NetworkSpec) -> list[dict[str, Array] | None]:
    found: list[dict[str, Array] | None] = []
    items = fields.items("normalization", spec.depth, spec.depth)
    for layer, item in zip(spec.layers, items, strict=True):
        if item is None or layer.batch_normalization is None:
            found.append(None)
            continue
        inner = Fields(item, "normalization")
        own: dict[str, Array] = {
            name: inner.array(name, (layer.units,), "one a unit") for name in _NORMALIZATION
        }
        inner.finish()
        if (own["moving_variance"] < 0.0).any():
            raise ProjectError("normalization.moving_variance holds a number below 0.")
        found.append(own)
    return found
