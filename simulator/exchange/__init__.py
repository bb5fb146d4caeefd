"""Exchange with other programs: Keras, ONNX, PyTorch, spreadsheets.

>>> from simulator.exchange import exported, import_model
"""

from simulator.exchange.exporting import FORMATS, Format, exported, format_of
from simulator.exchange.importing import SUFFIXES, import_model, is_model
from simulator.exchange.model import Exported, Imported

__all__ = [
    "FORMATS",
    "SUFFIXES",
    "Exported",
    "Format",
    "Imported",
    "exported",
    "format_of",
    "import_model",
    "is_model",
]
