"""Arrays beside the JSON of a document: ``{"array": "theta"}`` stands for ``arrays/theta.npy``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from simulator.project import strict_json
from simulator.project.archive.npy import from_npy, to_npy
from simulator.project.errors import ProjectError

FOLDER = "arrays/"
_IN_TEXT = 64
"""Arrays of up to so many numbers stand in the JSON of a project, where people can read them."""


class PartWriter:
    """Collects the parts of a document."""

    def __init__(self) -> None:
        self.parts: dict[str, bytes] = {}
        self._arrays: dict[str, bytes] = {}
        self._known: dict[int, tuple[NDArray[Any], str]] = {}

    def array(self, name: str, values: NDArray[Any]) -> dict[str, str]:
        """Keep an array, and what stands for it in the JSON.

        One that is there already is not kept twice; another of the same name gets a number.
        """
        _, known = self._known.get(id(values), (values, ""))
        if not known:
            known = self._named(name, to_npy(values))
            # Kept with the array itself, or another might come to have its id.
            self._known[id(values)] = values, known
        return {"array": known}

    def _named(self, name: str, content: bytes) -> str:
        for known, other in self._arrays.items():
            if other == content:
                return known
        free, number = name, 1
        while free in self._arrays:
            number += 1
            free = f"{name}_{number}"
        self._arrays[free] = content
        return free

    def numbers(self, name: str, values: NDArray[Any]) -> Any:
        """As :meth:`array`, for float64; a small one is given as lists of numbers."""
        return values.tolist() if values.size <= _IN_TEXT else self.array(name, values)

    def add(self, name: str, content: bytes) -> None:
        """Add a part as it is."""
        self.parts[name] = content

    def json(self, name: str, value: Any) -> None:
        """Add a JSON part."""
        text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)
        self.parts[name] = text.encode()

    def finished(self) -> dict[str, bytes]:
        """All parts: the JSON ones, then the arrays."""
        return self.parts | {f"{FOLDER}{name}.npy": own for name, own in self._arrays.items()}


class ArrayParts:
    """The parts of a document that was opened; each must be asked for."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        self._parts = parts
        self._asked: set[str] = set()
        self._arrays: dict[str, NDArray[Any]] = {}

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return name in self._parts

    def json(self, name: str) -> Any:
        """The value of a JSON part, its arrays in their places.

        Raises
        ------
        ProjectError : one sentence.
        """
        return self._filled(strict_json.parse(self.raw(name)))

    def finish(self) -> None:
        """Call when everything has been read: a part nobody asked for is a mistake."""
        for name in self._parts:
            if name not in self._asked:
                raise ProjectError(f"it has an unexpected part “{name}”.")

    def raw(self, name: str) -> bytes:
        """A part as it is.

        Raises
        ------
        ProjectError : if there is none.
        """
        if name not in self._parts:
            raise ProjectError(f"its part “{name[:80]}” is missing.")
        self._asked.add(name)
        return self._parts[name]

    def _filled(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._filled(own) for own in value]
        if not isinstance(value, dict):
            return value
        if value.keys() == {"array"} and isinstance(value["array"], str):
            name = value["array"]
            if name not in self._arrays:
                content = self.raw(f"{FOLDER}{name}.npy")
                self._arrays[name] = from_npy(content, f"its array “{name[:40]}”")
            return self._arrays[name]
        return {name: self._filled(own) for name, own in value.items()}
