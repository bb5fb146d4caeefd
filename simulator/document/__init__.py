"""Documents: a project and its training in one ``.backlit`` file.

>>> from simulator.document import load_document, resumed, save_document
"""

from simulator.document.document import Document, document_of, open_document, pack_document, packed
from simulator.document.files import load_document, save_document, write_document
from simulator.document.not_finite import NotFiniteError
from simulator.document.resuming import resume_into, resumed, resumed_runner

__all__ = [
    "Document",
    "NotFiniteError",
    "document_of",
    "load_document",
    "open_document",
    "pack_document",
    "packed",
    "resume_into",
    "resumed",
    "resumed_runner",
    "save_document",
    "write_document",
]
