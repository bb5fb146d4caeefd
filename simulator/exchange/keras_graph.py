"""The config of a ``.keras`` file as a list of layers, in the order in which they compute.

The config is data: nothing in it is imported, called or evaluated.  A layer is one of the few
known here, or the file is refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from simulator.project.errors import ProjectError, printable
from simulator.project.fields import Fields
from simulator.project.limits import MAX_UNITS

KNOWN = (
    *("InputLayer", "Dense", "Dropout", "GaussianNoise", "BatchNormalization"),
    *("Activation", "ReLU", "LeakyReLU", "ELU", "Softmax", "Concatenate", "Flatten"),
)
_MAX_LAYERS = 1000
_RUNS_CODE = ("Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer")


@dataclass(frozen=True, eq=False)
class Node:
    """A layer of a Keras model; ``inputs`` are the names of the layers it receives from."""

    kind: str
    name: str
    config: Fields
    inputs: tuple[str, ...]

    def refuse(self, why: str) -> ProjectError:
        """The error for a layer that cannot be read."""
        return ProjectError(f"the layer “{printable(self.name)}” ({self.kind}) {why}")


@dataclass(frozen=True, eq=False)
class Graph:
    """``nodes`` as the file lists them, ``order`` as they compute; ``output`` names the last."""

    nodes: tuple[Node, ...]
    order: tuple[Node, ...]
    inputs: int
    output: str


def read_graph(value: Any) -> Graph:
    """The layers of a model.

    Raises
    ------
    ProjectError : one sentence: which layer cannot be used, and why.
    """
    model = Fields(value, "config.json")
    kind = model.text("class_name")
    if kind not in ("Sequential", "Functional"):
        raise ProjectError(
            f"it is a model of the class “{printable(kind)}”; only Sequential and Functional "
            f"models describe their layers."
        )
    inner = model.child("config")
    layers = inner.items("layers", 1, _MAX_LAYERS)
    if kind == "Sequential":
        nodes = _chain(layers)
        output = nodes[-1].name
    else:
        nodes = [_node(own, None) for own in layers]
        output = _only(inner.raw("output_layers"), "output")
        _only(inner.raw("input_layers"), "input")
    names = [node.name for node in nodes]
    for name in names:
        if names.count(name) > 1:
            raise ProjectError(f"two layers are called “{printable(name)}”.")
    for node in nodes:
        for source in node.inputs:
            if source not in names:
                raise node.refuse(f"receives from “{printable(source)}”, which is not there.")
    if output not in names:
        raise ProjectError("its output is a layer that is not there.")
    return Graph(tuple(nodes), tuple(_ordered(nodes)), _width(nodes), output)


def _chain(layers: list[Any]) -> list[Node]:
    """A Sequential model: each layer receives from the one before it."""
    nodes: list[Node] = []
    for value in layers:
        nodes.append(_node(value, (nodes[-1].name,) if nodes else ()))
    return nodes


def _node(value: Any, inputs: tuple[str, ...] | None) -> Node:
    fields = Fields(value, "a layer of config.json")
    kind = fields.text("class_name")
    config = fields.child("config")
    name = config.text("name", "")
    shown = f"the layer “{printable(name)}” ({printable(kind)})"
    if kind in _RUNS_CODE:
        raise ProjectError(f"{shown} holds a program; programs in files are never run.")
    registered = fields.raw("registered_name", None)
    if registered not in (None, kind) or kind not in KNOWN:
        known = ", ".join(KNOWN[1:])
        raise ProjectError(f"{shown} is of a class that is not known here; known are {known}.")
    if inputs is None:
        inputs = _inbound(fields.raw("inbound_nodes", []), shown)
    return Node(kind, name, Fields(fields.raw("config"), shown), inputs)


def _inbound(value: Any, shown: str) -> tuple[str, ...]:
    """The layers a node receives from, from how Keras 3 describes a call."""
    unread = ProjectError(f"{shown}: its place in the model cannot be read.")
    if not isinstance(value, list):
        raise unread
    if not value:
        return ()
    if len(value) > 1:
        raise ProjectError(f"{shown} is used {len(value)} times; layers cannot be shared here.")
    if not isinstance(value[0], dict):
        raise ProjectError("it was saved by Keras 2; open it in Keras 3 and save it again.")
    arguments = value[0].get("args")
    if not isinstance(arguments, list) or len(arguments) != 1:
        raise unread
    received = arguments[0] if isinstance(arguments[0], list) else arguments
    names = []
    for tensor in received:
        config = tensor.get("config") if isinstance(tensor, dict) else None
        history = config.get("keras_history") if isinstance(config, dict) else None
        if not isinstance(history, list) or len(history) != 3 or not isinstance(history[0], str):
            raise unread
        if history[1:] != [0, 0]:
            raise ProjectError(f"{shown} receives from a layer that is used several times.")
        names.append(history[0])
    return tuple(names)


def _only(value: Any, what: str) -> str:
    """The name of the only input or output: ["x", 0, 0], or a list of one such."""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], list):
        value = value[0]
    if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str):
        return value[0]
    raise ProjectError(f"the model must have one {what}.")


def _ordered(nodes: list[Node]) -> list[Node]:
    """The nodes, each behind all that it receives from; else as they are listed."""
    ordered: list[Node] = []
    done: set[str] = set()
    waiting = list(nodes)
    while waiting:
        ready = [node for node in waiting if all(source in done for source in node.inputs)]
        if not ready:
            raise ProjectError("its layers receive from each other in a circle.")
        ordered.append(ready[0])
        done.add(ready[0].name)
        waiting.remove(ready[0])
    return ordered


def _width(nodes: list[Node]) -> int:
    """The numbers in an input, from the input layer or a Sequential model's first layer."""
    inputs = [node for node in nodes if node.kind == "InputLayer"]
    if len(inputs) != 1 or any(not own.inputs for own in nodes if own.kind != "InputLayer"):
        raise ProjectError(
            "the model must have one input layer, which says how many inputs it has."
        )
    node = inputs[0]
    shape = node.config.raw("batch_shape", None)
    if shape is None:
        shape = node.config.raw("batch_input_shape", None)
    sizes = shape[1:] if isinstance(shape, list) else []
    whole = all(isinstance(own, int) and not isinstance(own, bool) for own in sizes)
    if not sizes or not whole or not all(1 <= own <= MAX_UNITS for own in sizes):
        raise node.refuse("must have a fixed number of inputs.")
    flat = [own for own in nodes if own.kind == "Flatten"]
    if len(sizes) > 1 and not any(own.inputs == (node.name,) for own in flat):
        raise node.refuse("takes pictures; only a Flatten directly behind it can be read.")
    width = math.prod(sizes)
    if width > MAX_UNITS:
        raise node.refuse(f"has more than {MAX_UNITS:,} inputs.")
    return width
