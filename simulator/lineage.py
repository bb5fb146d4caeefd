"""Where the neurons and parameters of an edited network come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.arrays import Array
from simulator.spec import NetworkSpec

NEW = -1
"""Stands for a neuron or a parameter that was not there before."""

Places = NDArray[np.intp]
Neurons = tuple[tuple[int, ...] | None, ...]
"""Per layer from the input on: which neuron (from 0) of its old layer each neuron was, ``NEW`` for
none; None where the first ones are the same ones.  Empty means None everywhere."""


@dataclass(frozen=True, eq=False)
class Lineage:
    """Where every layer and neuron of a network comes from.

    Attributes
    ----------
    layers : per layer from 1 on its old number, or None for a new one.
    neurons : per layer from the input on (units,) old neurons, ``NEW`` for new ones.
    """

    layers: tuple[int | None, ...]
    neurons: tuple[Places, ...]

    @classmethod
    def of(
        cls,
        before: NetworkSpec,
        after: NetworkSpec,
        layers: Sequence[int | None],
        neurons: Neurons = (),
    ) -> Lineage:
        """The lineage that an edit describes; ``layers`` as in :attr:`layers`."""
        given = neurons or (None,) * (after.depth + 1)
        places = []
        for number, size in enumerate(after.sizes):
            old = layers[number - 1] if number else 0
            own = given[number]
            if old is None:
                places.append(np.full(size, NEW, dtype=np.intp))
            elif own is not None:
                places.append(np.array(own, dtype=np.intp))
            else:
                found = np.arange(size, dtype=np.intp)
                found[before.sizes[old] :] = NEW
                places.append(found)
        return cls(tuple(layers), tuple(places))

    def inverse(self, before: NetworkSpec) -> Lineage:
        """The way back, to the network ``before`` the edit."""
        layers: list[int | None] = [None] * before.depth
        places = [np.full(size, NEW, dtype=np.intp) for size in before.sizes]
        for number, own in enumerate(self.neurons):
            old = self.layers[number - 1] if number else 0
            if old is None:
                continue
            if old:
                layers[old - 1] = number
            there = own != NEW
            places[old][own[there]] = np.flatnonzero(there)
        return Lineage(tuple(layers), tuple(places))

    def behind(self, earlier: Lineage) -> Lineage:
        """Both in one: first ``earlier``, then this."""
        layers: list[int | None] = []
        places = []
        for number, own in enumerate(self.neurons):
            old = self.layers[number - 1] if number else 0
            first = earlier.layers[old - 1] if old else old
            if number:
                layers.append(first)
            found = np.full(len(own), NEW, dtype=np.intp)
            if old is not None and first is not None:
                there = own != NEW
                found[there] = earlier.neurons[old][own[there]]
            places.append(found)
        return Lineage(tuple(layers), tuple(places))

    def parameters(self, before: NetworkSpec, after: NetworkSpec) -> Places | None:
        """Per parameter of ``after`` its place in the old theta, ``NEW`` for none.

        None where both networks have the same parameters in the same places.
        """
        if self._is_same(before, after):
            return None
        # As floats, which hold whole numbers up to 2**53, so that the spec's views serve here too.
        found: Array = np.full(after.parameter_count, float(NEW))
        old_places: Array = np.arange(before.parameter_count, dtype=np.float64)
        for number, old in enumerate(self.layers, start=1):
            if old is None:
                continue
            rows = self.neurons[number]
            there = rows != NEW
            earlier = dict(before.source_columns(old))
            block = after.weights(found, number)
            old_block = before.weights(old_places, old)
            for source, columns in after.source_columns(number):
                origin = self.layers[source - 1] if source else 0
                if origin is None or origin not in earlier:
                    continue
                own = self.neurons[source]
                known = np.flatnonzero(own != NEW)
                from_columns = earlier[origin].start + own[known]
                block[np.ix_(there, columns.start + known)] = old_block[
                    np.ix_(rows[there], from_columns)
                ]
            for part in (NetworkSpec.biases, NetworkSpec.gamma, NetworkSpec.beta):
                mine, others = part(after, found, number), part(before, old_places, old)
                if mine is not None and others is not None:
                    mine[there] = others[rows[there]]
        return found.astype(np.intp)

    def moving(self, before: NetworkSpec, after: NetworkSpec) -> Places | None:
        """The same of the moving averages of batch normalization."""
        if self._is_same(before, after):
            return None
        starts = _moving_starts(before)
        parts: list[Places] = []
        for number, layer in enumerate(after.layers, start=1):
            if layer.batch_normalization is None:
                continue
            old, rows = self.layers[number - 1], self.neurons[number]
            if old is None or before.layer(old).batch_normalization is None:
                parts += [np.full(layer.units, NEW, dtype=np.intp)] * 2
                continue
            for offset in (0, before.layer(old).units):
                parts.append(np.where(rows == NEW, NEW, starts[old - 1] + offset + rows))
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.intp)

    def _is_same(self, before: NetworkSpec, after: NetworkSpec) -> bool:
        return (
            same_parameters(before, after)
            and self.layers == tuple(range(1, after.depth + 1))
            and all((own == np.arange(len(own))).all() for own in self.neurons)
        )


def take_over(values: Array, others: Array, places: Places | None) -> None:
    """Write what ``others`` has at ``places`` into ``values``; None is everything, as it stands."""
    if places is None:
        values[...] = others
        return
    there = places != NEW
    values[there] = others[places[there]]


def same_parameters(one: NetworkSpec, other: NetworkSpec) -> bool:
    """Whether the parameters of two networks have the same places in theta."""
    return one.sizes == other.sizes and all(
        _parts(one, n) == _parts(other, n) for n in range(1, one.depth + 1)
    )


def _parts(spec: NetworkSpec, number: int) -> tuple[tuple[int, ...], bool, bool]:
    """What a layer has parameters for."""
    layer = spec.layer(number)
    return spec.sources(number), layer.bias, layer.batch_normalization is not None


def _moving_starts(spec: NetworkSpec) -> list[int]:
    """Where the moving averages of each layer begin."""
    starts, start = [], 0
    for layer in spec.layers:
        starts.append(start)
        start += 2 * layer.units if layer.batch_normalization else 0
    return starts
