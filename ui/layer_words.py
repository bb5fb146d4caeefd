"""What a layer is, in few words."""

from __future__ import annotations

import numpy as np

from simulator.spec import LayerSpec, NetworkSpec
from ui.held import HeldLayer

_ACTIVATIONS = {
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "elu": "ELU",
    "selu": "SELU",
    "gelu": "GELU",
    "silu": "SiLU",
}
BOUNDED = frozenset({"sigmoid", "tanh", "softmax", "step", "sign", "hard_sigmoid", "softsign"})
"""Activations that never leave -1..1: their scale is 1, so that 0.2 does not look like a lot."""
_PENALTIES = {"l1": "L1", "l2": "L2", "elastic_net": "elastic net"}


def bounded(layer: LayerSpec) -> bool:
    """Whether the activations of a layer never leave -1..1."""
    return BOUNDED.issuperset(layer.activation_names)


def activation_name(name: str) -> str:
    """An activation as it is written: "ReLU", "hard sigmoid"."""
    return _ACTIVATIONS.get(name, name.replace("_", " "))


def activation_text(spec: NetworkSpec, number: int) -> str:
    """The activation of a layer: "tanh", or "tanh + ReLU" where neurons differ."""
    return " + ".join(map(activation_name, spec.layer(number).activation_names))


def caption(spec: NetworkSpec, number: int, without: tuple[str, ...] = ()) -> list[str]:
    """What a layer does to its values, each in a word or two; some kinds may be left out."""
    layer = spec.layer(number)
    parts = []
    if number > 0 and "function" not in without:
        parts.append(activation_text(spec, number))
    if layer.batch_normalization is not None and "norm" not in without:
        parts.append("batch norm")
    if layer.noise > 0.0 and "noise" not in without:
        parts.append(f"noise {layer.noise:g}")
    if layer.dropout_rate > 0.0 and "drop" not in without:
        parts.append(f"drop {layer.dropout_rate:g}")
    if layer.regularizer.active and "penalty" not in without:
        parts.append(_PENALTIES[layer.regularizer.name])
    return parts


def facts(spec: NetworkSpec, number: int, held: HeldLayer) -> list[tuple[str, str]]:
    """All there is to say about a layer: (what, how)."""
    layer = spec.layer(number)
    rows = [("neurons", f"{layer.units:,}")]
    if number:
        rows.append(("activation", _activations(spec, number)))
        if not spec.is_chain:
            rows.append(("receives from", ", ".join(map(spec.layer_name, spec.sources(number)))))
        rows.append(("parameters", f"{spec.parameters_per_layer[number - 1]:,}"))
    if layer.batch_normalization is not None:
        rows.append(("batch normalization", f"momentum {layer.batch_normalization.momentum:g}"))
    if layer.noise > 0.0:
        rows.append(("noise in training", f"σ {layer.noise:g}"))
    if layer.dropout_rate > 0.0:
        rows.append(("dropout", f"rate {layer.dropout_rate:g}, {layer.dropout_style}"))
    if layer.regularizer.active:
        kind = _PENALTIES[layer.regularizer.name]
        rows.append(("penalty", f"{kind}, λ {layer.regularizer.strength:g}"))
    if layer.max_norm > 0.0:
        rows.append(("largest norm", f"{layer.max_norm:g}"))
    return rows + _held_facts(spec, number, held)


def _activations(spec: NetworkSpec, number: int) -> str:
    layer = spec.layer(number)
    if len(layer.activation_names) == 1:
        return activation_text(spec, number)
    every = [layer.activation_of(neuron)[0] for neuron in range(layer.units)]
    return ", ".join(
        f"{every.count(name)} {activation_name(name)}" for name in layer.activation_names
    )


def _held_facts(spec: NetworkSpec, number: int, held: HeldLayer) -> list[tuple[str, str]]:
    rows = []
    if held.removed is not None:
        rows.append(("removed", f"{_count(held.removed):,} of {held.removed.size:,} links"))
    if held.whole:
        rows.append(("frozen", "the whole layer"))
    elif held.any_frozen:
        count = sum(_count(mask) for mask in (held.frozen, held.frozen_biases) if mask is not None)
        total = spec.parameters_per_layer[number - 1]
        rows.append(("frozen", f"{count:,} of {total:,} parameters"))
    return rows


def _count(mask: np.ndarray) -> int:
    return int(np.count_nonzero(mask))
