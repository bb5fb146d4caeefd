"""What this is, its version and what it is built with."""

from __future__ import annotations

import numpy as np
import pyqtgraph
from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMessageBox, QWidget

from simulator import __version__
from ui.resources import icon_file


def about_text() -> str:
    """The text of the About box."""
    return (
        f"<h3>Backlit {__version__}</h3>"
        "<p>A neural network you can see through.</p>"
        "<p>MIT licence. Inter and JetBrains Mono: SIL Open Font License. "
        "Icons: Lucide, ISC licence.</p>"
        f"<p>Qt {qVersion()} (LGPL) · pyqtgraph {pyqtgraph.__version__} (MIT) · "
        f"NumPy {np.__version__} (BSD)</p>"
    )


def show_about(parent: QWidget) -> QMessageBox:
    """Open the About box beside the window."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle("About Backlit")
    box.setText(about_text())
    box.setIconPixmap(QIcon(str(icon_file("backlit"))).pixmap(64, 64))
    box.show()
    return box
