"""Readers of users' own files: tables, IDX, npz, pictures.

Each checks what a file declares before it allocates anything, and refuses with one sentence.
"""

from simulator.data.readers.csv_file import read_csv, read_text
from simulator.data.readers.errors import Cancelled, Progress, ReadError, never_cancel
from simulator.data.readers.idx import read_idx, read_idx_files
from simulator.data.readers.npz import read_npz
from simulator.data.readers.pictures import read_picture, read_pictures
from simulator.data.readers.samples import Samples
from simulator.data.readers.sources import reader_for
from simulator.data.readers.table import Column, Table
from simulator.data.readers.table_format import TableFormat

__all__ = [
    "Cancelled",
    "Column",
    "Progress",
    "ReadError",
    "Samples",
    "Table",
    "TableFormat",
    "never_cancel",
    "read_csv",
    "read_idx",
    "read_idx_files",
    "read_npz",
    "read_picture",
    "read_pictures",
    "read_text",
    "reader_for",
]
