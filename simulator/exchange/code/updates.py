"""The optimizers of :mod:`simulator.optimizers` as lines of a script."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from simulator.exchange.code.script import Script, literal
from simulator.optimizers import OptimizerSpec, optimizer_parameters
from simulator.schedules import schedule_parameters

# Per optimizer: the names of what it remembers, the lines that bring it up to date, and what is
# added to a parameter w. ? stands for the framework; k counts updates from 1.
_ADAM = (
    "m[name] = BETA_1 * m[name] + (1 - BETA_1) * g",
    "v[name] = BETA_2 * v[name] + (1 - BETA_2) * g**2",
)
_RULES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], str]] = MappingProxyType(
    {
        "sgd": ((), (), "-rate * g"),
        "momentum": (("v",), ("v[name] = MOMENTUM * v[name] - rate * g",), "v[name]"),
        "nesterov": (
            ("v",),
            ("v[name] = MOMENTUM * v[name] - rate * g",),
            "MOMENTUM * v[name] - rate * g",
        ),
        "adagrad": (
            ("s",),
            ("s[name] = s[name] + g**2",),
            "-rate * g / ?.sqrt(s[name] + EPSILON)",
        ),
        "adadelta": (
            ("s", "d"),
            (
                "s[name] = RHO * s[name] + (1 - RHO) * g**2",
                "step = g * ?.sqrt((d[name] + EPSILON) / (s[name] + EPSILON))",
                "d[name] = RHO * d[name] + (1 - RHO) * step**2",
            ),
            "-rate * step",
        ),
        "rmsprop": (
            ("s",),
            ("s[name] = RHO * s[name] + (1 - RHO) * g**2",),
            "-rate * g / ?.sqrt(s[name] + EPSILON)",
        ),
        "adam": (
            ("m", "v"),
            (*_ADAM, "correction = (1 - BETA_2**k) ** 0.5 / (1 - BETA_1**k)"),
            "-rate * correction * m[name] / (?.sqrt(v[name]) + EPSILON)",
        ),
        "adamw": (
            ("m", "v"),
            (
                *_ADAM,
                "correction = (1 - BETA_2**k) ** 0.5 / (1 - BETA_1**k)",
                "step = correction * m[name] / (?.sqrt(v[name]) + EPSILON)",
            ),
            "-rate * (step + WEIGHT_DECAY * w)",
        ),
        "adamax": (
            ("m", "u"),
            (
                "m[name] = BETA_1 * m[name] + (1 - BETA_1) * g",
                "u[name] = ?.maximum(BETA_2 * u[name], ?.abs(g))",
            ),
            "-rate / (1 - BETA_1**k) * m[name] / (u[name] + EPSILON)",
        ),
        "nadam": (
            ("m", "v"),
            (
                *_ADAM,
                "ahead = nadam_momentum(k + 1) * m[name] / (1 - product * nadam_momentum(k + 1))",
                "ahead = ahead + (1 - nadam_momentum(k)) * g / (1 - product)",
            ),
            "-rate * ahead / (?.sqrt(v[name] / (1 - BETA_2**k)) + EPSILON)",
        ),
    }
)


def write_settings(script: Script, spec: OptimizerSpec) -> None:
    """The constants of the optimizer."""
    script(f"LEARNING_RATE = {spec.learning_rate!r}")
    for name, value in optimizer_parameters(spec.name, spec.parameters).items():
        if name != "initial_accumulator_value":
            script(f"{name.upper()} = {value!r}")


def changes_rate(spec: OptimizerSpec) -> bool:
    """Whether the learning rate depends on the number of updates."""
    given = schedule_parameters(spec.schedule.name, spec.schedule.parameters)
    return spec.schedule.name != "constant" or given["warmup_steps"] > 0.0


def write_rate(script: Script, spec: OptimizerSpec) -> None:
    """The function ``learning_rate(k)``, k the updates made so far."""
    if not changes_rate(spec):
        return
    given = schedule_parameters(spec.schedule.name, spec.schedule.parameters)
    steps = literal(given.get("decay_steps", 1.0))
    factors = {
        "constant": "1.0",
        "step_decay": f"{given.get('drop')!r} ** (k // {steps})",
        "exponential_decay": f"{given.get('decay_rate')!r} ** (k / {steps})",
        "inverse_time_decay": f"1 / (1 + {given.get('decay_rate')!r} * k / {steps})",
        "cosine_decay": f"{literal(1.0 - given.get('alpha', 0.0))} * 0.5 * "
        f"(1 + np.cos(np.pi * min(k / {steps}, 1))) + {literal(given.get('alpha', 0.0))}",
    }
    warm_up = given["warmup_steps"]
    script("", "")
    with script.block("def learning_rate(k):"):
        script(f'"""The rate of an update, k of them made before ({spec.schedule.name})."""')
        if warm_up:
            with script.block(f"if k < {literal(warm_up)}:"):
                script(f"return LEARNING_RATE * (k + 1) / {literal(warm_up)}")
            script(f"k -= {literal(warm_up)}")
        script(f"return LEARNING_RATE * ({factors[spec.schedule.name]})")


def write_memory(script: Script, spec: OptimizerSpec, module: str) -> None:
    """What the optimizer remembers of every parameter, at the start."""
    if spec.name == "nadam":
        script("", "")
        with script.block("def nadam_momentum(k):"):
            script("return BETA_1 * (1 - 0.5 * 0.96**k)")
        script("", "")
        script("product = 1.0")
    for slot in _RULES[spec.name][0]:
        start = f"{module}.zeros_like(w)"
        if spec.name == "adagrad":
            value = optimizer_parameters(spec.name, spec.parameters)["initial_accumulator_value"]
            start = f"{module}.full_like(w, {value!r})"
        script(f"{slot} = {{name: {start} for name, w in parameters.items()}}")


def _write_clipping(script: Script, spec: OptimizerSpec, module: str) -> None:
    """Limits on the gradients, a dictionary of arrays."""
    limits = spec.clipping
    if limits.clipvalue:
        low = literal(limits.clipvalue)
        with script.block("for name, g in gradients.items():"):
            script(f"gradients[name] = {module}.clip(g, -{low}, {low})")
    if limits.clipnorm:
        with script.block("for name, g in gradients.items():"):
            script(f"norm = {module}.sqrt((g**2).sum())")
            with script.block(f"if norm > {literal(limits.clipnorm)}:"):
                script(f"gradients[name] = g * ({literal(limits.clipnorm)} / norm)")
    if limits.global_clipnorm:
        script(f"norm = {module}.sqrt(sum((g**2).sum() for g in gradients.values()))")
        with script.block(f"if norm > {literal(limits.global_clipnorm)}:"):
            factor = f"{literal(limits.global_clipnorm)} / norm"
            script(f"gradients = {{name: g * ({factor}) for name, g in gradients.items()}}")


def write_update(script: Script, spec: OptimizerSpec, module: str, masked: bool) -> None:
    """One update of all parameters from ``gradients``; ``k`` counts it from 1.

    With ``masked`` some parameters stay as they are, where ``learns`` has a 0.
    """
    if masked:
        with script.block("for name, mask in learns.items():"):
            script("gradients[name] = gradients[name] * mask")
    _write_clipping(script, spec, module)
    _, lines, change = _RULES[spec.name]
    if spec.name == "nadam":
        script("product *= nadam_momentum(k)")
    rate = "learning_rate(k - 1)" if changes_rate(spec) else "LEARNING_RATE"
    script(f"rate = {rate}")
    with script.block("for name, w in parameters.items():"):
        script("g = gradients[name]")
        script(*(line.replace("?", module) for line in lines))
        change = change.replace("?", module)
        if masked:
            script(f"change = {change}", "w += change * learns[name] if name in learns else change")
        elif change.startswith("-"):
            script(f"w -= {change[1:]}")
        else:
            script(f"w += {change}")
