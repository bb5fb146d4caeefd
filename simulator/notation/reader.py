"""How a lecturer writes: symbols, index order, signs, factors.

The engine has one convention; a notation says how its numbers are shown.  A preset is a JSON file
below ``resources/notations``, and a lecturer can write one::

    {
      "version": 1,
      "id": "my-course",                 letters, digits and hyphens
      "title": "My course",              shown in the menu
      "about": "One or two sentences.",
      "symbols": {                       LaTeX; or {"hidden": …, "output": …} where the last layer
        "input": "x", "target": "t",     has a letter of its own
        "preactivation": "z", "normalized": "\\\\hat{z}",
        "activation": "a", "function": "\\\\varphi",
        "noise": "n", "mask": "m", "loss": "E", "penalty": "\\\\Omega",
        "error": "\\\\varepsilon", "delta": "\\\\delta",
        "weight": "w", "bias": "b", "gamma": "\\\\gamma", "beta": "\\\\beta",
        "gradient": "\\\\frac{\\\\partial E}{\\\\partial @w}",   @w stands for the parameter
        "learning_rate": "\\\\eta"
      },
      "index_order": "to-from",          w_{ji} from i to j; or "from-to": w_{ij} from i to j
      "layer": "parentheses",            (l), "brackets" [l] or "plain" l, as a superscript
      "layer_numbers": "always",         or "needed": only where two layers share a letter
      "matrix": "to-from",               W has a row per receiving neuron; "from-to": a column
      "error_sign": 1,                   -1: error and delta are the negative derivatives
      "update_sign": -1,                 1: w <- w + eta g, with g the negative derivative
      "bias_as_node": false,             true: a weight w_{j0} from a node whose output is 1
      "loss_factors": {"mse": 0.5},      the deck's loss is so many times the project's
      "slots": {"velocity": "u"}         what the optimizer's memories are called
    }

``index_order`` to ``slots`` may be left out; they are then those of the neutral notation.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from simulator.latex_text import problem_of
from simulator.losses import LOSSES
from simulator.notation.model import (
    BY_LAYER,
    LAYER_SIGNS,
    SLOT_LETTERS,
    SYMBOLS,
    Letter,
    Notation,
)
from simulator.project import strict_json
from simulator.project.errors import ProjectError, printable
from simulator.project.fields import Fields
from simulator.resource_files import resource_path

VERSION = 1
PRESETS = ("neutral", "deck-a", "deck-b", "deck-c", "deck-d")
"""The notations that ship with Backlit, in the order of menus."""
_ORDERS = ("to-from", "from-to")
_MAX_LENGTH = 60


def load_notation(source: str | os.PathLike[str]) -> Notation:
    """The notation that ships under this name, or a lecturer's own from a JSON file.

    Raises
    ------
    ProjectError : one sentence on what is wrong, where, and what is allowed.
    """
    name = os.fspath(source)
    if name in PRESETS:
        return notations()[PRESETS.index(name)]
    path = Path(name)
    shown = printable(path.name)
    if path.suffix != ".json" and not path.exists():
        known = ", ".join(PRESETS)
        raise ProjectError(f"“{shown}” is neither a notation ({known}) nor a .json file of one.")
    try:
        with path.open("rb") as file:
            content = file.read(strict_json.MAX_BYTES + 1)
    except OSError as problem:
        reason = problem.strerror or problem
        raise ProjectError(f"The notation “{shown}” cannot be read: {reason}.") from None
    try:
        return read_notation(strict_json.parse(content))
    except ProjectError as problem:
        raise ProjectError(f"The notation “{shown}” cannot be used: {problem}") from None


@lru_cache(maxsize=1)
def notations() -> tuple[Notation, ...]:
    """The notations that ship with Backlit: neutral, then those of the four decks."""
    return tuple(
        read_notation(strict_json.parse(resource_path("notations", f"{name}.json").read_bytes()))
        for name in PRESETS
    )


def read_notation(value: Any) -> Notation:
    """A notation from what a JSON file holds.

    Raises
    ------
    ProjectError : one sentence that names the field and says what is allowed.
    """
    if not isinstance(value, dict):
        raise ProjectError("a notation must be a JSON object.")
    fields = Fields(value, "")
    version = fields.raw("version")
    if version != VERSION or isinstance(version, bool):
        raise fields.fail("version", f"{VERSION}", version)
    name = _text(fields, "id", 40)
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise fields.fail("id", "small letters and digits, joined by hyphens", name)
    notation = Notation(
        id=name,
        title=_text(fields, "title", 60),
        about=_text(fields, "about", 600),
        symbols=_symbols(fields.raw("symbols")),
        index_order=_choice(fields, "index_order", _ORDERS),
        layer=_choice(fields, "layer", tuple(LAYER_SIGNS)),
        layer_numbers=_choice(fields, "layer_numbers", ("always", "needed")),
        matrix=_choice(fields, "matrix", _ORDERS),
        error_sign=_sign(fields, "error_sign", 1),
        update_sign=_sign(fields, "update_sign", -1),
        bias_as_node=_truth(fields, "bias_as_node"),
        loss_factors=_loss_factors(fields.raw("loss_factors", {})),
        slots=_slots(fields.raw("slots", {})),
    )
    fields.finish()
    if notation.update_sign == 1 and "\\partial" in notation.letter("gradient"):
        raise ProjectError(
            "symbols.gradient must not be a derivative (\\partial) where update_sign is 1, since "
            "the negative one is added; write \\Delta @w, or update_sign −1."
        )
    return notation


def _text(fields: Fields, name: str, longest: int) -> str:
    value = fields.raw(name)
    if not isinstance(value, str) or not value.strip() or len(value) > longest:
        raise fields.fail(name, f"a text of 1 to {longest} characters", value)
    return value


def _choice(fields: Fields, name: str, allowed: tuple[str, ...]) -> str:
    value = fields.raw(name, allowed[0])
    if value not in allowed:
        raise fields.fail(name, " or ".join(f"“{own}”" for own in allowed), value)
    return str(value)


def _sign(fields: Fields, name: str, default: int) -> int:
    value = fields.raw(name, default)
    if isinstance(value, bool) or value not in (1, -1):
        raise fields.fail(name, "1 or −1", value)
    return int(value)


def _truth(fields: Fields, name: str) -> bool:
    value = fields.raw(name, False)
    if not isinstance(value, bool):
        raise fields.fail(name, "true or false", value)
    return value


def _symbols(value: Any) -> dict[str, Letter]:
    fields = Fields(value, "symbols")
    found: dict[str, Letter] = {}
    for key in SYMBOLS:
        own = fields.raw(key)
        if isinstance(own, dict) and key in BY_LAYER:
            both = Fields(own, f"symbols.{key}")
            found[key] = (_latex(both, "hidden", key), _latex(both, "output", key))
            both.finish()
        else:
            found[key] = _latex(fields, key, key)
    fields.finish()
    return found


def _latex(fields: Fields, name: str, key: str) -> str:
    value = fields.raw(name)
    if not isinstance(value, str) or not value.strip() or len(value) > _MAX_LENGTH:
        raise fields.fail(name, f"LaTeX of 1 to {_MAX_LENGTH} characters", value)
    problem = problem_of(value)
    if problem:
        raise ProjectError(f"{fields.path(name)} is not whole LaTeX: {problem} in “{value}”.")
    if key == "gradient":
        if "@w" not in value:
            raise ProjectError(f"{fields.path(name)} must hold @w, which stands for the parameter.")
    elif "^" in value:
        raise ProjectError(
            f"{fields.path(name)} must have no superscript (^), since the layer stands there "
            f"(found “{value}”)."
        )
    return value


def _loss_factors(value: Any) -> dict[str, float]:
    fields = Fields(value, "loss_factors")
    found: dict[str, float] = {}
    for name in LOSSES:
        if not fields.has(name):
            continue
        own = fields.raw(name)
        if isinstance(own, bool) or not isinstance(own, int | float) or not 1e-6 <= own <= 1e6:
            raise fields.fail(name, "a number between 0.000001 and 1,000,000", own)
        found[name] = float(own)
    fields.finish()
    return found


def _slots(value: Any) -> dict[str, str]:
    fields = Fields(value, "slots")
    found = {
        name: _latex(fields, name, name) if fields.has(name) else letter
        for name, letter in SLOT_LETTERS.items()
    }
    fields.finish()
    return found


NEUTRAL = notations()[0]
