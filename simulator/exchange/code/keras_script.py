"""The project as a script in Keras 3, with Keras's own layers, losses and optimizers.

Keras draws dropout masks and noise in its own way; here they are inputs of the model, so that
they are Backlit's.
"""

from __future__ import annotations

from simulator.activations import activation_parameters
from simulator.exchange.code.chance import dropped, noisy, write_chance, write_draws
from simulator.exchange.code.formulas import loss_of
from simulator.exchange.code.shared import (
    check_writable,
    head,
    limited,
    notes_of,
    parameter_names,
    write_end,
    write_masks,
)
from simulator.exchange.code.updates import changes_rate
from simulator.exchange.code.writer import Writer
from simulator.exchange.keras_names import ACTIVATIONS, LAYER_ACTIVATIONS, OPTIMIZERS
from simulator.exchange.model import Exported
from simulator.losses import loss_parameters
from simulator.optimizers import optimizer_parameters
from simulator.project import Project
from simulator.project.errors import ProjectError
from simulator.spec import LayerSpec

_KEEP_FLOAT64 = '''\
# On JAX and PyTorch Keras rounds many values to float32 on the way; this lets them be.
from keras.src.backend.common import dtypes

dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"'''
_HELD = '''\
class Held(keras.constraints.Constraint):
    """Keeps removed links at 0 and frozen parameters where they started, and, if asked,
    the weights into a neuron (a column) within a length."""

    def __init__(self, learns=None, start=None, longest=None):
        self.learns, self.start, self.longest = learns, start, longest

    def __call__(self, w):
        w = ops.convert_to_tensor(w)
        if self.learns is not None:
            w = ops.where(self.learns == 1, w, self.start)
        if self.longest is None:
            return w
        norm = ops.sqrt(ops.sum(w**2, axis=0, keepdims=True))
        shorter = ops.where(norm > self.longest, w * (self.longest / norm), w)
        return shorter if self.learns is None else ops.where(self.learns == 1, shorter, w)'''


def keras_script(project: Project) -> Exported:
    """A script that needs NumPy, Keras 3 and one of its backends.

    Raises
    ------
    ProjectError : one sentence on what Keras or a script cannot repeat.
    """
    check_writable(project, "Keras")
    writer = _Writer(project)
    writer.check()
    return Exported(writer.text().encode(), notes_of(project))


class _Writer(Writer):
    inputs = "inputs"

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        self.drawn = [*dropped(project)], [*noisy(project)]

    def check(self) -> None:
        """Refuse what Keras cannot express."""
        for number, layer in enumerate(self.spec.layers, start=1):
            name = self.spec.layer_name(number)
            if layer.neuron_activations:
                raise ProjectError(
                    f"Keras gives all neurons of a layer one activation; those of the layer "
                    f"“{name}” have several ({layer.activation_text})."
                )
            if layer.activation not in ACTIVATIONS:
                raise ProjectError(
                    f"Keras has no activation {layer.activation}, which the layer “{name}” uses."
                )
            if layer.batch_normalization and not layer.trainable:
                raise ProjectError(
                    f"In Keras a frozen layer’s batch normalization stands still; that of “{name}” "
                    f"moves here. Use NumPy or PyTorch."
                )
        clipping = self.project.optimizer.clipping
        limits = (clipping.clipvalue, clipping.clipnorm, clipping.global_clipnorm)
        if sum(limit > 0.0 for limit in limits) > 1:
            raise ProjectError("Keras limits the gradient in one way at a time; use NumPy.")
        if self.masks and (clipping.clipnorm or clipping.global_clipnorm):
            raise ProjectError(
                "Keras counts removed and frozen links when it limits the length of the gradient; "
                "use NumPy or PyTorch."
            )

    def text(self) -> str:
        """All of it, section by section."""
        script, project = self.script, self.project
        self._given()
        write_masks(script, self.masks)
        write_chance(script, project)
        if self.masks or limited(project):
            script("", "", *_HELD.split("\n"))
        self._model()
        self._loss()
        self._predict()
        if parameter_names(project):
            self._training()
        write_end(script, project)
        body = script.text()
        how = "It needs NumPy, Keras 3 and one of its backends: TensorFlow, JAX or PyTorch."
        first = [head(project, "Keras", how), "", "import os"]
        first += [f"import {name}" for name in ("base64", "zlib") if script.uses_packed]
        first += ["", "# JAX computes in float32 unless it is told otherwise."]
        first += ['os.environ.setdefault("JAX_ENABLE_X64", "1")', ""]
        first += ["import numpy as np", "import keras", "from keras import layers, ops", ""]
        first += [f'keras.config.set_floatx("{project.training.precision}")']
        if project.training.precision == "float64":
            first += _KEEP_FLOAT64.split("\n")
        first += ["", "", ""]
        return "\n".join(first) + body

    def _model(self) -> None:
        script = self.script
        script.section("The model")
        script(f"inputs = keras.Input(({self.spec.inputs},))")
        masked, noisy_layers = self.drawn
        if masked or noisy_layers:
            script.comment(
                "Keras would draw masks and noise in its own way; as inputs they are given."
            )
        script(*(f"factor{n} = keras.Input(({self.spec.layer(n).units},))" for n in masked))
        script(*(f"noise{n} = keras.Input(({self.spec.layer(n).units},))" for n in noisy_layers))
        self._disturb(0)
        for number in range(1, self.spec.depth + 1):
            self._layer(number)
        given = ["inputs", *(f"factor{n}" for n in masked), *(f"noise{n}" for n in noisy_layers)]
        script(f"model = keras.Model([{', '.join(given)}], {self._out(self.spec.depth)})", "")
        for number, layer in enumerate(self.spec.layers, start=1):
            arrays = f"W{number}.T" + (f", b{number}" if layer.bias else "")
            script(f'model.get_layer("layer{number}").set_weights([{arrays}])')

    def _layer(self, number: int) -> None:
        script, layer, n = self.script, self.spec.layer(number), number
        joined = self._joined(n)
        if joined:
            script(f"in{n} = layers.Concatenate()([{joined}])")
        logits = self.fused and n == self.spec.depth
        alone = bool(layer.batch_normalization or layer.activation_parameters)
        plain = "" if alone or logits or layer.activation == "linear" else layer.activation
        with script.block(f"a{n} = layers.Dense("):
            script(f"{layer.units},")
            script(*(f"{own}," for own in self._settings(n, layer, plain)))
        script(f")({self._received(n)})")
        spec = layer.batch_normalization
        if spec:
            given = f"momentum={spec.momentum!r}, epsilon={spec.epsilon!r}"
            script(f"a{n} = layers.BatchNormalization({given})(a{n})")
        if alone and not logits and layer.activation != "linear":
            script(f"a{n} = {self._activation(layer)}(a{n})")
        if logits:
            script.comment(
                f"Without {layer.activation}: the loss computes it together with the logarithm."
            )
        self._disturb(n)

    def _activation(self, layer: LayerSpec) -> str:
        if layer.activation in LAYER_ACTIVATIONS and layer.activation_parameters:
            kind, parameter = LAYER_ACTIVATIONS[layer.activation]
            given = activation_parameters(layer.activation, layer.activation_parameters)
            return f"layers.{kind}({parameter}={next(iter(given.values()))!r})"
        return f'layers.Activation("{layer.activation}")'

    def _settings(self, n: int, layer: LayerSpec, activation: str) -> list[str]:
        settings = [f'name="layer{n}"']
        if activation:
            settings.append(f'activation="{activation}"')
        if not layer.bias:
            settings.append("use_bias=False")
        if not layer.trainable:
            settings.append("trainable=False")
        spec = layer.regularizer
        if spec.active:
            penalty = f"keras.regularizers.L1L2(l1={spec.l1!r}, l2={spec.l2!r})"
            settings.append(f"kernel_regularizer={penalty}")
            if spec.biases and layer.bias:
                settings.append(f"bias_regularizer={penalty}")
        held = [f'learns["W{n}"].T, W{n}.T'] if f"W{n}" in self.masks else []
        held += [f"longest={layer.max_norm!r}"] if layer.max_norm else []
        if held:
            settings.append(f"kernel_constraint=Held({', '.join(held)})")
        if f"b{n}" in self.masks:
            settings.append(f'bias_constraint=Held(learns["b{n}"], b{n})')
        return settings

    def _disturb(self, number: int) -> None:
        script, layer = self.script, self.spec.layer(number)
        own = f"a{number}" if number else "inputs"
        if layer.noise:
            script(f"o{number} = layers.Add()([{own}, noise{number}])")
            own = f"o{number}"
        if layer.dropout_rate:
            script(f"o{number} = layers.Multiply()([{own}, factor{number}])")

    def _loss(self) -> None:
        script, project = self.script, self.project
        script.section("Loss and optimizer")
        names = {"mse": "MeanSquaredError()", "mae": "MeanAbsoluteError()"}
        given = loss_parameters(project.loss, project.loss_parameters)
        if self.fused:
            kinds = {
                "categorical_crossentropy": "CategoricalCrossentropy",
                "binary_crossentropy": "BinaryCrossentropy",
            }
            loss = f"keras.losses.{kinds[project.loss]}(from_logits=True)"
        elif project.loss in names:
            loss = f"keras.losses.{names[project.loss]}"
        elif project.loss == "huber":
            loss = f"keras.losses.Huber({given['delta']!r})"
        else:
            loss = project.loss
            with script.block(f"def {project.loss}(t, y):"):
                script('"""The loss of each sample."""', f"return {loss_of(project, 'ops')}")
            script("", "")
        optimizer = self.project.optimizer
        kind = OPTIMIZERS[optimizer.name][0]
        parameters = optimizer_parameters(optimizer.name, optimizer.parameters)
        settings = [f"{own}={value!r}" for own, value in parameters.items()]
        if optimizer.name == "nesterov":
            settings.append("nesterov=True")
        for own in ("clipvalue", "clipnorm", "global_clipnorm"):
            limit = getattr(optimizer.clipping, own)
            settings += [f"{own}={limit!r}"] if limit else []
        with script.block("model.compile("):
            with script.block(f"optimizer=keras.optimizers.{kind}("):
                script("LEARNING_RATE,", *(f"{own}," for own in settings))
            script("),", f"loss={loss},")
        script(")")

    def _predict(self) -> None:
        script = self.script
        masked, noisy_layers = self.drawn
        script("", "")
        with script.block("def predict(x):"):
            script('"""The outputs for scaled inputs x, as at test time."""')
            given = ["x"]
            for n in masked:
                layer = self.spec.layer(n)
                given.append(f"np.full((len(x), {layer.units}), {layer.inference_scale!r})")
            given += [f"np.zeros((len(x), {self.spec.layer(n).units}))" for n in noisy_layers]
            received = "x" if len(given) == 1 else f"[{', '.join(given)}]"
            called = f"model.predict({received}, verbose=0)"
            if self.fused:
                called = f"ops.{self.spec.layers[-1].activation}({called})"
            script(f"return ops.convert_to_numpy({called})" if self.fused else f"return {called}")

    def _training(self) -> None:
        script, project = self.script, self.project
        script.section(f"Training with {project.optimizer.name}")
        with self._mini_batches("with what the regularizers add"):
            if changes_rate(project.optimizer):
                script("model.optimizer.learning_rate = learning_rate(k)")
            script("k += 1")
            drawn = write_draws(script, project, scaled=True)
            given = ["x", *(f"*{name}.values()" for name in drawn)]
            received = "x" if len(given) == 1 else f"[{', '.join(given)}]"
            script("model.reset_metrics()")
            script(f"total += float(model.train_on_batch({received}, t)) * len(rows)")
