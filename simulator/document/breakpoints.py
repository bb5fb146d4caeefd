"""What runs pause at, as JSON and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulator.condition import Condition
from simulator.conditions import condition_from_value
from simulator.project.fields import Fields

_MOST = 1000


def breakpoints_value(breakpoints: Sequence[tuple[Condition, bool]]) -> dict[str, Any]:
    """Conditions with whether they are watched, as JSON."""
    listed = [{"watched": watched, **condition.value()} for condition, watched in breakpoints]
    return {"breakpoints": listed}


def read_breakpoints(value: Any) -> tuple[tuple[Condition, bool], ...]:
    """What :func:`breakpoints_value` gave.

    Raises
    ------
    ProjectError : one sentence.
    """
    fields, found = Fields(value, "breakpoints.json"), []
    for item in fields.items("breakpoints", 0, _MOST):
        inner = Fields(item, "breakpoints.json: condition")
        watched = inner.boolean("watched")
        rest = {name: own for name, own in item.items() if name != "watched"}
        found.append((condition_from_value(rest), watched))
    fields.finish()
    return tuple(found)
