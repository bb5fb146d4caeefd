"""What a phase does, in symbols and with this network's numbers, for one neuron of its layer.

Every number comes from the trace; what is left out of a long sum is said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.activations import activation_parameters
from simulator.arrays import Array
from simulator.spec import LayerSpec, NetworkSpec
from simulator.trace import Phase, PhaseKind, Trace

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
TERMS = 4
"""Terms of a sum that are written out; the largest are."""

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

_FORMULAS = {
    "linear": "z = {z}",
    "sigmoid": "1 / (1 + exp({minus}))",
    "tanh": "tanh({z})",
    "relu": "max(0, {z})",
    "softmax": "exp({z}) / Σ exp(z)",
    "leaky_relu": "z if z > 0, else {negative_slope:g} z; z = {z}",
    "elu": "z if z > 0, else {alpha:g} (exp(z) − 1); z = {z}",
    "selu": "1.0507 z if z > 0, else 1.7581 (exp(z) − 1); z = {z}",
    "softplus": "ln(1 + exp({z}))",
    "softsign": "z / (1 + |z|); z = {z}",
    "hard_sigmoid": "z / 6 + ½ within 0 and 1; z = {z}",
    "gelu": "z Φ(z); z = {z}",
    "silu": "z / (1 + exp(−z)); z = {z}",
    "step": "1 if z ≥ 0, else 0; z = {z}",
    "sign": "+1 if z ≥ 0, else −1; z = {z}",
}
_DERIVATIVES = {
    "leaky_relu": "1 if z > 0, else {negative_slope:g}",
    "elu": "1 if z > 0, else {alpha:g} exp(z)",
    "selu": "1.0507 if z > 0, else 1.7581 exp(z)",
    "softplus": "1 / (1 + exp(−z))",
    "softsign": "1 / (1 + |z|)²",
    "hard_sigmoid": "1/6 if |z| < 3, else 0",
    "gelu": "Φ(z) + z exp(−z²/2) / √(2π)",
    "silu": "s + a (1 − s), s = 1 / (1 + exp(−z))",
    "linear": "1",
    "sigmoid": "a (1 − a)",
    "tanh": "1 − a²",
    "relu": "1 if z > 0, else 0",
}


_RULE_DELTAS = {
    "perceptron": ("(y − t) / span", "0 when the answer is right: then nothing changes"),
    "adaline": ("z − t", "the error before the threshold (Widrow–Hoff)"),
    "hebb": ("−t", "the link grows where input and target go together (Hebb)"),
    "mcculloch_pitts": ("0", "a McCulloch–Pitts neuron does not learn"),
}
"""Per learning rule its delta in symbols, and a word on it."""

Lines = tuple[str, ...]


@dataclass(frozen=True)
class Equation:
    """A phase explained.

    ``symbols`` is the equation; ``numbers`` the same with this neuron's numbers, a line each;
    ``result`` the outcome; ``shapes`` the whole layer's equation by array shapes.
    """

    heading: str
    symbols: str
    numbers: tuple[str, ...]
    result: str
    shapes: str


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
    direction = "Forward"
    if phase.backward:
        direction = "Backward"
    elif phase.kind is PhaseKind.UPDATE:
        direction = "Update"
        return f"{direction} · {spec.layer_name(phase.layer)}"
    return f"{direction} · {spec.layer_name(phase.layer)} · {PHASE_NAMES[phase.kind]}"


def most_active_neuron(trace: Trace, phase: Phase) -> int:
    """The neuron (from 0) with the largest value in this phase: what to explain by default."""
    if phase.kind in (PhaseKind.GRADIENT, PhaseKind.UPDATE):
        return int(np.argmax(np.abs(trace.delta[phase.layer - 1][0])))
    if phase.kind is PhaseKind.LOSS:
        return int(np.argmax(trace.target[0]))
    if phase.kind is PhaseKind.DROPOUT:
        return int(np.argmax(np.abs(_undisturbed(trace, phase.layer)[0])))
    value = trace.value(phase)
    return int(np.argmax(np.abs(value[0]))) if isinstance(value, np.ndarray) else 0


def _undisturbed(trace: Trace, number: int) -> Array:
    """What noise and dropout of a layer work on; of layer 0 the inputs: (N, units)."""
    return trace.activation[number - 1] if number else trace.x


def explain(
    trace: Trace,
    phase: Phase,
    neuron: int,
    loss_name: str,
    learning_rate: float,
    row: int = 0,
    optimizer: str = "sgd",
) -> Equation:
    """The equation of a phase for one neuron (from 0) and one sample (row of the mini-batch)."""
    return _Explainer(trace, phase, neuron, loss_name, learning_rate, row, optimizer).equation()


class _Explainer:
    def __init__(
        self,
        trace: Trace,
        phase: Phase,
        neuron: int,
        loss_name: str,
        learning_rate: float,
        row: int,
        optimizer: str,
    ) -> None:
        self._trace, self._phase, self._j, self._row = trace, phase, neuron, row
        self._loss_name, self._rate = loss_name, learning_rate
        self._optimizer = optimizer
        self._spec = trace.spec
        self._number = phase.layer
        self._samples = len(trace.samples)

    def equation(self) -> Equation:
        """The explanation, by the kind of phase."""
        symbols, numbers, result, shapes = {
            PhaseKind.INPUT: self._input,
            PhaseKind.PREACTIVATION: self._preactivation,
            PhaseKind.NORMALIZATION: self._normalization,
            PhaseKind.ACTIVATION: self._activation,
            PhaseKind.NOISE: self._noise,
            PhaseKind.DROPOUT: self._dropout,
            PhaseKind.LOSS: self._loss,
            PhaseKind.ERROR: self._error,
            PhaseKind.DELTA: self._delta,
            PhaseKind.GRADIENT: self._gradient,
            PhaseKind.UPDATE: self._update,
        }[self._phase.kind]()
        return Equation(title(self._phase, self._spec), symbols, numbers, result, shapes)

    @property
    def _layer(self) -> LayerSpec:
        return self._spec.layer(self._number)

    @property
    def _function(self) -> tuple[str, dict[str, float]]:
        """The activation of this neuron, and what it is set to."""
        name, own = self._layer.activation_of(self._j)
        return name, {**activation_parameters(name), **dict(own)}

    def _sign(self, letter: str, number: int, index: str = "") -> str:
        return f"{letter}{str(number).translate(SUPERSCRIPTS)}{index.translate(SUBSCRIPTS)}"

    @property
    def _index(self) -> str:
        return str(self._j + 1)

    def _from(self) -> Array:
        """What the layer receives: (fan_in,)."""
        received: Array = self._trace.received(self._number)[self._row]
        return received

    def _source(self, column: int) -> str:
        """Where a weight comes from: "3", or "3 of hidden 1" where there are several layers."""
        layer, neuron = self._spec.source_of(self._number, column)
        if self._spec.sources(self._number) == (self._number - 1,):
            return str(neuron + 1)
        return f"{neuron + 1} of {self._spec.layer_name(layer)}"

    def _n(self) -> str:
        return str(self._samples)

    def _shape(self, columns: int) -> str:
        return f"({self._n()}, {columns})"

    def _input(self) -> tuple[str, tuple[str, ...], str, str]:
        lit = int(np.count_nonzero(self._trace.x[self._row]))
        size = self._spec.inputs
        sample = int(self._trace.samples[self._row]) + 1
        return (
            "a⁰ = x",
            (f"sample {sample}: {lit} of {size} inputs are not 0",),
            f"x{self._index.translate(SUBSCRIPTS)} = {number(self._trace.x[self._row, self._j])}",
            f"x {self._shape(size)}",
        )

    def _preactivation(self) -> tuple[str, tuple[str, ...], str, str]:
        weights = self._spec.weights(self._trace.theta_before, self._number)[self._j]
        biases = self._spec.biases(self._trace.theta_before, self._number)
        lines = _sum_lines(weights, self._from())
        if biases is not None:
            lines += (f"{_signed(biases[self._j])} bias",)
        z = self._sign("z", self._number, self._index)
        a = " ".join(self._sign("a", source) for source in self._spec.sources(self._number))
        w = self._sign("w", self._number)
        bias = "" if biases is None else f" + {self._sign('b', self._number)}"
        fan_in, units = self._spec.fan_in(self._number), self._layer.units
        return (
            f"{z} = Σ {w} {a}{bias}",
            lines,
            number(self._trace.z[self._number - 1][self._row, self._j]),
            f"{self._shape(units)} = {self._shape(fan_in)} · ({fan_in}, {units})",
        )

    def _normalization(self) -> tuple[str, tuple[str, ...], str, str]:
        normalized = self._trace.normalized[self._number - 1]
        own = self._layer.batch_normalization
        assert normalized is not None and own is not None
        column = self._trace.z[self._number - 1][:, self._j]
        gamma = self._spec.gamma(self._trace.theta_before, self._number)
        beta = self._spec.beta(self._trace.theta_before, self._number)
        assert gamma is not None and beta is not None
        return (
            f"{self._sign('ẑ', self._number, self._index)} = γ (z − μ) / √(σ² + ε) + β",
            (
                f"μ = {number(float(column.mean()))}   σ² = {number(float(column.var()))}   "
                f"of the {self._samples} samples",
                f"γ = {number(gamma[self._j])}   β = {number(beta[self._j])}   ε = {own.epsilon:g}",
                f"z = {number(column[self._row])}",
            ),
            number(normalized[self._row, self._j]),
            f"each column for itself {self._shape(self._layer.units)}",
        )

    def _activated(self) -> float:
        """What the activation of this neuron receives."""
        index = self._number - 1
        normalized = self._trace.normalized[index] if self._trace.normalized else None
        values = self._trace.z[index] if normalized is None else normalized
        return float(values[self._row, self._j])

    def _activation(self) -> tuple[str, tuple[str, ...], str, str]:
        z = self._activated()
        letter = "z" if self._layer.batch_normalization is None else "ẑ"
        a = self._trace.activation[self._number - 1][self._row, self._j]
        name, parameters = self._function
        formula = _FORMULAS[name].format(z=number(z), minus=number(-z), **parameters)
        return (
            f"{self._sign('a', self._number, self._index)} = "
            f"{name}({self._sign(letter, self._number, self._index)})",
            (formula,),
            number(a),
            f"elementwise {self._shape(self._layer.units)}"
            if name != "softmax"
            else f"each row for itself {self._shape(self._layer.units)}",
        )

    def _noise(self) -> tuple[str, tuple[str, ...], str, str]:
        index = self._number - 1
        noise = self._trace.noise[index] if self._number else self._trace.input_noise
        assert noise is not None
        own = float(noise[self._row, self._j])
        value = float(_undisturbed(self._trace, self._number)[self._row, self._j])
        return (
            f"{self._sign('a', self._number)} ← a + n,  n from N(0, {self._layer.noise:g}²)",
            (f"{number(value)} {_signed(own)}", "drawn anew each iteration, off at test time"),
            number(value + own),
            f"elementwise {self._shape(self._layer.units)}",
        )

    def _dropout(self) -> tuple[str, tuple[str, ...], str, str]:
        trace, place = self._trace, self._number
        mask = trace.mask[place - 1] if place else trace.input_mask
        output = trace.output[place - 1] if place else trace.input
        noise = (trace.noise[place - 1] if place else trace.input_noise) if trace.noise else None
        assert mask is not None and output is not None
        kept = mask[self._row, self._j]
        a = _undisturbed(trace, place)[self._row, self._j]
        if noise is not None:
            a = a + noise[self._row, self._j]
        scale = self._layer.training_scale
        state = "kept" if kept else "dropped"
        out = int(np.count_nonzero(mask[self._row] == 0.0))
        return (
            f"{self._sign('a', place)} ← m · a · {scale:g}",
            (
                f"{out} of {self._layer.units} neurons are out, this one is {state}",
                f"{kept:g} · {number(a)} · {scale:g}",
            ),
            number(output[self._row, self._j]),
            f"elementwise {self._shape(self._layer.units)}",
        )

    def _loss(self) -> tuple[str, tuple[str, ...], str, str]:
        symbols = {
            "categorical_crossentropy": "E = −Σ t ln y",
            "binary_crossentropy": "E = −mean(t ln y + (1 − t) ln(1 − y))",
            "mse": "E = mean((y − t)²)",
            "mae": "E = mean(|y − t|)",
            "huber": "E = mean(e²/2 if |e| ≤ δ, else δ(|e| − δ/2))",
            "hinge": "E = mean(max(0, 1 − t y))",
            "half_squared_error": "E = ½ Σ (y − t)²",
            "squared_error": "E = Σ (y − t)²",
        }[self._loss_name]
        y, t = self._trace.output[-1][self._row], self._trace.target[self._row]
        shown = [f"t = {number(t[i])}   y = {number(y[i])}" for i in range(min(len(t), 6))]
        own = number(self._trace.loss_per_sample[self._row])
        if self._samples == 1:
            result = own
        else:
            result = f"{own}; mean of {self._samples} samples {number(self._trace.loss)}"
        if self._trace.penalty:
            result += f"; the penalty of {number(self._trace.penalty)} comes on top"
        return symbols, tuple(shown), result, "one number a sample"

    def _error(self) -> tuple[str, tuple[str, ...], str, str]:
        own = self._sign("ε", self._number, self._index)
        result = number(self._trace.error[self._number - 1][self._row, self._j])
        units = self._layer.units
        if self._number == self._spec.depth:
            y = self._trace.output[-1][self._row, self._j]
            t = self._trace.target[self._row, self._j]
            return (
                f"{own} = ∂E/∂y",
                (f"y = {number(y)}   t = {number(t)}",),
                result,
                self._shape(units),
            )
        consumers = self._spec.consumers[self._number]
        symbols, lines = [], []
        for following in consumers:
            columns = dict(self._spec.source_columns(following))[self._number]
            weights = self._spec.weights(self._trace.theta_before, following)
            delta = self._trace.delta[following - 1][self._row]
            symbols.append(f"Σ {self._sign('w', following)} {self._sign('δ', following)}")
            if len(consumers) > 1:
                lines.append(f"from {self._spec.layer_name(following)}:")
            lines += _sum_lines(weights[:, columns][:, self._j], delta)
        shapes = " + ".join(
            f"{self._shape(self._spec.sizes[following])} · ({self._spec.sizes[following]}, {units})"
            for following in consumers
        )
        return (
            f"{own} = {' + '.join(symbols)}",
            tuple(lines),
            result,
            f"{self._shape(units)} = {shapes}",
        )

    def _delta(self) -> tuple[str, tuple[str, ...], str, str]:
        index, row, j = self._number - 1, self._row, self._j
        own = self._sign("δ", self._number, self._index)
        result = number(self._trace.delta[index][row, j])
        shape = self._shape(self._layer.units)
        if self._trace.rule in _RULE_DELTAS:
            return self._rule_delta(own, result, shape)
        name, parameters = self._function
        if self._number == self._spec.depth and self._trace.fused:
            y, t = self._trace.output[-1][row, j], self._trace.target[row, j]
            share = f" / {self._spec.outputs}" if name == "sigmoid" else ""
            total = float(self._trace.target[row].sum()) if name == "softmax" else 1.0
            # Targets that do not add up to 1 weigh the answer by their sum.
            one = abs(total - 1.0) < 1e-12
            difference = "y − t" if one else "y Σt − t"
            answer = number(y) if one else f"{number(total)} · {number(y)}"
            return (
                f"{own} = ({difference}){share}",
                (f"{answer} − {number(t)}", f"{name} and {self._loss_name} taken together"),
                result,
                shape,
            )
        error = self._trace.error[index][row, j]
        a, z = self._trace.activation[index][row, j], self._activated()
        if name == "softmax":
            lines = [f"a (ε − Σ a ε)   a = {number(a)}"]
        else:
            derivative = _DERIVATIVES[name].format(**parameters)
            lines = [f"φ′ = {derivative}", f"z = {number(z)}   a = {number(a)}"]
        mask = self._trace.mask[index]
        if mask is not None:
            lines.append(f"dropout: × {mask[row, j] * self._layer.training_scale:g}")
        lines.append(f"ε = {number(error)}")
        if self._layer.batch_normalization is not None:
            lines.append("then through the batch normalization, which all samples share")
        return f"{own} = φ′(z) · ε", tuple(lines), result, f"elementwise {shape}"

    def _rule_delta(self, own: str, result: str, shape: str) -> tuple[str, Lines, str, str]:
        """What a learning rule corrects the neuron by; no slope is in it."""
        index, row, j = self._number - 1, self._row, self._j
        symbols, words = _RULE_DELTAS[self._trace.rule]
        z, y = self._trace.z[index][row, j], self._trace.output[index][row, j]
        t = self._trace.target[row, j]
        return (
            f"{own} = {symbols}",
            (f"z = {number(z)}   y = {number(y)}   t = {number(t)}", words),
            result,
            f"elementwise {shape}",
        )

    def _gradient(self) -> tuple[str, tuple[str, ...], str, str]:
        W, _ = self._trace.gradient_of(self._number)
        source = int(np.argmax(np.abs(W[self._j])))
        received = self._from()[source]
        delta = self._trace.delta[self._number - 1][self._row, self._j]
        w = self._sign("w", self._number, f"{self._j + 1},{source + 1}")
        mean = "" if self._samples == 1 else f"mean over {self._samples} samples of "
        # A learning rule follows no gradient; what it takes off the weight has the same form.
        left = "−Δw / η" if self._trace.rule in _RULE_DELTAS else "∂E/∂w"
        regularizer = self._layer.regularizer
        lines: list[str] = []
        penalty = ""
        if regularizer.l1 or regularizer.l2:
            weight = self._spec.weights(self._trace.theta_before, self._number)[self._j, source]
            share = regularizer.l1 * float(np.sign(weight)) + 2.0 * regularizer.l2 * float(weight)
            penalty = " + ∂penalty/∂w"
            lines.append(f"{regularizer.name} adds {_signed(share)} (λ = {regularizer.strength:g})")
        fan_in, units = self._spec.fan_in(self._number), self._layer.units
        return (
            f"{left} = {mean}δ · a{penalty}",
            (
                *lines,
                f"{w}: δ = {number(delta)}   a = {number(received)}",
                f"into neuron {self._j + 1} from {self._source(source)}, its largest",
            ),
            number(W[self._j, source]),
            f"({units}, {fan_in}) = ({units}, {self._n()}) · {self._shape(fan_in)}",
        )

    def _update(self) -> tuple[str, tuple[str, ...], str, str]:
        gradient, _ = self._trace.gradient_of(self._number)
        source = int(np.argmax(np.abs(gradient[self._j])))
        before = self._spec.weights(self._trace.theta_before, self._number)[self._j, source]
        after, _ = self._trace.updated(self._number)
        w = self._sign("w", self._number, f"{self._j + 1},{source + 1}")
        fan_in, units = self._spec.fan_in(self._number), self._layer.units
        symbols = "w ← w − η ∂E/∂w"
        step = f"{self._trace.learning_rate or self._rate:g} · {number(gradient[self._j, source])}"
        if self._optimizer != "sgd":
            # What the optimizer made of the gradient, from the parameters before and after.
            symbols = f"w ← w − Δw ({self._optimizer})"
            step = number(before - after[self._j, source])
        return (
            symbols,
            (
                f"{w}: {number(before)} − {step}",
                f"into neuron {self._j + 1} from {self._source(source)}",
            ),
            number(after[self._j, source]),
            f"all ({units}, {fan_in}) weights and the biases",
        )


def number(value: float) -> str:
    """A number as it stands in an equation: about four digits, with a real minus sign."""
    magnitude = abs(value)
    if magnitude == 0.0:
        return "0"
    text = f"{value:.4f}" if 1e-3 <= magnitude < 1e5 else f"{value:.3e}"
    return text.replace("-", "−")


def _signed(value: float) -> str:
    text = number(value)
    return text if text.startswith("−") else f"+{text}"


def _sum_lines(weights: Array, values: Array) -> tuple[str, ...]:
    """The largest products of a sum, a line each, and what the others come to."""
    products = weights * values
    order = np.argsort(-np.abs(products), kind="stable")
    largest = [int(i) for i in order[:TERMS] if products[i] != 0.0]
    lines = [
        f"{_signed(weights[i])} · {number(values[i])}  = {_signed(products[i])}" for i in largest
    ]
    rest = [int(i) for i in order[len(largest) :] if products[i] != 0.0]
    if rest:
        lines.append(f"{_signed(float(products[rest].sum()))} from {len(rest)} smaller terms")
    if not lines:
        lines.append("every term is 0")
    return tuple(lines)
