"""Names, signs and numbers as they stand on screen."""

from __future__ import annotations

import math

import numpy as np

from simulator.arrays import Array
from simulator.spec import NetworkSpec
from simulator.trace import Phase, PhaseKind, Trace

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

PHASE_NAMES = {
    PhaseKind.INPUT: "input",
    PhaseKind.PREACTIVATION: "pre-activation",
    PhaseKind.NORMALIZATION: "batch normalization",
    PhaseKind.ACTIVATION: "activation",
    PhaseKind.NOISE: "noise",
    PhaseKind.DROPOUT: "dropout",
    PhaseKind.LOSS: "loss",
    PhaseKind.ERROR: "error",
    PhaseKind.DELTA: "delta",
    PhaseKind.GRADIENT: "gradient",
    PhaseKind.UPDATE: "update",
}


def symbol(phase: Phase) -> str:
    """The short sign of a phase: "z²", "δ³", "E"."""
    layer = str(phase.layer).translate(SUPERSCRIPTS)
    return {
        PhaseKind.INPUT: "x",
        PhaseKind.PREACTIVATION: f"z{layer}",
        PhaseKind.NORMALIZATION: f"ẑ{layer}",
        PhaseKind.ACTIVATION: f"a{layer}",
        PhaseKind.NOISE: f"n{layer}",
        PhaseKind.DROPOUT: f"m{layer}",
        PhaseKind.LOSS: "E",
        PhaseKind.ERROR: f"ε{layer}",
        PhaseKind.DELTA: f"δ{layer}",
        PhaseKind.GRADIENT: f"∇{layer}",
        PhaseKind.UPDATE: f"W{layer}",
    }[phase.kind]


def title(phase: Phase, spec: NetworkSpec) -> str:
    """Where the iteration stands: "Backward · hidden 3 · delta"."""
    if phase.kind is PhaseKind.INPUT:
        return "Forward · input"
    if phase.kind is PhaseKind.LOSS:
        return "Loss"
    if phase.kind is PhaseKind.UPDATE:
        return f"Update · {spec.layer_name(phase.layer)}"
    direction = "Backward" if phase.backward else "Forward"
    return f"{direction} · {spec.layer_name(phase.layer)} · {PHASE_NAMES[phase.kind]}"


def most_active_neuron(trace: Trace, phase: Phase) -> int:
    """The neuron (from 0) with the largest value in this phase: what to explain by default."""
    if phase.kind in (PhaseKind.GRADIENT, PhaseKind.UPDATE):
        return int(np.argmax(np.abs(trace.delta[phase.layer - 1][0])))
    if phase.kind is PhaseKind.LOSS:
        return int(np.argmax(trace.target[0]))
    if phase.kind is PhaseKind.DROPOUT:
        return int(np.argmax(np.abs(undisturbed(trace, phase.layer)[0])))
    value = trace.value(phase)
    return int(np.argmax(np.abs(value[0]))) if isinstance(value, np.ndarray) else 0


def undisturbed(trace: Trace, number: int) -> Array:
    """What noise and dropout of a layer work on; of layer 0 the inputs: (N, units)."""
    return trace.activation[number - 1] if number else trace.x


def number(value: float, digits: int = 4) -> str:
    """A number as it stands in an equation: so many digits, with a real minus sign.

    ``digits`` (1 to 15) stand behind the point; very small and very large numbers have so many in
    all, times a power of ten.
    """
    magnitude = abs(value)
    if magnitude == 0.0:
        return "0"
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else "∞" if value > 0 else "−∞"
    smallest = 10.0 ** max(min(1 - digits, -1), -3)
    form = f".{digits}f" if smallest <= magnitude < 1e5 else f".{digits - 1}e"
    text = f"{value:{form}}"
    return text.replace("-", "−")


def setting(value: float) -> str:
    """A number somebody typed, as short as it is exact: "0.9", "1e−07"."""
    return f"{value:.12g}".replace("-", "−")
