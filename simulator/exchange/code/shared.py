"""The sections that all scripts have: the data, the start weights, the settings."""

from __future__ import annotations

import textwrap

import numpy as np

from simulator.arrays import Array
from simulator.exchange.code.chance import given_masks
from simulator.exchange.code.script import Script
from simulator.exchange.code.updates import write_rate, write_settings
from simulator.network import Network
from simulator.project import Project
from simulator.project.errors import ProjectError, printable
from simulator.rules import follows_gradient
from simulator.spec import NetworkSpec


def check_writable(project: Project, framework: str) -> None:
    """Refuse what a script cannot repeat.

    Raises
    ------
    ProjectError : one sentence.
    """
    if project.training.augmentation.active:
        raise ProjectError(
            "A script cannot repeat how pictures are disturbed in training; turn augmentation off."
        )
    rule = project.training.rule
    if not follows_gradient(rule) and framework != "NumPy":
        raise ProjectError(
            f"{framework} trains by the gradient, not by the rule {rule}; use NumPy."
        )


def notes_of(project: Project) -> tuple[str, ...]:
    """What the script leaves out, a sentence each."""
    notes = []
    if project.training.callbacks:
        names = ", ".join(spec.name for spec in project.training.callbacks)
        notes.append(f"The script trains without callbacks ({names}).")
    if project.training.stop != type(project.training.stop)():
        notes.append("The script trains to the last epoch, without stop criteria.")
    return tuple(notes)


def start_network(project: Project) -> Network:
    """The network with its start weights."""
    network = Network(project.network, project.parameters, project.training.precision)
    network.initialize(project.training.seed, project.parameters)
    return network


def head(project: Project, framework: str, how: str) -> str:
    """The docstring of a script."""
    title = printable(project.title or project.name, 60).replace("\\", "/").replace('"', "'")
    text = (
        f"Written by Backlit. The script starts from the same weights and trains on the same "
        f"samples in the same order, so its numbers are those of Backlit. {how}"
    )
    body = "\n".join(textwrap.wrap(text, 88))
    return f'"""{title}, trained with {framework}.\n\n{body}\n"""'


def write_data(script: Script, project: Project) -> None:
    """X, T and the training part, scaled as in training."""
    data, prepared = project.data, project.prepared
    script.section("Data: a sample a row")
    script.place_for_unpacked()
    script.array("X", data.inputs)
    script.array("T", data.targets)
    if data.class_names:
        names = ", ".join(repr(printable(name)) for name in data.class_names)
        script(f"CLASSES = [{names}]")
    if len(prepared.training) < len(data):
        script("", "# The samples that train; the others are kept to validate and test.")
        script.array("training", prepared.training.rows, "int")
    else:
        script("training = np.arange(len(X))")
    for number in given_masks(project):
        mask = project.parameters[number - 1].mask
        assert mask is not None
        script("", f"# The dropout mask of layer {number} for every sample, as it was chosen.")
        script.array(f"mask{number}", mask[prepared.training.rows])
    _write_scaling(script, project)
    kind = project.training.precision
    if kind != "float64":
        script("", f"X, T = X.astype(np.{kind}), T.astype(np.{kind})")
    script("X_train, T_train = X[training], T[training]")


def _write_scaling(script: Script, project: Project) -> None:
    scaling = project.training.scaling
    if scaling == "none":
        return
    script("", "# Scaled by what the training samples are; a constant input becomes 0.")
    script("low, high = X[training].min(axis=0), X[training].max(axis=0)")
    if scaling == "min_max":
        script("offset, scale = low, high - low")
    else:
        script(
            "offset = np.where(low == high, low, X[training].mean(axis=0))",
            "scale = np.where(low == high, 0, X[training].std(axis=0))",
        )
    script("scale[scale == 0] = 1", "X = (X - offset) / scale")


def write_training_settings(script: Script, project: Project) -> None:
    """EPOCHS, BATCH_SIZE, SEED and those of the optimizer."""
    script.section("Settings")
    script(
        f"EPOCHS = {project.training.epochs}",
        f"BATCH_SIZE = {project.batch_size}",
        f"SEED = {project.training.seed}",
    )
    write_settings(script, project.optimizer)
    write_rate(script, project.optimizer)


def write_weights(script: Script, project: Project, network: Network) -> None:
    """W1, b1, ... with their start values."""
    script.section(
        "Start weights",
        "Row i of W holds the weights into neuron i; a layer computes z = a W.T + b.",
    )
    for index, layer in enumerate(project.network.layers):
        number = index + 1
        script.array(f"W{number}", network.W[index])
        bias = network.b[index]
        if bias is not None:
            script.array(f"b{number}", bias)
        if layer.batch_normalization:
            script(
                f"gamma{number} = np.ones({layer.units})", f"beta{number} = np.zeros({layer.units})"
            )


def learning_masks(project: Project, network: Network) -> dict[str, Array]:
    """1 where a parameter learns, 0 where it is removed or frozen, of arrays with any 0."""
    spec, mask = project.network, network.trainable_mask
    found: dict[str, Array] = {}
    if mask is None:
        return found
    for number, layer in enumerate(spec.layers, start=1):
        if not layer.trainable:
            continue
        biases = spec.biases(mask, number)
        for name, own in ((f"W{number}", spec.weights(mask, number)), (f"b{number}", biases)):
            if own is not None and not own.all():
                found[name] = np.asarray(own)
    return found


def write_masks(script: Script, masks: dict[str, Array]) -> None:
    """The dictionary ``learns``."""
    if not masks:
        return
    script("", "# 0 where a link was removed or a parameter is frozen.", "learns = {}")
    for name, own in masks.items():
        script.array(f'learns["{name}"]', own)


def parameter_names(project: Project, learning_only: bool = True) -> list[str]:
    """W1, b1, gamma1, ... of the layers that learn."""
    names = []
    for number, layer in enumerate(project.network.layers, start=1):
        if learning_only and not layer.trainable:
            continue
        names.append(f"W{number}")
        if layer.bias:
            names.append(f"b{number}")
        if layer.batch_normalization:
            names += [f"gamma{number}", f"beta{number}"]
    return names


def write_parameters(script: Script, project: Project) -> None:
    """The dictionary ``parameters`` of what learns."""
    with script.block("parameters = {"):
        script(*(f'"{name}": {name},' for name in parameter_names(project)))
    script("}")


def is_fused(project: Project) -> bool:
    """Whether output activation and loss are computed together, as the engine does."""
    last = project.network.layers[-1]
    pairs = {"categorical_crossentropy": "softmax", "binary_crossentropy": "sigmoid"}
    return (
        pairs.get(project.loss) == last.activation
        and not last.neuron_activations
        and not last.dropout_rate
        and not last.noise
    )


def limited(project: Project) -> list[tuple[int, float]]:
    """The layers with a largest norm, and the norm."""
    layers = enumerate(project.network.layers, start=1)
    return [(number, layer.max_norm) for number, layer in layers if layer.max_norm]


def write_end(script: Script, project: Project) -> None:
    """What is printed when training has ended."""
    script.section("Result")
    script("outputs, targets = predict(X[training]), T[training]")
    data = project.data
    if data.class_threshold is not None:
        threshold = repr(data.class_threshold)
        script(f"right = (outputs[:, 0] > {threshold}) == (targets[:, 0] > {threshold})")
        script('print(f"accuracy {right.mean():.1%}")')
    elif data.target_classes is not None:
        script("right = outputs.argmax(axis=1) == targets.argmax(axis=1)")
        script('print(f"accuracy {right.mean():.1%}")')
    else:
        script("print(np.column_stack([targets, outputs])[:10].round(4))")


def write_disturbance(script: Script, spec: NetworkSpec, number: int) -> None:
    """Noise and dropout behind a layer, 0 being the inputs."""
    layer = spec.layer(number)
    own = f"a{number}" if number else "x"
    if layer.noise:
        script(f"o{number} = {own} + noise[{number}] if noise else {own}")
        own = f"o{number}"
    if layer.dropout_rate:
        keep = repr(layer.keep_probability)
        inverted = layer.dropout_style == "inverted"
        trained = f"{own} * masks[{number}]" + (f" / {keep}" if inverted else "")
        tested = own if inverted else f"{own} * {keep}"
        script(f"o{number} = {trained} if masks else {tested}")
