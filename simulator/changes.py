"""What differs between two projects, in a few words for the timeline."""

from __future__ import annotations

from dataclasses import fields

from simulator.project import Project


def describe_change(before: Project, after: Project) -> str:
    """The most telling difference, e.g. "Learning rate 0.1"; several are joined."""
    found = []
    if before.network != after.network:
        one, other = before.network, after.network
        if one.sizes != other.sizes:
            found.append("Network " + "–".join(str(size) for size in other.sizes))
        else:
            found += [
                f"Layer {number}"
                for number, (old, new) in enumerate(
                    zip(one.layers, other.layers, strict=True), start=1
                )
                if old != new
            ] or ["Network"]
    if before.parameters != after.parameters and not found:
        found.append("Weights, links or masks")
    if (before.loss, before.loss_parameters) != (after.loss, after.loss_parameters):
        found.append(f"Loss {after.loss}")
    old_rate, rate = before.optimizer.learning_rate, after.optimizer.learning_rate
    if before.optimizer.name != after.optimizer.name:
        found.append(f"Optimizer {after.optimizer.name}")
    elif old_rate != rate:
        found.append(f"Learning rate {rate:g}")
    elif before.optimizer != after.optimizer:
        found.append("Optimizer settings")
    if before.data is not after.data:
        found.append("Data")
    if before.training != after.training:
        found += [
            _words(own.name, getattr(after.training, own.name))
            for own in fields(after.training)
            if getattr(before.training, own.name) != getattr(after.training, own.name)
        ]
    return ", ".join(found) if found else "Project"


def _words(name: str, value: object) -> str:
    words = name.replace("_", " ").capitalize()
    return f"{words} {value}" if isinstance(value, int | float | str) else words
