"""The project as a script in NumPy alone: every formula of the forward and backward pass."""

from __future__ import annotations

from simulator.exchange.code.chance import dropped, write_chance, write_draws
from simulator.exchange.code.formulas import (
    HELPERS,
    error_of,
    loss_of,
    numpy_activation,
    numpy_mixed_slope,
    numpy_slope,
)
from simulator.exchange.code.shared import (
    check_writable,
    head,
    limited,
    notes_of,
    parameter_names,
    write_end,
    write_masks,
    write_parameters,
)
from simulator.exchange.code.updates import write_memory, write_update
from simulator.exchange.code.writer import FormulaWriter
from simulator.exchange.model import Exported
from simulator.project import Project
from simulator.rules import follows_gradient, learns
from simulator.spec import LayerSpec, Parameters


def numpy_script(project: Project) -> Exported:
    """A stand-alone script.

    Raises
    ------
    ProjectError : one sentence on what a script cannot repeat, or if it would be too large.
    """
    check_writable(project, "NumPy")
    return Exported(_Writer(project).text().encode(), notes_of(project))


class _Writer(FormulaWriter):
    module, array_type, side_by_side = "np", "", "np.concatenate([{}], axis=1)"

    def text(self) -> str:
        """All of it, section by section."""
        script, project = self.script, self.project
        self._given()
        if project.training.precision != "float64":
            self._cast()
        write_chance(script, project)
        self._helpers()
        self._forward(
            "All values of a pass by name; z is before the activation, a behind it.", "locals()"
        )
        self._predict()
        self._loss()
        if learns(project.training.rule) and parameter_names(project):
            self._backward()
            self._training()
        write_end(script, project)
        body = script.text()
        first = [head(project, "NumPy alone", "It needs nothing else."), ""]
        names = ["base64"] * script.uses_packed + ["math"] * ("math." in body)
        first += [f"import {name}" for name in [*names, *["zlib"] * script.uses_packed]]
        first += [""] * bool(names)
        return "\n".join([*first, "import numpy as np", "", "", ""]) + body

    def _cast(self) -> None:
        kind = self.project.training.precision
        for name in parameter_names(self.project, learning_only=False):
            self.script(f"{name} = {name}.astype(np.{kind})")

    def _helpers(self) -> None:
        text = " ".join(
            numpy_activation(*layer.activation_of(neuron), "z")
            + numpy_slope(*layer.activation_of(neuron), "z", "a")
            for layer in self.spec.layers
            for neuron in (range(layer.units) if layer.neuron_activations else (0,))
        )
        wanted = [name for name in HELPERS if f"{name}(" in text]
        if not wanted:
            return
        self.script.section("Activations")
        for name in wanted:
            self.script(*HELPERS[name].split("\n"), "", "")

    # --- Forward ----------------------------------------------------------------------------------

    def _activation_of(self, name: str, given: Parameters, z: str) -> str:
        return numpy_activation(name, given, z)

    def _predict(self) -> None:
        script = self.script
        with script.block("def predict(x):"):
            script('"""The outputs for scaled inputs x, as at test time."""')
            script(f'return forward(x)["{self._out(self.spec.depth)}"]')

    def _normalize(self, number: int, layer: LayerSpec) -> None:
        script, spec = self.script, layer.batch_normalization
        assert spec is not None
        n, keep = number, repr(spec.momentum)
        with script.block("if training:"):
            script(f"mean{n}, variance{n} = z{n}.mean(axis=0), z{n}.var(axis=0)")
            for name in (f"mean{n}", f"variance{n}"):
                script(f'moving["{name}"] = {keep} * moving["{name}"] + (1 - {keep}) * {name}')
        with script.block("else:"):
            script(f'mean{n}, variance{n} = moving["mean{n}"], moving["variance{n}"]')
        script(f"deviation{n} = np.sqrt(variance{n} + {spec.epsilon!r})")
        script(f"s{n} = (z{n} - mean{n}) / deviation{n}")
        script(f"y{n} = gamma{n} * s{n} + beta{n}")

    # --- Loss and backward ------------------------------------------------------------------------

    def _loss(self) -> None:
        script, project = self.script, self.project
        script.section("Loss: one number a sample")
        with script.block("def loss_per_sample(v, t):"):
            last = self.spec.depth
            if self.fused:
                script(f"# {project.loss} straight from z, exact and finite for every z.")
                script(f'z = v["{self._activated(last)}"]')
                if project.loss == "categorical_crossentropy":
                    script(
                        "shifted = z - z.max(axis=1, keepdims=True)",
                        "log_y = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
                        "return -(t * log_y).sum(axis=1)",
                    )
                else:
                    script("return (np.logaddexp(0, z) - t * z).mean(axis=1)")
            else:
                script(f'y = v["{self._out(last)}"]', f"return {loss_of(project, 'np')}")

    def _backward(self) -> None:
        script = self.script
        script.section(
            "Backward: the gradient of the mean loss, from the last layer to the first",
            "delta is dE/dz of each sample's own loss, error is dE/d(output).",
        )
        drawn = ", masks" * bool(dropped(self.project))
        with script.block(f"def backward(v, t{drawn}):"):
            script("gradients = {}", "samples = len(t)")
            first = 1 if self._has_gradient else self.spec.depth
            for number in range(self.spec.depth, first - 1, -1):
                self._backward_layer(number)
            script("return gradients")

    @property
    def _has_gradient(self) -> bool:
        return follows_gradient(self.project.training.rule)

    def _backward_layer(self, number: int) -> None:
        script, layer, n = self.script, self.spec.layer(number), number
        script("", f"# Layer {n}")
        into = "error_y" if layer.batch_normalization else "delta"
        if n == self.spec.depth and (self.fused or not self._has_gradient):
            script(f"{into}{n} = {self._output_delta(layer)}")
        else:
            self._error(number)
            self._through_activation(number, layer, into)
        if layer.batch_normalization:
            script(f'gradients["gamma{n}"] = (error_y{n} * v["s{n}"]).sum(axis=0) / samples')
            script(f'gradients["beta{n}"] = error_y{n}.sum(axis=0) / samples')
            script.comment("Every sample moves mean and variance, and so all others.")
            script(
                f'delta{n} = error_y{n} - gradients["beta{n}"] - v["s{n}"] * gradients["gamma{n}"]',
                f'delta{n} = delta{n} * gamma{n} / v["deviation{n}"]',
            )
        script(f'gradients["W{n}"] = delta{n}.T @ v["{self._received(n)}"] / samples')
        if layer.bias:
            script(f'gradients["b{n}"] = delta{n}.sum(axis=0) / samples')
        self._penalty(number, layer)

    def _output_delta(self, layer: LayerSpec) -> str:
        n, rule = self.spec.depth, self.project.training.rule
        y = f'v["{self._out(n)}"]'
        if rule == "perceptron":
            return f"({y} - t)" + (" / 2" if layer.activation == "sign" else "")
        if rule == "hebb":
            return "-t"
        if rule == "adaline":
            return f'v["z{n}"] - t'
        if self.project.loss == "binary_crossentropy":
            return f"{y} - t" if self.spec.outputs == 1 else f"({y} - t) / {self.spec.outputs}"
        if _adds_up(self.project):
            return f"{y} - t"
        return f"{y} * t.sum(axis=1, keepdims=True) - t"

    def _error(self, number: int) -> None:
        script, n = self.script, number
        if n == self.spec.depth:
            script(f'y = v["{self._out(n)}"]', f"error{n} = {error_of(self.project)}")
            return
        terms = []
        for consumer in self.spec.consumers[n]:
            columns = dict(self.spec.source_columns(consumer))[n]
            part = f"W{consumer}"
            if len(self.spec.sources(consumer)) > 1:
                part += f"[:, {columns.start}:{columns.stop}]"
            terms.append(f"delta{consumer} @ {part}")
        script(f"error{n} = {' + '.join(terms)}")

    def _through_activation(self, number: int, layer: LayerSpec, into: str) -> None:
        script, n = self.script, number
        if layer.dropout_rate:
            scale = f" / {layer.keep_probability!r}" if layer.dropout_style == "inverted" else ""
            script(f"error{n} = error{n} * masks[{n}]{scale}")
        z, a = f'v["{self._activated(n)}"]', f'v["a{n}"]'
        if layer.neuron_activations:
            slope = numpy_mixed_slope(layer, z, a)
            script(f"{into}{n} = error{n} * {slope}")
            return
        if layer.activation == "softmax":
            script(
                f"a = {a}",
                f"{into}{n} = a * (error{n} - (a * error{n}).sum(axis=1, keepdims=True))",
            )
            return
        slope = numpy_slope(layer.activation, layer.activation_parameters, "z", "a")
        if not slope:
            script(f"{into}{n} = error{n}")
            return
        names = [f"z = {z}"] * ("z" in slope.replace("np.zeros", "")) + [f"a = {a}"] * (
            "a *" in slope or "a **" in slope
        )
        script(*names, f"{into}{n} = error{n} * ({slope})")

    def _penalty(self, number: int, layer: LayerSpec) -> None:
        spec = layer.regularizer
        if not spec.active:
            return
        names = [f"W{number}"] + [f"b{number}"] * (spec.biases and layer.bias)
        for name in names:
            terms = [f"{spec.l1!r} * np.sign({name})"] * bool(spec.l1)
            terms += [f"{2.0 * spec.l2!r} * {name}"] * bool(spec.l2)
            self.script(f'gradients["{name}"] += {" + ".join(terms)}  # {spec.name}')

    # --- Training ---------------------------------------------------------------------------------

    def _training(self) -> None:
        script, project = self.script, self.project
        optimizer = project.optimizer
        script.section(f"Training with {optimizer.name}")
        write_parameters(script, project)
        write_masks(script, self.masks)
        write_memory(script, optimizer, "np")
        with self._mini_batches():
            self._iteration()

    def _iteration(self) -> None:
        script, project = self.script, self.project
        script("k += 1")
        drawn = write_draws(script, project)
        script(f"values = {self._training_pass(drawn)}")
        script("total += loss_per_sample(values, t).sum()")
        masks = ", masks" * bool(dropped(project))
        script(f"gradients = backward(values, t{masks})")
        if not all(layer.trainable for layer in self.spec.layers):
            script("gradients = {name: gradients[name] for name in parameters}")
        write_update(script, project.optimizer, "np", bool(self.masks))
        for number, longest in limited(project):
            self._limit(number, longest)

    def _limit(self, number: int, longest: float) -> None:
        """Scale rows of weights back; those that are fixed stay."""
        script, name = self.script, f"W{number}"
        if not self.spec.layer(number).trainable:
            return
        script(f"# No neuron's weights may be longer than {longest!r}.")
        script(f"norm = np.sqrt(({name}**2).sum(axis=1, keepdims=True))")
        script(f"factor = np.where(norm > {longest!r}, {longest!r} / norm, 1)")
        if name in self.masks:
            script(f'{name} *= np.where(learns["{name}"] == 0, 1, factor)')
        else:
            script(f"{name} *= factor")


def _adds_up(project: Project) -> bool:
    """Whether each training sample's targets add up to exactly 1."""
    return bool((project.prepared.training.targets.sum(axis=1) == 1.0).all())
