"""All paths from the loss to a weight add up to the engine's gradient."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from quantities import parameters
from small_projects import build, digits, layer, normal_data
from test_gradient_any_network import projects

from simulator.paths import Paths, paths_to
from simulator.project import Project, ProjectError, load_project
from simulator.quantity import Kind, Quantity, value_of
from simulator.trace import Trace
from simulator.trainer import Trainer


def share(trace: Trace, weight: Quantity, row: int) -> float:
    """What one sample has in the gradient of a weight, from the engine's delta."""
    delta = float(trace.delta[weight.layer - 1][row, weight.neuron])
    if weight.source is None:
        return delta
    return delta * float(trace.received(weight.layer)[row, weight.source])


def check(found: Paths, wanted: float) -> None:
    sizes = [abs(path.product) for path in found.listed]
    floor = 1e-14 * max([1.0, *sizes])
    assert found.total == pytest.approx(wanted, rel=1e-10, abs=floor)
    listed = math.fsum(path.product for path in found.listed)
    assert listed + found.rest == pytest.approx(found.total, rel=1e-10, abs=floor)
    for path in found.listed:
        if path.factors:
            product = math.prod(factor.value for factor in path.factors)
            assert path.product == pytest.approx(product, rel=1e-12, abs=1e-300)


def gradient(trace: Trace, weight: Quantity) -> float:
    return value_of(trace, replace(weight, kind=Kind.GRADIENT))


@pytest.mark.parametrize("name", ["xor", "noisy-xor", "shortcut"])
def test_every_weight_of_a_small_network(name: str) -> None:
    """Of 2-2-1 and the like, the mean over the whole mini-batch."""
    project = load_project(name)
    trainer = Trainer(project)
    for _ in range(2):
        trace = trainer.trace_iteration()
        rows = range(min(3, len(trace.x)))
        for weight in parameters(trace):
            if trace.iteration == 1 or len(trace.x) <= 4:
                found = paths_to(trace, project, weight, None)
                assert found.count == len(found.listed) and found.rest == 0.0
                check(found, gradient(trace, weight))
            for row in rows:
                check(paths_to(trace, project, weight, row), share(trace, weight, row))


def test_every_weight_of_a_large_network() -> None:
    """25-20-20-20-5 with dropout: 2,000 paths to each weight of the first layer."""
    project = digits()
    trace = Trainer(project).trace_iteration()
    for weight in parameters(trace):
        found = paths_to(trace, project, weight, limit=8, largest=3)
        assert found.count == {1: 2000, 2: 100, 3: 5, 4: 1}[weight.layer]
        check(found, gradient(trace, weight))


def test_the_largest_paths_are_the_largest() -> None:
    project = digits()
    trace = Trainer(project).trace_iteration()
    checked = 0
    for weight in list(parameters(trace))[: 25 * 20 * 2 : 43]:
        every = paths_to(trace, project, weight, limit=10_000)
        assert every.count == len(every.listed)
        sizes = sorted((abs(path.product) for path in every.listed), reverse=True)
        some = paths_to(trace, project, weight, limit=1, largest=7)
        wanted = [size for size in sizes[:7] if size]
        assert [abs(path.product) for path in some.listed] == pytest.approx(wanted, rel=1e-12)
        for path in some.listed:
            assert path in every.listed
        check(every, gradient(trace, weight))
        checked += bool(wanted)
    assert checked


@settings(max_examples=40, deadline=None)
@given(projects())
def test_every_weight_of_any_network(project: Project) -> None:
    """Shortcuts, softmax anywhere, dropout, noise, removed links, activations of single neurons."""
    trace = Trainer(project).trace_iteration()
    for weight in parameters(trace):
        try:
            found = paths_to(trace, project, weight, 1, limit=30, largest=4)
        except ProjectError as problem:
            assert "batch normalization" in str(problem) or "weights and biases" in str(problem)
            layers = range(weight.layer, trace.spec.depth + 1)
            assert any(trace.spec.layer(n).batch_normalization for n in layers)
            continue
        if weight.source is not None and project.parameters[weight.layer - 1].links is not None:
            links = project.parameters[weight.layer - 1].links
            assert links is not None
            if links[weight.neuron, weight.source] == 0.0:
                assert found == Paths(weight, 0, (), 0.0, 0.0)
                continue
        check(found, share(trace, weight, 1))
        products = [abs(path.product) for path in found.listed]
        if found.count > 30:
            assert products == sorted(products, reverse=True)
        else:
            assert len(products) == found.count


def test_a_path_names_its_neurons_and_factors() -> None:
    project = load_project("xor")
    trace = Trainer(project).trace_iteration()
    weight = Quantity(Kind.PARAMETER, 1, 2, 0, 1, "W")
    (path,) = paths_to(trace, project, weight, 3).listed
    assert path.neurons == ((2, 0), (1, 2), (0, 1))
    assert [factor.name for factor in path.factors] == ["delta", "weight", "slope", "input"]
    for factor in path.factors:
        if factor.quantity is not None:
            assert factor.value == value_of(trace, factor.quantity)


def test_batch_normalization_is_refused_where_it_is_on_the_way() -> None:
    layers = [layer(2, batch_normalization=True), layer(1, "linear")]
    project = build(layers, normal_data(4, 2, 1), batch_size=4)
    trace = Trainer(project).trace_iteration()
    with pytest.raises(ProjectError, match="Hidden 1 has batch normalization"):
        paths_to(trace, project, Quantity(Kind.PARAMETER, 1, 0, 0, 0, "W"))
    behind = Quantity(Kind.PARAMETER, 2, 0, 0, 1, "W")
    check(paths_to(trace, project, behind, None), gradient(trace, behind))
    with pytest.raises(ProjectError, match="weights and biases only"):
        paths_to(trace, project, Quantity(Kind.PARAMETER, 1, 0, 0, None, "gamma"))


def test_a_learning_rule_has_no_paths() -> None:
    project = load_project("perceptron-and")
    trace = Trainer(project).trace_iteration()
    with pytest.raises(ProjectError, match="learning rule"):
        paths_to(trace, project, Quantity(Kind.PARAMETER, 1, 0, 0, 0, "W"))
