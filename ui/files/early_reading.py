"""Reads the document a window is to show while Qt is loaded and the window is built."""

from __future__ import annotations

import threading

from simulator.document import Document, load_document

PATIENCE_SECONDS = 0.2
"""A window waits so long for its document; of what takes longer it comes up without."""


class EarlyReading:
    """Begins to read at once, in a thread that nobody has to end."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._document: Document | None = None
        self._problem: Exception | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            self._document = load_document(self._source)
        except Exception as problem:  # whoever asks for the document hears of it
            self._problem = problem

    def soon(self) -> Document | None:
        """The document; None where it takes long or cannot be read."""
        self._thread.join(PATIENCE_SECONDS)
        return self._document

    def document(self) -> Document:
        """The document, however long it takes.

        Raises
        ------
        ProjectError : one sentence that names the file.
        """
        self._thread.join()
        if self._problem is not None:
            raise self._problem
        assert self._document is not None
        return self._document
