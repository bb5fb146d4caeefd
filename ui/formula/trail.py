"""The way a user has gone from number to number."""

from __future__ import annotations

from simulator.quantity import Quantity

LONGEST = 60


class Trail:
    """Pages in the order in which they were opened, and where on them the user is.

    Empty, the card shows what the current phase computes.
    """

    def __init__(self) -> None:
        self._pages: list[Quantity] = []
        self._place = -1

    @property
    def current(self) -> Quantity | None:
        """The number on show; None where the trail is empty, or the user is back before it."""
        return self._pages[self._place] if self._place >= 0 else None

    @property
    def way(self) -> tuple[Quantity, ...]:
        """The pages up to the one on show."""
        return tuple(self._pages[: self._place + 1])

    @property
    def can_go_back(self) -> bool:
        """Whether a page, or the phase, lies before this one."""
        return self._place >= 0

    @property
    def can_go_forward(self) -> bool:
        """Whether the user has come back from a page."""
        return self._place + 1 < len(self._pages)

    def open(self, quantity: Quantity) -> None:
        """Go on to a number; pages the user came back from are forgotten."""
        if quantity == self.current:
            return
        del self._pages[self._place + 1 :]
        self._pages.append(quantity)
        if len(self._pages) > LONGEST:
            del self._pages[0]
        self._place = len(self._pages) - 1

    def back(self) -> None:
        """To the page before; from the first one to the phase."""
        self._place = max(-1, self._place - 1)

    def forward(self) -> None:
        """To the page the user came back from."""
        self._place = min(len(self._pages) - 1, self._place + 1)

    def go_to(self, place: int) -> None:
        """Back to a page of the way, from 0; -1 is the phase."""
        self._place = max(-1, min(place, len(self._pages) - 1))

    def clear(self) -> None:
        """Forget all pages."""
        self._pages.clear()
        self._place = -1
