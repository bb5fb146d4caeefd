"""The trained network as an ONNX file: from the data as they are to the outputs at test time.

The scaling of the inputs is part of the graph.  Activations are made of plain operators in the
project's own precision, because attributes of ONNX's activation operators are float32 only.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator import activations
from simulator.activations import Activation
from simulator.exchange.extras import load_onnx
from simulator.exchange.model import Exported, Trained
from simulator.mixed_activation import Mixed
from simulator.project.errors import ProjectError
from simulator.spec import LayerSpec

OPSET = 17
"""Of 2022: what reads it is everywhere."""
IR_VERSION = 8
INPUT, OUTPUT = "inputs", "outputs"
_MAX_BYTES = 2**31 - 2**20
"""A file of protocol buffers cannot be larger."""


def onnx_model(trained: Trained) -> Exported:
    """An ONNX model with one input ``inputs`` (N, n_in) and one output ``outputs`` (N, n_out).

    Raises
    ------
    ProjectError : if the onnx package is not installed, or the network is too large.
    """
    onnx = load_onnx()
    project, network = trained.project, trained.network
    if network.theta.nbytes > _MAX_BYTES:
        raise ProjectError("The network is too large for an ONNX file (at most 2 GB).")
    graph = _Graph(onnx, project.training.precision)
    spec, value = project.network, INPUT
    scaler = project.prepared.scaler
    if scaler is not None:
        value = graph.add("Sub", value, graph.constant("offset", scaler.offset))
        value = graph.add("Div", value, graph.constant("scale", scaler.scale))
    outputs = [graph.scaled(value, spec.input_layer)]
    for number in range(1, spec.depth + 1):
        layer, index = spec.layer(number), number - 1
        received = [outputs[source] for source in spec.sources(number)]
        joined = received[0] if len(received) == 1 else graph.add("Concat", *received, axis=1)
        kernel = graph.constant(f"W{number}", network.W[index].T)
        value = graph.add("MatMul", joined, kernel)
        bias = network.b[index]
        if bias is not None:
            value = graph.add("Add", value, graph.constant(f"b{number}", bias))
        if layer.batch_normalization is not None:
            factor, shift = _normalization(trained, index)
            value = graph.add("Mul", value, graph.constant(f"factor{number}", factor))
            value = graph.add("Add", value, graph.constant(f"shift{number}", shift))
        value = graph.activation(layer.make_activation(), value)
        outputs.append(graph.scaled(value, layer))
    content = graph.finished(outputs[-1], spec.inputs, spec.outputs, project)
    uses_gelu = any("gelu" in layer.activation_names for layer in spec.layers)
    note = "gelu is computed in float32, so outputs agree to about six digits."
    exact = not uses_gelu or project.training.precision == "float32"
    return Exported(content, () if exact else (note,))


def _normalization(trained: Trained, index: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Batch normalization at test time as y = factor z + shift."""
    spec, network = trained.project.network.layers[index].batch_normalization, trained.network
    gamma, beta = network.gamma[index], network.beta[index]
    mean, variance = network.moving_mean[index], network.moving_variance[index]
    assert spec is not None and gamma is not None and beta is not None
    assert mean is not None and variance is not None
    factor = gamma / np.sqrt(variance + spec.epsilon)
    return factor, beta - mean * factor


class _Graph:
    """Collects nodes and constants; a value is known by its name."""

    def __init__(self, onnx: Any, precision: str) -> None:
        self._onnx, self._type = onnx, np.dtype(precision)
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """One operation; the name of what it gives."""
        name = f"{operator.lower()}{len(self._nodes) + 1}"
        node = self._onnx.helper.make_node(operator, list(inputs), [name], **attributes)
        self._nodes.append(node)
        return name

    def constant(self, name: str, values: NDArray[Any]) -> str:
        """An array of the network."""
        plain = np.ascontiguousarray(values, self._type)
        self._constants.setdefault(name, self._onnx.numpy_helper.from_array(plain, name))
        return name

    def number(self, value: float) -> str:
        """A plain number."""
        return self.constant(f"number {value!r}", np.array(value))

    def scaled(self, value: str, layer: LayerSpec) -> str:
        """What classic dropout does at test time; inverted dropout does nothing."""
        if not layer.dropout_rate or layer.inference_scale == 1.0:
            return value
        # A number a neuron: onnxruntime would merge a single one into the matrices as float32.
        factors = np.full(layer.units, layer.inference_scale)
        return self.add("Mul", value, self.constant(f"keep{len(self._nodes)}", factors))

    def activation(self, function: Activation, z: str) -> str:
        """The activation of the values ``z``."""
        if isinstance(function, Mixed):
            return self._mixed(function, z)
        makers: dict[type[Activation], Callable[[Any, str], str]] = {
            activations.Linear: lambda own, z: z,
            activations.Sigmoid: lambda own, z: self.add("Sigmoid", z),
            activations.Tanh: lambda own, z: self.add("Tanh", z),
            activations.Relu: lambda own, z: self.add("Relu", z),
            activations.Softmax: lambda own, z: self.add("Softmax", z, axis=1),
            activations.LeakyRelu: lambda own, z: self._positive_or(
                z, self.add("Mul", z, self.number(own.negative_slope))
            ),
            activations.Elu: lambda own, z: self._elu(z, own.alpha),
            activations.Selu: lambda own, z: self._elu(z, own.ALPHA * own.SCALE, own.SCALE),
            activations.Softplus: self._softplus,
            activations.Softsign: lambda own, z: self.add(
                "Div", z, self.add("Add", self.add("Abs", z), self.number(1.0))
            ),
            activations.HardSigmoid: self._hard_sigmoid,
            activations.Gelu: self._gelu,
            activations.Silu: lambda own, z: self.add("Mul", z, self.add("Sigmoid", z)),
            activations.Step: lambda own, z: self._step(z),
            activations.Sign: lambda own, z: self.add(
                "Sub",
                self.add("Mul", self._step(z), self.number(2.0)),
                self.number(1.0),
            ),
        }
        return makers[type(function)](function, z)

    def _mixed(self, function: Mixed, z: str) -> str:
        """Neurons with activations of their own: taken apart, and put back in their order."""
        parts, order = [], []
        for own, columns in function.parts:
            parts.append(self.activation(own, self._columns(z, columns)))
            order += columns.tolist()
        joined = self.add("Concat", *parts, axis=1)
        return self._columns(joined, np.argsort(order))

    def _columns(self, values: str, columns: NDArray[np.intp]) -> str:
        name = f"columns{len(self._nodes) + 1}"
        whole = np.asarray(columns, np.int64)
        self._constants[name] = self._onnx.numpy_helper.from_array(whole, name)
        return self.add("Gather", values, name, axis=1)

    def _positive_or(self, z: str, otherwise: str) -> str:
        return self.add("Where", self.add("Greater", z, self.number(0.0)), z, otherwise)

    def _elu(self, z: str, alpha: float, slope: float = 1.0) -> str:
        low = self.add("Exp", self.add("Min", z, self.number(0.0)))
        below = self.add("Mul", self.add("Sub", low, self.number(1.0)), self.number(alpha))
        if slope == 1.0:
            return self._positive_or(z, below)
        above = self.add("Mul", z, self.number(slope))
        return self.add("Where", self.add("Greater", z, self.number(0.0)), above, below)

    def _softplus(self, own: Activation, z: str) -> str:
        # ln(1 + exp z) = max(z, 0) + ln(1 + exp(-|z|)), in range for every z.
        small = self.add("Exp", self.add("Neg", self.add("Abs", z)))
        rest = self.add("Log", self.add("Add", small, self.number(1.0)))
        return self.add("Add", self.add("Relu", z), rest)

    def _hard_sigmoid(self, own: Activation, z: str) -> str:
        line = self.add("Add", self.add("Div", z, self.number(6.0)), self.number(0.5))
        return self.add("Min", self.add("Max", line, self.number(0.0)), self.number(1.0))

    def _gelu(self, own: Activation, z: str) -> str:
        helper = self._onnx.helper
        scaled = self.add("Mul", z, self.number(math.sqrt(0.5)))
        if self._type == np.float64:
            # onnxruntime has this one operator in float32 only.
            single = helper.np_dtype_to_tensor_dtype(np.dtype(np.float32))
            erf = self.add("Erf", self.add("Cast", scaled, to=single))
            erf = self.add("Cast", erf, to=helper.np_dtype_to_tensor_dtype(self._type))
        else:
            erf = self.add("Erf", scaled)
        half = self.add("Mul", self.add("Add", erf, self.number(1.0)), self.number(0.5))
        return self.add("Mul", z, half)

    def _step(self, z: str) -> str:
        kind = self._onnx.helper.np_dtype_to_tensor_dtype(self._type)
        return self.add("Cast", self.add("GreaterOrEqual", z, self.number(0.0)), to=kind)

    def finished(self, last: str, inputs: int, outputs: int, project: Any) -> bytes:
        """The bytes of the model, checked by onnx itself."""
        helper = self._onnx.helper
        kind = helper.np_dtype_to_tensor_dtype(self._type)
        self._nodes.append(helper.make_node("Identity", [last], [OUTPUT]))
        graph = helper.make_graph(
            self._nodes,
            project.name or "network",
            [helper.make_tensor_value_info(INPUT, kind, ["samples", inputs])],
            [helper.make_tensor_value_info(OUTPUT, kind, ["samples", outputs])],
            list(self._constants.values()),
        )
        model = helper.make_model(
            graph,
            producer_name="Backlit",
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
        )
        helper.set_model_props(model, {"classes": "\n".join(project.data.class_names)})
        self._onnx.checker.check_model(model)
        return bytes(model.SerializeToString())
