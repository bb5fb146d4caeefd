"""What stands in the config of a Keras layer: activations, penalties, limits, initializers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from simulator.exchange.keras_graph import Node
from simulator.exchange.keras_names import ACTIVATIONS, INITIALIZERS, LAYER_ACTIVATIONS
from simulator.initializers import initializer_parameters
from simulator.project.errors import printable
from simulator.project.fields import MAX_FLOAT, Fields
from simulator.regularizers import RegularizerSpec
from simulator.spec import BatchNormalizationSpec, Parameters

_BY_CLASS = {kind: name for name, kind in INITIALIZERS.items()}
_PARAMETERS = {kind: (name, parameter) for name, (kind, parameter) in LAYER_ACTIVATIONS.items()}
_OTHER_NAMES = {"swish": "silu"}
_LARGEST_START = 1e100


def read_activation(node: Node, value: Any) -> tuple[str, Parameters]:
    """Name and parameters of an activation: a name, or a layer such as LeakyReLU.

    Raises
    ------
    ProjectError : one sentence on an activation that is not known.
    """
    if value is None:
        return "linear", ()
    if isinstance(value, dict):
        kind, config = value.get("class_name"), value.get("config")
        if isinstance(kind, str) and isinstance(config, dict):
            return layer_activation(node, kind, Fields(config, f"“{printable(node.name)}”"))
        value = config if value.get("module") in ("builtins", "keras.activations") else kind
    if isinstance(value, str):
        name = _OTHER_NAMES.get(value, value)
        if name in ACTIVATIONS:
            return name, ()
        raise node.refuse(f"has the activation “{printable(value)}”, which is not known here.")
    raise node.refuse("has an activation that cannot be read.")


def layer_activation(node: Node, kind: str, config: Fields) -> tuple[str, Parameters]:
    """The activation that a Keras layer of this class is."""
    if kind in _PARAMETERS:
        name, parameter = _PARAMETERS[kind]
        return name, ((parameter, _number(node, config, parameter)),)
    if kind == "ReLU":
        for field, plain in (("max_value", None), ("negative_slope", 0), ("threshold", 0)):
            if config.raw(field, plain) not in (plain, None):
                raise node.refuse(f"has the setting {field}, which is not known here.")
        return "relu", ()
    if kind == "Softmax":
        if config.raw("axis", -1) not in (-1, 1):
            raise node.refuse("must work along the last axis.")
        return "softmax", ()
    raise node.refuse(f"has the activation “{printable(kind)}”, which is not known here.")


def _number(node: Node, config: Fields, name: str) -> float:
    value = config.raw(name, None)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise node.refuse(f"must have a number as {name}.")
    if not -MAX_FLOAT <= value <= MAX_FLOAT:
        raise node.refuse(f"must have a finite number as {name}.")
    return float(value)


def read_regularizer(node: Node) -> RegularizerSpec:
    """What the weights of a Dense layer pay."""
    weights = _penalty(node, "kernel_regularizer")
    biases = _penalty(node, "bias_regularizer")
    for other in ("activity_regularizer", "bias_constraint"):
        if node.config.raw(other, None) is not None:
            raise node.refuse(f"has {_article(other)}, which is not known here.")
    if biases not in ((0.0, 0.0), weights):
        raise node.refuse("has another regularizer for its biases than for its weights.")
    l1, l2 = weights
    both = biases == weights and biases != (0.0, 0.0)
    if l1 and l2:
        return RegularizerSpec("elastic_net", l1, l2 / l1, both)
    if l1:
        return RegularizerSpec("l1", l1, biases=both)
    return RegularizerSpec("l2", l2, biases=both) if l2 else RegularizerSpec()


def _penalty(node: Node, field: str) -> tuple[float, float]:
    """The factors of Σ |w| and Σ w²."""
    _, config = _object(node, field, ("L1", "L2", "L1L2", "l1", "l2", "l1_l2"))
    if config is None:
        return 0.0, 0.0
    found = []
    for name in ("l1", "l2"):
        value = _number(node, config, name) if config.raw(name, None) is not None else 0.0
        if value < 0.0:
            raise node.refuse(f"has a {field} below 0.")
        found.append(value)
    return found[0], found[1]


def read_max_norm(node: Node) -> float:
    """The largest norm of the weights into a neuron; 0 for no limit."""
    _, config = _object(node, "kernel_constraint", ("MaxNorm", "max_norm"))
    if config is None:
        return 0.0
    if config.raw("axis", 0) not in (0, [0]):
        raise node.refuse("limits the weights out of a neuron; only axis 0 is known here.")
    value = _number(node, config, "max_value")
    if value < 0.0:
        raise node.refuse("has a limit below 0.")
    return value


def read_initializer(node: Node) -> tuple[str, Parameters, str]:
    """Initializer of the weights with its parameters; the class's name if it is not known here."""
    value = node.config.raw("kernel_initializer", None)
    kind = value.get("class_name") if isinstance(value, dict) else value
    config = value.get("config") if isinstance(value, dict) else {}
    name = _BY_CLASS.get(str(kind), str(kind))
    if name not in INITIALIZERS or not isinstance(config, dict):
        return "glorot_uniform", (), printable(str(kind))
    fields, given = Fields(config, f"“{printable(node.name)}”"), []
    for parameter in initializer_parameters(name):
        if fields.raw(parameter, None) is None:
            continue
        number = _number(node, fields, parameter)
        if abs(number) > _LARGEST_START or (parameter == "stddev" and number < 0.0):
            raise node.refuse(f"has a {parameter} that is out of range.")
        given.append((parameter, number))
    return name, tuple(given), ""


def read_normalization(node: Node) -> BatchNormalizationSpec:
    """The settings of a BatchNormalization."""
    config = node.config
    if config.raw("axis", -1) not in (-1, 1, [1], [-1]):
        raise node.refuse("must normalize along the last axis.")
    for name in ("center", "scale"):
        if config.raw(name, True) is not True:
            raise node.refuse(f"is without {name}, which is not known here.")
    if config.raw("renorm", False) is not False:
        raise node.refuse("uses renorm, which is not known here.")
    for name in ("beta_regularizer", "gamma_regularizer", "beta_constraint", "gamma_constraint"):
        if config.raw(name, None) is not None:
            raise node.refuse(f"has {_article(name)}, which is not known here.")
    momentum, epsilon = _number(node, config, "momentum"), _number(node, config, "epsilon")
    if not 0.0 <= momentum < 1.0 or not 0.0 < epsilon < math.inf:
        raise node.refuse("must have a momentum from 0 to below 1 and an epsilon above 0.")
    return BatchNormalizationSpec(momentum, epsilon)


def read_rate(node: Node, name: str, below: float) -> float:
    """A number from 0 to below ``below``."""
    value = _number(node, node.config, name)
    if not 0.0 <= value < below:
        raise node.refuse(f"must have a {name} from 0" + (" to below 1." if below == 1.0 else "."))
    return value


def _object(node: Node, field: str, known: tuple[str, ...]) -> tuple[str, Fields | None]:
    """Class and config of an object in a config; None where there is none."""
    value = node.config.raw(field, None)
    if value is None:
        return "", None
    kind = value.get("class_name") if isinstance(value, dict) else None
    config: Mapping[str, Any] | None = value.get("config") if isinstance(value, dict) else None
    if kind not in known or not isinstance(config, dict):
        shown = printable(str(kind if kind is not None else value))
        raise node.refuse(f"has the {field} “{shown}”, which is not known here.")
    return str(kind), Fields(config, f"“{printable(node.name)}”")


def _article(name: str) -> str:
    return f"an {name}" if name[0] == "a" else f"a {name}"
