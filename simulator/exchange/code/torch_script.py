"""The project as a script in PyTorch, which finds the gradient by itself."""

from __future__ import annotations

from simulator.exchange.code.chance import dropped, noisy, shuffles, write_chance, write_draws
from simulator.exchange.code.formulas import (
    loss_of,
    order_of_parts,
    parts_of,
    torch_activation,
)
from simulator.exchange.code.script import Script
from simulator.exchange.code.shared import (
    check_writable,
    head,
    is_fused,
    learning_masks,
    limited,
    notes_of,
    parameter_names,
    start_network,
    write_data,
    write_disturbance,
    write_end,
    write_masks,
    write_training_settings,
    write_weights,
)
from simulator.exchange.code.updates import (
    changes_rate,
    parameters_of,
    write_clipping,
    write_memory,
    write_update,
)
from simulator.exchange.model import Exported
from simulator.project import Project
from simulator.spec import LayerSpec

_OPTIM = ("sgd", "momentum", "nesterov")


def torch_script(project: Project) -> Exported:
    """A script that needs NumPy and PyTorch.

    Raises
    ------
    ProjectError : one sentence on what a script cannot repeat, or if it would be too large.
    """
    check_writable(project, "PyTorch")
    return Exported(_Writer(project).text().encode(), notes_of(project))


class _Writer:
    def __init__(self, project: Project) -> None:
        self.project, self.spec = project, project.network
        self.network = start_network(project)
        self.script = Script()
        self.masks = learning_masks(project, self.network)
        self.fused = is_fused(project)
        self.normalized = any(layer.batch_normalization for layer in self.spec.layers)
        optimizer = project.optimizer
        self.uses_optim = (
            optimizer.name in _OPTIM
            and not self.masks
            and not changes_rate(optimizer)
            and not optimizer.clipping.active
        )

    def text(self) -> str:
        """All of it, section by section."""
        script, project = self.script, self.project
        write_data(script, project)
        write_training_settings(script, project)
        write_weights(script, project, self.network)
        self._tensors()
        write_chance(script, project)
        self._forward()
        self._loss()
        if parameter_names(project):
            self._training()
        write_end(script, project)
        body = script.text()
        first = [head(project, "PyTorch", "It needs NumPy and PyTorch."), ""]
        first += [f"import {name}" for name in ("base64", "zlib") if script.uses_packed]
        first += [""] * script.uses_packed + ["import numpy as np", "import torch"]
        first += ["from torch.nn import functional"] * ("functional." in body)
        return "\n".join([*first, "", "", ""]) + body

    def _tensors(self) -> None:
        script, kind = self.script, self.project.training.precision
        script("", f"kind = torch.{kind}")
        for name in parameter_names(self.project, learning_only=False):
            script(f"{name} = torch.tensor({name}, dtype=kind)")
        with script.block("parameters = {"):
            script(*(f'"{name}": {name},' for name in parameter_names(self.project)))
        script("}")
        with script.block("for w in parameters.values():"):
            script("w.requires_grad_()")
        script("X_train = torch.tensor(X_train, dtype=kind)")
        script("T_train = torch.tensor(T_train, dtype=kind)")

    def _out(self, number: int) -> str:
        layer = self.spec.layer(number)
        if layer.dropout_rate or layer.noise:
            return f"o{number}"
        return f"a{number}" if number else "x"

    def _forward(self) -> None:
        script, project = self.script, self.project
        script.section("Forward: from the inputs to the outputs, layer by layer")
        if self.normalized:
            script("# What batch normalization uses at test time: moving averages.", "moving = {}")
            for number, layer in enumerate(self.spec.layers, start=1):
                if layer.batch_normalization:
                    script(f'moving["mean{number}"] = torch.zeros({layer.units}, dtype=kind)')
                    script(f'moving["variance{number}"] = torch.ones({layer.units}, dtype=kind)')
            script("", "")
        arguments = ["x", *["masks=None"] * bool(dropped(project))]
        arguments += ["noise=None"] * bool(noisy(project))
        arguments += ["training=False"] * self.normalized
        with script.block(f"def forward({', '.join(arguments)}):"):
            script('"""What the last layer receives (z) and what the network gives."""')
            write_disturbance(self.script, self.spec, 0)
            for number in range(1, self.spec.depth + 1):
                self._layer(number)
            last = self.spec.depth
            z = f"y{last}" if self.spec.layer(last).batch_normalization else f"z{last}"
            script(f"return {z}, {self._out(last)}")
        script("", "")
        with script.block("def predict(x):"):
            script('"""The outputs for scaled inputs x, as at test time."""')
            with script.block("with torch.no_grad():"):
                script("return forward(torch.as_tensor(x, dtype=kind))[1].numpy()")

    def _layer(self, number: int) -> None:
        script, layer, n = self.script, self.spec.layer(number), number
        script(f"# Layer {n}: {layer.units} {layer.activation_text}")
        sources = self.spec.sources(n)
        received = self._out(sources[0])
        if len(sources) > 1:
            received = f"in{n}"
            script(f"in{n} = torch.cat([{', '.join(map(self._out, sources))}], dim=1)")
        script(f"z{n} = {received} @ W{n}.T" + (f" + b{n}" if layer.bias else ""))
        z = f"z{n}"
        if layer.batch_normalization:
            z = f"y{n}"
            self._normalize(number, layer)
        script(f"a{n} = {self._activation(layer, z)}")
        write_disturbance(self.script, self.spec, n)

    def _activation(self, layer: LayerSpec, z: str) -> str:
        if not layer.neuron_activations:
            return torch_activation(layer.activation, layer.activation_parameters, z)
        pieces = [
            torch_activation(*own, f"{z}[:, {columns}]") for own, columns in parts_of(layer).items()
        ]
        return f"torch.cat([{', '.join(pieces)}], dim=1)[:, {order_of_parts(layer)}]"

    def _normalize(self, n: int, layer: LayerSpec) -> None:
        """Written out: torch.nn.BatchNorm1d averages another variance."""
        script, spec = self.script, layer.batch_normalization
        assert spec is not None
        keep = repr(spec.momentum)
        script.comment(
            "Written out: torch.nn.BatchNorm1d keeps an average of the variance over N - 1."
        )
        with script.block("if training:"):
            script(f"mean{n}, variance{n} = z{n}.mean(dim=0), z{n}.var(dim=0, unbiased=False)")
            for name in (f"mean{n}", f"variance{n}"):
                own = f'moving["{name}"]'
                script(f"{own} = {keep} * {own} + (1 - {keep}) * {name}.detach()")
        with script.block("else:"):
            script(f'mean{n}, variance{n} = moving["mean{n}"], moving["variance{n}"]')
        script(f"s{n} = (z{n} - mean{n}) / torch.sqrt(variance{n} + {spec.epsilon!r})")
        script(f"y{n} = gamma{n} * s{n} + beta{n}")

    def _loss(self) -> None:
        script, project = self.script, self.project
        script.section("Loss: one number a sample")
        with script.block("def loss_per_sample(z, y, t):"):
            if not self.fused:
                script(f"return {loss_of(project, 'torch')}")
                return
            script(f"# {project.loss} straight from z, exact and finite for every z.")
            if project.loss == "categorical_crossentropy":
                script("return -(t * torch.log_softmax(z, dim=1)).sum(dim=1)")
            else:
                script(
                    "return functional.binary_cross_entropy_with_logits("
                    'z, t, reduction="none").mean(dim=1)'
                )

    def _training(self) -> None:
        script, project = self.script, self.project
        optimizer = project.optimizer
        script.section(f"Training with {optimizer.name}")
        write_masks(script, self.masks)
        if self.masks:
            script("learns = {name: torch.tensor(own, dtype=kind) for name, own in learns.items()}")
        if self.uses_optim:
            given = parameters_of(optimizer)
            more = ", momentum=MOMENTUM" * ("momentum" in given)
            more += ", nesterov=True" * (optimizer.name == "nesterov" and given["momentum"] > 0)
            script(f"optimizer = torch.optim.SGD(parameters.values(), lr=LEARNING_RATE{more})")
        else:
            script.comment(
                "The update is written out, so that it is the same to the last digits: "
                "torch.optim's own differ in where epsilon stands."
            )
            write_memory(script, optimizer, "torch")
        script("losses = []", "k = 0", "")
        with script.block("for epoch in range(1, EPOCHS + 1):"):
            order = "order_of_epoch(epoch)" if shuffles(project) else "np.arange(len(X_train))"
            script(f"order = {order}", "total = 0.0")
            with script.block("for start in range(0, len(order), BATCH_SIZE):"):
                self._iteration()
            script("losses.append(total / len(order))")
            with script.block("if epoch % max(1, EPOCHS // 10) == 0:"):
                script('print(f"epoch {epoch:6}  loss {losses[-1]:.6f}")')

    def _iteration(self) -> None:
        script, project = self.script, self.project
        script("rows = order[start : start + BATCH_SIZE]", "x, t = X_train[rows], T_train[rows]")
        script("k += 1")
        if dropped(project) or noisy(project):
            script("iteration = k")
        drawn = write_draws(script, project)
        for name in drawn:
            own = f"{{n: torch.tensor(own, dtype=kind) for n, own in {name}.items()}}"
            script(f"{name} = {own}")
        arguments = ["x", *drawn, *["training=True"] * self.normalized]
        script(f"z, y = forward({', '.join(arguments)})", "loss = loss_per_sample(z, y, t)")
        script("total += loss.sum().item()")
        script("", "# PyTorch goes back from the mean loss to the gradient of every parameter.")
        with script.block("for w in parameters.values():"):
            script("w.grad = None")
        script(f"({' + '.join(['loss.mean()', *self._penalties()])}).backward()")
        if self.uses_optim:
            script("optimizer.step()")
        else:
            with script.block("with torch.no_grad():"):
                script("gradients = {name: w.grad for name, w in parameters.items()}")
                if self.masks:
                    with script.block("for name, mask in learns.items():"):
                        script("gradients[name] = gradients[name] * mask")
                write_clipping(script, project.optimizer, "torch")
                write_update(script, project.optimizer, "torch", bool(self.masks))
        self._limits()

    def _penalties(self) -> list[str]:
        terms = []
        for number, layer in enumerate(self.spec.layers, start=1):
            spec = layer.regularizer
            if not spec.active or not layer.trainable:
                continue
            for name in [f"W{number}"] + [f"b{number}"] * (spec.biases and layer.bias):
                terms += [f"{spec.l1!r} * {name}.abs().sum()"] * bool(spec.l1)
                terms += [f"{spec.l2!r} * ({name}**2).sum()"] * bool(spec.l2)
        return terms

    def _limits(self) -> None:
        script = self.script
        learning = [own for own in limited(self.project) if self.spec.layer(own[0]).trainable]
        if not learning:
            return
        with script.block("with torch.no_grad():"):
            for number, longest in learning:
                name = f"W{number}"
                script(f"# No neuron's weights may be longer than {longest!r}.")
                script(f"norm = torch.sqrt(({name}**2).sum(dim=1, keepdim=True))")
                script(f"factor = torch.where(norm > {longest!r}, {longest!r} / norm, 1)")
                if name in self.masks:
                    script(f'factor = torch.where(learns["{name}"] == 0, 1, factor)')
                script(f"{name} *= factor")
