"""JSON read strictly: only what the standard allows, within limits, each key once.

Python's own reader accepts NaN, 1e400 and repeated keys, and gives up with a RecursionError on
deep nesting; a user's file must get a sentence instead.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from simulator.project.errors import ProjectError, printable

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 64
MAX_DIGITS = 300


def parse(content: bytes) -> Any:
    """The value a JSON text describes.

    Raises
    ------
    ProjectError : with one sentence, for anything that is not strict JSON in UTF-8.
    """
    if not content:
        raise ProjectError("the file is empty.")
    if len(content) > MAX_BYTES:
        raise ProjectError(f"the description is too large (more than {MAX_BYTES:,} bytes).")
    if content.startswith(b"\xef\xbb\xbf"):
        raise ProjectError("it starts with a byte-order mark; save it as UTF-8 without one.")
    if not content.strip(b"\0"):
        raise ProjectError("the file contains no data (only zero bytes).")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProjectError(f"it is not UTF-8 text (byte {error.start + 1}).") from None
    _check_depth(text)
    try:
        return json.loads(
            text,
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_integer,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise ProjectError(
            f"it is not valid JSON: line {error.lineno}, column {error.colno}: {error.msg}."
        ) from None


def _check_depth(text: str) -> None:
    depth = 0
    in_string = escaped = False
    for character in text:
        if in_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise ProjectError(f"it is nested too deeply (at most {MAX_DEPTH} levels).")
        elif character in "]}":
            depth -= 1


def _constant(word: str) -> NoReturn:
    if word == "NaN":
        raise ProjectError("a value is not a number (NaN); write a finite number.")
    raise ProjectError(f"a value is not finite ({word}); write a finite number.")


def _float(word: str) -> float:
    value = float(word)
    if not math.isfinite(value):
        raise ProjectError(f"the number {word[:20]} is out of range (at most 1.8e308).")
    return value


def _integer(word: str) -> int:
    if len(word) > MAX_DIGITS:
        raise ProjectError(f"an integer is too long ({len(word):,} digits).")
    return int(word)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, value in pairs:
        if name in result:
            raise ProjectError(f"“{printable(name)}” appears twice.")
        result[name] = value
    return result
