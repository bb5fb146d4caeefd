"""What things are called in the network, and the type they are set in."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtGui import QFont, QFontMetricsF

from simulator.spec import NetworkSpec
from ui.theme import BODY_SIZE, CAPTION_SIZE, NUMBERS_FAMILY, WORDS_FAMILY


@dataclass
class Names:
    """What classes and inputs are called; ``cells`` has (row, column) of inputs in a picture."""

    classes: list[str]
    inputs: list[str]
    cells: dict[int, tuple[int, int]] = field(default_factory=dict)

    def neuron(self, spec: NetworkSpec, layer: int, neuron: int) -> str:
        """A neuron in words, counted from 1: "hidden 2, neuron 7"."""
        if layer == 0:
            if neuron in self.cells:
                row, column = self.cells[neuron]
                return f"input, row {row + 1}, column {column + 1}"
            if neuron < len(self.inputs) and self.inputs[neuron]:
                return f"input {neuron + 1} ({self.inputs[neuron]})"
            return f"input {neuron + 1}"
        words = f"{spec.layer_name(layer)}, neuron {neuron + 1}"
        if layer == spec.depth and neuron < len(self.classes) and self.classes[neuron]:
            words += f" ({self.classes[neuron]})"
        return words


class Fonts:
    """The fonts at one scale, with their metrics."""

    def __init__(self, scale: float) -> None:
        body, small = round(BODY_SIZE * scale), round(CAPTION_SIZE * scale)
        self.title = _font(WORDS_FAMILY, body, QFont.Weight.DemiBold)
        self.small_title = _font(WORDS_FAMILY, small, QFont.Weight.DemiBold)
        self.caption = _font(WORDS_FAMILY, small)
        self.numbers = _font(NUMBERS_FAMILY, body)
        self.small_numbers = _font(NUMBERS_FAMILY, small)

    @staticmethod
    def width(font: QFont, text: str) -> float:
        """Width of a text."""
        return QFontMetricsF(font).horizontalAdvance(text)

    @staticmethod
    def height(font: QFont) -> float:
        """Height of a line."""
        return QFontMetricsF(font).height()


def _font(family: str, size: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    font = QFont(family)
    font.setPixelSize(size)
    font.setWeight(weight)
    if family == NUMBERS_FAMILY:
        font.setStyleHint(QFont.StyleHint.Monospace)
    return font


def short_number(value: float) -> str:
    """A value for a label of fixed width: two decimals while they matter, a real minus sign."""
    text = f"{value:.2f}" if abs(value) < 99.995 else f"{value:.3g}"
    return ("0.00" if text == "-0.00" else text).replace("-", "−")
