"""What the writers of scripts share: how a script begins, what its values are called, its loops."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

from simulator.exchange.code.chance import dropped, noisy, shuffles
from simulator.exchange.code.formulas import order_of_parts, parts_of
from simulator.exchange.code.script import Script
from simulator.exchange.code.shared import (
    is_fused,
    learning_masks,
    start_network,
    write_data,
    write_disturbance,
    write_training_settings,
    write_weights,
)
from simulator.project import Project
from simulator.spec import LayerSpec, Parameters


class Writer:
    """A project on its way to a script, section by section.

    Attributes
    ----------
    network : with its start weights.
    masks : where parameters stay as they are, as :func:`~.shared.learning_masks` has it.
    fused : whether the output layer's activation and the loss are computed together.
    """

    inputs = "x"
    """What the script calls the network's inputs."""

    def __init__(self, project: Project) -> None:
        self.project, self.spec = project, project.network
        self.network = start_network(project)
        self.script = Script()
        self.masks = learning_masks(project, self.network)
        self.fused = is_fused(project)

    def _given(self) -> None:
        """What training starts from: data, settings, weights."""
        write_data(self.script, self.project)
        write_training_settings(self.script, self.project)
        write_weights(self.script, self.project, self.network)

    def _out(self, number: int) -> str:
        """The name of what layer ``number`` gives to others, 0 being the inputs."""
        layer = self.spec.layer(number)
        if layer.dropout_rate or layer.noise:
            return f"o{number}"
        return f"a{number}" if number else self.inputs

    def _received(self, number: int) -> str:
        """The name of what layer ``number`` receives."""
        sources = self.spec.sources(number)
        return self._out(sources[0]) if len(sources) == 1 else f"in{number}"

    def _joined(self, number: int) -> str:
        """The names of the outputs that layer ``number`` receives side by side; "" for one."""
        sources = self.spec.sources(number)
        return ", ".join(map(self._out, sources)) if len(sources) > 1 else ""

    @contextmanager
    def _mini_batches(self, remark: str = "") -> Iterator[None]:
        """The loops of training around what is written for each mini-batch, of x and t.

        It has to bring ``k``, the updates made, and ``total``, the sum of the losses, up to date;
        ``remark`` says what the losses are.
        """
        script = self.script
        script("losses = []" + f"  # {remark}" * bool(remark), "k = 0", "")
        with script.block("for epoch in range(1, EPOCHS + 1):"):
            shuffled = shuffles(self.project)
            order = "order_of_epoch(epoch)" if shuffled else "np.arange(len(X_train))"
            script(f"order = {order}", "total = 0.0")
            with script.block("for start in range(0, len(order), BATCH_SIZE):"):
                script("rows = order[start : start + BATCH_SIZE]")
                script("x, t = X_train[rows], T_train[rows]")
                yield
            script("losses.append(total / len(order))")
            with script.block("if epoch % max(1, EPOCHS // 10) == 0:"):
                script('print(f"epoch {epoch:6}  loss {losses[-1]:.6f}")')


class FormulaWriter(Writer, ABC):
    """A writer of the forward pass as formulas of arrays, layer by layer.

    Attributes
    ----------
    normalized : the layers with batch normalization.
    """

    module: str
    """What the script calls the library of its arrays."""
    array_type: str
    """The argument that gives a new array its type, with the comma before it; may be empty."""
    side_by_side: str
    """Puts the columns of the arrays {} beside each other."""

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        numbers = range(1, self.spec.depth + 1)
        self.normalized = [n for n in numbers if self.spec.layer(n).batch_normalization]

    @abstractmethod
    def _activation_of(self, name: str, given: Parameters, z: str) -> str:
        """The activation of ``z``."""

    @abstractmethod
    def _normalize(self, number: int, layer: LayerSpec) -> None:
        """Lines that make ``y`` of ``z`` by batch normalization."""

    def _forward(self, about: str, result: str) -> None:
        """The function ``forward``, which returns ``result``."""
        script = self.script
        script.section("Forward: from the inputs to the outputs, layer by layer")
        if self.normalized:
            script("# What batch normalization uses at test time: moving averages.", "moving = {}")
            for number in self.normalized:
                size = f"{self.spec.layer(number).units}{self.array_type}"
                script(f'moving["mean{number}"] = {self.module}.zeros({size})')
                script(f'moving["variance{number}"] = {self.module}.ones({size})')
            script("", "")
        arguments = ["x", *["masks=None"] * bool(dropped(self.project))]
        arguments += ["noise=None"] * bool(noisy(self.project))
        arguments += ["training=False"] * bool(self.normalized)
        with script.block(f"def forward({', '.join(arguments)}):"):
            script(f'"""{about}"""')
            write_disturbance(script, self.spec, 0)
            for number in range(1, self.spec.depth + 1):
                self._layer(number)
            script(f"return {result}")
        script("", "")

    def _training_pass(self, drawn: list[str]) -> str:
        """The call of ``forward`` for a mini-batch, with the names of what was drawn for it."""
        arguments = ["x", *drawn, *["training=True"] * bool(self.normalized)]
        return f"forward({', '.join(arguments)})"

    def _layer(self, n: int) -> None:
        script, layer = self.script, self.spec.layer(n)
        script(f"# Layer {n}: {layer.units} {layer.activation_text}")
        joined = self._joined(n)
        if joined:
            script(f"in{n} = {self.side_by_side.format(joined)}")
        bias = f" + b{n}" if layer.bias else ""
        script(f"z{n} = {self._received(n)} @ W{n}.T{bias}")
        if layer.batch_normalization:
            self._normalize(n, layer)
        script(f"a{n} = {self._activation(layer, self._activated(n))}")
        write_disturbance(script, self.spec, n)

    def _activated(self, number: int) -> str:
        """The name of what the activation of layer ``number`` is a function of."""
        return f"y{number}" if number in self.normalized else f"z{number}"

    def _activation(self, layer: LayerSpec, z: str) -> str:
        if not layer.neuron_activations:
            return self._activation_of(layer.activation, layer.activation_parameters, z)
        pieces = [
            self._activation_of(*own, f"{z}[:, {columns}]")
            for own, columns in parts_of(layer).items()
        ]
        return f"{self.side_by_side.format(', '.join(pieces))}[:, {order_of_parts(layer)}]"
