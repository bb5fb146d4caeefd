"""An unexpected error, as text: safe to hand from thread to thread."""

from __future__ import annotations

import traceback
from dataclasses import dataclass

from ui.versions import versions_line

LONGEST_MESSAGE = 160


@dataclass(frozen=True)
class Problem:
    """Keeps no frames and no exception alive."""

    kind: str
    sentence: str
    location: str
    traceback: str
    thread: str

    @classmethod
    def of(cls, error: BaseException, thread: str) -> Problem:
        """Describe an exception that was raised in ``thread``."""
        frames = traceback.extract_tb(error.__traceback__)
        location = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
        text = "".join(traceback.format_exception(error))
        return cls(type(error).__name__, sentence_of(error), location, text, thread)

    @property
    def key(self) -> tuple[str, str]:
        """Equal for two occurrences of the same problem."""
        return self.kind, self.location or self.sentence

    @property
    def details(self) -> str:
        """Everything a developer wants to know."""
        return f"{versions_line()}\nThread: {self.thread}\n\n{self.traceback}"


def sentence_of(error: BaseException) -> str:
    """What happened, in one sentence without jargon where the kind of error allows it."""
    if isinstance(error, MemoryError):
        return "There is not enough memory for this."
    if isinstance(error, OSError) and error.strerror:
        about = f" (“{error.filename}”)" if error.filename else ""
        return f"The system refused: {error.strerror.lower()}{about}."
    message = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    if len(message) > LONGEST_MESSAGE:
        message = message[: LONGEST_MESSAGE - 1] + "…"
    return f"Something went wrong that Backlit did not expect: {message}."
