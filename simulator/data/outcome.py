"""What an import would give, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.data.encoding import quoted
from simulator.data.readers.errors import counted
from simulator.data.readers.limits import MANY_CLASSES

_NAMED = 9


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would be imported.

    Attributes
    ----------
    summary : in words; empty if it cannot be.
    warnings : sentences on what was guessed, mended or left out.
    problem : why it cannot be imported, or empty.
    inputs : numbers in a sample's input.
    """

    summary: str
    warnings: tuple[str, ...]
    problem: str
    inputs: int = 0


def classes_text(classes: Sequence[str]) -> str:
    """The classes in words: "3 classes: setosa, versicolor, virginica"."""
    shown = classes if len(classes) <= _NAMED + 1 else classes[:_NAMED]
    names = ", ".join(quoted(name, 24).strip("“”") for name in shown)
    more = f" and {len(classes) - len(shown):,} more" if len(classes) > len(shown) else ""
    return f"{counted(len(classes), 'class', 'classes')}: {names}{more}"


def class_warnings(classes: Sequence[str], counts: NDArray[np.intp]) -> list[str]:
    """What may be wrong with the classes, from how many samples each has."""
    said = []
    if len(classes) > MANY_CLASSES:
        said.append(f"{len(classes):,} different classes: is this a text column?")
    single = [name for name, count in zip(classes, counts, strict=True) if count == 1]
    if single and len(classes) <= MANY_CLASSES:
        others = counted(len(single) - 1, "more class", "more classes")
        more = f" (and {others})" if len(single) > 1 else ""
        said.append(
            f"Class {quoted(single[0])}{more} has only 1 row: with a validation part it has no "
            f"training example left, so give it more rows."
        )
    return said
