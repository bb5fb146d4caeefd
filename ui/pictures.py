"""Pictures that are kept to be drawn again and again."""

from __future__ import annotations

from PySide6.QtGui import QPixmap


def settled(picture: QPixmap) -> QPixmap:
    """The same picture for keeping, without what painting it has left behind.

    Qt keeps a picture's painting engine as long as the picture, its buffers with it: 8 KB for a
    circle of 4 KB.  A copy has none.
    """
    return picture.copy()
