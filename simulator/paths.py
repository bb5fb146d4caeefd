"""All paths from the loss to one weight: the chain rule of a whole network, path by path (deck D).

A path leads from the loss through one output neuron, then link by link to the weight.  Its product
is the derivative at its start times every slope and weight on the way times what the weight
receives; the products of all paths add up to the gradient of the sample's loss.

In a network too large to list, the sum is taken layer by layer, as backpropagation does, and the
paths of the largest products are found exactly: the search always goes on with the beginning whose
best end is largest, and the best end from every neuron is known beforehand.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simulator.arrays import Array
from simulator.project import Project, ProjectError
from simulator.quantity import Kind, Quantity
from simulator.rules import follows_gradient
from simulator.trace import Trace

LISTED_IN_FULL = 64
"""Paths that are listed one by one; of more only the largest are."""
LARGEST = 12


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of a path's product.

    ``name`` is "error" (dE/dy), "delta" (dE/dz where it is taken together with the loss), "slope",
    "mask" (dropout, with its scale), "weight" or "input"; ``quantity`` what it is, if it has one.
    """

    name: str
    value: float
    quantity: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """One way from the loss to the weight.

    Attributes
    ----------
    neurons : (layer, neuron from 0) from the output layer to the neuron the weight leads into, then
        the one it comes from (not of a bias); a softmax between leads from a neuron to another.
    factors : in the same order; empty where the product is a mean over several samples.
    product : dE_n/dw along this path alone.
    """

    neurons: tuple[tuple[int, int], ...]
    factors: tuple[Factor, ...]
    product: float


@dataclass(frozen=True, slots=True)
class Paths:
    """All paths to one weight.

    Attributes
    ----------
    weight : which one.
    count : how many paths there are, those of product 0 included.
    listed : all of them, or those of the largest products, the largest first.
    rest : the sum of the others.
    total : the sum of all: the gradient of the loss, without the penalty.
    """

    weight: Quantity
    count: int
    listed: tuple[Path, ...]
    rest: float
    total: float


def paths_to(
    trace: Trace,
    project: Project,
    weight: Quantity,
    row: int | None = 0,
    limit: int = LISTED_IN_FULL,
    largest: int = LARGEST,
) -> Paths:
    """The paths from the loss to a weight (or bias) of this iteration.

    row : of which sample of the mini-batch; None for the mean over all of them.
    Up to ``limit`` paths are all listed, in the order of neurons; of more the ``largest`` ones (of
    the mean over several samples then none: the largest mean cannot be searched for).

    Raises
    ------
    ProjectError : one sentence where there are no such paths: behind batch normalization, with a
        learning rule, or of a parameter that is no weight or bias.
    """
    _check(trace, weight)
    size = len(trace.x)
    rows = [row] if row is not None else list(range(size))
    graphs = [_Graph(trace, project, weight, one) for one in rows]
    first = graphs[0]
    count = first.count()
    if count <= limit:
        listed = _mean_paths([list(graph.every()) for graph in graphs])
        total = math.fsum(path.product for path in listed)
        return Paths(weight, count, tuple(listed), 0.0, total)
    total = math.fsum(graph.total() for graph in graphs) / len(graphs)
    found = list(first.largest(largest)) if len(graphs) == 1 else []
    rest = total - math.fsum(path.product for path in found)
    return Paths(weight, count, tuple(found), rest, total)


def _check(trace: Trace, weight: Quantity) -> None:
    spec = trace.spec
    if not follows_gradient(trace.rule):
        raise ProjectError(
            "There are no paths with this learning rule: it does not follow the gradient of the "
            "loss. Choose backpropagation."
        )
    if weight.parameter not in ("W", "b"):
        raise ProjectError("Paths lead to weights and biases only; choose one of those.")
    behind = {weight.layer}
    for number in range(weight.layer + 1, spec.depth + 1):
        if behind & set(spec.sources(number)):
            behind.add(number)
    for number in sorted(behind):
        if spec.layer(number).batch_normalization is not None:
            raise ProjectError(
                f"{spec.layer_name(number).capitalize()} has batch normalization, which couples "
                "all samples of the mini-batch, so a sample has no paths of its own. Take it off "
                "to see them."
            )


def _mean_paths(of_rows: list[list[Path]]) -> list[Path]:
    if len(of_rows) == 1:
        return of_rows[0]
    return [
        Path(same[0].neurons, (), math.fsum(path.product for path in same) / len(same))
        for same in zip(*of_rows, strict=True)
    ]


class _Graph:
    """The links between the weight and the loss, for one sample.

    Per layer (by its number): ``W`` from its sources, ``J`` (units, units) the derivatives da/dz
    (a diagonal but for softmax) and ``kept`` what dropout multiplies outputs by.
    """

    def __init__(self, trace: Trace, project: Project, weight: Quantity, row: int) -> None:
        self._trace, self._spec, self._row = trace, trace.spec, row
        self._weight = weight
        self._given = project.parameters
        depth = self._spec.depth
        numbers = range(weight.layer, depth + 1)
        self._W = {n: _double(self._spec.weights(trace.theta_before, n)) for n in numbers}
        self._fused = trace.fused
        self._jacobians = {
            n: self._jacobian(n) for n in numbers if not (n == depth and self._fused)
        }
        self._kept = {n: self._factor(n) for n in numbers}
        self._received = self._input()

    def _input(self) -> float:
        """What the weight received; 1 for a bias."""
        column = self._weight.source
        if column is None:
            return 1.0
        return float(self._trace.received(self._weight.layer)[self._row, column])

    def _jacobian(self, number: int) -> Array:
        """da/dz of one layer: (units, units), a in rows."""
        layer = self._spec.layer(number)
        z = _double(self._trace.z[number - 1][self._row : self._row + 1])
        a = _double(self._trace.activation[number - 1][self._row : self._row + 1])
        function, rows = layer.make_activation(), np.zeros((1, 1))
        if self._couples(number):
            return np.asarray(np.diag(a[0]) - np.outer(a[0], a[0]))
        slopes = np.zeros_like(z)
        function.backward(z, a, np.ones_like(z), slopes, rows)
        return np.diag(slopes[0])

    def _factor(self, number: int) -> Array:
        mask = self._trace.mask[number - 1]
        layer = self._spec.layer(number)
        if mask is None:
            return np.ones(layer.units)
        return _double(mask[self._row]) * layer.training_scale

    def _links(self, number: int) -> Array | None:
        return self._given[number - 1].links if number <= len(self._given) else None

    def _couples(self, number: int) -> bool:
        """Whether each output of a layer depends on all its pre-activations."""
        layer = self._spec.layer(number)
        return layer.activation == "softmax" and not layer.neuron_activations

    def _removed(self) -> bool:
        links, column = self._links(self._weight.layer), self._weight.source
        if links is None or column is None:
            return False
        return bool(links[self._weight.neuron, column] == 0.0)

    # --- layer by layer ---------------------------------------------------------------------------

    def _start(self) -> Array:
        """dE/dz (fused) or dE/dy of the outputs."""
        trace = self._trace
        return _double((trace.delta if self._fused else trace.error)[-1][self._row])

    def total(self) -> float:
        """The sum over all paths, by layer-wise products."""
        if self._removed():
            return 0.0
        depth = self._spec.depth
        at_z: dict[int, Array] = {}
        for number in range(depth, self._weight.layer - 1, -1):
            if number == depth and self._fused:
                at_z[number] = self._start()
                continue
            at_a = self._start() if number == depth else np.zeros(self._spec.sizes[number])
            for following, columns in self._following(number):
                at_a = at_a + self._W[following][:, columns].T @ at_z[following]
            at_z[number] = self._jacobians[number].T @ (at_a * self._kept[number])
        return float(at_z[self._weight.layer][self._weight.neuron]) * self._received

    def _following(self, number: int) -> Iterator[tuple[int, slice]]:
        for following in self._spec.consumers[number]:
            yield following, dict(self._spec.source_columns(following))[number]

    def count(self) -> int:
        """How many paths there are."""
        if self._removed():
            return 0
        depth = self._spec.depth
        at_z: dict[int, list[int]] = {}
        for number in range(depth, self._weight.layer - 1, -1):
            units = self._spec.sizes[number]
            at_a = [1 if number == depth else 0] * units
            for following, columns in self._following(number):
                links = self._links(following)
                if links is None:
                    every = sum(at_z[following])
                    at_a = [one + every for one in at_a]
                    continue
                for k, n in zip(*np.nonzero(links[:, columns].T), strict=True):
                    at_a[int(k)] += at_z[following][int(n)]
            couples = self._couples(number) and not (number == depth and self._fused)
            at_z[number] = [sum(at_a)] * units if couples else at_a
        return at_z[self._weight.layer][self._weight.neuron]

    # --- path by path -----------------------------------------------------------------------------

    def _onward(
        self, place: tuple[int, int]
    ) -> Iterator[tuple[int, tuple[int, int] | None, float]]:
        """From a neuron's z one link on: (neuron whose output is left, next z or None, value)."""
        number, m = place
        depth = self._spec.depth
        if number == depth and self._fused:
            yield m, None, float(self._start()[m])
            return
        outputs = range(self._spec.sizes[number]) if self._couples(number) else (m,)
        for k in outputs:
            slope = float(self._jacobians[number][k, m]) * float(self._kept[number][k])
            if number == depth:
                yield k, None, slope * float(self._start()[k])
            for following, columns in self._following(number):
                links, column = self._links(following), columns.start + k
                for n in range(self._spec.sizes[following]):
                    if links is None or links[n, column] != 0.0:
                        value = slope * float(self._W[following][n, column])
                        yield k, (following, n), value

    def every(self) -> Iterator[Path]:
        """All paths, in the order of neurons."""
        if self._removed():
            return
        start = (self._weight.layer, self._weight.neuron)
        stack: list[tuple[tuple[int, int], tuple[tuple[int, int], ...]]] = [(start, ())]
        while stack:
            place, walked = stack.pop()
            for k, following, _ in reversed(list(self._onward(place))):
                nodes = (*walked, place, (place[0], k))
                if following is None:
                    yield self._path(nodes)
                else:
                    stack.append((following, nodes))

    def largest(self, most: int) -> Iterator[Path]:
        """The paths of the largest products, the largest first, exactly."""
        if self._removed() or self._received == 0.0:
            return
        best = self._best_ends()
        start = (self._weight.layer, self._weight.neuron)
        ends = best[start[0]][start[1]]
        # (minus the largest product that can still come of it, order, product so far, place, nodes)
        queue: list[tuple[float, int, float, tuple[int, int] | None, tuple[tuple[int, int], ...]]]
        queue, order, found = [(-ends, 0, 1.0, start, ())], 1, 0
        while queue and found < most:
            promised, _, product, place, walked = heapq.heappop(queue)
            if promised == 0.0:
                return
            if place is None:
                found += 1
                yield self._path(walked)
                continue
            for k, following, value in self._onward(place):
                reached = product * value
                end = 1.0 if following is None else best[following[0]][following[1]]
                if reached * end == 0.0:
                    continue
                nodes = (*walked, place, (place[0], k))
                heapq.heappush(queue, (-abs(reached) * end, order, reached, following, nodes))
                order += 1

    def _best_ends(self) -> dict[int, Array]:
        """Of every neuron's z the largest |product| of a way from it to the loss: (units,)."""
        depth = self._spec.depth
        at_z: dict[int, Array] = {}
        for number in range(depth, self._weight.layer - 1, -1):
            if number == depth and self._fused:
                at_z[number] = np.abs(self._start())
                continue
            units = self._spec.sizes[number]
            at_a = np.abs(self._start()) if number == depth else np.zeros(units)
            for following, columns in self._following(number):
                ways = np.abs(self._W[following][:, columns]) * at_z[following][:, None]
                at_a = np.maximum(at_a, ways.max(axis=0))
            through = np.abs(self._jacobians[number]) * (at_a * self._kept[number])[:, None]
            at_z[number] = through.max(axis=0)
        return at_z

    def _path(self, nodes: tuple[tuple[int, int], ...]) -> Path:
        """The path over nodes z, a, z, a, ... from the weight's neuron to the loss."""
        row, depth = self._row, self._spec.depth
        factors: list[Factor] = []
        column = self._weight.source
        if column is not None:
            layer, neuron = self._spec.source_of(self._weight.layer, column)
            kind = Kind.OUTPUT
            factors.append(Factor("input", self._received, Quantity(kind, layer, neuron, row)))
        for place in range(0, len(nodes), 2):
            (number, m), (_, k) = nodes[place], nodes[place + 1]
            if place:
                origin, left = nodes[place - 1]
                own = dict(self._spec.source_columns(number))[origin].start + left
                quantity = Quantity(Kind.PARAMETER, number, m, 0, own, "W")
                factors.append(Factor("weight", float(self._W[number][m, own]), quantity))
            if number == depth and self._fused:
                quantity = Quantity(Kind.DELTA, number, m, row)
                factors.append(Factor("delta", float(self._start()[m]), quantity))
                continue
            factors.append(Factor("slope", float(self._jacobians[number][k, m])))
            if self._trace.mask[number - 1] is not None:
                quantity = Quantity(Kind.MASK, number, k, row)
                factors.append(Factor("mask", float(self._kept[number][k]), quantity))
            if place == len(nodes) - 2:
                quantity = Quantity(Kind.ERROR, number, k, row)
                factors.append(Factor("error", float(self._start()[k]), quantity))
        factors.reverse()
        neurons = tuple(dict.fromkeys(reversed(nodes)))
        if column is not None:
            neurons = (*neurons, self._spec.source_of(self._weight.layer, column))
        return Path(neurons, tuple(factors), math.prod(factor.value for factor in factors))


def _double(values: Array) -> Array:
    return np.asarray(values, dtype=np.float64)
