"""What Keras calls things; most of it is what Backlit calls them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ACTIVATIONS = (
    *("linear", "sigmoid", "tanh", "relu", "softmax", "leaky_relu", "elu", "selu"),
    *("softplus", "softsign", "hard_sigmoid", "gelu", "silu"),
)
"""Activations that are the same under the same name, with their default parameters."""

LAYER_ACTIVATIONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"leaky_relu": ("LeakyReLU", "negative_slope"), "elu": ("ELU", "alpha")}
)
"""Activations with a parameter: the Keras layer, and how it calls the parameter."""

INITIALIZERS: Mapping[str, str] = MappingProxyType(
    {
        "glorot_uniform": "GlorotUniform",
        "glorot_normal": "GlorotNormal",
        "he_uniform": "HeUniform",
        "he_normal": "HeNormal",
        "lecun_uniform": "LecunUniform",
        "lecun_normal": "LecunNormal",
        "random_uniform": "RandomUniform",
        "random_normal": "RandomNormal",
        "constant": "Constant",
        "zeros": "Zeros",
    }
)

OPTIMIZERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "sgd": ("SGD", "sgd"),
        "momentum": ("SGD", "sgd"),
        "nesterov": ("SGD", "sgd"),
        "adagrad": ("Adagrad", "adagrad"),
        "adadelta": ("Adadelta", "adadelta"),
        "rmsprop": ("RMSprop", "rmsprop"),
        "adam": ("Adam", "adam"),
        "adamax": ("Adamax", "adamax"),
        "nadam": ("Nadam", "nadam"),
        "adamw": ("AdamW", "adamw"),
    }
)
"""The class, and the name an optimizer of it goes by."""

LOSSES: Mapping[str, str] = MappingProxyType(
    {
        "categorical_crossentropy": "CategoricalCrossentropy",
        "binary_crossentropy": "BinaryCrossentropy",
        "mse": "MeanSquaredError",
        "mae": "MeanAbsoluteError",
        "huber": "Huber",
        "hinge": "Hinge",
    }
)

SHORT_LOSSES: Mapping[str, str] = MappingProxyType(
    {
        "categorical_crossentropy": "categorical_crossentropy",
        "binary_crossentropy": "binary_crossentropy",
        "mse": "mse",
        "mean_squared_error": "mse",
        "mae": "mae",
        "mean_absolute_error": "mae",
        "huber": "huber",
        "hinge": "hinge",
    }
)
"""Losses by the names that Keras takes instead of an object."""

SCHEDULES: Mapping[str, str] = MappingProxyType(
    {
        "step_decay": "ExponentialDecay",
        "exponential_decay": "ExponentialDecay",
        "inverse_time_decay": "InverseTimeDecay",
        "cosine_decay": "CosineDecay",
    }
)
