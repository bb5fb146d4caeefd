"""How much a reader takes in, checked before anything is allocated."""

from __future__ import annotations

MAX_FILE_BYTES = 500_000_000
MAX_VALUES = 100_000_000
"""Numbers in a data set: 0.8 GB as float64."""
MAX_ARRAY_BYTES = 2_000_000_000
"""Of one array as it stands in a file, before rows are chosen from it."""
MAX_ROWS = 1_000_000
MAX_COLUMNS = 10_000
MAX_CELL = 100_000
"""Characters of a cell."""
MAX_LINE = 4_000_000
"""Characters of a line of a table."""
MAX_TEXT_CELLS = 5_000_000
"""Cells of a table that are no numbers."""
MAX_CLASSES = 1000
MANY_CLASSES = 100
"""From so many classes on, a column may not be meant as classes."""
MAX_DIMENSIONS = 8
MAX_MEMBERS = 1000
"""Arrays in an npz file."""
MAX_PICTURES = 200_000
MAX_PICTURE_PIXELS = 64_000_000
MAX_GRID = 256
"""Rows or columns of the grid pictures are brought to."""
