"""The project as a script in PyTorch, which finds the gradient by itself."""

from __future__ import annotations

from simulator.exchange.code.chance import write_chance, write_draws
from simulator.exchange.code.formulas import loss_of, torch_activation
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
from simulator.exchange.code.updates import changes_rate, write_memory, write_update
from simulator.exchange.code.writer import FormulaWriter
from simulator.exchange.model import Exported
from simulator.optimizers import optimizer_parameters
from simulator.project import Project
from simulator.spec import LayerSpec, Parameters

_OPTIM = ("sgd", "momentum", "nesterov")


def torch_script(project: Project) -> Exported:
    """A script that needs NumPy and PyTorch.

    Raises
    ------
    ProjectError : one sentence on what a script cannot repeat, or if it would be too large.
    """
    check_writable(project, "PyTorch")
    return Exported(_Writer(project).text().encode(), notes_of(project))


class _Writer(FormulaWriter):
    module, array_type, side_by_side = "torch", ", dtype=kind", "torch.cat([{}], dim=1)"

    def __init__(self, project: Project) -> None:
        super().__init__(project)
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
        self._given()
        self._tensors()
        write_chance(script, project)
        last = self.spec.depth
        self._forward(
            "What the last layer receives (z) and what the network gives.",
            f"{self._activated(last)}, {self._out(last)}",
        )
        self._predict()
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
        write_parameters(script, self.project)
        with script.block("for w in parameters.values():"):
            script("w.requires_grad_()")
        script("X_train = torch.tensor(X_train, dtype=kind)")
        script("T_train = torch.tensor(T_train, dtype=kind)")

    def _activation_of(self, name: str, given: Parameters, z: str) -> str:
        return torch_activation(name, given, z)

    def _predict(self) -> None:
        script = self.script
        with script.block("def predict(x):"):
            script('"""The outputs for scaled inputs x, as at test time."""')
            with script.block("with torch.no_grad():"):
                script("return forward(torch.as_tensor(x, dtype=kind))[1].numpy()")

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
            given = optimizer_parameters(optimizer.name, optimizer.parameters)
            more = ", momentum=MOMENTUM" * ("momentum" in given)
            more += ", nesterov=True" * (optimizer.name == "nesterov" and given["momentum"] > 0)
            script(f"optimizer = torch.optim.SGD(parameters.values(), lr=LEARNING_RATE{more})")
        else:
            script.comment(
                "The update is written out, so that it is the same to the last digits: "
                "torch.optim's own differ in where epsilon stands."
            )
            write_memory(script, optimizer, "torch")
        with self._mini_batches():
            self._iteration()

    def _iteration(self) -> None:
        script, project = self.script, self.project
        script("k += 1")
        drawn = write_draws(script, project)
        for name in drawn:
            own = f"{{n: torch.tensor(own, dtype=kind) for n, own in {name}.items()}}"
            script(f"{name} = {own}")
        script(f"z, y = {self._training_pass(drawn)}", "loss = loss_per_sample(z, y, t)")
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
