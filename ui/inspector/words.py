"""What the settings do, in a sentence each, where the engine does not say it itself."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping

from simulator.activations import ACTIVATION_TYPES
from simulator.losses import LOSS_TYPES
from simulator.optimizers import OPTIMIZERS

PARAMETERS: Mapping[str, str] = {
    "momentum": "Share of the old velocity kept at each update, from 0 to below 1.",
    "beta_1": "Share of the old mean gradient kept at each update, from 0 to below 1.",
    "beta_2": "Share of the old mean square gradient kept at each update, from 0 to below 1.",
    "rho": "Share of the old mean square gradient kept at each update, from 0 to below 1.",
    "epsilon": "A small number that keeps the division from growing without limit.",
    "initial_accumulator_value": "What the sum of squared gradients starts from "
    "(Keras: initial_accumulator_value).",
    "weight_decay": "At each update every weight also shrinks by this times the learning rate.",
    "drop": "The learning rate is multiplied by this every decay_steps updates.",
    "decay_steps": "Updates over which the learning rate falls once.",
    "decay_rate": "How much the learning rate falls over decay_steps updates.",
    "alpha": "For a schedule: the smallest share of the learning rate. For ELU: minus the output "
    "far below 0.",
    "warmup_steps": "Over so many first updates the learning rate rises evenly from 0; 0 is off.",
    "delta": "Errors up to this count by their square, larger ones by their size.",
    "negative_slope": "The slope below z = 0.",
    "value": "The number every weight starts from.",
    "minval": "The smallest start weight.",
    "maxval": "The largest start weight.",
    "mean": "The mean of the start weights.",
    "stddev": "The standard deviation of the start weights.",
}
"""Every parameter of an optimizer, schedule, loss, activation or initializer, by its Keras name."""

PARAMETER_LABELS: Mapping[str, str] = {"initial_accumulator_value": "initial sum"}
"""Names that are too long for a row."""

MONITORS: Mapping[str, str] = {
    "loss": "Mean loss of the training samples; the smaller the better.",
    "accuracy": "Share of training samples in their right class; for data with classes.",
    "r2": "Share of the targets' variance that is explained; for data without classes.",
    "val_loss": "Mean loss of the validation samples; needs a validation share.",
    "val_accuracy": "Share of validation samples in their right class; needs a validation share.",
    "val_r2": "R² of the validation samples, for data without classes; needs a validation share.",
}
PRECISIONS: Mapping[str, str] = {
    "float64": "Numbers of 64 bits, some 16 digits.",
    "float32": "Numbers of 32 bits, some 7 digits: faster for big networks and big data.",
}
DROPOUT_STYLES: Mapping[str, str] = {
    "inverted": "Kept outputs are scaled by 1 / (1 − rate) in training (Keras, PyTorch).",
    "classic": "Outputs are scaled by 1 − rate at test time (Srivastava et al. 2014).",
}

_IN_WORDS: Mapping[str, str] = {
    "sgd": "Steps straight down the gradient.",
    "momentum": "Gathers speed where one gradient after another points the same way.",
    "nesterov": "Momentum that looks ahead to where it is going.",
    "adagrad": "Smaller and smaller steps for parameters that had large gradients.",
    "adadelta": "Steps as large as the last ones were; the learning rate hardly matters.",
    "rmsprop": "Divides each gradient by its usual size.",
    "adam": "Momentum and the usual size of each gradient together; a good first choice.",
    "adamax": "Adam with the largest gradient in place of the usual one.",
    "nadam": "Adam that looks ahead, as Nesterov's momentum does.",
    "adamw": "Adam with weight decay of its own.",
    "linear": "Leaves z as it is; for outputs that are any number.",
    "sigmoid": "Squeezes z between 0 and 1; for one output that is a probability.",
    "tanh": "Squeezes z between −1 and 1.",
    "relu": "Lets positive z through and nothing else.",
    "softmax": "Makes probabilities of a whole layer: they add up to 1.",
    "leaky_relu": "ReLU with a small slope below 0, so that no neuron dies.",
    "elu": "ReLU that bends smoothly to −alpha below 0.",
    "selu": "ELU scaled so that activations keep mean 0 and variance 1.",
    "softplus": "ReLU with a round corner.",
    "softsign": "Like tanh, but slower to saturate.",
    "hard_sigmoid": "A sigmoid made of three straight lines.",
    "gelu": "ReLU weighted by how likely a normal number is below z.",
    "silu": "z times its sigmoid; also called swish.",
    "step": "1 from z = 0 on, else 0; it has no slope, so only a learning rule can train it.",
    "sign": "+1 from z = 0 on, else −1; it has no slope, so only a learning rule can train it.",
    "categorical_crossentropy": "For one class of several, with softmax.",
    "binary_crossentropy": "For yes or no, with sigmoid.",
    "mse": "The mean square of the errors.",
    "half_squared_error": "Half the sum of squared errors.",
    "squared_error": "The sum of squared errors.",
    "mae": "The mean size of the errors; outliers count no more than others.",
    "huber": "Squares small errors and takes large ones as they are.",
    "hinge": "For targets of −1 and +1: right by a margin costs nothing.",
}


def about(name: str, kind: type) -> str:
    """What an optimizer, activation or loss does: in words, then the formula of its class."""
    paragraphs = (inspect.getdoc(kind) or "").split("\n\n")
    text = paragraphs[0]
    if text.endswith(",") and len(paragraphs) > 1:
        text += f" {paragraphs[1]}"
    text = re.sub(r" \(deck \w\)", "", text.replace("\n", " ")).replace("<-", "←")
    for word, sign in (("eta", "η"), ("sqrt", "√"), ("sum_i", "Σ"), ("sum_j", "Σ")):
        text = re.sub(rf"\b{word}(?![a-z])", sign, text)
    text = re.sub(r"(?<![\w)])-(?=[\w/Σ])", "−", text.replace(" - ", " − "))
    return "\n".join(part for part in (_IN_WORDS.get(name, ""), text) if part)


OPTIMIZER_ABOUTS = {name: about(name, kind) for name, kind in OPTIMIZERS.items()}
ACTIVATION_ABOUTS = {name: about(name, kind) for name, kind in ACTIVATION_TYPES.items()}
LOSS_ABOUTS = {name: about(name, kind) for name, kind in LOSS_TYPES.items()}
