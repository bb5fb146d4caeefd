"""Weight matrices as heatmaps: what weights and gradients share.

Layer 1 is shown as one small picture a neuron where the inputs form one; every other layer as
units x fan-in, with the biases as a column set apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from simulator.spec import NetworkSpec
from ui.panels.cell_panel import CENTRE, CellPanel
from ui.panels.heatmap import Block, Cell
from ui.panels.legend import ColourScale
from ui.panels.scales import Scale
from ui.panels.text import signed
from ui.selection import Selection
from ui.style import current_scale
from ui.theme import GRID, Theme

WEIGHTS, BIASES, TILE = "weights", "biases", "tile"
MOST_ROWS, MOST_COLUMNS = 512, 1024
"""Of a larger layer only the first neurons and inputs are shown."""
_LARGEST_CELL, _HIGHEST_CELL, _LARGEST_PIXEL, _FITTING_CELL = 64, 28, 14, 4
_WIDEST = 1.5
"""Cells of matrices are up to so many times as wide as high where there is room."""
_SPACE = 2 * GRID


@dataclass
class _Item:
    """One layer's part of the picture: its size, and its place once it is packed.

    ``across`` is the number of pictures in a line, 0 for a matrix.
    """

    layer: int
    width: float
    height: float
    across: int = 0
    left: float = 0.0
    top: float = 0.0
    blocks: list[Block] = field(default_factory=list)


class MatrixPanel(CellPanel):
    """All parameters of a network, or as many other numbers, on one common signed scale."""

    def __init__(self, selection: Selection, theme: Theme, parent: QWidget | None = None) -> None:
        self._scale = Scale()
        self._items: list[_Item] = []
        super().__init__(selection, theme, parent)

    def _build(self) -> None:
        self.legend = ColourScale(self.theme)
        self.body.addWidget(self.legend)

    # What subclasses say ------------------------------------------------------------------

    def _captions(self, layer: int) -> list[str]:
        """What may stand above a layer, longest first; the last one always fits."""
        raise NotImplementedError

    def _caption_width(self, layer: int) -> float:
        """Room for the shortest caption, whatever number it may hold."""
        return self.text_width(self._captions(layer)[-1], self._words) + 4.0

    def _blank(self, layer: int) -> bool:
        """Whether a layer's numbers do not exist yet."""
        return False

    # Layout -------------------------------------------------------------------------------

    def _caption_height(self) -> int:
        return self._line + 5

    def _lay_out(self, width: int, height: int) -> tuple[int, int]:
        assert self.spec is not None
        spec, index = self.spec, self.picture_index(self.spec.inputs)
        used = height
        for cell in range(round(_LARGEST_CELL * current_scale()), 0, -1):
            items = self._packed(spec, index, cell, cell, width, height)
            if items is None:
                continue
            self._items = items
            used = _bottom(items)
            if used <= (1.0 if cell >= _FITTING_CELL else 3.0) * height:
                break
        across = cell
        for wider in range(min(round(_WIDEST * cell), cell + 8), cell, -1):
            items = self._packed(spec, index, cell, wider, width, height)
            if items is not None and _bottom(items) <= max(used, height):
                self._items, used, across = items, _bottom(items), wider
                break
        for item in self._items:
            item.blocks = self._blocks_of(spec, index, item, cell, across)
        blocks = [block for item in self._items for block in item.blocks]
        self.view.set_blocks(blocks, width, max(used, height))
        return min(width, 160), used

    def _packed(
        self,
        spec: NetworkSpec,
        index: NDArray[np.intp] | None,
        cell: int,
        across: int,
        width: int,
        height: int,
    ) -> list[_Item] | None:
        """The layers, placed; None if they are too wide.

        ``cell`` is the size of a pixel and the height of a matrix's cell, ``across`` its width.
        """
        first = 1 if index is None else 2
        rest = [self._matrix_item(spec, n, cell, across) for n in range(first, spec.depth + 1)]
        choices = [rest]
        if index is not None:
            choices = [[tiles, *rest] for tiles in self._tile_items(spec, index, cell, width)]
        best: tuple[tuple[bool, bool, float], list[_Item], list[tuple[float, float]]] | None = None
        for items in choices:
            for pack in (_pack_shelves, _pack_columns):
                wide, down, places = pack(items, width, height)
                if wide > width:
                    continue
                # Best fits, then has room for its whole caption, then is low.
                cut = items[0].width < self.text_width(self._captions(1)[0], self._words)
                rank = down + 3 > height, cut, down
                if best is None or rank < best[0]:
                    best = rank, items, places
        if best is None:
            if cell > 1:
                return None
            best = (True, True, 0.0), rest, _pack_shelves(rest, width, height)[2]
        return [
            replace(item, left=left, top=top)
            for item, (left, top) in zip(best[1], best[2], strict=True)
        ]

    def _matrix_item(self, spec: NetworkSpec, layer: int, cell: int, across: int) -> _Item:
        """Units x fan-in and a column of biases."""
        units, fan_in = min(spec.sizes[layer], MOST_ROWS), min(spec.sizes[layer - 1], MOST_COLUMNS)
        wide = float(fan_in * across)
        if spec.layer(layer).bias:
            wide += _apart(cell) + across
        down = units * _height_of(cell)
        caption = self._caption_width(layer)
        return _Item(layer, max(wide + 2.0, caption), self._caption_height() + down + 1.0)

    def _tile_items(
        self, spec: NetworkSpec, index: NDArray[np.intp], cell: int, width: int
    ) -> Iterable[_Item]:
        """Layer 1 as pictures, in 1, 2, 3... lines."""
        units = min(spec.sizes[1], MOST_ROWS)
        tile_width, tile_height, apart = _tile_size(index, cell)
        caption = self._caption_width(1)
        for across in sorted({math.ceil(units / lines) for lines in range(1, units + 1)}):
            wide = across * tile_width - apart + 2.0
            if wide <= width:
                down = math.ceil(units / across) * tile_height - apart
                height = self._caption_height() + down + 1.0
                yield _Item(1, max(wide, caption), height, across)

    def _blocks_of(
        self,
        spec: NetworkSpec,
        index: NDArray[np.intp] | None,
        item: _Item,
        cell: int,
        wide: int,
    ) -> list[Block]:
        """The cells of a placed layer."""
        left, top = item.left + 1.0, item.top + self._caption_height()
        weights, biases = spec.weight_slices[item.layer - 1], spec.bias_slices[item.layer - 1]
        units = min(spec.sizes[item.layer], MOST_ROWS)
        if item.across and index is not None:
            tile_width, tile_height, _ = _tile_size(index, cell)
            side = float(_tile_cell(cell))
            return [
                Block(
                    (TILE, neuron),
                    weights.start + neuron * spec.inputs + index,
                    left + neuron % item.across * tile_width,
                    top + neuron // item.across * tile_height,
                    side,
                    side,
                )
                for neuron in range(units)
            ]
        across, down = float(wide), float(_height_of(cell))
        positions = np.arange(weights.start, weights.stop, dtype=np.intp)
        positions = positions.reshape(spec.sizes[item.layer], -1)[:units, :MOST_COLUMNS]
        blocks = [Block((WEIGHTS, item.layer), positions, left, top, across, down)]
        if biases.stop > biases.start:
            column = np.arange(biases.start, biases.start + units, dtype=np.intp)[:, None]
            left = blocks[0].left + positions.shape[1] * across + _apart(cell)
            blocks.append(Block((BIASES, item.layer), column, left, top, across, down))
        return blocks

    # Drawing ------------------------------------------------------------------------------

    def _fit_scale(self, largest: float, steady: bool) -> float:
        limit = self._scale.fit(largest, steady)
        self.legend.set_limit(limit)
        return limit

    def _paint(self, painter: QPainter) -> None:
        self._paint_numbers(painter)
        phase = self.snapshot.phase if self.snapshot is not None else None
        line = float(self._line)
        for item in self._items:
            current = self.concerns(phase) and phase is not None and phase.layer == item.layer
            biases = next((b for b in item.blocks if b.name[0] == BIASES), None)
            room = item.width
            if biases is not None:
                room = max(0.0, biases.left - item.left - 4)
            captions = self._captions(item.layer)
            text = next(
                (c for c in captions[:-1] if self.text_width(c, self._words) <= room), captions[-1]
            )
            place = QRectF(item.left, item.top, item.width + _SPACE, line)
            self._paint_text(painter, place, text, self._words, "accent" if current else "muted")
            if biases is not None and self.text_width(text, self._words) + 8 <= room:
                place = QRectF(biases.left - 10, item.top, biases.cell_width + 20, line)
                self._paint_text(painter, place, "b", self._words, "muted", CENTRE)
            if self._blank(item.layer):
                for block in item.blocks:
                    self._paint_hollow(painter, block.rect, dash=False)

    # What happens -------------------------------------------------------------------------

    def _place_of(self, cell: Cell) -> tuple[int, int, int | None]:
        """Layer, neuron and the input it reads (None for its bias), from 0."""
        kind, number = cell.block.name
        if kind == TILE:
            assert self.spec is not None
            first = self.spec.weight_slices[0].start
            return 1, number, cell.position - first - number * self.spec.inputs
        return number, cell.row, cell.column if kind == WEIGHTS else None

    def _neuron_of(self, cell: Cell) -> tuple[int, int] | None:
        return self._place_of(cell)[:2]

    def _cell_name(self, cell: Cell, weight: str, bias: str) -> str:
        """ "layer 2 · w from neuron 3 to neuron 7 = −0.4123"."""
        layer, neuron, source = self._place_of(cell)
        value = "not computed yet" if self._blank(layer) else signed(cell.value)
        if source is None:
            return f"layer {layer} · {bias} of neuron {neuron + 1} = {value}"
        origin = "input" if layer == 1 else "neuron"
        pixel = (
            f" (row {cell.row + 1}, column {cell.column + 1})" if cell.block.name[0] == TILE else ""
        )
        return (
            f"layer {layer} · {weight} from {origin} {source + 1}{pixel} "
            f"to neuron {neuron + 1} = {value}"
        )

    def _outlines(self, layer: int, neuron: int) -> list[QRectF]:
        found = []
        for item in self._items:
            for block in item.blocks:
                kind, number = block.name
                if kind == TILE:
                    if layer == 1 and number == neuron:
                        found.append(block.rect)
                    elif layer == 0:
                        found.extend(self._pixel(block, number, neuron))
                elif kind == WEIGHTS and number == layer + 1 and neuron < block.columns:
                    found.append(block.cells_rect(0, neuron, block.rows, 1))
                elif kind == WEIGHTS and number == layer and neuron < block.rows:
                    found.append(self._row_rect(item, block, neuron))
        return found

    def _row_rect(self, item: _Item, block: Block, neuron: int) -> QRectF:
        rect = block.cells_rect(neuron, 0, 1, block.columns)
        for other in item.blocks:
            if other.name[0] == BIASES:
                rect = rect.united(other.cells_rect(neuron, 0))
        return rect

    def _pixel(self, block: Block, neuron: int, source: int) -> list[QRectF]:
        assert self.spec is not None
        position = self.spec.weight_slices[0].start + neuron * self.spec.inputs + source
        return [
            block.cells_rect(row, column)
            for row, column in np.argwhere(block.positions == position).tolist()
        ]

    def _restyle(self) -> None:
        self.legend.apply_theme(self.theme)
        super()._restyle()


def _bottom(items: list[_Item]) -> int:
    """The height that placed layers take."""
    return math.ceil(max(item.top + item.height for item in items)) + 3


def _apart(cell: int) -> int:
    """Space between the weights and the column of biases."""
    return max(3, min(8, round(cell / 2)))


def _height_of(cell: int) -> int:
    """Cells wide enough for a number stay flat."""
    return min(cell, _HIGHEST_CELL)


def _tile_cell(cell: int) -> int:
    return min(cell, _LARGEST_PIXEL)


def _tile_size(index: NDArray[np.intp], cell: int) -> tuple[int, int, int]:
    """Width and height from picture to picture, and the space between two."""
    cell = _tile_cell(cell)
    apart = max(3, min(10, cell))
    return index.shape[1] * cell + apart, index.shape[0] * cell + apart, apart


_Packing = tuple[float, float, list[tuple[float, float]]]


def _pack_shelves(items: list[_Item], width: int, height: int) -> _Packing:
    """Left to right, then the next line: width and height taken, and each item's place."""
    left = top = line = widest = 0.0
    places = []
    for item in items:
        if left and left + item.width > width:
            left, top, line = 0.0, top + line + GRID, 0.0
        places.append((left, top))
        widest = max(widest, left + item.width)
        left += item.width + _SPACE
        line = max(line, item.height)
    return widest, top + line, places


def _pack_columns(items: list[_Item], width: int, height: int) -> _Packing:
    """Top to bottom, then the next column: width and height taken, and each item's place."""
    left = top = column = tallest = 0.0
    places = []
    for item in items:
        if top and top + item.height > height:
            left, top, column = left + column + _SPACE, 0.0, 0.0
        places.append((left, top))
        tallest = max(tallest, top + item.height)
        top += item.height + GRID
        column = max(column, item.width)
    return left + column, tallest, places
