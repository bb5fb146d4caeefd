"""Several edits as one step to undo."""

from __future__ import annotations

from ui.session import Session


class Together:
    """Edits made inside are one step to undo; none, if all of them were refused."""

    def __init__(self, session: Session, text: str) -> None:
        self._stack = session.undo_stack
        self._text = text

    def __enter__(self) -> None:
        self._stack.beginMacro(self._text)

    def __exit__(self, *problem: object) -> None:
        self._stack.endMacro()
        made = self._stack.command(self._stack.index() - 1)
        if made is not None and made.childCount() == 0:
            made.setObsolete(True)
            self._stack.undo()
