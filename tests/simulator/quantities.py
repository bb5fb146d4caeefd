"""Every number of a trace by name, for tests that ask each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from test_gradient_any_network import projects

from simulator.clipping import ClippingSpec
from simulator.optimizers import OPTIMIZERS, OptimizerSpec
from simulator.project import Project
from simulator.quantity import Kind, Quantity
from simulator.schedules import SCHEDULES, ScheduleSpec
from simulator.trace import Trace

OF_NEURONS = (
    *(Kind.PREACTIVATION, Kind.NORMALIZED, Kind.ACTIVATION, Kind.NOISE, Kind.MASK, Kind.OUTPUT),
    *(Kind.ERROR, Kind.DELTA),
)


def quantities(trace: Trace, rows: int = 2) -> Iterator[Quantity]:
    """All quantities of a trace; of the samples the first ``rows``."""
    spec = trace.spec
    yield from (Quantity(kind) for kind in (Kind.LOSS, Kind.PENALTY, Kind.LEARNING_RATE))
    for row in range(min(rows, len(trace.x))):
        yield Quantity(Kind.SAMPLE_LOSS, spec.depth, 0, row)
        for neuron in range(spec.outputs):
            yield Quantity(Kind.TARGET, spec.depth, neuron, row)
        for neuron in range(spec.inputs):
            yield Quantity(Kind.INPUT, 0, neuron, row)
            yield Quantity(Kind.OUTPUT, 0, neuron, row)
            if trace.input_mask is not None:
                yield Quantity(Kind.MASK, 0, neuron, row)
            if trace.input_noise is not None:
                yield Quantity(Kind.NOISE, 0, neuron, row)
        for number in range(1, spec.depth + 1):
            there = {
                Kind.NORMALIZED: trace.normalized[number - 1] is not None,
                Kind.NOISE: trace.noise[number - 1] is not None,
                Kind.MASK: trace.mask[number - 1] is not None,
            }
            for kind in OF_NEURONS:
                if there.get(kind, True):
                    for neuron in range(spec.sizes[number]):
                        yield Quantity(kind, number, neuron, row)
    for own in parameters(trace):
        for kind in (Kind.PARAMETER, Kind.GRADIENT, Kind.UPDATED):
            yield replace(own, kind=kind)
        for name in trace.slots_before:
            yield replace(own, kind=Kind.SLOT, name=name)
            yield replace(own, kind=Kind.SLOT_BEFORE, name=name)


def parameters(trace: Trace) -> Iterator[Quantity]:
    """Every parameter before the update."""
    spec = trace.spec
    for number, layer in enumerate(spec.layers, start=1):
        for neuron in range(layer.units):
            for column in range(spec.fan_in(number)):
                yield Quantity(Kind.PARAMETER, number, neuron, 0, column, "W")
            names = ["b"] if layer.bias else []
            names += ["gamma", "beta"] if layer.batch_normalization else []
            for name in names:
                yield Quantity(Kind.PARAMETER, number, neuron, 0, None, name)


@st.composite
def trained(draw: Any) -> Project:
    """Any network, with any optimizer, schedule, limits, and layers that are held fast."""
    project: Project = draw(projects())
    name = draw(st.sampled_from(sorted(OPTIMIZERS)))
    clipping = ClippingSpec(
        clipvalue=draw(st.sampled_from([0.0, 0.0, 0.01])),
        clipnorm=draw(st.sampled_from([0.0, 0.0, 0.05])),
        global_clipnorm=draw(st.sampled_from([0.0, 0.0, 0.1])),
    )
    schedule = ScheduleSpec(
        draw(st.sampled_from(sorted(SCHEDULES))),
        (("warmup_steps", float(draw(st.sampled_from([0, 0, 2])))),),
    )
    optimizer = OptimizerSpec(name, 0.05, (), schedule, clipping)
    layers = tuple(
        replace(
            layer,
            trainable=draw(st.sampled_from([True, True, True, False])),
            max_norm=draw(st.sampled_from([0.0, 0.0, 0.2])),
        )
        for layer in project.network.layers
    )
    network = replace(project.network, layers=layers)
    return replace(project, optimizer=optimizer, network=network)
