"""Activations and losses as expressions of a script; ? stands for the framework."""

from __future__ import annotations

from simulator.activations import activation_parameters
from simulator.exchange.code.script import literal
from simulator.losses import loss_parameters
from simulator.project import Project
from simulator.spec import LayerSpec, Parameters

# Expressions of {z} in NumPy: the activation, and its slope, which may use the activation {a}.
_NUMPY = {
    "linear": ("{z}", ""),
    "sigmoid": ("sigmoid({z})", "{a} * (1 - {a})"),
    "tanh": ("np.tanh({z})", "1 - {a} ** 2"),
    "relu": ("np.maximum({z}, 0)", "({z} > 0)"),
    "softmax": ("softmax({z})", ""),
    "leaky_relu": (
        "np.where({z} > 0, {z}, {negative_slope} * {z})",
        "np.where({z} > 0, 1, {negative_slope})",
    ),
    "elu": (
        "np.where({z} > 0, {z}, {alpha} * np.expm1(np.minimum({z}, 0)))",
        "np.where({z} > 0, 1, {alpha} * np.exp(np.minimum({z}, 0)))",
    ),
    "selu": (
        "1.0507009873554805 * np.where({z} > 0, {z}, "
        "1.6732632423543772 * np.expm1(np.minimum({z}, 0)))",
        "1.0507009873554805 * np.where({z} > 0, 1, "
        "1.6732632423543772 * np.exp(np.minimum({z}, 0)))",
    ),
    "softplus": ("np.logaddexp(0, {z})", "sigmoid({z})"),
    "softsign": ("{z} / (1 + np.abs({z}))", "1 / (1 + np.abs({z})) ** 2"),
    "hard_sigmoid": ("np.clip({z} / 6 + 0.5, 0, 1)", "np.where(np.abs({z}) < 3, 1 / 6, 0)"),
    "silu": ("{z} * sigmoid({z})", "sigmoid({z}) + {a} * (1 - sigmoid({z}))"),
    "gelu": (
        "{z} * normal_distribution({z})",
        "normal_distribution({z}) + {z} * np.exp(-0.5 * {z}**2) / np.sqrt(2 * np.pi)",
    ),
    "step": ("({z} >= 0) * 1.0", ""),
    "sign": ("np.where({z} >= 0, 1.0, -1.0)", ""),
}
_TORCH = {
    "linear": "{z}",
    "sigmoid": "torch.sigmoid({z})",
    "tanh": "torch.tanh({z})",
    "relu": "torch.relu({z})",
    "softmax": "torch.softmax({z}, dim=1)",
    "leaky_relu": "functional.leaky_relu({z}, {negative_slope})",
    "elu": "functional.elu({z}, {alpha})",
    "selu": "functional.selu({z})",
    "softplus": "torch.logaddexp(torch.zeros_like({z}), {z})",
    "softsign": "functional.softsign({z})",
    "hard_sigmoid": "torch.clamp({z} / 6 + 0.5, 0, 1)",
    "silu": "functional.silu({z})",
    "gelu": "functional.gelu({z})",
}
HELPERS = {
    "sigmoid": """\
def sigmoid(z):
    return 1 / (1 + np.exp(-np.maximum(z, -700)))""",
    "softmax": """\
def softmax(z):
    # Taking off the largest z changes nothing but keeps exp in range.
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)""",
    "normal_distribution": """\
def normal_distribution(z):
    return 0.5 * np.vectorize(math.erfc)(-z / math.sqrt(2))""",
}
# Losses of each sample in terms of the outputs y and the targets t.
_LOSSES = {
    "squared_error": "?.sum((y - t) ** 2, axis=1)",
    "half_squared_error": "0.5 * ?.sum((y - t) ** 2, axis=1)",
    "mse": "?.mean((y - t) ** 2, axis=1)",
    "mae": "?.mean(?.abs(y - t), axis=1)",
    "huber": "?.mean(?.where(?.abs(y - t) <= {delta}, 0.5 * (y - t) ** 2, "
    "{delta} * (?.abs(y - t) - {delta} / 2)), axis=1)",
    "hinge": "?.mean({positive}(1 - t * y), axis=1)",
    "categorical_crossentropy": "-?.sum(t * ?.log({above}), axis=1)",
    "binary_crossentropy": "-?.mean(t * ?.log({above}) + (1 - t) * ?.log({below}), axis=1)",
}
_ERRORS = {
    "squared_error": "2 * (y - t)",
    "half_squared_error": "y - t",
    "mse": "2 * (y - t) / {n}",
    "mae": "np.sign(y - t) / {n}",
    "huber": "np.clip(y - t, -{delta}, {delta}) / {n}",
    "hinge": "-t * (t * y < 1) / {n}",
    "categorical_crossentropy": "-t / np.maximum(y, {tiny})",
    "binary_crossentropy": "(y - t) / np.maximum(y * (1 - y), {tiny}) / {n}",
}


def numpy_activation(name: str, given: Parameters, z: str) -> str:
    """The activation of ``z``."""
    return _NUMPY[name][0].format(z=z, **_texts(name, given))


def numpy_slope(name: str, given: Parameters, z: str, a: str) -> str:
    """Its slope at ``z``; "" for 1, and for softmax, which mixes neurons."""
    return _NUMPY[name][1].format(z=z, a=a, **_texts(name, given))


def torch_activation(name: str, given: Parameters, z: str) -> str:
    """The activation of ``z`` in PyTorch."""
    return _TORCH[name].format(z=z, **_texts(name, given))


def _texts(name: str, given: Parameters) -> dict[str, str]:
    values = activation_parameters(name, given)
    return {own: literal(value) for own, value in values.items()}


def parts_of(layer: LayerSpec) -> dict[tuple[str, Parameters], list[int]]:
    """The neurons of each activation, where they differ."""
    parts: dict[tuple[str, Parameters], list[int]] = {}
    for neuron, own in enumerate(layer.neuron_activations):
        parts.setdefault(own, []).append(neuron)
    return parts


def order_of_parts(layer: LayerSpec) -> list[int]:
    """What brings the neurons back into their order when the parts stand side by side."""
    places = [neuron for columns in parts_of(layer).values() for neuron in columns]
    return sorted(range(len(places)), key=places.__getitem__)


def numpy_mixed_slope(layer: LayerSpec, z: str, a: str) -> str:
    """The slopes of neurons with activations of their own, side by side in their order."""
    pieces = []
    for (name, given), columns in parts_of(layer).items():
        part = f"{z}[:, {columns}]"
        slope = numpy_slope(name, given, part, f"{a}[:, {columns}]")
        pieces.append(f"({slope})" if slope else f"np.ones_like({part})")
    return f"np.concatenate([{', '.join(pieces)}], axis=1)[:, {order_of_parts(layer)}]"


def loss_of(project: Project, module: str) -> str:
    """The loss of each sample from y and t, for outputs that are not computed with it."""
    tiny = _tiny(project)
    positive = {"np": "positive", "torch": "torch.relu", "ops": "ops.relu"}[module]
    words = {
        "positive": positive,
        "delta": _delta(project),
        "above": f"y.clip({tiny})" if module != "ops" else f"ops.maximum(y, {tiny})",
        "below": f"(1 - y).clip({tiny})" if module != "ops" else f"ops.maximum(1 - y, {tiny})",
    }
    text = _LOSSES[project.loss].format(**words).replace("?", module)
    if module == "np" and project.loss == "hinge":
        return "np.mean(np.maximum(1 - t * y, 0), axis=1)"
    return text


def error_of(project: Project) -> str:
    """Its derivative by y in NumPy."""
    words = {
        "n": str(project.network.outputs),
        "delta": _delta(project),
        "tiny": _tiny(project),
    }
    return _ERRORS[project.loss].format(**words)


def _delta(project: Project) -> str:
    given = loss_parameters(project.loss, project.loss_parameters)
    return literal(given.get("delta", 1.0))


def _tiny(project: Project) -> str:
    return "1e-300" if project.training.precision == "float64" else "1e-37"
