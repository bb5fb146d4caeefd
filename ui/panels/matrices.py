"""Weight matrices as heatmaps: what weights and gradients share.

Layer 1 is shown as one small picture a neuron where the inputs form one; every other layer as
units x fan-in, with the biases as a column set apart.  Links from several layers stand side by
side, a little apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from simulator.quantity import Kind, Quantity
from simulator.spec import NetworkSpec
from ui.panels.cell_panel import CENTRE, CellPanel
from ui.panels.heatmap import Block, Cell
from ui.panels.legend import ColourScale
from ui.panels.packing import Item, bottom, pack_columns, pack_shelves
from ui.panels.scales import Scale
from ui.panels.text import signed
from ui.selection import Selection
from ui.style import current_scale
from ui.theme import GRID, Theme

WEIGHTS, BIASES, GAMMA, BETA, TILE = "weights", "biases", "gamma", "beta", "tile"
COLUMNS = {BIASES: "b", GAMMA: "γ", BETA: "β"}
"""What stands beside the weights, one number a neuron, and its sign."""
MOST_ROWS, MOST_COLUMNS = 512, 1024
"""Of a larger layer only the first neurons and inputs are shown."""
_LARGEST_CELL, _HIGHEST_CELL, _LARGEST_PIXEL, _FITTING_CELL = 64, 28, 14, 4
_WIDEST = 1.5
"""Cells of matrices are up to so many times as wide as high where there is room."""
_SPACE = 2 * GRID
_FROZEN = ", frozen"


class MatrixPanel(CellPanel):
    """All parameters of a network, or as many other numbers, on one common signed scale."""

    def __init__(self, selection: Selection, theme: Theme, parent: QWidget | None = None) -> None:
        self._scale = Scale()
        self._items: list[Item] = []
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
            used = bottom(items)
            if used <= (1.0 if cell >= _FITTING_CELL else 3.0) * height:
                break
        across = cell
        for wider in range(min(round(_WIDEST * cell), cell + 8), cell, -1):
            items = self._packed(spec, index, cell, wider, width, height)
            if items is not None and bottom(items) <= max(used, height):
                self._items, used, across = items, bottom(items), wider
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
    ) -> list[Item] | None:
        """The layers, placed; None if they are too wide.

        ``cell`` is the size of a pixel and the height of a matrix's cell, ``across`` its width.
        """
        first = 1 if index is None else 2
        rest = [self._matrix_item(spec, n, cell, across) for n in range(first, spec.depth + 1)]
        choices = [rest]
        if index is not None:
            choices = [[tiles, *rest] for tiles in self._tile_items(spec, index, cell, width)]
        best: tuple[tuple[bool, bool, float], list[Item], list[tuple[float, float]]] | None = None
        for items in choices:
            for pack in (pack_shelves, pack_columns):
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
            best = (True, True, 0.0), rest, pack_shelves(rest, width, height)[2]
        return [
            replace(item, left=left, top=top)
            for item, (left, top) in zip(best[1], best[2], strict=True)
        ]

    def _matrix_item(self, spec: NetworkSpec, layer: int, cell: int, across: int) -> Item:
        """Units x fan-in and a column of biases, gammas and betas each."""
        units, sources = min(spec.sizes[layer], MOST_ROWS), _shown_columns(spec, layer)
        wide = float(sum(map(len, sources)) * across + (len(sources) - 1) * _apart(cell))
        wide += (_apart(cell) + across) * len(_beside(spec, layer))
        down = units * _height_of(cell)
        caption = self._caption_width(layer)
        return Item(layer, max(wide + 2.0, caption), self._caption_height() + down + 1.0)

    def _tile_items(
        self, spec: NetworkSpec, index: NDArray[np.intp], cell: int, width: int
    ) -> Iterable[Item]:
        """Layer 1 as pictures, in 1, 2, 3... lines."""
        units = min(spec.sizes[1], MOST_ROWS)
        tile_width, tile_height, apart = _tile_size(index, cell)
        caption = self._caption_width(1)
        for across in sorted({math.ceil(units / lines) for lines in range(1, units + 1)}):
            wide = across * tile_width - apart + 2.0
            if wide <= width:
                down = math.ceil(units / across) * tile_height - apart
                height = self._caption_height() + down + 1.0
                yield Item(1, max(wide, caption), height, across)

    def _blocks_of(
        self,
        spec: NetworkSpec,
        index: NDArray[np.intp] | None,
        item: Item,
        cell: int,
        wide: int,
    ) -> list[Block]:
        """The cells of a placed layer."""
        left, top = item.left + 1.0, item.top + self._caption_height()
        weights = spec.weight_slices[item.layer - 1]
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
        positions = positions.reshape(spec.sizes[item.layer], -1)[:units]
        blocks = []
        for columns in _shown_columns(spec, item.layer):
            own = positions[:, columns.start : columns.stop]
            blocks.append(Block((WEIGHTS, item.layer), own, left, top, across, down))
            left += own.shape[1] * across + _apart(cell)
        for kind, start in _beside(spec, item.layer):
            column = np.arange(start, start + units, dtype=np.intp)[:, None]
            blocks.append(Block((kind, item.layer), column, left, top, across, down))
            left += across + _apart(cell)
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
            beside = [block for block in item.blocks if block.name[0] in COLUMNS]
            room = max(0.0, beside[0].left - item.left - 4) if beside else item.width
            captions = self._captions(item.layer)
            text = next(
                (c for c in captions[:-1] if self.text_width(c, self._words) <= room), captions[-1]
            )
            place = QRectF(item.left, item.top, item.width + _SPACE, line)
            self._paint_text(painter, place, text, self._words, "accent" if current else "muted")
            for block in beside if self.text_width(text, self._words) + 8 <= room else ():
                place = QRectF(block.left - 10, item.top, block.cell_width + 20, line)
                sign = self._sign_of(block.name[0], item.layer)
                self._paint_text(painter, place, sign, self._words, "muted", CENTRE)
            if self._blank(item.layer):
                for block in item.blocks:
                    self._paint_hollow(painter, block.rect, dash=False)

    # What happens -------------------------------------------------------------------------

    def _place_of(self, cell: Cell) -> tuple[int, int, int | None]:
        """Layer, neuron and the column of its weights (None for its bias), from 0."""
        assert self.spec is not None
        kind, number = cell.block.name
        if kind in COLUMNS:
            return number, cell.row, None
        layer = 1 if kind == TILE else number
        first = self.spec.weight_slices[layer - 1].start
        return layer, *divmod(cell.position - first, self.spec.fan_in(layer))

    def _neuron_of(self, cell: Cell) -> tuple[int, int] | None:
        return self._place_of(cell)[:2]

    def _sign_of(self, kind: str, layer: int) -> str:
        """What stands above a column of biases, gammas or betas."""
        if kind == BIASES and self.spec is not None:
            return self.writing.bias_letter(layer, self.spec)
        return COLUMNS[kind]

    def _parameter_of(self, cell: Cell, kind: Kind) -> Quantity | None:
        """A cell's parameter, or its gradient; None of a removed link."""
        assert self.spec is not None
        layer, neuron, column = self._place_of(cell)
        if column is not None:
            removed = self.held.layer(self.spec, layer).removed
            if _set(removed, neuron, column):
                return None
            return Quantity(kind, layer, neuron, source=column, parameter="W")
        parameter = {BIASES: "b", GAMMA: "gamma", BETA: "beta"}[cell.block.name[0]]
        return Quantity(kind, layer, neuron, parameter=parameter)

    def _cell_name(self, cell: Cell, derivative: str = "") -> str:
        """ "layer 2 · w from neuron 3 to neuron 7 = −0.4123"; ``derivative`` stands before w."""
        assert self.spec is not None
        layer, neuron, column = self._place_of(cell)
        held = self.held.layer(self.spec, layer)
        value = "not computed yet" if self._blank(layer) else signed(cell.value)
        if column is None:
            kind = cell.block.name[0]
            frozen = kind == BIASES and _set(held.frozen_biases, neuron)
            plain = kind == BIASES and not derivative
            name = "bias" if plain else f"{derivative}{self._sign_of(kind, layer)}"
            return f"layer {layer} · {name} of neuron {neuron + 1} = {value}{_FROZEN * frozen}"
        if _set(held.removed, neuron, column):
            value = "removed"
        elif _set(held.frozen, neuron, column):
            value += _FROZEN
        origin = self._source_text(layer, column)
        if cell.block.name[0] == TILE:
            origin += f" (row {cell.row + 1}, column {cell.column + 1})"
        w = self.writing.letter(Kind.PARAMETER, layer, self.spec)
        return f"layer {layer} · {derivative}{w} from {origin} to neuron {neuron + 1} = {value}"

    def _source_text(self, layer: int, column: int) -> str:
        """ "input 3", "neuron 3", or "hidden 1, neuron 3" where there are several layers."""
        assert self.spec is not None
        source, number = self.spec.source_of(layer, column)
        if source == 0:
            return f"input {number + 1}"
        if self.spec.sources(layer) == (layer - 1,):
            return f"neuron {number + 1}"
        return f"{self.spec.layer_name(source)}, neuron {number + 1}"

    def _without_removed(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The values (parameter_count,) with nothing where links have been removed."""
        assert self.spec is not None
        for layer in range(1, self.spec.depth + 1):
            removed = self.held.layer(self.spec, layer).removed
            if removed is not None:
                values = values.copy()
                self.spec.weights(values, layer)[removed] = np.nan
        return values

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
                elif kind == WEIGHTS and number != layer:
                    found.extend(self._source_column(block, layer, neuron))
            if item.layer == layer and not item.across and neuron < item.blocks[0].rows:
                rows = [block.cells_rect(neuron, 0, 1, block.columns) for block in item.blocks]
                found.append(reduce(QRectF.united, rows))
        return found

    def _source_column(self, block: Block, layer: int, neuron: int) -> list[QRectF]:
        """The weights out of a neuron, if they are in this block."""
        assert self.spec is not None
        number = block.name[1]
        for source, columns in self.spec.source_columns(number):
            first = self.spec.weight_slices[number - 1].start + columns.start
            if (source, first) == (layer, block.positions[0, 0]) and neuron < block.columns:
                return [block.cells_rect(0, neuron, block.rows, 1)]
        return []

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


def _shown_columns(spec: NetworkSpec, layer: int) -> list[range]:
    """The columns that are shown of each source layer's weights."""
    sources = spec.source_columns(layer)
    most = max(1, MOST_COLUMNS // len(sources))
    return [range(own.start, min(own.stop, own.start + most)) for _, own in sources]


def _beside(spec: NetworkSpec, layer: int) -> list[tuple[str, int]]:
    """The columns beside the weights: what they are, and where they start in theta."""
    biases, units = spec.bias_slices[layer - 1], spec.layer(layer).units
    found = [(BIASES, biases.start)] if biases.stop > biases.start else []
    if spec.layer(layer).batch_normalization is not None:
        found += [(GAMMA, biases.stop), (BETA, biases.stop + units)]
    return found


def _set(mask: NDArray[np.bool_] | None, *place: int) -> bool:
    return mask is not None and bool(mask[place])


def _apart(cell: int) -> int:
    """Space between the weights and the column of biases."""
    return max(3, min(8, round(cell / 2)))


def _height_of(cell: int) -> int:
    """Cells wide enough for a number stay flat."""
    return min(cell, round(_HIGHEST_CELL * current_scale()))


def _tile_cell(cell: int) -> int:
    return min(cell, round(_LARGEST_PIXEL * current_scale()))


def _tile_size(index: NDArray[np.intp], cell: int) -> tuple[int, int, int]:
    """Width and height from picture to picture, and the space between two."""
    cell = _tile_cell(cell)
    apart = max(3, min(10, cell))
    return index.shape[1] * cell + apart, index.shape[0] * cell + apart, apart
