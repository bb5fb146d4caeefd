"""What must hold between the parts of a project; each mistake is one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.activations import ACTIVATION_TYPES
from simulator.project.errors import ProjectError
from simulator.rules import BACKPROPAGATION, follows_gradient
from simulator.spec import NetworkSpec

if TYPE_CHECKING:
    from simulator.project.model import Project


def check(project: Project) -> None:
    """Refuse a project whose parts do not go together.

    Raises
    ------
    ProjectError : one sentence: what does not fit, and what to do.
    """
    check_sources(project.network)
    if project.data.not_finite:
        raise ProjectError(
            f"Training cannot start: {project.data.not_finite:,} values of the data are not "
            f"numbers (NaN or infinite); mend them or leave their samples out."
        )
    _check_rule(project)
    _check_masks(project)
    # Splitting finds out whether every part, and every class in it, has samples.
    has_validation = len(project.prepared.validation) > 0
    metric = "r2" if project.data.target_classes is None else "accuracy"
    for callback in project.training.callbacks:
        monitor = getattr(callback, "monitor", "")
        if monitor and monitor.removeprefix("val_") not in ("loss", metric):
            raise ProjectError(
                f"{callback.name} watches {monitor}, which these data do not have: they have loss "
                f"and {metric}."
            )
        if monitor.startswith("val_") and not has_validation:
            raise ProjectError(
                f"{callback.name} watches {monitor}, but no samples are kept for validation; set "
                f"training.validation_split, or watch {monitor.removeprefix('val_')}."
            )


def check_sources(network: NetworkSpec) -> None:
    """Refuse a layer that receives from none or a later one, or that is used by no other.

    Raises
    ------
    ProjectError : one sentence that names the layer.
    """
    for number, layer in enumerate(network.layers, start=1):
        for source in layer.sources:
            if not 0 <= source < number:
                raise ProjectError(
                    f"layer {number}: inputs_from names layer {source}; a layer can receive only "
                    f"from the input (0) and from layers before it."
                )
    for number in range(1, network.depth):
        if not network.consumers[number]:
            raise ProjectError(
                f"layer {number} is used by no other layer; name it in inputs_from of a later one, "
                f"or remove it."
            )


def _check_rule(project: Project) -> None:
    rule, layers = project.training.rule, project.network.layers
    if follows_gradient(rule):
        for number, layer in enumerate(layers, start=1):
            for name in layer.activation_names:
                if not ACTIVATION_TYPES[name].differentiable:
                    raise ProjectError(
                        f"layer {number}: {name} has no slope, so {rule} cannot learn through it; "
                        f"use sigmoid or tanh, or train with rule perceptron, adaline, hebb or "
                        f"mcculloch_pitts."
                    )
    if rule in (BACKPROPAGATION, "mcculloch_pitts"):
        return
    if len(layers) != 1:
        raise ProjectError(
            f"The rule {rule} trains a single layer, but the network has {len(layers)}; remove the "
            f"hidden layers, or use backpropagation."
        )
    layer = layers[0]
    if rule == "perceptron" and layer.activation_names not in (("step",), ("sign",)):
        raise ProjectError(
            f"The rule perceptron needs threshold neurons, step (targets 0 and 1) or sign (targets "
            f"−1 and +1), not {layer.activation_text}."
        )
    if layer.dropout_rate or layer.noise or layer.batch_normalization:
        raise ProjectError(
            f"The rule {rule} works without dropout, noise and batch normalization of its layer."
        )


def _check_masks(project: Project) -> None:
    for number, given in enumerate(project.parameters, start=1):
        if given.mask is not None and len(given.mask) != len(project.data):
            raise ProjectError(
                f"layer {number}: the dropout mask has {len(given.mask):,} rows, but there are "
                f"{len(project.data):,} samples; give one row a sample, or no mask."
            )
