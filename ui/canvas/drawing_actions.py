"""What the buttons around the canvas do to the drawing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from simulator.data.centering import Placement, mean_placement, placed_as
from ui.canvas.brush import noisy, pen_for
from ui.canvas.drawing_tools import DrawingTools
from ui.canvas.pixel_canvas import PixelCanvas
from ui.canvas.strokes import shifted

MOST_PLACED = 500
"""So many samples say how large pictures usually are and where they lie."""


class DrawingActions(QObject):
    """Joins the tools to the canvas; every change is one named gesture of the canvas."""

    def __init__(self, canvas: PixelCanvas, tools: DrawingTools) -> None:
        super().__init__(tools)
        self._canvas, self._tools = canvas, tools
        self._usual: Placement | None = None
        self._random = np.random.default_rng()
        tools.cleared.connect(self.clear)
        tools.inverted.connect(self._on_invert)
        tools.noise_wanted.connect(self._on_noise)
        tools.centred.connect(self._on_centre)
        tools.shifted.connect(self._on_shift)
        tools.tool_chosen.connect(self._on_tool)
        tools.options.changed.connect(self.use_pen)

    def show_samples(self, pictures: NDArray[np.float64]) -> None:
        """Draw as these pictures (N, rows, columns) are: their levels, their size and place."""
        some = pictures[:MOST_PLACED]
        self._usual = mean_placement(some)
        self._tools.options.set_pen(pen_for(some, *pictures.shape[1:]))
        self.use_pen()

    def show_drawing(self) -> None:
        """Say whether there is anything to centre."""
        reason = "" if self._canvas.image().any() else "Nothing is drawn yet"
        if self._usual is None:
            reason = "The samples are pictures with nothing on them"
        self._tools.set_centring(reason)

    def clear(self) -> None:
        """Empty the canvas."""
        self._canvas.edit_image(np.zeros(self._canvas.shape), "Clear drawing")

    def use_pen(self) -> None:
        """Draw with the pen that the options say."""
        self._canvas.pen = self._tools.options.pen()

    def _on_tool(self, tool: str | None) -> None:
        self._canvas.tool = tool

    def _on_invert(self) -> None:
        self._canvas.edit_image(1.0 - self._canvas.image(), "Invert drawing")

    def _on_shift(self, down: int, right: int) -> None:
        self._canvas.edit_image(shifted(self._canvas.image(), down, right), "Move drawing")

    def _on_noise(self) -> None:
        strength, grey = self._tools.options.noise_strength(), self._canvas.pen.grey
        image = noisy(self._canvas.image(), strength, grey, self._random)
        self._canvas.edit_image(image, "Add noise")

    def _on_centre(self) -> None:
        if self._usual is not None:
            image = placed_as(self._canvas.image(), self._usual)
            self._canvas.edit_image(image, "Centre drawing")
